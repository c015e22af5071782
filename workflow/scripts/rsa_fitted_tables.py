"""Collect how similar fitted combinations of layers are, and their weights."""

from ventralmap import fitted, runs
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = runs.read(snakemake.input.scores)
    write_csv(snakemake.output.table, fitted.table(found))
    write_csv(snakemake.output.weights, fitted.weights_table(found))
