"""Compare the RDM of each layer with those of each area."""

from ventralmap import dataset, kernels, similarity
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = similarity.analyse(
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        snakemake.params.settings,
        snakemake.params.n_bootstrap,
        snakemake.params.seed,
    )
    write_netcdf(snakemake.output.scores, scores)
