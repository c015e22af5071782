"""Keep a kernel for each layer of a model over the stimuli of a dataset."""

import json
from pathlib import Path

import torch

from ventralmap import dataset, extraction, kernels, models
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    torch.set_num_threads(snakemake.threads)
    data = dataset.load(snakemake.input.folder)
    record = snakemake.input.get("weights")
    model = models.load(
        snakemake.wildcards.model,
        seed=snakemake.params.seed,
        weights=Path(json.loads(Path(record).read_text())["path"]) if record else None,
        layers=snakemake.params.layers,
    )
    found = extraction.extract_dataset(
        model,
        data,
        seed=snakemake.params.seed,
        **snakemake.params.features,
        **snakemake.params.settings,
    )
    kernels.save(found, snakemake.output.kernels)
