"""Read a sample of units from each layer of a model, to simulate recordings from."""

import json
from pathlib import Path

import torch

from ventralmap import attributes, dataset, gpus, visual_angle
from ventralmap.files import write_netcdf
from ventralmap.jobs import job
from ventralmap.recovery import units

with job(snakemake.log[0], snakemake.threads), gpus.one():
    torch.set_num_threads(snakemake.threads)
    data, seed = dataset.load(snakemake.input.folder), snakemake.params.seed
    record = snakemake.input.get("weights")
    model = visual_angle.load(
        snakemake.params.model,
        data.meta,
        snakemake.params.visual_angle,
        seed=seed,
        weights=Path(json.loads(Path(record).read_text())["path"]) if record else None,
        layers=snakemake.params.layers,
    )
    ids = [str(i) for i in data.stimuli.index]
    found = units.pool(model, data.images, ids, seed=seed, **snakemake.params.settings)
    about = attributes.of_step("simulated units", dict(snakemake.params), snakemake.input.folder)
    write_netcdf(snakemake.output.units, found.assign_attrs(about | found.attrs))
