"""What the report tells of a study's jobs: time, memory and machine of each when it last ran.

It stands between two marks, as it differs from run to run; `without` takes it away to compare
reports.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ventralmap import machine
from ventralmap.usage import Job

BEGINS = "<!-- what differs from run to run begins -->"
ENDS = "<!-- what differs from run to run ends -->"
OWN = "report"
"""The step that writes the report cannot tell of itself."""
OF_DATASETS = {"recovery"}
"""Steps whose logs are named by the dataset and something else."""


class Run(NamedTuple):
    """What a report tells of a run: rows of text.

    Attributes
    ----------
    machines
        Letter and description.
    steps
        Step, number of jobs, time of all, longest, most memory, machines.
    jobs
        Job, time, memory, threads, machine, end.
    """

    machines: list[tuple[str, str]]
    steps: list[tuple[str, ...]]
    jobs: list[tuple[str, ...]]


def read(logs: str | os.PathLike[str], known: Collection[str]) -> list[Job]:
    """List the jobs of a study's datasets and models, by name.

    Parameters
    ----------
    logs
        Folder of the logs.
    known
        Names of the datasets, and of the models as files are called: what was recorded of others,
        which the study no longer has, is left out.
    """
    found = [
        Job(**json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(Path(logs).rglob("*.json"))
    ]
    steps = {job.step for job in found}
    return [j for j in found if j.step != OWN and _places(j.name) <= {*known, *steps}]


def _places(name: str) -> set[str]:
    """Names of datasets and models in that of a job, and of the steps inside steps."""
    step, *rest = name.split("/")
    named = rest[:1] if step in OF_DATASETS else rest
    return {part for part in named if not part.isdecimal()}  # seeds


def told(jobs: Sequence[Job]) -> Run:
    """Write what jobs used as rows of text; the machine of this process stands for the report's.

    Parameters
    ----------
    jobs
        From `read`.
    """
    here = machine.describe()
    letters = {
        text: chr(ord("A") + number)
        for number, text in enumerate(
            dict.fromkeys(map(_words, [*(j.machine for j in jobs), here]))
        )
    }
    by_step = {step: [j for j in jobs if j.step == step] for step in {j.step: 0 for j in jobs}}
    longest_first = sorted(by_step.items(), key=lambda item: -sum(j.seconds for j in item[1]))
    return Run(
        [(letter, text) for text, letter in letters.items()],
        [_of_step(step, of_it, letters) for step, of_it in longest_first],
        [
            (j.name, _time(j.seconds), _memory(j.peak_bytes), str(j.threads),
             letters[_words(j.machine)], j.ended)
            for j in jobs
        ],
    )  # fmt: skip


def _of_step(step: str, jobs: Sequence[Job], letters: Mapping[str, str]) -> tuple[str, ...]:
    return (
        step,
        str(len(jobs)),
        _time(sum(job.seconds for job in jobs)),
        _time(max(job.seconds for job in jobs)),
        _memory(max(job.peak_bytes for job in jobs)),
        ", ".join(sorted({letters[_words(job.machine)] for job in jobs})),
    )


def _words(described: Mapping[str, str]) -> str:
    """Describe a machine in a line."""
    return "; ".join(f"{key}: {value}" for key, value in described.items())


def _time(seconds: float) -> str:
    """Write seconds as ``12.3 s``, ``4 min 5 s`` or ``2 h 3 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _memory(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def without(page: str) -> str:
    """Take away from a report what differs from run to run.

    Parameters
    ----------
    page
        A report's HTML.

    Examples
    --------
    >>> without(f"same {BEGINS}12 s{ENDS} same")
    'same  same'
    """
    return re.sub(f"{re.escape(BEGINS)}.*?{re.escape(ENDS)}", "", page, flags=re.DOTALL)
