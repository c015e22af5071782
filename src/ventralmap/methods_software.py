"""What the methods section says of software, and how ventralmap itself is cited."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ventralmap import __version__
from ventralmap.wording import listing

TITLE = "ventralmap: which layer of a network corresponds to which area of the visual system"
AUTHORS = "The ventralmap maintainers"
"""As in ``CITATION.cff``."""

PACKAGES = {
    "snakemake": ("Snakemake", "Mölder et al. 2021", None),
    "torch": ("PyTorch", "Paszke et al. 2019", None),
    "numpy": ("NumPy", "Harris et al. 2020", None),
    "scipy": ("SciPy", "Virtanen et al. 2020", None),
    "xarray": ("xarray", "Hoyer & Hamman 2017", None),
    "scikit-learn": ("scikit-learn", "Pedregosa et al. 2011", None),
    "rsatoolbox": ("rsatoolbox", "van den Bosch et al. 2025", "rsa"),
    "mne": ("MNE-Python", "Gramfort et al. 2013", "timecourse"),
    "matplotlib": ("Matplotlib", "Hunter 2007", None),
}
"""By distribution: its name, what to cite, and the table without which it was not used."""


def software(versions: Mapping[str, str], tables: Collection[str]) -> str:
    """Name the software that a study was made with.

    Parameters
    ----------
    versions
        By distribution, and ``python``: `provenance.versions`. Without any, ventralmap alone is
        named.
    tables
        Names of the study's tables.

    Returns
    -------
    str
        Plain text; works are cited by their labels in ``references``.
    """
    used = [
        f"{name} {versions[package]} ({label})"
        for package, (name, label, table) in PACKAGES.items()
        if package in versions and (table is None or table in tables)
    ]
    python = f" in Python {versions['python']}" if "python" in versions else ""
    others = f", with {listing(used)}" if used else ""
    return f"Software: ventralmap {__version__}{python}{others}."


def own_reference() -> str:
    """Write ventralmap as in a list of references."""
    return f"{AUTHORS}. {TITLE}. Software, version {__version__}."


def own_bibtex() -> str:
    """Write ventralmap as an entry of BibTeX."""
    fields = {"author": f"{{{AUTHORS}}}", "title": f"{{{TITLE}}}", "version": __version__}
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@software{{ventralmap,\n{lines}}}"
