"""Find the layers that correspond to each area."""

from ventralmap import correspondence, runs
from ventralmap.files import write_csv
from ventralmap.jobs import job
from ventralmap.tables import Resampling

with job(snakemake.log[0], snakemake.threads):
    draw = Resampling(snakemake.params.n_bootstrap, snakemake.params.seed)
    matches = [
        *correspondence.encoding_matches(runs.read(snakemake.input.encoding), draw),
        *correspondence.rsa_matches(runs.read(snakemake.input.rsa)),
    ]
    truth = runs.read_truth(snakemake.input.folders)
    write_csv(snakemake.output.table, correspondence.correspondence_table(matches, truth))
    hierarchy = correspondence.hierarchy_table(matches, snakemake.params.hierarchy)
    write_csv(snakemake.output.hierarchy, hierarchy)
