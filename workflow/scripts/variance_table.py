"""Collect what the layers of each set explain alone and in common."""

from ventralmap import runs, variance
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = runs.read_variance(snakemake.input.scores)
    write_csv(snakemake.output.table, variance.table(found))
