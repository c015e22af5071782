"""Align each layer with the responses of each area."""

from ventralmap import cka, dataset, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = cka.analyse(
        dataset.load(snakemake.input.folder), kernels.load(snakemake.input.kernels)
    )
    write_netcdf(snakemake.output.scores, scores)
