"""Say what each column of each table of the study means."""

from pathlib import Path

import pandas as pd

from ventralmap import columns
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    tables = {Path(path).stem: pd.read_csv(path, nrows=1) for path in snakemake.input.tables}
    write_csv(snakemake.output.table, columns.describe(tables))
