"""The part of the page that helps to plan a study: which differences between layers it finds."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ventralmap import planning_rsa
from ventralmap.calibration.rsa_power import AHEAD, CEILING, FOUND
from ventralmap.figures import style

EXPERIMENT, VARIED = "rsa_difference", "advantage"
PICTURE = "power_rsa"
TEXT = """## Planning an RSA study

The smallest difference in similarity (Spearman correlation) of two layers that 80 % of studies
find (`beats_next_p` below .05). Noise shows in the lower noise ceiling: compare it with that of
your own data. `ventralmap.planning_rsa.power` and `smallest_difference` simulate other sizes.
"""


def curves(found: pd.DataFrame) -> pd.DataFrame:
    """Collect power by design and difference.

    Parameters
    ----------
    found
        Rates as from `collect.tables`.

    Returns
    -------
    pandas.DataFrame
        A row per design (sizes but for the difference) and difference: design, difference,
        ceiling, power, low, high; empty without such an experiment.
    """
    rows = found[found["experiment"] == EXPERIMENT]
    by_claim = {claim: part.set_index("cell") for claim, part in rows.groupby("claim")}
    if not {FOUND, AHEAD} <= set(by_claim):
        return pd.DataFrame(columns=["design", "difference", "ceiling", "power", "low", "high"])
    power = by_claim[FOUND]
    return pd.DataFrame(
        {
            "design": [_design(cell) for cell in power.index],
            "difference": by_claim[AHEAD]["mean"].reindex(power.index).to_numpy(),
            "ceiling": by_claim[CEILING]["mean"].reindex(power.index).to_numpy(),
            "power": power["rate"].to_numpy(),
            "low": power["rate_low"].to_numpy(),
            "high": power["rate_high"].to_numpy(),
        }
    ).sort_values(["design", "difference"], ignore_index=True)


def _design(cell: str) -> str:
    pairs = [part.split("=", 1) for part in cell.split(",")]
    return ", ".join(f"{value} {key}" for key, value in pairs if key != VARIED)


def section(found: pd.DataFrame, folder: Path) -> list[str]:
    """Write the part of the page and draw its figure into `folder`; nothing without simulations."""
    rows = curves(found)
    if not len(rows):
        return []
    style.save(draw(rows), folder / PICTURE, ("png",))
    picture = f"![Power to tell two layers apart]({folder.name}/{PICTURE}.png)"
    return [TEXT.strip(), picture, table(rows)]


def table(rows: pd.DataFrame) -> str:
    """Make a Markdown table of the smallest differences, a row per design."""
    lines = ["| study | lower noise ceiling | smallest difference |", "| --- | --- | --- |"]
    for design, part in rows.groupby("design", sort=False):
        least = planning_rsa.reached(part["difference"].tolist(), part["power"].tolist())
        text = f"more than {part['difference'].max():.2f}" if np.isnan(least) else f"{least:.2f}"
        ceiling = part["ceiling"].mean()
        lines.append(f"| {design} | {'' if np.isnan(ceiling) else f'{ceiling:.2f}'} | {text} |")
    return "\n".join(lines)


def draw(rows: pd.DataFrame) -> Figure:
    """Draw power over the difference, a line per design."""
    with style.context():
        figure, axes = plt.subplots(figsize=(style.DOUBLE, style.SINGLE), layout="constrained")
        axes.axhline(100 * planning_rsa.WANTED, color=style.GREY, linewidth=0.5)
        designs = rows.groupby("design", sort=False)
        colours = np.resize(style.PALETTE, designs.ngroups)
        for colour, (design, part) in zip(colours, designs, strict=True):
            ends = [part["power"] - part["low"], part["high"] - part["power"]]
            axes.errorbar(
                part["difference"], 100 * part["power"], yerr=100 * np.array(ends), marker="o",
                color=str(colour), elinewidth=0.5, label=str(design),
            )  # fmt: skip
        axes.set(
            xlabel="Difference in similarity", ylabel="Studies that find it (%)", ylim=(0, 102)
        )
        figure.legend(loc="outside right upper")
    return figure
