"""Similarities over time with noise that remembers, for the tests of what is inferred from them."""

import numpy as np
from scipy.signal import lfilter


def noise(random, n_layers, n_subjects, n_times, memory=4.0, shared=0.7):
    """Unit variance, autocorrelated in time and alike in neighbouring layers."""
    keep = np.exp(-1 / memory)
    white = random.normal(size=(n_layers, n_subjects, n_times + 40))
    smooth = lfilter([np.sqrt(1 - keep**2)], [1, -keep], white, axis=2)[..., 40:]
    for layer in range(1, n_layers):
        smooth[layer] = shared * smooth[layer - 1] + np.sqrt(1 - shared**2) * smooth[layer]
    return smooth


def bumps(random, peaks, n_subjects, n_times=60, height=1.6, width=5.0):
    """A bump per layer at its peak, as strong as the subject, in noise."""
    strength = random.lognormal(0, 0.3, n_subjects)[:, None]
    shape = np.exp(-((np.arange(n_times) - np.asarray(peaks, float)[:, None, None]) ** 2)
                   / (2 * width**2))  # fmt: skip
    return height * strength * shape + noise(random, len(peaks), n_subjects, n_times)
