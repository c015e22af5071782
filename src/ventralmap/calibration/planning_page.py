"""The part of the page that helps to plan a study: which differences between layers it finds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ventralmap import planning_rsa
from ventralmap.calibration import encoding_layers, rsa_power
from ventralmap.calibration.cell_words import words
from ventralmap.figures import style


class Planned(NamedTuple):
    """An experiment that simulates larger and larger differences between two layers.

    Attributes
    ----------
    experiment, varied
        Its name, and the size that is varied.
    found, ahead, ceiling
        The claims that hold the power, the difference and, if it has one, the noise ceiling.
    picture, axis
        Names of the figure and of what its abscissa shows.
    text
        Head and introduction of the part of the page.
    """

    experiment: str
    varied: str
    found: str
    ahead: str
    ceiling: str
    picture: str
    axis: str
    text: str


PLANNED = (
    Planned(
        experiment="encoding_unequal",
        varied="more",
        found=encoding_layers.FOUND,
        ahead=encoding_layers.AHEAD,
        ceiling="",
        picture="power_encoding",
        axis="Difference in median r",
        text="""## Planning an encoding study

The smallest difference in r (median over neuroids) of two layers that 80 % of studies find
(`beats_next_p` below .05). Low noise is a reliability of the mean response of .8, high noise of
.31: twice the repeats halve the variance of the noise. Noise makes r and its differences smaller
too, so that .05 at high noise is more of what can be explained than .05 at low noise.
`ventralmap.planning_encoding.power` and `smallest_difference` simulate your own sizes.""",
    ),
    Planned(
        experiment="rsa_difference",
        varied="advantage",
        found=rsa_power.FOUND,
        ahead=rsa_power.AHEAD,
        ceiling=rsa_power.CEILING,
        picture="power_rsa",
        axis="Difference in similarity",
        text="""## Planning an RSA study

The smallest difference in similarity (Spearman correlation) of two layers that 80 % of studies
find (`beats_next_p` below .05). Noise shows in the lower noise ceiling: compare it with that of
your own data. It makes similarities and their differences smaller too: divide by the ceiling to
compare designs. `ventralmap.planning_rsa.power` and `smallest_difference` simulate other sizes.""",
    ),
)


def curves(found: pd.DataFrame, planned: Planned) -> pd.DataFrame:
    """Collect power by design and difference.

    Parameters
    ----------
    found
        Rates as from `collect.tables`.
    planned
        Which experiment.

    Returns
    -------
    pandas.DataFrame
        A row per design (sizes but for the difference) and difference: design, difference,
        ceiling, power, low, high; empty without such an experiment.
    """
    rows = found[found["experiment"] == planned.experiment]
    by_claim = {claim: part.set_index("cell") for claim, part in rows.groupby("claim")}
    if not {planned.found, planned.ahead} <= set(by_claim):
        return pd.DataFrame(columns=["design", "difference", "ceiling", "power", "low", "high"])
    power = by_claim[planned.found]
    ceiling = by_claim.get(planned.ceiling, pd.DataFrame({"mean": []}))
    return pd.DataFrame(
        {
            "design": [words(cell, leave_out=planned.varied) for cell in power.index],
            "difference": by_claim[planned.ahead]["mean"].reindex(power.index).to_numpy(),
            "ceiling": ceiling["mean"].reindex(power.index).to_numpy(),
            "power": power["rate"].to_numpy(),
            "low": power["rate_low"].to_numpy(),
            "high": power["rate_high"].to_numpy(),
        }
    ).sort_values(["design", "difference"], ignore_index=True, key=_by_size)


def _by_size(column: pd.Series) -> pd.Series:
    """Make what sorts designs by their numbers: 62 stimuli before 118."""
    if column.name != "design":
        return column
    return column.str.replace(r"\d+", lambda number: number[0].zfill(9), regex=True)


def sections(found: pd.DataFrame, folder: Path) -> list[str]:
    """Write these parts of the page and draw their figures into `folder`."""
    return [text for planned in PLANNED for text in section(found, planned, folder)]


def section(found: pd.DataFrame, planned: Planned, folder: Path) -> list[str]:
    """Write one part of the page and draw its figure; nothing without simulations."""
    rows = curves(found, planned)
    if not len(rows):
        return []
    style.save(draw(rows, planned.axis), folder / planned.picture, ("png",))
    picture = f"![Power to tell two layers apart]({folder.name}/{planned.picture}.png)"
    return [planned.text, picture, table(rows)]


def table(rows: pd.DataFrame) -> str:
    """Make a Markdown table of the smallest differences, a row per design."""
    known = bool(rows["ceiling"].notna().any())
    head = ["study", *(["lower noise ceiling"] if known else []), "smallest difference"]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for design, part in rows.groupby("design", sort=False):
        least = planning_rsa.reached(part["difference"].tolist(), part["power"].tolist())
        text = f"more than {part['difference'].max():.2f}" if np.isnan(least) else f"{least:.2f}"
        ceiling = part["ceiling"].mean()
        cells = [design, *(["" if np.isnan(ceiling) else f"{ceiling:.2f}"] if known else []), text]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(rows: pd.DataFrame, axis: str) -> Figure:
    """Draw power over the difference, a line per design."""
    with style.context():
        figure, axes = plt.subplots(figsize=(style.DOUBLE, style.SINGLE), layout="constrained")
        axes.axhline(100 * planning_rsa.WANTED, color=style.GREY, linewidth=0.5)
        designs = rows.groupby("design", sort=False)
        for place, (design, part) in enumerate(designs):
            again, colour = divmod(place, len(style.PALETTE))  # each marker has all colours
            ends = [part["power"] - part["low"], part["high"] - part["power"]]
            axes.errorbar(
                part["difference"], 100 * part["power"], yerr=100 * np.array(ends),
                marker=style.MARKERS[again], color=style.PALETTE[colour], elinewidth=0.5,
                linestyle="--" if again else "-", label=str(design),
            )  # fmt: skip
        axes.set(xlabel=axis, ylabel="Studies that find it (%)", ylim=(0, 102))
        figure.legend(loc="outside right upper")
    return figure
