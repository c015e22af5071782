"""Models from a file of the user: a function that returns network, preprocessing and layers."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from PIL import Image
from torch import nn

from ventralmap import registry
from ventralmap.built import Built, in_words
from ventralmap.errors import InputError, suggest
from ventralmap.files import sha256
from ventralmap.model_names import Name
from ventralmap.registry import Layer

SIDE = 256
"""Side of the image on which preprocessing is tried."""


def build(parts: Name, seed: int) -> Built:
    """Make a model by calling a function in the user's file.

    The function takes no arguments, or ``pretrained`` (true by default), which is false for the
    untrained twin. It returns three or four things: the network (a ``torch.nn.Module``); the
    preprocessing, from an RGB image of Pillow to a float32 tensor (3, height, width); the layers,
    first to last, each the name of a module or a pair (name, module), or None to have them found;
    and, if there is one, the path of the file of weights, whose sha256 is put on record.

    Parameters
    ----------
    parts
        Of the model's name.
    seed
        Of torch while the function runs, so that what it draws is the same each time.

    Raises
    ------
    InputError
        If there is no such function, it fails, or returns something else.
    """
    name = str(parts)
    found = _call(name, _function(parts), parts.untrained, seed)
    if not isinstance(found, tuple) or len(found) not in (3, 4):
        raise InputError(
            f"model '{name}': its function returns {type(found).__name__}; return the tuple "
            "(network, preprocessing, layers), or with the path of the weights as a fourth"
        )
    network, preprocess, layers, *weights = found
    _check(name, network, preprocess)
    return Built(
        network=network.eval(),
        preprocess=preprocess,
        layers=_layers(name, layers),
        preprocessing=in_words(preprocess),
        source=parts.base,
        weights_sha256=_hash(name, weights[0]) if weights and not parts.untrained else "",
        seed=seed if parts.untrained else None,
    )


def _function(parts: Name) -> Callable[..., Any]:
    file, wanted = registry.plugin_file(parts), parts.base.rpartition(":")[2]
    with _importing_from(file.parent):
        module = _load(file)
    function = getattr(module, wanted, None)
    if not callable(function):
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise InputError(f"{file}: has no function '{wanted}'; {suggest(wanted, known)}")
    return function


def _load(file: Path) -> ModuleType:
    name = f"ventralmap_plugin_{file.stem}"
    spec = util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the user's own code may raise anything
        raise InputError(f"{file}: {_brief(error)}; correct the file") from error
    return module


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Let a plug-in import the modules beside it."""
    sys.path.insert(0, str(folder.resolve()))
    try:
        yield
    finally:
        sys.path.remove(str(folder.resolve()))


def _call(name: str, function: Callable[..., Any], untrained: bool, seed: int) -> Any:
    options = {"pretrained": False} if untrained else {}
    if untrained and "pretrained" not in inspect.signature(function).parameters:
        raise InputError(
            f"model '{name}': its function has no parameter `pretrained`, so there is no untrained"
            " twin; add `pretrained=True` and leave the parameters as they are drawn without it"
        )
    folder = Path(inspect.getfile(inspect.unwrap(function))).parent
    with torch.random.fork_rng(devices=[]), _importing_from(folder):
        torch.manual_seed(seed)
        try:
            return function(**options)
        except Exception as error:  # the user's own code may raise anything
            raise InputError(f"model '{name}': {_brief(error)}; correct its function") from error


def _check(name: str, network: object, preprocess: object) -> None:
    if not isinstance(network, nn.Module):
        raise InputError(
            f"model '{name}': the network is a {type(network).__name__}; return a torch.nn.Module"
        )
    if not callable(preprocess):
        raise InputError(
            f"model '{name}': the preprocessing is a {type(preprocess).__name__}; return a function"
        )
    shown = _try(name, preprocess)
    shape, kind = tuple(getattr(shown, "shape", ())), getattr(shown, "dtype", None)
    if len(shape) != 3 or shape[0] != 3 or kind != torch.float32:
        raise InputError(
            f"model '{name}': the preprocessing gives {shape} of {kind}; "
            "give float32 of the shape (3, height, width)"
        )


def _try(name: str, preprocess: Callable[..., Any]) -> Any:
    try:
        return preprocess(Image.new("RGB", (SIDE, SIDE)))
    except Exception as error:  # the user's own code may raise anything
        raise InputError(
            f"model '{name}': the preprocessing fails for an RGB image ({_brief(error)}); mend it"
        ) from error


def _hash(name: str, weights: Any) -> str:
    try:
        return sha256(weights)
    except (OSError, TypeError) as error:
        raise InputError(
            f"model '{name}': its file of weights cannot be read ({_brief(error)}); return its path"
        ) from error


def _layers(name: str, layers: Sequence[object] | None) -> tuple[Layer, ...]:
    return tuple(_layer(name, entry) for entry in layers or ())


def _layer(name: str, entry: object) -> Layer:
    pair = (entry, entry) if isinstance(entry, str) else entry
    match pair:
        case (str(own), str(node)) if ":" not in own:
            return Layer(own, node)
    raise InputError(
        f"model '{name}': {entry!r} is no layer; write the name of a module, or the pair (name,"
        " module), without ':' in the name"
    )


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
