"""Where computations run, found without importing torch (seconds) where there is no GPU."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ventralmap.errors import InputError

DEVICES = ("auto", "cpu", "cuda")
"""What the config's `device` may be."""
DRIVERS = ("/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg", "/dev/kfd")
"""What the driver of a GPU leaves: NVIDIA's (in containers too), that of Windows' subsystem for
Linux, and AMD's, which torch calls cuda as well."""


def choose(name: str, step: str) -> str:
    """Choose a device.

    Parameters
    ----------
    name
        ``auto`` (a GPU if there is one), ``cpu`` or ``cuda``.
    step
        The section of the config that says so, for errors.

    Returns
    -------
    str
        ``cpu`` or ``cuda``.

    Raises
    ------
    InputError
        For another name, or if ``cuda`` is not available here.
    """
    if name not in DEVICES:
        choices = ", ".join(DEVICES)  # 'cpu' is close to 'gpu', not meant
        raise InputError(f"{step}: device: '{name}' is not possible; choose from: {choices}")
    found = may_be_gpu(name) and _torch_finds_one()
    if name == "cuda" and not found:
        raise InputError(f"{step}: device: cuda is not available here; write auto or cpu")
    return "cuda" if found else "cpu"


def may_be_gpu(name: str) -> bool:
    """Whether a device may turn out to be a GPU, as far as can be told without torch.

    Parameters
    ----------
    name
        ``auto``, ``cpu`` or ``cuda``.

    Returns
    -------
    bool
        For ``auto`` whether a driver of GPUs is here, or torch is loaded anyway and can be asked.
    """
    if name == "auto":
        return "torch" in sys.modules or _has_driver()
    return name == "cuda"


def _has_driver() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path(path).exists() for path in DRIVERS)


def _torch_finds_one() -> bool:
    import torch

    return torch.cuda.is_available()
