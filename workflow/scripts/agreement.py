"""Rank the layers of each area by each method."""

from ventralmap import agreement, matches, runs
from ventralmap.files import write_csv
from ventralmap.intervals import Resampling
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    draw = Resampling(**snakemake.params.draw)
    found = [
        *matches.encoding_matches(runs.read(snakemake.input.encoding), draw),
        *matches.rsa_matches(runs.read(snakemake.input.rsa)),
        *matches.cka_matches(runs.read(snakemake.input.cka)),
    ]
    write_csv(snakemake.output.table, agreement.table(found))
