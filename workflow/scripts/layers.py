"""Describe the layers and the first filters of a model that is shown a dataset."""

import json
from pathlib import Path

from ventralmap import dataset, filter_table, kernels, layer_table
from ventralmap.files import write_csv
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    data, own = dataset.load(snakemake.input.folder), kernels.load(snakemake.input.kernels)
    found = json.loads(Path(snakemake.input.fields).read_text())
    layers = layer_table.describe(
        data, own, found["layers"], snakemake.params.folds, snakemake.params.seed
    )
    write_csv(snakemake.output.table, layers)
    image = found["layers"][0]["image"]
    write_csv(snakemake.output.filters, filter_table.table(data, own, found["filters"], image))
