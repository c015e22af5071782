"""Collect how layers and responses are aligned."""

from ventralmap import cka_table, runs
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    write_csv(snakemake.output.table, cka_table.table(runs.read(snakemake.input.scores)))
