"""Write the report of the study."""

import json
from pathlib import Path

import pandas as pd

from ventralmap import provenance, report
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    captions = json.loads(Path(snakemake.input.captions).read_text())
    summaries = [json.loads(Path(path).read_text()) for path in snakemake.input.summaries]
    figures = Path(snakemake.input.captions).parent
    report.write(
        report.StudyReport(
            study=snakemake.params.study["study"],
            config=snakemake.params.study,
            tables={Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables},
            figures=[(name, text, figures / f"{name}.png") for name, text in captions.items()],
            datasets=summaries,
            provenance={
                "versions": provenance.versions(),
                "seed": snakemake.params.study["seed"],
                "sha256": {summary["name"]: summary["sha256"] for summary in summaries},
            },
        ),
        snakemake.output.report,
    )
