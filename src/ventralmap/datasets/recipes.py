"""Datasets that are not fetched, and why: their pages say how a folder is made of them."""

RECIPES: dict[str, str] = {
    "cichy2016": "its 118 images with EVC, IT and two windows of MEG are algonauts2019_118, and "
    "we know no address of its MEG over time",
    "cadena2019": "its licence, CC BY-NC-ND 4.0, forbids passing on what is made of it",
    "nsd": "its terms ask everybody to accept them before the download",
    "things_fmri": "the terms of the images, THINGS', ask everybody to fetch them for themselves",
    "things_meg": "the terms of the images, THINGS', ask everybody to fetch them for themselves",
}
"""By the name that somebody may look for."""


def page(name: str) -> str:
    """Return the page of a dataset or recipe, from the root of the repository."""
    return f"docs/datasets/{name}.md"
