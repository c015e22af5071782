"""Divide the variance that sets of layers explain of each neuroid."""

from ventralmap import attributes, dataset, devices, gpus, kernels, variance
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

settings = snakemake.params.settings
choices = None if devices.may_be_gpu(settings["device"]) else []  # on a CPU none is waited for
with job(snakemake.log[0], snakemake.threads), gpus.one(choices):
    found = [kernels.load(path) for path in snakemake.input.kernels]
    models = {str(layers.attrs["model"]): layers for layers in found}
    scores = variance.analyse(
        dataset.load(snakemake.input.folder),
        models,
        snakemake.params.sets,
        settings,
        snakemake.params.seed,
    )
    about = attributes.of_step(
        "variance explained alone and in common",
        dict(snakemake.params),
        snakemake.input.folder,
        [model.attrs for model in models.values()],
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
