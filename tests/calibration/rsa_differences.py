"""How often RSA tells equal layers apart, and how often its intervals hold what they should.

    python tests/calibration/rsa_differences.py [studies per setting]

Two layers read different, independent parts of what all stimuli are made of, and each subject
weighs the parts in its own way, so that over new stimuli and new subjects both layers are equally
similar. Each study draws stimuli and subjects anew.
"""

import sys

import numpy as np
from scipy.spatial.distance import pdist

from ventralmap import inference, rsa

SETTINGS = ((30, 12, 1), (62, 4, 1), (62, 12, 1), (92, 15, 1), (62, 12, 6))
"""Stimuli, subjects, and how many stimuli on average share a category (1: none do)."""
N_DIMENSIONS, N_CATEGORIES, N_BOOTSTRAP = 8, 6, 200


def part(random: np.random.Generator, n_stimuli: int, shared: int) -> np.ndarray:
    """Draw one part of what stimuli are made of, (n_stimuli, N_DIMENSIONS)."""
    own = random.normal(size=(n_stimuli, N_DIMENSIONS))
    if shared == 1:
        return own
    categories = random.normal(size=(N_CATEGORIES, N_DIMENSIONS))
    return 0.5 * own + categories[np.arange(n_stimuli) % N_CATEGORIES]


def study(
    random: np.random.Generator, n_stimuli: int, n_subjects: int, shared: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw condensed RDMs of two layers and of the subjects."""
    parts = [part(random, n_stimuli, shared) for _ in range(2)]
    noisy = [np.hstack([x, 0.5 * random.normal(size=x.shape)]) for x in parts]
    weights = random.normal(1, 0.4, size=(n_subjects, 2))
    seen = [np.hstack([w * x for w, x in zip(pair, parts, strict=True)]) for pair in weights]
    subjects = np.array([pdist(x, "sqeuclidean") for x in seen])
    layers = np.array([pdist(x, "sqeuclidean") for x in noisy])
    return layers, subjects + 8 * random.normal(size=subjects.shape)


def main() -> None:
    n_studies = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    for n_stimuli, n_subjects, shared in SETTINGS:
        random = np.random.default_rng(0)
        p, ends, mean = [], [], []
        for seed in range(n_studies):
            rdms = study(random, n_stimuli, n_subjects, shared)
            sample = rsa.bootstrap(*rdms, n_stimuli, N_BOOTSTRAP, seed)
            p.append(inference.p_different(sample.contrast(np.array([[1.0, -1.0]])))[0])
            ends.append([end[0] for end in inference.interval(sample)])
            mean.append(sample.mean[0])
        low, high = np.array(ends).T
        covered = np.mean((low <= np.mean(mean)) & (np.mean(mean) <= high))
        found = [(level, np.mean(np.array(p) < level)) for level in (0.05, 0.01)]
        below = ", ".join(f"p < {level}: {share:.3f}" for level, share in found)
        kind = " in categories" if shared > 1 else ""
        print(f"{n_stimuli} stimuli{kind}, {n_subjects} subjects; {below}; covered: {covered:.3f}")


if __name__ == "__main__":
    main()
