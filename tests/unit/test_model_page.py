from pathlib import Path

from ventralmap import model_page, registry
from ventralmap.model_names import CONTROLS, VARIANTS

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_page_is_in_step_with_the_registries():
    again = "make it anew: python -m ventralmap.model_page > docs/models.md"
    assert PAGE.read_text(encoding="utf-8") == model_page.render(), again


def test_every_name_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in [*registry.names(), *CONTROLS])
    assert all(f"`+{variant}" in text for variant in VARIANTS)


def test_every_example_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    files = sorted(path.name for path in (PAGE.parents[1] / "examples").glob("*.py"))
    assert files
    assert all(f"`{file}`" in text for file in files)
