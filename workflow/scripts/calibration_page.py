"""Write the page of a calibration."""

import pandas as pd

from ventralmap.calibration import page
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    page.write(
        pd.read_csv(snakemake.input.rates),
        pd.read_csv(snakemake.input.probabilities),
        snakemake.output.page,
    )
