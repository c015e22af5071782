"""The page that says which numbers of the tables hold, and where they do not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ventralmap.calibration import (
    cell_words,
    covered,
    figures,
    outcomes,
    planning_page,
    rates,
)
from ventralmap.calibration.cell_words import words
from ventralmap.figures import style
from ventralmap.files import atomic

INTRODUCTION = """# Calibration

What the p-values, intervals and probabilities of ventralmap's tables are worth. Studies are
simulated of which the truth is known, the functions of the pipeline are run on them, and it is
counted how often their numbers hold.

What came out of each study is kept in `docs/calibration/outcomes`, to five digits.
`make calibration` simulates what `config/calibration.yaml` asks for and is not kept yet (hours),
and makes this page; `make calibration-keep` adds what is simulated so far, also while it runs or
after it was interrupted; `make calibration-page` makes the page from what is kept. A test simulates
some kept studies of each experiment again. Where it fails, a statistic is not what it was: delete
the experiment's folder there and in `results/calibration/outcomes`, and simulate it anew. With
`kept: null` in the config all is. `config/calibration_small.yaml` has fewer cells and studies.

- A p-value holds if it is below .05 in {null_low} to {null_high} % of studies in which its null
  hypothesis is true.
- A 95 % interval holds if it contains the truth in {coverage_low} to {coverage_high} % of studies.
  Where the truth has no closed form it is the mean of the estimates of all studies of the cell.
- In brackets, Monte-Carlo intervals of the rate (95 %, Clopper & Pearson 1934).
- "errs on the safe side": fewer discoveries, or wider intervals, than there could be. "undecided":
  outside the target, which so many studies may be by chance. A cell has {fewest:,} to {most:,}
  studies here, the fewest where power is counted; with a thousand, rates are known to 1.4 points.
