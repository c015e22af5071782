"""Collect what variants change of the scores of their models."""

from pathlib import Path

import pandas as pd

from ventralmap import alterations
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    tables = {Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables}
    write_csv(snakemake.output.table, alterations.table(tables))
