"""Collect how layers and responses are aligned."""

from ventralmap import cka, runs
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    write_csv(snakemake.output.table, cka.table(runs.read(snakemake.input.scores)))
