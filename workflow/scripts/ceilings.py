"""Find the noise ceilings of each area."""

from ventralmap import area_ceilings, attributes, dataset
from ventralmap.files import write_netcdf
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    found = area_ceilings.analyse(
        dataset.load(snakemake.input.folder),
        snakemake.params.settings,
        snakemake.params.n_bootstrap,
        snakemake.params.seed,
    )
    about = attributes.of_step("noise ceilings", dict(snakemake.params), snakemake.input.folder)
    write_netcdf(snakemake.output.ceilings, attributes.describe(found, about))
