"""How often RSA finds that one layer is better than another, by how much better it is."""

from __future__ import annotations

import numpy as np

from ventralmap import correspondence, matches
from ventralmap.calibration import outcomes as out
from ventralmap.calibration import rsa_layers
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.rsa_made import Noise

FOUND = "correspondence.csv beats_next_p: the better layer found"
AHEAD = "rsa.csv similarity: how far the better layer is ahead"
CEILING = "rsa.csv ceiling_low: with two layers' parts seen"


def difference(
    seed: int, *, stimuli: int, subjects: int, noise: Noise, advantage: float
) -> list[Outcome]:
    """Two layers, of which subjects see the part of the first more strongly.

    Parameters
    ----------
    seed
        Of the study.
    stimuli, subjects, noise
        Its sizes.
    advantage
        How much more strongly, 0: equally strong, 1: twice as strong.
    """
    random = np.random.default_rng(seed)
    weight = np.array([1 + advantage, 1.0])
    run = rsa_layers.study(random, seed, weight, stimuli, subjects, noise, ceilings="found")
    match = matches.rsa_matches([run])[0]
    p = correspondence.correspondence_table([match], {})["beats_next_p"].iloc[0]
    ahead = float(match.scores[0] - match.scores[1])
    return [
        out.power_p(FOUND, p if match.best == 0 else 1.0),
        out.estimate(AHEAD, ahead, np.nan),
        out.estimate(CEILING, float(run.scores["ceiling_low"][0]), np.nan),
    ]
