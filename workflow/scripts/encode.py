"""Predict the responses of each neuroid from each layer."""

from ventralmap import attributes, dataset, encoding, gpus, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads), gpus.one():
    layers = kernels.load(snakemake.input.kernels)
    scores = encoding.encode(
        dataset.load(snakemake.input.folder),
        layers,
        snakemake.params.settings,
        snakemake.params.seed,
        snakemake.params.n_resamples,
    )
    about = attributes.of_step(
        "held-out encoding scores", dict(snakemake.params), snakemake.input.folder, [layers.attrs]
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
