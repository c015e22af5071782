"""Compare the RDM of each layer with those of each area."""

import xarray as xr

from ventralmap import attributes, dataset, kernels, similarity
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    layers = kernels.load(snakemake.input.kernels)
    scores = similarity.analyse(
        dataset.load(snakemake.input.folder),
        layers,
        snakemake.params.settings,
        snakemake.params.n_bootstrap,
        snakemake.params.seed,
        xr.load_dataset(snakemake.input.ceilings, engine="h5netcdf"),
    )
    about = attributes.of_step(
        "similarity of RDMs", dict(snakemake.params), snakemake.input.folder, [layers.attrs]
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
