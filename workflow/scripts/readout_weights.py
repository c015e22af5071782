"""Weigh the channels of layers by the readout of an area, for lesions that follow it."""

import json
from pathlib import Path

import torch

from ventralmap import dataset, gpus, model_names, readout_weights, visual_angle
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads), gpus.one():
    torch.set_num_threads(snakemake.threads)
    data, config = dataset.load(snakemake.input.folder), snakemake.params.config
    record, name = snakemake.input.get("weights"), snakemake.params.model
    found = {}
    for lesion, area in model_names.by_readout(name).items():
        model = visual_angle.load(
            model_names.without_lesions(name),
            data.meta,
            config["visual_angle"],
            seed=config["seed"],
            weights=Path(json.loads(Path(record).read_text())["path"]) if record else None,
            layers=[lesion.arguments[0]],
        )
        found[str(lesion)] = readout_weights.of_channels(model, data, area, config).tolist()
    write_json(snakemake.output.weights, found)
