"""Collect the similarities of the study."""

from ventralmap import runs, tables
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    write_csv(snakemake.output.table, tables.rsa_table(runs.read(snakemake.input.scores)))
