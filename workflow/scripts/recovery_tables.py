"""Collect what was found in simulated recordings, and how often it was right."""

from pathlib import Path

import pandas as pd

from ventralmap import kernels
from ventralmap.files import write_csv
from ventralmap.jobs import job
from ventralmap.model_names import of_slug
from ventralmap.recovery import tables

with job(snakemake.log[0], snakemake.threads):
    layers = {
        of_slug(Path(path).stem): kernels.load(path).layers for path in snakemake.input.kernels
    }
    parts = [pd.read_csv(path) for path in snakemake.input.parts]
    found = tables.recovery_table(parts, layers)
    write_csv(snakemake.output.table, found)
    write_csv(snakemake.output.summary, tables.summary_table(found))
