"""The copy of the repository in which the tests of the workflow run, too."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "workflow_fixtures", Path(__file__).parents[1] / "workflow" / "conftest.py"
)
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
checkout = _fixtures.checkout
