"""Figures of a study: tables in, a matplotlib figure out, nothing global."""

from ventralmap.figures.depth import score_over_depth
from ventralmap.figures.fusions import fusion
from ventralmap.figures.maps import layer_area_map
from ventralmap.figures.rdms import rdm_panels
from ventralmap.figures.style import save
from ventralmap.figures.timecourses import timecourse
from ventralmap.figures.variances import variance

__all__ = [
    "fusion", "layer_area_map", "rdm_panels", "save", "score_over_depth", "timecourse", "variance",
]  # fmt: skip
