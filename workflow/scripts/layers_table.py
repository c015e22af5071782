"""Collect what the layers of the models are like."""

import pandas as pd

from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    parts = [pd.read_csv(path) for path in snakemake.input.tables]
    write_csv(snakemake.output.table, pd.concat(parts, ignore_index=True))
