"""Draw all figures of the study, and write their captions."""

import json
from pathlib import Path

import pandas as pd

from ventralmap import illustrations
from ventralmap.figures import save
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0], snakemake.threads):
    study = illustrations.Study(
        config=snakemake.params.study,
        tables={Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables},
        summaries=[json.loads(Path(path).read_text()) for path in snakemake.input.summaries],
        folders={Path(path).name: Path(path) for path in snakemake.input.folders},
        rdms=Path(snakemake.output.captions).parents[1] / "rdms",
    )
    captions = {}
    for name in snakemake.params.names:
        figure, captions[name] = illustrations.draw(name, study)
        save(figure, Path(snakemake.output.captions).with_name(name))
    write_json(snakemake.output.captions, captions)
