"""Compare areas with recordings over time, and say what layers explain of that."""

from ventralmap import dataset, fusion, kernels
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    tables = fusion.analyse(
        dataset.load(snakemake.input.folder),
        [kernels.load(path) for path in snakemake.input.kernels],
        snakemake.params.settings,
        snakemake.params.seed,
    )
    for path, table in zip(snakemake.output, tables, strict=True):
        table.insert(0, "dataset", snakemake.wildcards.dataset)
        write_csv(path, table)
