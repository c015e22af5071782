"""A small dataset folder of a lab's own, with everything that a dataset can hold."""

import dataset_folders as folders
import numpy as np
import pandas as pd

N_STIMULI = 24
N_UNSEEN = 4
SEED = 0
CONFIG = {
    "title": "A lab's own recordings",
    "models": ["resnet18+untrained", "pixels"],
    "layers": {"resnet18+untrained": ["layer1.0.relu_1", "layer3.1.relu_1"]},
    "hierarchy": ["V1", "V4"],
    "bootstrap": 100,
    "rsa": {"permutations": 99},
    "encoding": {
        "reliability_splits": 5,
        "interval": "both",
        "banded": [["resnet18+untrained:layer3.1.relu_1", "pixels:pixels"]],
    },
}


def write(folder, **about):
    """Write responses of five neuroids and RDMs of three subjects, static and over time."""
    random = np.random.default_rng(SEED)
    ids = [f"s{i:02d}" for i in range(N_STIMULI)]
    stimuli = folders.table(ids).assign(category=["face", "place"] * (N_STIMULI // 2))
    labels = {
        "neuroid_id": [f"n{i}" for i in range(5)],
        "area": ["V1", "V1", "V4", "V4", "V4"],
        "subject": ["A", "A", "A", "B", "B"],
    }
    signal = random.normal(size=(N_STIMULI, 1, 5))
    values = signal + random.normal(size=(N_STIMULI, 3, 5))
    values[:N_UNSEEN, :, 3:] = np.nan  # subject B
    responses = folders.responses(values, ids, **labels)
    subjects = ("p1", "p2", "p3")
    distances = np.array([[folders.distances(N_STIMULI, seed) for seed in range(3)]])
    over_time = np.stack([distances + 0.1 * t for t in range(4)], axis=2)
    over_time[..., np.arange(N_STIMULI), np.arange(N_STIMULI)] = 0
    rdms = {
        "": folders.rdms(distances, ids, subject=subjects),
        "meg": folders.rdms(
            over_time, ids, area=("MEG",), subject=subjects, time=[0.0, 10.0, 20.0, 30.0]
        ),
    }
    folders.images(folder, ids)
    folders.dataset.write(folder, folders.META | about, stimuli, responses, rdms)
    return folder


def write_responses(folder, repetitions=3):
    """Write responses alone: V1 of two subjects, V4 of one and of two neuroids of the other."""
    random = np.random.default_rng(SEED)
    ids = [f"s{i:02d}" for i in range(N_STIMULI)]
    labels = {
        "neuroid_id": [f"n{i:02d}" for i in range(14)],
        "area": ["V1"] * 8 + ["V4"] * 6,
        "subject": ["A", "B"] * 4 + ["A"] * 4 + ["B"] * 2,
    }
    values = random.normal(size=(N_STIMULI, 1, 14)) + random.normal(
        size=(N_STIMULI, repetitions, 14)
    )
    folders.images(folder, ids)
    responses = folders.responses(values, ids, **labels)
    folders.dataset.write(folder, folders.META, folders.table(ids), responses)
    return folder


def edit_table(folder, **columns):
    """Change columns of stimuli.csv by functions of the column."""
    path = folder / "stimuli.csv"
    table = pd.read_csv(path)
    table.assign(**{name: change(table[name]) for name, change in columns.items()}).to_csv(
        path, index=False
    )
