"""Small files of exactly the forms that publishers use, for the tests of the adapters."""

import zipfile

import h5py
import numpy as np
from PIL import Image


def matlab(path, **variables):
    """Write variables as MATLAB's -v7.3 does: HDF5, doubles, the first axis last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, values in variables.items():
            file.create_dataset(name, data=values.T, chunks=True)
    return path


def archive(path, folder):
    """Pack the files of a folder."""
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            packed.write(file, file.relative_to(folder))
    return path


def pictures(folder, names):
    """Write one image per name; each has its own colours."""
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / name)
    return folder
