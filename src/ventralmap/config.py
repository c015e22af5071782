"""A study's config: validated, completed with defaults, mistakes named in one line."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError, best_match

from ventralmap.errors import InputError, suggest
from ventralmap.hierarchy import areas
from ventralmap.model_names import PIXELS

Schema = Mapping[str, Any]

# JSON takes 200.0 for an integer; Python does not count to it
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
_Validator = validators.extend(Draft202012Validator, type_checker=_TYPES)


def resolve(config: Mapping[str, Any], schema_path: str | os.PathLike[str]) -> dict[str, Any]:
    """Validate the config of a study and fill in its defaults.

    Parameters
    ----------
    config
        As read from the study's YAML file.
    schema_path
        The JSON schema (YAML) of studies.

    Returns
    -------
    dict
        The config with every key present.

    Raises
    ------
    InputError
        Naming the key that is unknown, missing or wrong, and the remedy.
    """
    resolved = complete(config, schema_path)
    _check_hierarchy(resolved)
    _check_layers(resolved)
    _check_beside(resolved)
    _check_angles(resolved)
    _check_bands(resolved)
    _check_projection(resolved)
    _check_alphas(resolved)
    _check_recovery(resolved)
    return resolved


def complete(config: Mapping[str, Any], schema_path: str | os.PathLike[str]) -> dict[str, Any]:
    """Validate any config against a schema and fill in the defaults that the schema gives.

    Raises
    ------
    InputError
        Naming the key that is unknown, missing or wrong, and the remedy.
    """
    with open(schema_path, encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    _check_finite(config)
    error = best_match(_Validator(schema).iter_errors(config))
    if error is not None:
        raise InputError(f"config: {_explain(error)}")
    return _with_defaults(deepcopy(dict(config)), schema)


def _check_finite(value: Any, where: str = "") -> None:
    """Refuse NaN and infinity, which YAML can write and no limit of the schema excludes."""
    if isinstance(value, Mapping | list):
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
            _check_finite(part, f"{where}{key}: ")
    elif isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"config: {where}{value} is not a finite number; write one")


def _explain(error: ValidationError) -> str:
    where = "".join(f"{part}: " for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        return f"{where}unknown key '{unknown}'; {suggest(unknown, known)}"
    if error.validator == "enum":
        choices = ", ".join(map(str, error.validator_value))  # 'cpu' is close to 'gpu', not meant
        return f"{where}'{error.instance}' is not possible; choose from: {choices}"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{where}key '{missing}' is missing; {_purpose(error.schema, missing)}"
    return f"{where}{error.message}"


def _purpose(schema: Schema, key: str) -> str:
    return f"add it: {schema['properties'][key]['description']}"


def _with_defaults(config: dict[str, Any], schema: Schema) -> dict[str, Any]:
    for key, part in schema.get("properties", {}).items():
        if key not in config and "default" in part:
            config[key] = deepcopy(part["default"])
        if key in config and "object" in part.get("type", ()):
            config[key] = _with_defaults(_as_numbers(config[key]), part)
    return config


def _as_numbers(value: Any) -> dict[str, Any]:
    """Write a step that is switched on as its defaults, and one that is off as no draws."""
    if isinstance(value, bool):
        return {} if value else {"draws": 0}
    return dict(value)


def _check_hierarchy(config: Mapping[str, Any]) -> None:
    names = areas(config["hierarchy"])
    for area in names:
        if names.count(area) > 1:
            raise InputError(f"config: hierarchy: area '{area}' is there twice; keep it once")


def _check_layers(config: Mapping[str, Any]) -> None:
    for model in config["layers"]:
        if model not in config["models"]:
            raise InputError(
                f"config: layers: '{model}' is not among the models; "
                f"{suggest(model, config['models'])}"
            )


def _check_beside(config: Mapping[str, Any]) -> None:
    for area in areas(config["hierarchy"]):
        if area in config["beside"]:
            raise InputError(
                f"config: beside: '{area}' is in the hierarchy too; take it out of one of them"
            )


def _check_angles(config: Mapping[str, Any]) -> None:
    for model in config["visual_angle"]["models"]:
        if model not in config["models"]:
            raise InputError(
                f"config: visual_angle: models: '{model}' is not among the models; "
                f"{suggest(model, config['models'])}"
            )


def _check_bands(config: Mapping[str, Any]) -> None:
    bands = [band for names in config["encoding"]["banded"] for band in names]
    for band in bands:
        model = band.rpartition(":")[0]
        if model not in config["models"]:
            raise InputError(
                f"config: encoding: banded: '{model}' is not among the models; "
                f"{suggest(model, config['models'])}"
            )


def _check_alphas(config: Mapping[str, Any]) -> None:
    low, high = (config["encoding"]["alphas"][end] for end in ("low", "high"))
    if low >= high:
        raise InputError(
            f"config: encoding: alphas: low: {low:g} is not below high: {high:g}; write the"
            " smallest penalty as low and the largest as high"
        )


def _check_projection(config: Mapping[str, Any]) -> None:
    method, n = config["encoding"]["method"], config["features"]["projection"]
    if method == "ridge_srp" and n is None:
        raise InputError(
            "config: encoding: method: ridge_srp needs features: projection; give the number of "
            "dimensions there, such as 2000"
        )
    if method != "ridge_srp" and n is not None:
        raise InputError(
            f"config: features: projection: {n} is for encoding: method: ridge_srp, and the method "
            f"is {method}; write ridge_srp, or leave projection out"
        )


def _check_recovery(config: Mapping[str, Any]) -> None:
    if config["recovery"]["draws"] and config["features"]["projection"] is not None:
        raise InputError(
            "config: recovery: needs kernels, and features: projection keeps none; leave one of"
            " them out"
        )
    if config["recovery"]["draws"] and config["models"][0] == PIXELS:
        raise InputError(
            "config: recovery: recordings are simulated from the layers of the first model, and"
            " pixels have one; name another model first"
        )
