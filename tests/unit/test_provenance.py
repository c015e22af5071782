"""Which modules a script uses, against Python's own ModuleFinder and against what it imports."""

import json
import platform
import subprocess
import sys
import tomllib
from importlib import metadata
from modulefinder import ModuleFinder
from pathlib import Path

import numpy as np
import pytest
import torch

from ventralmap import provenance
from ventralmap.datasets import adapter, names

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
ADAPTERS = sorted(Path(file) for file in {f for name in names() for f in adapter(name)})
ENTRIES = [*SCRIPTS, *ADAPTERS]

MADE_UP = {
    "__init__.py": "",
    "direct.py": "import json",
    "module.py": "from made.indirect import f",
    "indirect.py": "def f():\n    from made import lazy",
    "lazy.py": "",
    "relative.py": "from . import sibling\nfrom .sub.deep import g",
    "sibling.py": "",
    "sub/__init__.py": "from .parent import h",
    "sub/parent.py": "from ..circular import a",
    "sub/deep.py": "",
    "circular.py": "import made.circle",
    "circle.py": "import made.circular",
    "unused.py": "",
}
SUB = {"sub/__init__.py", "sub/deep.py", "sub/parent.py", "circular.py", "circle.py"}


@pytest.fixture
def used(tmp_path, monkeypatch):
    """Names of the modules of a made-up package that a script with these lines uses."""
    package = tmp_path / "made"
    for name, text in MADE_UP.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    monkeypatch.setattr(provenance, "PACKAGE", package)
    monkeypatch.setattr(provenance, "NAME", "made")

    def modules(text, *more):
        script = tmp_path / "script.py"
        script.write_text(text)
        found = provenance.modules(str(script), *(str(package / name) for name in more))
        assert found == sorted(found)
        return {Path(path).relative_to(package).as_posix() for path in found}

    return modules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy, made_other", set()),
        ("from made import direct", {"direct.py"}),
        ("import made.direct as d", {"direct.py"}),
        ("if True:\n    from made.direct import x", {"direct.py"}),
        ("from made import module", {"module.py", "indirect.py", "lazy.py"}),
        ("from made import relative", {"relative.py", "sibling.py", *SUB}),
        ("import made.sub.deep", SUB),
        ("from made.sub.deep import g", SUB),
        ("import made.circle", {"circle.py", "circular.py"}),
    ],
)
def test_direct_indirect_relative_and_circular_imports_are_followed(used, text, expected):
    assert used(text) == expected | ({"__init__.py"} if expected else set())


def test_a_module_given_beside_the_script_is_listed_with_its_own(used):
    expected = {"__init__.py", "direct.py", "module.py", "indirect.py", "lazy.py"}
    assert used("from made import direct", "module.py") == expected


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_the_modules_of_a_script_are_those_that_python_finds(entry):
    finder = ModuleFinder(path=[str(provenance.PACKAGE.parent)])
    finder.run_script(str(entry))
    found = [m.__file__ for name, m in finder.modules.items() if name.startswith("ventralmap")]
    itself = [str(entry)] if entry in ADAPTERS else []
    assert set(provenance.modules(str(entry))) == {*found, *itself}


# Imports what each script imports, in one process (torch is slow), the package anew for each.
LISTING = """
import ast, json, sys
found = {}
for script in sys.argv[1:]:
    for name in [name for name in sys.modules if name.startswith("ventralmap")]:
        del sys.modules[name]
    lines = ast.parse(open(script, encoding="utf-8").read()).body
    imports = [line for line in lines if isinstance(line, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), script, "exec"), {})
    found[script] = [m.__file__ for n, m in sys.modules.items() if n.startswith("ventralmap")]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def imported():
    """Files of the package that are loaded once the imports of each script have run."""
    command = [sys.executable, "-c", LISTING, *map(str, ENTRIES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_whatever_a_script_imports_is_among_its_modules(entry, imported):
    loaded = imported[str(entry)]
    assert str(provenance.PACKAGE / "__init__.py") in loaded
    assert set(loaded) <= set(provenance.modules(str(entry)))


def test_versions_are_those_that_are_imported():
    found = provenance.versions()
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert found["torch"].partition("+")[0] == torch.__version__.partition("+")[0]
    assert found["ventralmap"] == metadata.version("ventralmap")


def test_versions_are_of_the_package_and_of_what_it_depends_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {name.partition(">")[0] for name in project["dependencies"]}
    assert set(provenance.VERSIONED) <= needed | {project["name"]}


def test_packages_are_files_that_carry_the_version_of_what_is_imported(tmp_path):
    script = tmp_path / "a.py"
    script.write_text("import scipy.linalg\nimport os\ndef f():\n    from PIL import Image\n")
    found = provenance.packages([str(script)])
    names = [f"pillow-{metadata.version('pillow')}", f"scipy-{metadata.version('scipy')}"]
    assert [Path(path).parent.name for path in found] == [f"{name}.dist-info" for name in names]
    assert all(Path(path).is_file() for path in found)


def test_a_step_depends_on_the_packages_of_the_modules_that_it_uses():
    def named(script):
        path = ROOT / "workflow" / "scripts" / f"{script}.py"
        files = [str(path), *provenance.modules(str(path))]
        return {Path(found).parent.name.split("-")[0] for found in provenance.packages(files)}

    assert "torch" in named("extract")
    assert "torch" not in named("rsa")
    assert "numpy" in named("rsa")
