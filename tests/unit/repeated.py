"""Responses to repeated stimuli, whose noise is correlated."""

import numpy as np
from rsatoolbox.data import Dataset

N, R, V = 8, 4, 6


def recorded(n=N, repetitions=R, v=V, seed=0):
    """Responses of neuroids whose noise is correlated and not equally large."""
    random = np.random.default_rng(seed)
    mixing = np.eye(v) * np.linspace(1, 3, v) + 0.5
    signal = 2 * random.normal(size=(n, 1, v)) + 5
    return signal + random.normal(size=(n, repetitions, v)) @ mixing


def toolbox(values):
    """Trials as rsatoolbox's dataset."""
    n, repetitions, v = values.shape
    labels = {
        "stimulus": np.repeat(np.arange(n), repetitions),
        "repetition": np.tile(np.arange(repetitions), n),
    }
    return Dataset(values.reshape(-1, v), obs_descriptors=labels)


def missing_repeats():
    values = recorded()
    values[1, 2:], values[4, 0], values[6, 1:] = np.nan, np.nan, np.nan
    return values
