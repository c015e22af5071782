"""Collect the time courses and latencies of the study."""

import pandas as pd

from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    for name in ("timecourse", "latency", "latency_hierarchy"):
        parts = [pd.read_csv(path) for path in snakemake.input[name]]
        write_csv(snakemake.output[name], pd.concat(parts, ignore_index=True))
