"""Count what came out of all simulated studies of a calibration."""

from ventralmap.calibration import collect
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    rates, probabilities = collect.tables(snakemake.input.outcomes)
    write_csv(snakemake.output.rates, rates)
    write_csv(snakemake.output.probabilities, probabilities)
