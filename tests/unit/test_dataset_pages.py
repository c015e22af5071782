"""The pages of the datasets are those of the registry, and in step with it."""

import re
from pathlib import Path

import pytest

from ventralmap import dataset_pages, datasets, layout
from ventralmap.datasets import recipes
from ventralmap.errors import InputError

DOCS = Path(__file__).parents[2] / "docs"
REMEDY = "run: python -m ventralmap.dataset_pages > docs/datasets.md"


def test_the_list_is_in_step_with_the_registry():
    assert (DOCS / "datasets.md").read_text("utf-8") == dataset_pages.index(), REMEDY


def test_every_dataset_and_recipe_has_a_page_and_every_page_a_dataset():
    families = {name.partition("_")[0] for name in datasets.names()}
    pages = {path.stem for path in (DOCS / "datasets").glob("*.md")}
    assert pages == families | set(recipes.RECIPES)


def test_links_lead_somewhere():
    for page in (DOCS / "datasets.md", *sorted((DOCS / "datasets").glob("*.md"))):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert link.startswith("https://") or (page.parent / link).exists(), (page, link)


@pytest.mark.parametrize("name", datasets.names())
def test_what_is_said_of_a_dataset_is_whole(name):
    about = datasets.about(name)
    assert about["name"] == name
    assert set(layout.REQUIRED_KEYS) <= set(about) <= {*layout.REQUIRED_KEYS, "simulated"}


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_by_name_says_what_to_provide(name):
    with pytest.raises(InputError, match=rf"'{name}' is not fetched: .*docs/datasets/{name}\.md"):
        datasets.dataset_name(name)


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_the_code_of_a_recipe_is_code(name):
    text = (DOCS / "datasets" / f"{name}.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    compile(code, name, "exec")
    for module, used in re.findall(r"\b(arrays|dataset)\.(\w+)\(", code):
        assert hasattr(__import__(f"ventralmap.{module}", fromlist=[used]), used)
