import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from ventralmap import cli


def test_layers_are_printed(capsys):
    assert cli.main(["layers", "alexnet"]) == 0
    assert "conv1.relu" in capsys.readouterr().out


def test_a_mistake_is_one_line_and_a_status(capsys):
    assert cli.main(["layers", "alexnett"]) == 1
    assert "did you mean 'alexnet'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_module_of_each_sub_command_has_what_is_called(name):
    module = import_module(cli.COMMANDS[name].module)
    assert callable(module.arguments)
    assert callable(module.run)


def test_help_imports_no_sub_command():
    code = (
        "import sys; from ventralmap import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "assert not any(c.module in sys.modules for c in cli.COMMANDS.values())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_program_is_installed_under_its_name():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"] == {"ventralmap": "ventralmap.cli:main"}
