"""One GPU for each job: jobs on one machine spread over its GPUs by locks on files."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

VISIBLE = "CUDA_VISIBLE_DEVICES"
PAUSE = 0.5  # seconds between two looks for a GPU that has become free


def ids() -> list[str]:
    """List the GPUs that this process may use.

    Returns
    -------
    list of str
        What ``CUDA_VISIBLE_DEVICES`` names, as a cluster sets it; without it, the numbers of
        NVIDIA's devices. Empty where there is none.
    """
    named = os.environ.get(VISIBLE)
    if named is not None:
        return [name.strip() for name in named.split(",") if name.strip() not in ("", "-1")]
    found = (path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia*"))
    return sorted((name for name in found if name.isdigit()), key=int)


@contextmanager
def one(choices: Sequence[str] | None = None, folder: Path | None = None) -> Iterator[str | None]:
    """Keep one GPU to this process until the end of the block; wait until one is free.

    It is the only one that CUDA sees, so this must come before CUDA is first used. A lock ends with
    its process, however that ends.

    Parameters
    ----------
    choices
        The GPUs; those of `ids` by default.
    folder
        Of the locks; by default one of this user's, for all studies on the machine.

    Yields
    ------
    str or None
        The GPU; None where there is none.
    """
    choices = ids() if choices is None else choices
    if not choices:
        yield None
        return
    folder = folder or Path(tempfile.gettempdir()) / f"ventralmap-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name, lock = _first_free(choices, folder)
    before = os.environ.get(VISIBLE)
    os.environ[VISIBLE] = name
    try:
        yield name
    finally:
        lock.close()
        os.environ.pop(VISIBLE)
        if before is not None:
            os.environ[VISIBLE] = before


def _first_free(choices: Sequence[str], folder: Path) -> tuple[str, TextIO]:
    while True:
        for name in choices:
            lock = (folder / f"{name.replace('/', '_')}.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return name, lock
            except OSError:  # another job has it
                lock.close()
        time.sleep(PAUSE)
