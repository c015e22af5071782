"""Predict the responses of each neuroid from each layer."""

from ventralmap import attributes, dataset, devices, encoding, gpus, kernels, penalties
from ventralmap.files import write_netcdf
from ventralmap.jobs import job
from ventralmap.solvers import alpha_grid

settings = snakemake.params.settings
choices = None if devices.may_be_gpu(settings["device"]) else []  # on a CPU none is waited for
with job(snakemake.log[0], snakemake.threads), gpus.one(choices):
    layers = kernels.load(snakemake.input.kernels)
    scores = encoding.encode(
        dataset.load(snakemake.input.folder),
        layers,
        settings,
        snakemake.params.seed,
        snakemake.params.n_resamples,
    )
    said = penalties.lines(alpha_grid(settings["alphas"]), layers, scores)
    print(*said, sep="\n")  # to the log
    about = attributes.of_step(
        "held-out encoding scores", dict(snakemake.params), snakemake.input.folder, [layers.attrs]
    )
    write_netcdf(snakemake.output.scores, attributes.describe(scores, about))
