"""The machine that a job runs on, in words that a methods section can use."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

CPU = Path("/proc/cpuinfo")  # Linux
RELEASE = Path("/etc/os-release")
GIGABYTE = 1e9


def describe() -> dict[str, str]:
    """Say which machine this is, without its name.

    Returns
    -------
    dict
        ``cpu``, ``cores`` (that this process may use, of all), ``memory``, ``gpu`` (where this
        process has used one) and ``system``.
    """
    found = {"cpu": _cpu(), "cores": _cores(), "memory": _memory(), "gpu": _gpu()}
    return {key: value for key, value in (found | {"system": _system()}).items() if value}


def _cpu() -> str:
    """Name of the processor as Linux has it; elsewhere, and where it has none, its architecture."""
    text = CPU.read_text(errors="replace") if CPU.exists() else ""
    names = [line.partition(":")[2] for line in text.splitlines() if line.startswith("model name")]
    name = " ".join(names[0].split()) if names else ""
    return name or platform.processor() or platform.machine()


def _cores() -> str:
    whole = os.cpu_count() or 1
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else whole
    return f"{mine}" if mine == whole else f"{mine} of {whole}"


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):  # not every system says
        return ""
    return f"{size / GIGABYTE:.0f} GB"


def _gpu() -> str:
    """Name of the GPUs, where torch is loaded and has used one: asking loads nothing."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return ""
    return ", ".join(
        torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())
    )


def _system() -> str:
    """Name of the system: the distribution where it has one, and the kernel."""
    lines = RELEASE.read_text(errors="replace").splitlines() if RELEASE.exists() else []
    pretty = [line.partition("=")[2].strip('"') for line in lines if line.startswith("PRETTY_NAME")]
    return ", ".join([*pretty[:1], f"{platform.system()} {platform.release()}"])
