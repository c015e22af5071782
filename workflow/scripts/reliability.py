"""Estimate the split-half reliability of each neuroid in the folds of the encoding."""

from ventralmap import attributes, dataset, reliability
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    data = dataset.load(snakemake.input.folder)
    scores = reliability.estimate(
        data, snakemake.params.settings, snakemake.params.n_splits, snakemake.params.seed
    )
    about = attributes.of_step("reliability", dict(snakemake.params), snakemake.input.folder)
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
