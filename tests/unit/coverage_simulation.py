"""How often intervals of encoding scores hold the score over all stimuli, known in closed form."""

import in_memory as made
import numpy as np

from ventralmap import encoding, resampling
from ventralmap.intervals import Resampling

N_FEATURES = 10
NOISE = 1.0
SETTINGS = {
    "method": "ridge",
    "alpha_by": "loo",
    "components": 25,
    "folds": 5,
    "repeats": 1,
    "alphas": {"low": 1e-3, "high": 1e3, "n": 7},
}


def covered(interval, n, *, n_stimuli=100, n_neuroids=9, n_others=0, n_samples=200, first=0):
    """Share of intervals that hold the median r over all stimuli.

    Responses are linear in normal features, with noise. Then the correlation of a fit's predictions
    with the responses over all stimuli has a closed form, b'w / (|b| sqrt(|w|^2 + noise^2)).

    Returns
    -------
    dict
        fits: of the median over the neuroids that were measured; neuroids: of that over all
        neuroids, for which others stand where there are any; width: mean width of the intervals.
    """
    held = [
        _one(interval, seed, n_stimuli, n_neuroids, n_others, n_samples)
        for seed in range(first, first + n)
    ]
    return dict(zip(("fits", "neuroids", "width"), np.mean(held, axis=0), strict=True))


def _one(interval, seed, n_stimuli, n_neuroids, n_others, n_samples):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n_stimuli, N_FEATURES))
    w = random.normal(size=(N_FEATURES, n_neuroids + n_others)) / np.sqrt(N_FEATURES)
    y = x @ w + NOISE * random.normal(size=(n_stimuli, w.shape[1]))
    data = made.dataset(n_stimuli, y)
    scores = encoding.encode(data, made.kernels([x]), SETTINGS, seed, n_resamples=n_samples)
    draw = Resampling(n_samples, seed, interval)
    measured = scores.isel(generalisation=0, neuroid=slice(n_neuroids))
    samples = draw.samples("tiny", measured)
    low, high = (float(end[0]) for end in resampling.percentile_interval(samples))
    truth = _true_r(x, y, w, scores)
    others = truth[n_neuroids:] if n_others else truth
    fits, neuroids = np.median(truth[:n_neuroids]), np.median(others)
    return low <= fits <= high, low <= neuroids <= high, high - low


def _true_r(x, y, w, scores):
    """Mean over folds of the correlation over all stimuli, shape (n_neuroids,)."""
    spread = np.sqrt((w**2).sum(axis=0) + NOISE**2)
    found = [
        (b * w).sum(axis=0) / np.sqrt((b**2).sum(axis=0)) / spread
        for b in _coefficients(x, y, scores)
    ]
    return np.mean(found, axis=0)


def _coefficients(x, y, scores):
    """Yield the coefficients of each fold's fits, shape (N_FEATURES, n_neuroids)."""
    folds = scores["held_out_in"].values[0, 0]
    for fold, alpha in enumerate(scores["alpha"].values[0, 0, 0]):
        z, r = x[folds != fold], y[folds != fold]
        z, r = z - z.mean(axis=0), r - r.mean(axis=0)
        values, vectors = np.linalg.eigh(z.T @ z)
        yield vectors @ ((vectors.T @ (z.T @ r)) / (values[:, None] + alpha))


def covered_categories(n, *, n_categories=10, n_images=10, n_neuroids=9, n_samples=200):
    """Share of intervals over categories that hold the score of as many other categories.

    Half of the features' variance is between categories. The truth for given fits is the mean
    correlation in folds of so many new categories, 60 of which are drawn.
    """
    return np.mean(
        [_categories(s, n_categories, n_images, n_neuroids, n_samples) for s in range(n)]
    )


def _categories(seed, n_categories, n_images, n_neuroids, n_samples):
    random = np.random.default_rng(seed)
    category = np.repeat(np.arange(n_categories), n_images)
    w = random.normal(size=(N_FEATURES, n_neuroids)) / np.sqrt(N_FEATURES)
    x, y = _images(random, (), n_categories, n_images, w)
    data = made.dataset(len(x), y, category=np.array([f"c{c:02d}" for c in category]))
    settings = SETTINGS | {"generalisations": ["category"]}
    scores = encoding.encode(data, made.kernels([x]), settings, seed, n_resamples=n_samples)
    samples = Resampling(n_samples, seed, "stimuli").samples("tiny", scores.isel(generalisation=0))
    low, high = (float(end[0]) for end in resampling.percentile_interval(samples))
    z, measured = _images(random, (60,), n_categories // SETTINGS["folds"], n_images, w)
    measured = measured - measured.mean(axis=1, keepdims=True)
    r = []
    for b in _coefficients(x, y, scores):
        p = z @ b - (z @ b).mean(axis=1, keepdims=True)  # (fold, image, neuroid)
        norm = np.sqrt((p**2).sum(axis=1) * (measured**2).sum(axis=1))
        r.append(((p * measured).sum(axis=1) / norm).mean(axis=0))
    return low <= np.median(np.mean(r, axis=0)) <= high


def _images(random, shape, n_categories, n_images, w):
    """Features (..., n_categories * n_images, N_FEATURES) and responses of new categories."""
    centres = random.normal(size=(*shape, n_categories, 1, N_FEATURES))
    within = random.normal(size=(*shape, n_categories, n_images, N_FEATURES))
    x = ((centres + within) / np.sqrt(2)).reshape(*shape, -1, N_FEATURES)
    return x, x @ w + NOISE * random.normal(size=(*x.shape[:-1], w.shape[1]))
