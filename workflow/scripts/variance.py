"""Divide the variance that sets of layers explain of each neuroid."""

from pathlib import Path

from ventralmap import dataset, kernels, variance
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    scores = variance.analyse(
        dataset.load(snakemake.input.folder),
        {Path(path).stem: kernels.load(path) for path in snakemake.input.kernels},
        snakemake.params.sets,
        snakemake.params.settings,
        snakemake.params.seed,
    )
    write_netcdf(snakemake.output.scores, scores)
