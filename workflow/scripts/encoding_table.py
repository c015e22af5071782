"""Collect the encoding scores of the study."""

from ventralmap import explained, runs, tables
from ventralmap.files import write_csv
from ventralmap.intervals import Resampling
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = tables.add_ceilings(
        runs.read(snakemake.input.scores),
        runs.read_reliability(snakemake.input.reliability),
        snakemake.params.threshold,
    )
    draw = Resampling(**snakemake.params.draw)
    write_csv(snakemake.output.table, tables.encoding_table(found, draw))
    write_csv(snakemake.output.explained, explained.interval_table(found, draw))
    write_csv(snakemake.output.neuroids, explained.neuroid_table(found))
