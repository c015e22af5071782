"""Save the RDMs of a model's layers for rsatoolbox."""

from ventralmap import dataset, kernels, rdm_sources
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    rdm_sources.save_model(
        snakemake.output.rdms,
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.distance,
    )
