"""What a job used, written beside its log: time, memory and machine.

These differ from run to run, so they are in no table and no output of a rule; `last_run` reads
them for the report.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ventralmap import machine
from ventralmap.files import write_json


@dataclass(frozen=True)
class Job:
    """What a job used when it last ran.

    Attributes
    ----------
    name
        Path of its log among the logs, without the suffix: ``encode/<dataset>/<model>``.
    seconds
        From begin to end.
    peak_bytes
        The most memory that its process held at once.
    threads
        That it was given.
    ended
        UTC, as ``2026-01-31T12:00:00Z``.
    machine
        As `machine.describe`.
    """

    name: str
    seconds: float
    peak_bytes: int
    threads: int
    ended: str
    machine: Mapping[str, str]

    @property
    def step(self) -> str:
        """The rule's part of the name."""
        return self.name.partition("/")[0]


def record(log: str | os.PathLike[str], name: str, seconds: float, peak: int, threads: int) -> None:
    """Write what a job used beside its log; where that cannot be written, do without.

    Parameters
    ----------
    log
        The job's log: ``a.log`` gets ``a.json`` beside it.
    name, seconds, peak, threads
        As `Job`.
    """
    ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    job = Job(name, round(seconds, 1), peak, threads, ended, machine.describe())
    with contextlib.suppress(OSError):
        write_json(Path(log).with_suffix(".json"), asdict(job))
