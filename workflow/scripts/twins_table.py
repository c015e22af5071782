"""Collect mean and spread of untrained twins of several seeds."""

from pathlib import Path

import pandas as pd

from ventralmap import twins
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = {Path(path).stem: pd.read_csv(path) for path in snakemake.input.scores}
    write_csv(snakemake.output.table, twins.table(scores))
