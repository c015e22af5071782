"""Make the canonical folder of a dataset."""

import os
from pathlib import Path

from ventralmap import datasets
from ventralmap.jobs import job

DOWNLOADS = Path(os.environ.get("VENTRALMAP_DATA", "data"))

with job(snakemake.log[0], snakemake.threads):
    datasets.build(
        snakemake.params.source,
        Path(snakemake.output.folder),
        downloads=DOWNLOADS,
        seed=snakemake.params.seed,
    )
