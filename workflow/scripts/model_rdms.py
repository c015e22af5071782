"""Save the RDMs of a model's layers for rsatoolbox."""

from ventralmap import dataset, kernels, similarity
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    similarity.save_model(
        snakemake.output.rdms,
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.distance,
    )
