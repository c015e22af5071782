"""Small dataset folders with known values, for the tests of reading and checking them."""

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from ventralmap import arrays, dataset

META = {
    "name": "tiny",
    "title": "Tiny",
    "citation": "none",
    "licence": "CC0",
    "species": "macaque",
    "stimulus_degrees": 8,
    "measurement": "spikes",
}
IDS = ["s1", "s2", "s3", "s4"]
NEUROIDS = {
    "neuroid_id": ["n1", "n2", "n3"],
    "area": ["V1", "V4", "V4"],
    "subject": ["A", "A", "B"],
}
VALUES = np.arange(24, dtype=float).reshape(4, 2, 3) ** 2  # (stimulus, repetition, neuroid)


def images(folder, ids=tuple(IDS)):
    """Write one image per id; each has its own colour."""
    (folder / "stimuli").mkdir(parents=True, exist_ok=True)
    for number, stimulus in enumerate(ids):
        picture = np.full((8, 8, 3), number, dtype=np.uint8)
        picture[:, number % 8] = 200
        Image.fromarray(picture).save(folder / "stimuli" / f"{stimulus}.png")


def table(ids=tuple(IDS)):
    return pd.DataFrame({"stimulus_id": ids, "file": [f"{i}.png" for i in ids]})


def responses(values=VALUES, ids=tuple(IDS), **labels):
    return arrays.responses(values, stimulus_id=ids, **(NEUROIDS | labels))


def distances(n=4, seed=0):
    """A proper RDM, shape (n, n)."""
    points = np.random.default_rng(seed).normal(size=(n, 3))
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def rdms(values=None, ids=tuple(IDS), area=("V1",), subject=("A", "B"), **more):
    if values is None:
        values = np.array([[distances(len(ids), seed) for seed, _ in enumerate(subject)]])
    return arrays.rdms(values, stimulus_id=ids, area=area, subject=subject, **more)


def folder(path, **parts):
    """Write a valid dataset with responses, or with the parts given instead."""
    images(path)
    parts = {"stimuli": table(), "responses": responses()} | parts
    dataset.write(path, META, **parts)
    return path


def bare(path, **meta):
    """Write a dataset without measurements, for a test to add its own."""
    images(path)
    (path / "dataset.yaml").write_text(yaml.safe_dump(META | meta))
    table().to_csv(path / "stimuli.csv", index=False)
    return path
