"""Figures of a study: tables in, a matplotlib figure out, nothing global."""

from ventralmap.figures.ceiled import explained
from ventralmap.figures.correspondences import correspondence
from ventralmap.figures.depth import score_over_depth
from ventralmap.figures.filters import filters
from ventralmap.figures.fusions import fusion
from ventralmap.figures.maps import layer_area_map
from ventralmap.figures.mds import mds_panels
from ventralmap.figures.model_layers import model_layers
from ventralmap.figures.opinions import agreement, spectra
from ventralmap.figures.rdms import rdm_panels
from ventralmap.figures.recoveries import recovery
from ventralmap.figures.style import save
from ventralmap.figures.timecourses import timecourse
from ventralmap.figures.variances import variance

__all__ = [
    "agreement", "correspondence", "explained", "filters", "fusion", "layer_area_map",
    "mds_panels", "model_layers", "rdm_panels", "recovery", "save", "score_over_depth", "spectra",
    "timecourse", "variance",
]  # fmt: skip
