"""Write the report of the study."""

import json
from pathlib import Path

import pandas as pd

from ventralmap import last_run, report, report_provenance
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    study = snakemake.params.study
    captions = json.loads(Path(snakemake.input.captions).read_text())
    summaries = [json.loads(Path(path).read_text()) for path in snakemake.input.summaries]
    tables = {Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables}
    figures = Path(snakemake.input.captions).parent
    jobs = last_run.read(Path(snakemake.log[0]).parent, snakemake.params.known)
    report.write(
        report.StudyReport(
            study=study["study"],
            config=study,
            tables=tables,
            figures=[(name, text, figures / f"{name}.png") for name, text in captions.items()],
            datasets=summaries,
            provenance=report_provenance.collect(study, tables, summaries),
            run=last_run.told(jobs),
        ),
        snakemake.output.report,
    )
