"""Collect what the layers and the first filters of the models are like."""

import pandas as pd

from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    for name in ("table", "filters"):
        parts = [pd.read_csv(path) for path in snakemake.input[name]]
        known = [part for part in parts if len(part)] or parts[:1]
        write_csv(snakemake.output[name], pd.concat(known, ignore_index=True))
