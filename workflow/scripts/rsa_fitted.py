"""Fit a combination of layers to each area."""

from ventralmap import dataset, fitted, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = fitted.analyse(
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.settings,
        snakemake.params.seed,
    )
    write_netcdf(snakemake.output.scores, scores)
