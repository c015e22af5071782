"""The pages of the reference that are made from what the program itself reads.

``python -m ventralmap.reference_pages`` writes them anew into ``docs/reference/``, from the root of
the repository: every key of a config from the schema, every column of a table from its
description, every command from its parser.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from ventralmap import cli, columns, columns_models, columns_rsa, opinion_columns
from ventralmap.files import atomic

SCHEMA = Path("workflow/schemas/config.schema.yaml")
FOLDER = Path("docs/reference")
MADE = "Made by `python -m ventralmap.reference_pages`"
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minItems": "{} or more",
    "maxLength": "at most {} characters",
}
"""What a schema says of a value besides its type, in words."""
GROUPS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("encoding.csv", "A row per dataset, model, layer, area, subject and what is held out.",
     columns.ENCODING),
    ("rsa.csv", "A row per dataset, model, layer and area.", columns_rsa.RSA),
    ("rsa_pairs.csv", "A row per dataset, model, area and pair of layers.", columns_rsa.PAIRS),
    ("rsa_fitted.csv and rsa_weights.csv", "A row per dataset, model, area (and layer).",
     columns_rsa.FITTED),
    ("correspondence.csv and hierarchy.csv",
     "A row per dataset, model, area and method; a row per model and method.",
     columns.CORRESPONDENCE),
    ("timecourse.csv and latency.csv", "A row per dataset, model, layer, area (and time).",
     columns.TIME),
    ("fusion.csv, commonality.csv and latency_hierarchy.csv",
     "A row per area and time (and layer); a row per model and latency.", columns.FUSION),
    ("variance.csv", "A row per dataset, area, set of layers and layer.", columns.VARIANCE),
    ("agreement.csv, spectra.csv, recovery.csv and stability.csv",
     "A row per dataset, model, layer, area; of recovery, per simulated recording.",
     opinion_columns.COLUMNS),
    ("models.csv", "A row per model.", columns_models.MODELS),
    ("model_layers.csv", "A row per dataset, model and layer.", columns_models.LAYERS),
    ("twins.csv", "A row per dataset, model, area and method, where there are several twins.",
     columns_models.TWINS),
    ("alterations.csv", "A row per dataset, altered model, area and method.",
     columns_models.ALTERATIONS),
)  # fmt: skip
"""Tables, what a row is of, and the descriptions of the columns that are theirs."""


def config(schema: Mapping[str, Any]) -> str:
    """Write the page of the config's keys.

    Parameters
    ----------
    schema
        That of studies.
    """
    needed = ", ".join(f"`{key}`" for key in schema["required"])
    lines = [
        "# Keys of a config",
        "",
        f"{MADE} from `{SCHEMA}`. A study is a YAML file with these keys; those without a default"
        f" ({needed}) must be there, an unknown one is refused with the nearest name.",
        "",
        *_section(schema, keys_of(schema)),
    ]
    for name, part in keys(schema):
        if part.get("properties"):
            lines += [f"## {name}", "", _cell(part["description"]), ""]
            lines += _section(part, keys_of(part))
    return "\n".join(lines)


def _section(part: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Write a table of the keys on one level."""
    rows = [_key(name, part["properties"][name]) for name in names]
    return ["| key | type | default | what |", "| --- | --- | --- | --- |", *rows, ""]


def keys_of(schema: Mapping[str, Any]) -> list[str]:
    """List the keys on one level of a schema."""
    return list(schema.get("properties", {}))


def keys(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """List the keys of a schema, those inside others after them, with their parts of it."""
    for name, part in schema.get("properties", {}).items():
        yield prefix + name, part
        yield from keys(part, f"{prefix}{name}: ")


def _key(name: str, part: Mapping[str, Any]) -> str:
    default = _value(part["default"]) if "default" in part else "required"
    if part.get("properties"):
        default = "see below" if part["default"] == {} else f"{default}, see below"
    return f"| `{name}` | {_cell(_type(part))} | {default} | {_cell(part['description'])} |"


def _type(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return "one of " + ", ".join(f"`{choice}`" for choice in part["enum"])
    kinds = [part["type"]] if isinstance(part["type"], str) else part["type"]
    limits = [words.format(part[key]) for key, words in LIMITS.items() if key in part]
    return " or ".join(kinds) + (f", {', '.join(limits)}" if limits else "")


def _value(value: Any) -> str:
    return f"`{yaml.safe_dump(value, default_flow_style=True).split(chr(10))[0]}`"


def _cell(text: str) -> str:
    """Write a text for a cell: one line, in which angle brackets and bars are text."""
    plain = " ".join(text.split()).replace("|", "\\|")
    parts = plain.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace(">", "&gt;") for part in parts[::2]]
    return "`".join(parts)


def tables() -> str:
    """Write the page of the tables' columns."""
    own = {name for _, _, group in GROUPS for name in group}
    shared = {name: about for name, about in columns.COLUMNS.items() if name not in own}
    lines = [
        "# Tables and their columns",
        "",
        f"{MADE} from the descriptions that every study writes into its own"
        " `tables/columns.csv`. Tables lie in `results/<study>/tables/`. A column that is written"
        " `<table>.<column>` means in that table what stands here, whatever it means in others.",
        "",
        "## In several tables",
        "",
        *_columns(shared),
    ]
    for title, rows, group in GROUPS:
        lines += [f"## {title}", "", rows, "", *_columns(group)]
    return "\n".join(lines)


def _columns(group: Mapping[str, tuple[str, str]]) -> list[str]:
    rows = [f"| `{name}` | {unit} | {_cell(words)} |" for name, (unit, words) in group.items()]
    return ["| column | unit | meaning |", "| --- | --- | --- |", *rows, ""]


def commands() -> str:
    """Write the page of the program's commands."""
    lines = [
        "# Commands",
        "",
        f"{MADE} from the program's own help.",
        "",
        "The pipeline is run by Snakemake: `snakemake --cores all --configfile"
        " config/<study>.yaml`. Beside it there is `ventralmap`:",
        "",
    ]
    for name, command in cli.COMMANDS.items():
        parser = argparse.ArgumentParser(add_help=False)
        import_module(command.module).arguments(parser)
        lines += [f"## ventralmap {name}", "", f"{command.help[0].upper()}{command.help[1:]}.", ""]
        lines += ["| argument | what |", "| --- | --- |"]
        lines += [_argument(action) for action in parser._actions]
        lines += [""]
    return "\n".join(lines)


def _argument(action: argparse.Action) -> str:
    many = {"+": " ...", "*": " ..."}.get(str(action.nargs), "")
    shown = action.metavar if isinstance(action.metavar, str) else None
    if not action.option_strings:
        return f"| `{shown or action.dest}{many}` | {_cell(action.help or '')} |"
    value = "" if action.nargs == 0 else f" {shown or action.dest.upper()}"
    return f"| `{', '.join(action.option_strings)}{value}{many}` | {_cell(action.help or '')} |"


def pages() -> dict[str, str]:
    """Write all pages, by the names of their files."""
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    return {"config.md": config(schema), "tables.md": tables(), "commands.md": commands()}


if __name__ == "__main__":
    for file, text in pages().items():
        with atomic(FOLDER / file) as scratch:
            scratch.write_text(text, encoding="utf-8")
