"""Collect the similarities of the study."""

from ventralmap import layer_pairs, runs, tables
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = runs.read(snakemake.input.scores)
    write_csv(snakemake.output.table, tables.rsa_table(found))
    write_csv(snakemake.output.pairs, layer_pairs.table(found))
