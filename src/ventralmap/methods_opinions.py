"""What the methods section says of second opinions and of recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Config = Mapping[str, Any]


def spectra(config: Config) -> str:
    """Say what dimensionality and alignment are."""
    return (
        "Effective dimensionality of a layer: (Σ λ)² / Σ λ² of the eigenvalues of its centred"
        " kernel over the images (Elmoznino & Bonner 2024). Alignment: the share of the variance"
        " of the responses, each neuroid z-scored, in the leading eigenvectors (Canatar et al."
        " 2023); of RDMs, of the kernel −D / 2, centred."
    )


def stability(config: Config) -> str:
    """Say what was repeated with other seeds."""
    number = config.get("stability", "other")
    return (
        f"Encoding was repeated with {number} other seeds of the folds and, with RSA, of the"
        " parameters of untrained networks."
    )


def recovery(config: Config) -> str:
    """Say how recordings were simulated and what was done with them."""
    return (
        "Model recovery (as in Han et al. 2023): for each layer of the first model, recordings were"
        " simulated of units with Gaussian receptive fields, each a random weighted sum of 20 units"
        " of the layer standardised over images, and analysed with all layers of all models:"
        " ridge regression and partial least squares on one split into folds, debiased CKA, and RSA"
        " of the mean responses. Where there are responses, each simulated neuroid has the"
        " reliability of a real one; where there are RDMs alone, the noise is such that the lower"
        " noise ceiling is that of the data. p_best resamples neuroids (ridge regression, partial"
        " least squares, CKA) or images and subjects (RSA)."
    )


WRITERS: dict[str, Callable[[Config], str]] = {
    "spectra": spectra,
    "stability": stability,
    "recovery_summary": recovery,
}
"""By the name of the table."""
