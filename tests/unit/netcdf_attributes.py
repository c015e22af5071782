"""What every NetCDF file of a study must say of itself."""

import json
import re

import numpy as np

GLOBALS = {"Conventions", "title", "config", "seed", "versions", "dataset", "dataset_sha256"}
OF_MODELS = {"model", "weights_sha256"}


def complain(found, *, models=True):
    """List what a dataset lacks: a long name, a unit of numbers, or a global attribute."""
    lacking = [
        f"{name} has no {key}"
        for name, variable in found.variables.items()
        for key in ("long_name", "units")
        if not variable.attrs.get(key) and (key == "long_name" or is_number(variable))
    ]
    wanted = GLOBALS | (OF_MODELS if models else set())
    return lacking + [f"no global {key}" for key in sorted(wanted - set(found.attrs))]


def is_number(variable):
    return np.issubdtype(variable.dtype, np.number)


def well_formed(found):
    """Tell whether the global attributes can be read back."""
    versions, config = (json.loads(found.attrs[key]) for key in ("versions", "config"))
    assert {"ventralmap", "numpy", "scipy", "torch"} <= set(versions)
    assert isinstance(config, dict)
    assert re.fullmatch(r"[0-9a-f]{64}", found.attrs["dataset_sha256"])
    return True