"""
MAY_NOT_HOLD = "Undecided, and on the side on which a table would claim too much:"
TITLES = {
    outcomes.NULL: "False positives",
    outcomes.ERROR_RATE: "Wrong discoveries",
    outcomes.COVERAGE: "Coverage of 95 % intervals",
    outcomes.BIAS: "Bias",
    outcomes.PROBABILITY: "Probabilities",
    outcomes.POWER: "Power",
}


NOTES = {
    "p_subjects": "`p_subjects` (signs of subjects flipped) asks about other people and *these*"
    " stimuli. Rows with *other stimuli* count how often a layer that is unrelated is found when it"
    " is read as more than that: at worst in more than half of studies. Read `p`, which asks about"
    " other stimuli; a report has a caution where `p_subjects` alone is small.",
    "two layers equally good": "Studies with *categories* have stimuli of a few categories that"
    " another study would draw anew: all that is resampled is stimuli, so intervals are too narrow"
    " for other categories. A report has a caution where stimuli come in categories. With *same*,"
    " all studies have the same categories, as most experiments mean it.",
    "correspondence.csv score_nested": "`score_nested` of RSA leaves out stimuli, not people: it is"
    " for other stimuli and these subjects, who on average see what the chosen layer sees a little"
    " more strongly than others would. `single` in `rsa_fitted.csv` leaves out both.",
    "ceiling_low: similarity of the true RDM": "The two ceilings of RSA are meant to lie below and"
    " above what the true RDM reaches (Nili et al. 2014), by more the fewer the subjects: their"
    " bias is no error.",
    "p_best": "`p_best` is the share of resamples in which a layer is the best one, counted here"
    " as a probability: of layers given .8, about 80 % should be the layer that is best in truth."
    " It holds where the share that is right is within 5 points of the mean given, of all studies"
    " and of those given .8 or more. Layers of these studies differ by chance, as a layer drawn at"
    " random would; where layers of a network hardly differ, more of what is given is luck.",
    r"cka.csv ci: of one subject \(other neuroids": "CKA of one subject is about the neuroids that"
    " were measured: its interval is for other stimuli (*same neuroids*). Rows with *other"
    " neuroids* count how often it holds what other neuroids would have.",
    "rsa_pairs.csv": "With few noisy subjects, intervals and tests of RSA err on the safe side:"
    " resampled stimuli count the noise of a pair three times. Those of RSA with a single subject"
    " and of CKA are corrected for it (`jackknife`).",
    r"\(other subjects\)": "`p_best` of a single subject is about the layer that is best for this"
    " subject. Rows with *other subjects* count how often it is also the best one for all: read so,"
    " it is too sure. A report says so where an area has one subject.",
    "ev_ceiled": "`ev_ceiled` is a ratio with a noisy denominator and a square: where reliability"
    " is low it is too high by some hundredths; `r_ceiled` by half of that.",
}
"""By a part of the claim."""
PICTURES = {
    outcomes.NULL: ("false_positives", "Share of studies with p below .05, by claim and cell"),
    outcomes.COVERAGE: ("coverage", "Share of intervals that hold the truth, by claim and cell"),
    outcomes.PROBABILITY: ("probabilities", "Share that was right, by the probability given"),
}
"""Name of the figure and its alternative text, by kind of claim."""


def write(found: pd.DataFrame, curves: pd.DataFrame, page: str | os.PathLike[str]) -> None:
    """Write the page, and its figures into a folder of its name beside it.

    Parameters
    ----------
    found, curves
        As from `collect.tables`.
    page
        The Markdown file to make.
    """
    folder = Path(page).with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    draw(found, curves, folder)
    parts = [introduction(found), shortfalls(found), *notes(found), covered.section(found)]
    parts += planning_page.sections(found, folder)
    for kind, title in TITLES.items():
        rows = found[(found["kind"] == kind) & (found["n"] > 0)]
        if len(rows):
            name, text = PICTURES.get(kind, ("", ""))
            picture = [f"![{text}]({folder.name}/{name}.png)"] if name else []
            parts += [f"## {title}", *picture, table(rows, kind)]
    with atomic(page) as path:
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def draw(found: pd.DataFrame, curves: pd.DataFrame, folder: Path) -> None:
    """Draw the figures of the kinds of claims that there are."""
    for kind in (outcomes.NULL, outcomes.COVERAGE):
        if (found["kind"] == kind).any():
            style.save(figures.draw_rates(found, kind), folder / PICTURES[kind][0], ("png",))
    if len(curves):
        name = PICTURES[outcomes.PROBABILITY][0]
        style.save(figures.draw_probabilities(curves), folder / name, ("png",))


def introduction(found: pd.DataFrame) -> str:
    """Say what is counted, and what is aimed at."""
    ends = {
        f"{name}_{end}": f"{100 * value:.0f}"
        for name, kind in (("null", outcomes.NULL), ("coverage", outcomes.COVERAGE))
        for end, value in zip(("low", "high"), rates.TARGETS[kind], strict=True)
    }
    n = found["n"] + found["n_missing"]
    return INTRODUCTION.format(**ends, fewest=n.min(), most=n.max()).strip()


def shortfalls(found: pd.DataFrame) -> str:
    """List the claims that do not hold, and those that may not, with their cells."""
    failed = found[found["verdict"] == rates.FAILS]
    unsure = found[found["verdict"] == rates.UNSURE]
    doubted = unsure[[_too_sure(row) for _, row in unsure.iterrows()]]
    lines = _listed(failed) if len(failed) else ["No claim fails in any cell."]
    parts = ["## What does not hold", "", *lines]
    if len(doubted):
        parts += ["", MAY_NOT_HOLD, "", *_listed(doubted)]
    return "\n".join(parts)


def _too_sure(row: pd.Series) -> bool:
    """Whether a rate is on the side on which a table claims more than it should."""
    if row["kind"] == outcomes.PROBABILITY:
        return any(row[f"{of}rate"] < row[f"{of}mean"] - rates.NEAR for of in ("", "sure_"))
    if row["kind"] == outcomes.COVERAGE:
        return bool(row["rate"] < row["target_low"])
    return bool(row["rate"] > row["target_high"])


def _listed(rows: pd.DataFrame) -> list[str]:
    """Make a line per claim, with its cells."""
    return [
        f"- **{cell_words.claim(claim)}** ({TITLES[str(kind)].lower()}): "
        + "; ".join(f"{_failure(row)} with {words(str(row['cell']))}" for _, row in own.iterrows())
        for (claim, kind), own in rows.groupby(["claim", "kind"], sort=False)
    ]


def _failure(row: pd.Series) -> str:
    """Name the rate that is off, and of how many studies.

    Of probabilities, those of all or, if there are any, the sure.
    """
    if row["kind"] != outcomes.PROBABILITY:
        return f"{100 * row['rate']:.1f} % of {row['n']:,.0f}"
    sure = "sure_" if row["n_sure"] > 0 else ""
    mean, rate = row[f"{sure}mean"], row[f"{sure}rate"]
    return f"{100 * rate:.1f} % right of those given {mean:.2f} on average"


def notes(found: pd.DataFrame) -> list[str]:
    """Say how to read the claims that are there and would else be misread."""
    there = [f"- {text}" for name, text in NOTES.items() if found["claim"].str.contains(name).any()]
    return ["\n".join(["## How to read this", "", *there])] if there else []


def table(rows: pd.DataFrame, kind: str) -> str:
    """Make the Markdown table of the claims of one kind, a row per claim and cell."""
    columns = COLUMNS[kind]
    head = ["| claim | study | studies | " + " | ".join(columns) + " |"]
    head += ["|" + " --- |" * (3 + len(columns))]
    lines = [
        f"| {cell_words.claim(row['claim'])} | {words(row['cell'])} | {row['n']:.0f} | "
        + " | ".join(cell(row) for cell in columns.values())
        + " |"
        for _, row in rows.iterrows()
    ]
    return "\n".join(head + lines)


def _percent(row: pd.Series) -> str:
    if pd.isna(row["rate"]):
        return ""
    low, high = 100 * row["rate_low"], 100 * row["rate_high"]
    return f"{100 * row['rate']:.1f} % [{low:.1f}, {high:.1f}]"


def _percent_01(row: pd.Series) -> str:
    return "" if pd.isna(row["rate_01"]) else f"{100 * row['rate_01']:.1f} %"


def _verdict(row: pd.Series) -> str:
    return "" if pd.isna(row["verdict"]) else str(row["verdict"])


def _sure(row: pd.Series) -> str:
    if not row["n_sure"] > 0:
        return ""
    return (
        f"{row['n_sure']:.0f} given {row['sure_mean']:.2f}, right {100 * row['sure_rate']:.1f} %"
        f" [{100 * row['sure_rate_low']:.1f}, {100 * row['sure_rate_high']:.1f}]"
    )


def _number(name: str) -> Callable[[pd.Series], str]:
    return lambda row: "" if pd.isna(row[name]) else f"{row[name]:.3f}"


def _bias(row: pd.Series) -> str:
    if pd.isna(row["bias"]):
        return ""
    return f"{row['bias']:+.3f} [{row['bias_low']:+.3f}, {row['bias_high']:+.3f}]"


COLUMNS: dict[str, dict[str, Callable[[pd.Series], str]]] = {
    outcomes.NULL: {"p < .05": _percent, "p < .01": _percent_01, "verdict": _verdict},
    outcomes.ERROR_RATE: {"wrong among discoveries": _percent, "verdict": _verdict},
    outcomes.COVERAGE: {"covered": _percent, "bias": _bias, "verdict": _verdict},
    outcomes.BIAS: {"mean": _number("mean"), "truth": _number("truth"), "bias": _bias},
    outcomes.PROBABILITY: {
        "mean given": _number("mean"),
        "right": _percent,
        "of those given .8 or more": _sure,
        "verdict": _verdict,
    },
    outcomes.POWER: {"p < .05": _percent, "p < .01": _percent_01},
}
"""Columns of the tables, by kind of claim."""
