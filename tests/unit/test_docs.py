"""The documentation is in step with the program: pages that are made, configs, code, commands."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from PIL import Image

from ventralmap import cli, columns, config, gallery, reference_pages
from ventralmap.errors import InputError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SCHEMA = ROOT / reference_pages.SCHEMA
PAGES = sorted(DOCS.rglob("*.md"))
MOST_BYTES = 1_700_000
"""Of all pictures of the gallery."""


def blocks(language):
    """Code blocks of all pages, as (page, code)."""
    return [
        (page.relative_to(DOCS).as_posix(), code)
        for page in PAGES
        for code in re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]


def page(name):
    return (DOCS / name).read_text("utf-8")


def test_the_reference_is_in_step_with_the_program(monkeypatch):
    monkeypatch.chdir(ROOT)
    for name, text in reference_pages.pages().items():
        assert page(f"reference/{name}") == text, "run: python -m ventralmap.reference_pages"


def leaves(schema):
    for name, part in schema.get("properties", {}).items():
        yield name, part["description"]
        yield from leaves(part)


def test_every_key_of_a_config_is_on_its_page_with_its_description():
    text = page("reference/config.md")
    found = list(leaves(yaml.safe_load(SCHEMA.read_text("utf-8"))))
    assert len(found) > 50
    for name, description in found:
        assert f"| `{name}` |" in text
        assert description.split("<")[0].split("|")[0][:40].split("\n")[0] in text


def test_every_column_is_on_the_page_of_tables():
    text = page("reference/tables.md")
    assert all(f"| `{name}` |" in text for name in columns.COLUMNS)


def test_every_command_is_on_its_page_and_others_are_named_nowhere():
    text = page("reference/commands.md")
    assert all(f"## ventralmap {name}" in text for name in cli.COMMANDS)
    every = "\n".join(path.read_text("utf-8") for path in PAGES)
    assert set(re.findall(r"^ventralmap ([a-z-]+)", every, re.MULTILINE)) <= set(cli.COMMANDS)


@pytest.mark.parametrize(
    ("name", "code"), [(n, c) for n, c in blocks("yaml") if re.match(r"study:", c)]
)
def test_studies_are_valid(name, code):
    assert config.resolve(yaml.safe_load(code), SCHEMA)["study"]


@pytest.mark.parametrize(
    ("name", "code"), [b for b in blocks("yaml") if re.match(r"(models|layers|extract):", b[1])]
)
def test_parts_of_studies_are_valid(name, code):
    part = yaml.safe_load(code)
    study = {"study": "s", "datasets": ["d"], "models": list(part.get("layers", ["pixels"])),
             "hierarchy": ["V4"]}  # fmt: skip
    assert config.resolve(study | part, SCHEMA)


@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_python_is_python_and_what_it_takes_from_the_package_is_there(name, code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("ventralmap"):
            module = import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name) or import_module(f"{node.module}.{alias.name}")


def test_the_network_of_the_how_to_is_one(tmp_path):
    from ventralmap import models

    (code,) = [code for _, code in blocks("python") if code.startswith("import torch\n")]
    (tmp_path / "mymodel.py").write_text(code)
    model = models.load(f"{tmp_path}/mymodel.py:build+untrained")
    assert [layer.name for layer in model.layers] == ["conv1", "conv2", "fc"]


def test_modules_of_the_reference_are_there():
    text = "\n".join(path.read_text("utf-8") for path in (DOCS / "reference" / "api").glob("*.md"))
    names = re.findall(r"^::: ([\w.]+)", text, re.MULTILINE)
    assert len(names) == len(set(names)) > 50
    for name in names:
        path = ROOT / "src" / name.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_what_explanations_cite_is_in_the_bibliography():
    # someone & someone, or someone et al., and a year, as texts cite them
    cites = re.compile(r"[A-ZÀ-Ž][\w-]+(?: & [A-ZÀ-Ž][\w-]+| et al\.)? \(?(?:19|20)\d\d\b")
    from ventralmap.references import REFERENCES

    labels = {reference.label for reference in REFERENCES}
    for path in (DOCS / "explanation").glob("*.md"):
        found = {text.replace("(", "") for text in cites.findall(path.read_text("utf-8"))}
        assert found <= labels, path.name
        assert found


def test_links_lead_somewhere():
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), (path, target)


def test_the_gallery_shows_every_picture_and_is_of_modest_size():
    shown = set(re.findall(r"!\[[^\]]*\]\((images/[^)]+)\)", page("gallery.md")))
    files = {path.relative_to(DOCS).as_posix(): path for path in (DOCS / "images").rglob("*.png")}
    assert shown == set(files)
    assert sum(path.stat().st_size for path in files.values()) < MOST_BYTES


def finished(folder):
    """Write a figure with its caption, as a study leaves them."""
    (folder / "figures").mkdir(parents=True)
    picture = Image.new("RGB", (2126, 600), "white")
    picture.paste((0, 114, 178), (10, 10, 200, 16))  # a thin line
    picture.save(folder / "figures" / "encoding_depth.png")
    (folder / "figures" / "captions.json").write_text(
        '{"encoding_depth": "A title. Dots of <b>; p < .05."}'
    )
    return folder


def test_a_gallery_is_made_of_studies_and_of_single_figures(tmp_path, monkeypatch):
    study = finished(tmp_path / "results" / "mine")
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "docs" / "images" / "old" / "gone.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    argument = str(study.relative_to(tmp_path))
    for given in (argument, f"{argument}/figures/encoding_depth.png"):
        made = gallery.write([given])
        assert [path.as_posix() for path in made] == [
            "docs/gallery.md", "docs/images/mine/encoding_depth.png",
        ]  # fmt: skip
    text = made[0].read_text("utf-8")
    assert "![A title](images/mine/encoding_depth.png)" in text
    assert "**A title.** Dots of &lt;b>; p &lt; .05." in text
    assert not old.exists()
    with Image.open(made[1]) as picture:
        assert picture.width == gallery.WIDTH
        line = picture.convert("RGB").getpixel((50, 7))
    assert max(abs(a - b) for a, b in zip(line, (0, 114, 178), strict=True)) < 10  # still blue


def test_a_study_without_figures_has_no_gallery(tmp_path):
    with pytest.raises(InputError, match="run the study first"):
        list(gallery.figures(tmp_path))
