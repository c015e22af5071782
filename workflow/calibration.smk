"""Simulates studies whose truth is known, and counts how often the tables' numbers hold.

snakemake --cores all --snakefile workflow/calibration.smk
"""

import sys

from snakemake.utils import min_version

from ventralmap import jobs, provenance
from ventralmap.calibration import cells, experiments, store
from ventralmap.config import complete
from ventralmap.errors import InputError

min_version("9.6")

if "calibration" not in config:

    configfile: workflow.source_path("../config/calibration.yaml")


container: "docker://ventralmap:0.1.0"


try:
    CALIBRATION = complete(
        config, workflow.source_path("schemas/calibration.schema.yaml")
    )
    CELLS = cells.cells(
        CALIBRATION["experiments"], CALIBRATION["simulations"], CALIBRATION["chunk"]
    )
    EXPERIMENTS = {cell.experiment: experiments.path(cell.experiment) for cell in CELLS}
    KEPT = store.kept(CELLS, CALIBRATION)
except InputError as error:
    sys.exit(f"{jobs.ERROR}{error}")

RESULTS = f"results/{CALIBRATION['calibration']}"
SETTINGS = {
    (cell.experiment, cell.name): cell.setting
    for cell in sorted(CELLS, key=lambda cell: -cell.chunk)
}
ORDER = list(SETTINGS)
PAGE = CALIBRATION["document"]


wildcard_constraints:
    experiment="[^/]+",
    cell="[^/]+",
    first=r"\d+",
    last=r"\d+",


def code(script, *modules):
    """The modules that a script uses, as input: an edit reruns the jobs that use it."""
    return provenance.modules(workflow.source_path(f"scripts/{script}.py"), *modules)


def outcomes(cell):
    """The files of outcomes of a cell: what is kept, and what that lacks."""
    file, studies = KEPT.get((cell.experiment, cell.name), (None, ()))
    n = 0 if CALIBRATION["only_kept"] else min(cell.n, CALIBRATION["at_most"])
    folder = f"{RESULTS}/outcomes/{cell.experiment}/{cell.name}"
    parts = cells.chunks(n, cell.chunk, studies)
    lacking = [f"{folder}/{part.start}-{part.stop}.csv" for part in parts]
    return [file, *lacking] if file else lacking


rule all:
    default_target: True
    input:
        PAGE,


rule simulate:
    """Simulate some studies of one cell, cells with the largest parts, the cheapest, first."""
    input:
        code=lambda wildcards: code("simulate", EXPERIMENTS[wildcards.experiment]),
    output:
        outcomes=f"{RESULTS}/outcomes/{{experiment}}/{{cell}}/{{first}}-{{last}}.csv",
    log:
        f"{RESULTS}/logs/{{experiment}}/{{cell}}/{{first}}-{{last}}.log",
    priority: lambda wildcards: len(ORDER) - ORDER.index((wildcards.experiment, wildcards.cell))
    params:
        setting=lambda wildcards: SETTINGS[wildcards.experiment, wildcards.cell],
        seed=CALIBRATION["seed"],
    script:
        "scripts/simulate.py"


rule rates:
    """Count how often the numbers hold, cell by cell."""
    input:
        code=code("rates"),
        outcomes=[path for cell in CELLS for path in outcomes(cell)],
    output:
        rates=f"{RESULTS}/tables/rates.csv",
        probabilities=f"{RESULTS}/tables/probabilities.csv",
    log:
        f"{RESULTS}/logs/rates.log",
    script:
        "scripts/rates.py"


rule page:
    """Write down what was counted, with figures."""
    input:
        code=code("calibration_page"),
        rates=rules.rates.output.rates,
        probabilities=rules.rates.output.probabilities,
    output:
        page=PAGE,
    log:
        f"{RESULTS}/logs/page.log",
    script:
        "scripts/calibration_page.py"
