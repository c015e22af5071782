"""The canonical copy of a dataset folder that somebody brings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ventralmap import layout
from ventralmap.dataset import load, write
from ventralmap.files import atomic


def copy(source: str | os.PathLike[str], folder: str | os.PathLike[str]) -> None:
    """Check a dataset, images included, and write its canonical copy.

    Images are hard-linked where the file system allows it, else copied.

    Parameters
    ----------
    source
        A dataset folder in any of the accepted forms.
    folder
        The folder to make; it is replaced as a whole, or left as it is if `source` is wrong.

    Raises
    ------
    InputError
        As `load` does.
    """
    dataset = load(source, verify_images=True)
    rdms = {str(array.name)[len("rdms_") :]: array for array in dataset.rdms}
    with atomic(folder) as scratch:
        for image, file in zip(dataset.images, dataset.stimuli["file"], strict=True):
            link(image, scratch / layout.IMAGES / file)
        write(scratch, dataset.meta, dataset.stimuli, dataset.responses, rdms, dataset.truth)


def link(source: Path, target: Path) -> None:
    """Put a file somewhere else too: a hard link where the file system allows it, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
