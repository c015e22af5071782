"""The program `ventralmap`: a table of sub-commands, each in a module of its own.

The module of a sub-command has `arguments(parser)`, which describes what it takes, and
`run(options)`, which does it and returns what is printed. It is imported when it is asked for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from ventralmap.errors import InputError
from ventralmap.jobs import ERROR


class Command(NamedTuple):
    """A sub-command: the module that does it, and what it does in a few words."""

    module: str
    help: str


COMMANDS = {
    "new-dataset": Command("ventralmap.new_dataset", "write the templates of a dataset folder"),
    "from-nwb": Command("ventralmap.from_nwb", "make a dataset folder from an NWB file"),
    "check": Command("ventralmap.check_dataset", "check a dataset folder and draw a page of it"),
    "compare": Command("ventralmap.compare", "compare finished studies, or the models of one"),
    "layers": Command("ventralmap.layer_listing", "print the layers of a model"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments
        What follows the program's name; by default that of the process.

    Returns
    -------
    int
        Exit status: 1 where something that was given is wrong, in one line on the standard error.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(given).parse_args(given)
    try:
        print(_module(options.command).run(options))
    except InputError as error:
        print(f"{ERROR}{error}", file=sys.stderr)
        return 1
    return 0


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ventralmap", description="Beside `snakemake`.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.help, description=command.help)
        if name in given[:1]:  # the others stay unimported
            _module(name).arguments(own)
    return parser


def _module(name: str) -> ModuleType:
    return import_module(COMMANDS[name].module)
