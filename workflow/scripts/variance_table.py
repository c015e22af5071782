"""Collect what the layers of each set explain alone and in common."""

from ventralmap import runs, variance_table
from ventralmap.files import write_csv
from ventralmap.intervals import Resampling
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = runs.read_variance(snakemake.input.scores)
    draw = Resampling(snakemake.params.n_bootstrap, snakemake.params.seed)
    write_csv(snakemake.output.table, variance_table.table(found, draw))
