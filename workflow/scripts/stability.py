"""Collect how scores move with the seed of folds and untrained networks."""

from ventralmap import stability
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    seed = snakemake.params.seed
    encoding = stability.read(snakemake.input.encoding, "encoding", seed)
    rsa = stability.read(snakemake.input.rsa, "rsa", seed)
    write_csv(snakemake.output.table, stability.table([*encoding, *rsa]))
