"""Predict the responses of each neuroid from each layer."""

from ventralmap import dataset, encoding, kernels
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = encoding.encode(
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.settings,
        snakemake.params.seed,
        snakemake.params.n_resamples,
    )
    write_netcdf(snakemake.output.scores, scores)
