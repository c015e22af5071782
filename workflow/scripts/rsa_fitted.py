"""Fit a combination of layers to each area."""

from ventralmap import attributes, dataset, fitted, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    layers = kernels.load(snakemake.input.kernels)
    scores = fitted.analyse(
        dataset.load(snakemake.input.folder),
        layers,
        snakemake.params.settings,
        snakemake.params.seed,
    )
    about = attributes.of_step(
        "fitted combinations of layers",
        dict(snakemake.params),
        snakemake.input.folder,
        [layers.attrs],
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
