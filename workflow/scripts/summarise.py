"""State what is in a dataset, and check that it has what the study asks for."""

from ventralmap import dataset, folds, summary
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    data = dataset.load(snakemake.input.folder)
    dataset.check_areas(data, snakemake.params.hierarchy, snakemake.params.beside)
    if data.responses is not None:
        folds.check_generalisations(data, snakemake.params.generalisations)
    write_json(snakemake.output.summary, summary.summarise(data))
