"""Compare the RDM of each layer with recordings over time."""

from ventralmap import dataset, kernels, timecourse
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    layers = kernels.load(snakemake.input.kernels)
    tables = timecourse.analyse(
        dataset.load(snakemake.input.folder),
        layers,
        snakemake.params.settings,
        snakemake.params.n_bootstrap,
        snakemake.params.seed,
    )
    names = {"dataset": snakemake.wildcards.dataset, "model": layers.attrs["model"]}
    for path, table in zip(snakemake.output, tables, strict=True):
        write_csv(path, table.assign(**names)[[*names, *table.columns]])
