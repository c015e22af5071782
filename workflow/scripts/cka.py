"""Align each layer with the responses of each area."""

from ventralmap import attributes, cka, dataset, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    layers = kernels.load(snakemake.input.kernels)
    scores = cka.analyse(
        dataset.load(snakemake.input.folder),
        layers,
        snakemake.params.settings,
        snakemake.params.n_bootstrap,
        snakemake.params.seed,
    )
    about = attributes.of_step(
        "alignment of kernels", dict(snakemake.params), snakemake.input.folder, [layers.attrs]
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
