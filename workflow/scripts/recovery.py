"""Simulate recordings from each layer of a model, and see which layers a method finds."""

from pathlib import Path

import xarray as xr

from ventralmap import dataset, kernels, runs
from ventralmap.files import write_csv
from ventralmap.jobs import job
from ventralmap.model_names import of_slug
from ventralmap.recovery import analysis

with job(snakemake.log[0], snakemake.threads):
    reliability = list(runs.read_reliability(snakemake.input.reliability).values())
    found = analysis.analyse(
        dataset.load(snakemake.input.folder),
        xr.load_dataset(snakemake.input.units[0]),
        reliability[0].isel(generalisation=0) if reliability else None,
        {of_slug(Path(path).stem): kernels.load(path) for path in snakemake.input.kernels},
        snakemake.wildcards.how,
        snakemake.params.config,
    )
    write_csv(snakemake.output.table, found)
