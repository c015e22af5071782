"""Save the measured RDMs of a dataset for rsatoolbox."""

from ventralmap import dataset, rdm_sources
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    rdm_sources.save_measured(
        snakemake.output.rdms,
        dataset.load(snakemake.input.folder),
        snakemake.params.responses,
    )
