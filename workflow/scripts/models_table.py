"""Collect what is known of each model."""

import json
from pathlib import Path

from ventralmap import tables
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = [json.loads(Path(path).read_text()) for path in snakemake.input.descriptions]
    write_csv(snakemake.output.table, tables.models_table(found))
