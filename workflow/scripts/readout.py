"""Describe a model, and how well its last layer tells the stimuli's categories."""

from ventralmap import dataset, kernels, readout
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    description = readout.describe(
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.folds,
        snakemake.params.seed,
    )
    write_json(snakemake.output.description, description)
