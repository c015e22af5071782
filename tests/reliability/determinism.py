"""Run one small study in many ways; all must give the same tables and the same report.

    python tests/reliability/determinism.py [way ...]

The ways: again; two threads; other batch sizes and memory budgets; in a folder that was moved; from
another working directory (`--directory`); as a module of another workflow. Prints for each whether
all tables have the same bytes, and else the difference that is largest for what it may be: with
other threads, batches and budgets, convolutions add in another order, and numbers may differ by
`ROUNDING`; in all else they may not. Says too whether the report is the same but for its parts on
time, memory and machines and on the config.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import kill
import numpy as np
import pandas as pd
import yaml

MODEL = "squeezenet1_1+untrained"
LAYERS = ["features.3.cat", "features.7.cat", "features.12.cat"]
ROUNDING = {True: 5e-4, False: 1e-5}
"""Of ends of intervals (true), and of all other numbers. With two subjects an interval is 12.7
standard errors to either side (Student's t), so that their rounding is multiplied."""
MODULE = """
configfile: "study.yaml"

module ventralmap:
    snakefile: "{snakefile}"
    config: config

use rule * from ventralmap as of_ventralmap_*

rule everything:
    default_target: True
    input: rules.of_ventralmap_all.input
"""


def study(checkout: Path, **extract: float) -> dict:
    """Return a config of a small network and pixels."""
    import small_study

    if not (checkout / "own/tiny").exists():
        small_study.write(checkout / "own" / "tiny")
    return small_study.CONFIG | {
        "study": "same",
        "models": [MODEL, "pixels"],
        "layers": {},
        "encoding": {"reliability_splits": 5},
        "datasets": [str(checkout / "own/tiny")],
        "extract": extract,
    }


def run(checkout: Path, where: Path, config: dict, *more: str) -> Path:
    """Run a study from a folder; return the folder of its results."""
    where.mkdir(exist_ok=True)
    path = where / "study.yaml"
    path.write_text(yaml.safe_dump(config))
    runs = kill.Runs(checkout, path, cores=2)
    if where != checkout:
        runs.command += ["--snakefile", str(checkout / "Snakefile")]
    runs.command += ["--quiet", "all", *more]
    if runs.start().wait():
        raise SystemExit((checkout / "output.log").read_text(errors="replace")[-4000:])
    return Path("results") / config["study"]


def plain(checkout: Path, *more: str, **extract: float) -> Path:
    """Run in the copy itself, from nothing."""
    shutil.rmtree(checkout / "results", ignore_errors=True)
    return checkout / run(checkout, checkout, study(checkout, **extract), *more)


def moved(checkout: Path) -> Path:
    """Run half of a study, move the whole folder, and go on there."""
    shutil.rmtree(checkout / "results", ignore_errors=True)
    run(checkout, checkout, study(checkout), "--until", "extract")
    there = checkout.rename(checkout.with_name("moved"))
    try:
        results = there / run(there, there, study(there))
        kept = shutil.copytree(results, there.parent / "results_moved")
    finally:
        there.rename(checkout)
    return kept


def elsewhere(checkout: Path) -> Path:
    """Run from another working directory."""
    where = checkout.with_name("elsewhere")
    return where / run(checkout, where, study(checkout), "--directory", str(where))


def module(checkout: Path) -> Path:
    """Run as a module of a workflow that has nothing else."""
    where = checkout.with_name("module")
    where.mkdir()
    (where / "Snakefile").write_text(MODULE.format(snakefile=checkout / "Snakefile"))
    (where / "study.yaml").write_text(yaml.safe_dump(study(checkout)))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    environment = kill.environment(checkout)
    subprocess.run(command, cwd=where, env=environment, check=True)
    return where / "results/same"


WAYS = {
    "again": plain,
    "two threads": lambda c: plain(c, "--set-threads", "extract=2", "encode=2", "prepare=2"),
    "batches of one image": lambda c: plain(c, batch_size=1),
    "batches of seven images": lambda c: plain(c, batch_size=7),
    "less memory": lambda c: plain(c, memory_gb=0.05),
    "moved": moved,
    "another directory": elsewhere,
    "module": module,
}


ORDERS = {name for name in WAYS if name.startswith(("two", "batches", "less"))}
"""Ways in which sums are taken in another order."""


def difference(found: Path, expected: Path) -> tuple[str, float]:
    """Say how two folders of tables differ, and by what share of `ROUNDING` at most."""
    names = {path.name for path in expected.glob("*.csv")}
    if names != {path.name for path in found.glob("*.csv")}:
        return "other tables", np.inf
    if all((found / name).read_bytes() == (expected / name).read_bytes() for name in names):
        return f"{len(names)} tables, same bytes", 0.0
    worst: dict[str, float] = {}
    for name in names:
        one, two = (pd.read_csv(folder / name) for folder in (found, expected))
        words = one.select_dtypes(exclude="number").equals(two.select_dtypes(exclude="number"))
        if not words or one.shape != two.shape:
            return f"{name}: other words or rows", np.inf
        if not one.isna().equals(two.isna()):
            return f"{name}: other cells are empty", np.inf
        apart = (one.select_dtypes("number") - two.select_dtypes("number")).abs().max()
        worst |= {f"{name} {column}": apart[column] for column in apart.index}
    share = {where: most / ROUNDING["_ci_" in where] for where, most in worst.items()}
    where = max(share, key=share.__getitem__)
    words = f"numbers differ by {worst[where]:.1g} at most for what may differ ({where})"
    return f"{len(names)} tables, {words}", share[where]


def comparable(report: Path) -> str:
    """Take away from a report what differs from run to run, and the config."""
    from ventralmap import last_run

    page = last_run.without(report.read_text(encoding="utf-8"))
    return re.sub(r'<section id="provenance">.*?</section>', "", page, flags=re.DOTALL)


def main() -> None:
    """Run the study once as it is, and in every way that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("ways", nargs="*", default=list(WAYS))
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        checkout = kill.checkout(Path(scratch) / "first")
        expected = shutil.copytree(
            plain(checkout, "--set-threads", "extract=1", "encode=1", "prepare=1"),
            Path(scratch) / "expected",
        )
        good = True
        for way in chosen.ways:
            found = WAYS[way](checkout)
            words, worst = difference(found / "tables", expected / "tables")
            good &= worst <= (way in ORDERS)  # 1, or 0
            pages = [comparable(folder / "report.html") for folder in (found, expected)]
            same = "same report" if pages[0] == pages[1] else "another report"
            print(f"{way}: {words}, {same}", flush=True)
    sys.exit(not good)


if __name__ == "__main__":
    main()
