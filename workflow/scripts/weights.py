"""Find, check and cache the weights of a network."""

from ventralmap import weights
from ventralmap.files import sha256, write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    path = weights.locate(snakemake.params.model)
    write_json(snakemake.output.record, {"path": str(path), "sha256": sha256(path)})
