"""Check the tables of the study against each other."""

from pathlib import Path

import pandas as pd

from ventralmap import checks
from ventralmap.files import atomic
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    tables = {Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables}
    sentences = checks.run(tables)
    with atomic(snakemake.output.checks) as scratch:
        scratch.write_text("".join(f"true: {sentence}\n" for sentence in sentences), "utf-8")
