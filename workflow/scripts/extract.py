"""Keep a kernel for each layer of a model over the stimuli of a dataset."""

import json
from dataclasses import replace
from pathlib import Path

import torch

from ventralmap import (
    attributes,
    dataset,
    extraction,
    fingerprints,
    gpus,
    kernels,
    lesions,
    visual_angle,
)
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads), gpus.one():
    torch.set_num_threads(snakemake.threads)
    data = dataset.load(snakemake.input.folder)
    record = snakemake.input.get("weights")
    model = visual_angle.load(
        snakemake.params.model,
        data.meta,
        snakemake.params.visual_angle,
        seed=snakemake.params.seed,
        weights=Path(json.loads(Path(record).read_text())["path"]) if record else None,
        layers=snakemake.params.layers,
        readout=lesions.read_weights(snakemake.input.get("readout")),
    )
    fingerprint = fingerprints.check(model)
    found = extraction.extract_dataset(
        model,
        data,
        seed=snakemake.params.seed,
        **snakemake.params.features,
        **snakemake.params.settings,
    )
    about = attributes.of_step("kernels", dict(snakemake.params), snakemake.input.folder)
    about = {key: value for key, value in about.items() if key not in kernels.CONSTANT}
    kernels.save(replace(found, attrs=found.attrs | about | fingerprint), snakemake.output.kernels)
