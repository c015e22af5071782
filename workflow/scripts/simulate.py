"""Simulate some studies of one cell of a calibration."""

from ventralmap.calibration import experiments
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    which = range(int(snakemake.wildcards.first), int(snakemake.wildcards.last))
    name, setting = snakemake.wildcards.experiment, snakemake.params.setting
    found = experiments.repeat(name, setting, which, snakemake.params.seed)
    write_csv(snakemake.output.outcomes, found)
