"""Software is named with its versions and what to cite."""

import re
from pathlib import Path

import yaml

from ventralmap import __version__, methods_software, provenance, references

ROOT = Path(__file__).parents[2]


def test_ventralmap_is_cited_as_its_citation_file_says():
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cff["title"] == methods_software.TITLE
    assert [author["name"] for author in cff["authors"]] == [methods_software.AUTHORS]
    assert cff["version"] == __version__
    assert methods_software.own_bibtex() == (
        "@software{ventralmap,\n"
        "  author = {{The ventralmap maintainers}},\n"
        f"  title = {{{{{cff['title']}}}}},\n"
        f"  version = {{{__version__}}},\n"
        "}"
    )


def test_what_is_named_is_installed_and_can_be_cited():
    labels = {reference.label for reference in references.REFERENCES}
    named = methods_software.PACKAGES
    assert {label for _, label, _ in named.values()} <= labels
    assert set(named) <= set(provenance.versions("matplotlib"))


def test_only_the_software_of_the_steps_that_ran_is_named():
    versions = {name: "1.2" for name in ("python", *methods_software.PACKAGES)}
    text = methods_software.software(versions, ["encoding"])
    assert "MNE" not in text
    assert "rsatoolbox" not in text
    assert re.search(r"^Software: ventralmap \S+ in Python 1.2, with Snakemake 1.2 \(Mölder", text)
    both = methods_software.software(versions, ["encoding", "rsa", "timecourse"])
    assert "rsatoolbox 1.2 (van den Bosch et al. 2025), MNE-Python 1.2 (Gramfort" in both
    assert methods_software.software({}, []) == f"Software: ventralmap {__version__}."
