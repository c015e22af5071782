"""The readers of files that users bring, each with a good file to start from, for fuzzing."""

import io
import itertools
import zipfile
from pathlib import Path

import dataset_folders as tiny
import numpy as np
import yaml
from rsatoolbox.rdm import RDMs

from ventralmap import (
    acceptance,
    archive,
    config,
    dataset,
    formats,
    images,
    kernels,
    layout,
    rdm_formats,
)
from ventralmap.errors import InputError

SCHEMA = Path(__file__).parents[2] / "workflow/schemas/config.schema.yaml"
STUDY = {"study": "s", "datasets": ["simulated"], "models": ["pixels"], "hierarchy": ["V1"]}


def _study(path):
    """Read a config as Snakemake does: what is no mapping never comes to us."""
    try:
        study = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    if isinstance(study, dict):
        config.resolve(study, SCHEMA)


def _fresh(read):
    """Read under a new name each time: xarray keeps files that it failed to read open, by name."""
    count = itertools.count()

    def read_fresh(path):
        other = path.with_name(f"rdms_{next(count)}{path.suffix}")
        path.rename(other)
        try:
            read(other)
        finally:
            other.rename(path)

    return read_fresh


TARGETS = {
    "dataset.yaml": lambda path: layout.read_meta(path.parent),
    "stimuli.csv": lambda path: dataset.read_stimuli(path.parent),
    "responses.csv": formats.read_responses,
    "responses.nc": _fresh(formats.read_responses),
    "rdms.nc": _fresh(rdm_formats.read_rdms),
    "rdms.h5": rdm_formats.read_rdms,
    "stimuli/s1.png": images.open_rgb,
    "images.zip": lambda path: archive.unpack(path, path.with_name("out"), max_bytes=1 << 20),
    "kernels.nc": _fresh(kernels.load),
    "accepted.csv": lambda path: acceptance.accepted("a/b.zip", path.parent),
    "study.yaml": _study,
}
"""By the name of the file: what reads it."""


def good(folder):
    """Write a good file for every reader."""
    tiny.folder(folder, rdms={"": tiny.rdms()})
    pairs = np.array([tiny.distances(seed=s)[np.triu_indices(4, 1)] for s in range(2)])
    RDMs(
        pairs,
        rdm_descriptors={"area": ["V1", "V1"], "subject": ["A", "B"]},
        pattern_descriptors={"stimulus_id": tiny.IDS},
    ).save(str(folder / "rdms.h5"), file_type="hdf5", overwrite=True)
    rows = [f"{key},{value},{value**2},3\n" for value, key in enumerate(tiny.IDS)]
    (folder / "responses.csv").write_text("stimulus_id,n1,n2,n3\n" + "".join(rows))
    (folder / "neuroids.csv").write_text("neuroid_id,area,subject\nn1,V1,A\nn2,V4,A\nn3,V4,B\n")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", "A" * 100)
        file.writestr("in/b.txt", "B")
    (folder / "images.zip").write_bytes(buffer.getvalue())
    gram = np.ones((1, 3, 3))
    counts = {"n_features": np.array([5]), "n_constant": np.array([0])}
    names = {"layers": ["a"], "stimulus_ids": ["s1", "s2", "s3"]}
    layers = kernels.Kernels.from_gram(gram, row_sum=np.ones((1, 3)), **counts, **names)
    kernels.save(layers, folder / "kernels.nc")
    (folder / "accepted.csv").write_text(f"file,sha256\na/b.zip,{'0' * 64}\n")
    (folder / "study.yaml").write_text(yaml.safe_dump(STUDY))
    return folder


def read(folder, name, content):
    """Put content in the place of a good file and read it; tell whether it was refused.

    Anything but an `InputError` of one printable line is raised.
    """
    path = folder / name
    kept = path.read_bytes()
    path.write_bytes(content)
    try:
        TARGETS[name](path)
        return False
    except InputError as error:
        if not str(error).isprintable():
            raise ValueError(f"a message of more than a line: {error}") from error
        return True
    finally:
        path.write_bytes(kept)
