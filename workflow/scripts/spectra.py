"""Describe the spectra of all layers, and how they are aligned with each area."""

from ventralmap import spectra
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = spectra.of_study(snakemake.input.folders, snakemake.input.kernels)
    write_csv(snakemake.output.table, found)
