"""Draw all figures of the study, and write their captions."""

import json
from pathlib import Path

import pandas as pd

from ventralmap import illustrations
from ventralmap.files import write_json
from ventralmap.jobs import job

with job(snakemake.log[0]):  # one thread each: the same digits everywhere
    study = illustrations.Study(
        config=snakemake.params.study,
        tables={Path(path).stem: pd.read_csv(path) for path in snakemake.input.tables},
        neuroids={Path(path).stem: pd.read_csv(path) for path in snakemake.input.neuroids},
        summaries=[json.loads(Path(path).read_text()) for path in snakemake.input.summaries],
        folders={Path(path).name: Path(path) for path in snakemake.input.folders},
        rdms=Path(snakemake.output.captions).parents[1] / "rdms",
    )
    folder = Path(snakemake.output.captions).parent
    names, workers = snakemake.params.names, snakemake.threads
    captions = illustrations.save_all(names, study, folder, workers)
    write_json(snakemake.output.captions, captions)
