"""Models of timm, which is imported only here and only when one is asked for."""

from __future__ import annotations

import torch

from ventralmap.built import Built, in_words
from ventralmap.errors import InputError
from ventralmap.model_names import TIMM, Name


def build(parts: Name, seed: int) -> Built:
    """Make a model of timm, with its weights and preprocessing.

    Parameters
    ----------
    parts
        Of the model's name: ``timm:<name>``, with timm's tag of the weights after ``@``.
    seed
        Of the parameters of an untrained twin.

    Raises
    ------
    InputError
        If timm is not installed, has no such model or weights, or cannot fetch them.
    """
    import timm

    name = parts.base.removeprefix(TIMM) + (f".{parts.weights}" if parts.weights else "")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            network = timm.create_model(name, pretrained=not parts.untrained).eval()
        except Exception as error:  # timm and its hub raise what they like
            brief = " ".join(str(error).split())[:300]
            raise InputError(
                f"model '{parts}': timm cannot make it ({type(error).__name__}: {brief}); see "
                f"timm.list_models('*{parts.base.removeprefix(TIMM)[:8]}*')"
            ) from error
    settings = timm.data.resolve_model_data_config(network)
    preprocess = timm.data.create_transform(**settings, is_training=False)
    return Built(
        network=network,
        preprocess=preprocess,
        layers=(),
        preprocessing=in_words(preprocess),
        source=f"timm {timm.__version__} {name}" + (", its initialisation" * parts.untrained),
        seed=seed if parts.untrained else None,
    )
