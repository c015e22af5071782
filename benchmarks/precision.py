"""What bfloat16 does to the scores: kernels, predictions of V4 neurons and RDMs, against float32.

Session 190923 of Cowley et al. (2023), which VENTRALMAP_MIRROR must hold.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from common import Clock, write
from scipy.stats import spearmanr

from ventralmap import dataset, datasets, encoding, models, weights
from ventralmap.errors import InputError
from ventralmap.extraction import extract_dataset
from ventralmap.kernels import Kernels
from ventralmap.rdm_sources import model_rdms

LAYERS = ["features.1", "features.3", "features.7", "features.14", "features.17", "features.18"]
SETTINGS = {
    "method": "ridge",
    "device": "cpu",
    "folds": 5,
    "repeats": 1,
    "generalisations": ["images"],
    "alphas": {"low": 1e-5, "high": 1e6, "n": 23},
    "alpha_by": "loo",
    "components": 25,
}


def kernels(session: dataset.Dataset, precision: str) -> tuple[Clock, Kernels]:
    """Extract the layers in one precision."""
    model = models.load("mobilenet_v2", weights=weights.locate("mobilenet_v2"), layers=LAYERS)
    with Clock() as clock:
        found = extract_dataset(model, session, precision=precision, progress=False)
    return clock, found


def compare(session: dataset.Dataset, plain: Kernels, rounded: Kernels) -> dict[str, object]:
    """Say, layer by layer, what changes when products are rounded to bfloat16."""
    plain_r, rounded_r = (
        encoding.encode(session, made, SETTINGS, seed=0)["r"].isel(generalisation=0)
        for made in (plain, rounded)
    )
    ids = list(session.stimuli.index)
    rdms = [model_rdms(made, "correlation", ids) for made in (plain, rounded)]
    return {
        layer: {
            "median_r_float32": round(float(plain_r[i].median()), 5),
            "median_r_bf16": round(float(rounded_r[i].median()), 5),
            "largest_change_of_r": round(float(abs(plain_r[i] - rounded_r[i]).max()), 5),
            "spearman_of_rdms": round(float(spearmanr(rdms[0][i], rdms[1][i])[0]), 6),
            "relative_change_of_kernel": round(relative(rounded.gram[i], plain.gram[i]), 6),
        }
        for i, layer in enumerate(LAYERS)
    }


def relative(found: np.ndarray, expected: np.ndarray) -> float:
    """Norm of the difference of two matrices, relative to that of the second."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            datasets.build("cowley2023_190923", Path(folder) / "d", downloads=Path(folder), seed=0)
        except InputError as error:
            sys.exit(f"precision: left out, there is no such session ({error})")
        session = dataset.load(Path(folder) / "d")
        clocks = {name: kernels(session, name) for name in ("float32", "bf16")}
    (plain_clock, plain), (rounded_clock, rounded) = clocks.values()
    result = {
        "data": "session 190923, mobilenet_v2",
        "images": len(session.stimuli),
        "neuroids": int(session.mean_response().shape[1]),
        "device": str(plain.attrs.get("device", "cpu")),
        "extraction": {"float32": plain_clock.rounded(), "bf16": rounded_clock.rounded()},
        "layers": compare(session, plain, rounded),
    }
    write("precision", result | {"runs": 1})


if __name__ == "__main__":
    main()
