"""Measure what the units in the middle of each layer of a model see, and its first filters."""

import json
from dataclasses import asdict
from pathlib import Path

import torch

from ventralmap import fields, filters, model_names, models, visual_angle
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    torch.set_num_threads(snakemake.threads)
    record = snakemake.input.get("weights")
    model = models.load(
        model_names.without_lesions(snakemake.params.model),  # which change no filter
        seed=snakemake.params.seed,
        weights=Path(json.loads(Path(record).read_text())["path"]) if record else None,
        layers=snakemake.params.layers,
        degrees=visual_angle.degrees_of(snakemake.params.model, snakemake.params.visual_angle),
    )
    found = fields.measure(model, n_images=4)
    named = zip(model.layers, found, strict=True)
    rows = [{"layer": layer.name} | asdict(field) for layer, field in named]
    first = filters.describe(model, found)
    write_json(snakemake.output.fields, {"layers": rows, "filters": first})
