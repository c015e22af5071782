"""What the benchmarks share: clocks, the machine, and where results go."""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy
import sklearn
import torch

RESULTS = Path(__file__).parent / "results"


@dataclass
class Clock:
    """Seconds by the wall and of the process, summed over the parts of a run."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "Clock":
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall += time.perf_counter() - self._start[0]
        self.cpu += time.process_time() - self._start[1]

    def rounded(self) -> dict[str, float]:
        """Return both, for a result."""
        return {"wall_s": round(self.wall, 4), "cpu_s": round(self.cpu, 4)}


def best_of(runs: int, work: Callable[[], object]) -> tuple[Clock, object]:
    """Run something several times; return the least of each clock, and what the last run gave."""
    clocks, result = [], None
    for _ in range(runs):
        with Clock() as clock:
            result = work()
        clocks.append(clock)
    return Clock(min(c.wall for c in clocks), min(c.cpu for c in clocks)), result


def peak_gb() -> float:
    """Return the largest resident memory of this process so far, in 10⁹ bytes.

    From /proc: what getrusage gives starts from the memory of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return round(int(kilobytes) * 1024 / 1e9, 3)


def machine() -> dict[str, object]:
    """Describe where and under which load a benchmark runs."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "versions": {m.__name__: m.__version__ for m in (np, scipy, sklearn, torch)},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    about = {key.strip(): value.strip() for key, value in fields.items()}
    return f"{about['model name']}, family {about['cpu family']}, model {about['model']}"


def write(name: str, result: dict[str, object]) -> None:
    """Write a result, with the machine beside it."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), "peak_gb": peak_gb()} | result, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")
    print(text)
