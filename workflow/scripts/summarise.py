"""State what is in a dataset, and check its areas against the hierarchy."""

from ventralmap import dataset, summary
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    data = dataset.load(snakemake.input.folder)
    dataset.check_areas(data, snakemake.params.hierarchy)
    write_json(snakemake.output.summary, summary.summarise(data))
