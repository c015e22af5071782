"""The methods section of what is done over time, written from a study's config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]


def timecourse(config: Config) -> str:
    """Write how layers were compared with recordings over time."""
    settings = config.get("rsa") or {}
    resamples = f"{config['bootstrap']:,} resamples" if config.get("bootstrap") else "resamples"
    flips = f"{settings['permutations']:,} " if "permutations" in settings else ""
    p = f"p < {settings['cluster_p']:g}" if "cluster_p" in settings else "a low p"
    return (
        "Time courses: Spearman correlation of RDMs at each time, as in Cichy et al. 2016, whatever"
        " the comparison in RSA. Test: clusters of"
        f" times with {p} (one-sided t-test over subjects), whose summed t is compared with the"
        f" largest in {flips}sign flips of the subjects, or in all flips where there are fewer,"
        " over all times and all layers of a model (Nichols & Holmes 2002; Maris & Oostenveld 2007;"
        " MNE-Python, Gramfort et al. 2013): p_subjects, about other subjects with these images."
        " All subjects share what these images evoke, which may resemble a layer by chance;"
        f" p_stimuli compares the same clusters with the largest in {flips}relabellings of the"
        " images. p is the larger of both, and clusters are significant where it is below .05."
        " That says that there is a cluster, not when it begins"
        " (Sassenhagen & Draschkow 2019). Onset: the begin of the first significant cluster of at"
        " least two times; peak: the time of the highest similarity. Intervals of similarities:"
        " Student's t over subjects; of latencies:"
        f" {resamples} of the subjects,"
        " expanded percentiles (Hesterberg 2015); in a resample clusters are held against the same"
        " critical sum. Latencies are related to depth by rank correlation over the layers that"
        " are significant; its p is the share of resamples in which latency does not rise with"
        " depth; peaks and onsets can disagree (Kong et al. 2020). Intervals are about other"
        " subjects, not about other images."
    )


def fusion(config: Config) -> str:
    """Write how areas were compared with recordings over time."""
    return (
        "Fusion: the RDMs of each subject at each time were compared with the mean RDM over"
        " subjects of each area by Spearman correlation (Cichy et al. 2014), tested as the time"
        " courses, over all areas. What a layer explains of it is the variance of the ranked RDM"
        " that area and layer explain in common, R²(area) + R²(layer) − R²(area and layer), mean"
        " over subjects (commonality analysis, Hebart et al. 2018). Intervals: Student's t over"
        " subjects."
    )
