"""Find the layers that correspond to each area."""

from ventralmap import correspondence, matches, runs
from ventralmap.files import write_csv
from ventralmap.intervals import Resampling
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    draw = Resampling(**snakemake.params.draw)
    found = [
        *matches.encoding_matches(runs.read(snakemake.input.encoding), draw),
        *matches.rsa_matches(runs.read(snakemake.input.rsa)),
        *matches.cka_matches(runs.read(snakemake.input.cka)),
    ]
    truth = runs.read_truth(snakemake.input.folders)
    write_csv(snakemake.output.table, correspondence.correspondence_table(found, truth))
    hierarchy = correspondence.hierarchy_table(found, snakemake.params.hierarchy)
    write_csv(snakemake.output.hierarchy, hierarchy)
