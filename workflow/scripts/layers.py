"""Describe the layers of a model that is shown a dataset."""

import json
from pathlib import Path

from ventralmap import dataset, kernels, layer_table
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    table = layer_table.describe(
        dataset.load(snakemake.input.folder),
        kernels.load(snakemake.input.kernels),
        json.loads(Path(snakemake.input.fields).read_text())["layers"],
        snakemake.params.folds,
        snakemake.params.seed,
    )
    write_csv(snakemake.output.table, table)
