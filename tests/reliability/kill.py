"""Kill a study again and again, go on each time, and compare what comes out with a quiet run.

    python tests/reliability/kill.py [--kills 20] [--study config/demo.yaml] [--seed 0]

Without a study, a small one is made. Each round starts from nothing: the run is killed (SIGKILL,
the whole process group) at a moment drawn evenly from the time of the quiet run, then continued
as a user does: `snakemake --unlock`, then `snakemake`. All tables and figures must then be those of
the quiet run, byte for byte, and the report too but for its part on time, memory and machines;
folders must hold no scratch files. With `--twice`, a second kill hits the continued run.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests/unit"), str(ROOT / "tests/workflow")]
PARTS = ("Snakefile", "config", "data/sources.csv", "profiles", "src", "workflow")
COMPARED = ("tables/*", "figures/*", "checks.txt", "report.html")
OWN_MARKS = {".snakemake_timestamp"}


def checkout(folder: Path) -> Path:
    """Copy what a run needs."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    return folder


def small(folder: Path) -> Path:
    """Write a small study of responses; return its config."""
    import small_study

    small_study.write_responses(folder / "own" / "tiny")
    study = small_study.CONFIG | {
        "study": "killed",
        "models": ["pixels"],
        "layers": {},
        "encoding": {"reliability_splits": 5},
        "datasets": ["own/tiny"],
    }
    path = folder / "config" / "killed.yaml"
    path.write_text(yaml.safe_dump(study))
    return path


def environment(folder: Path) -> dict[str, str]:
    """Return what makes Snakemake use the copy in a folder, and the weights of this machine."""
    own = {"PYTHONPATH": str(folder / "src"), "XDG_CACHE_HOME": str(folder / ".cache")}
    home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return os.environ | own | {"TORCH_HOME": os.environ.get("TORCH_HOME", f"{home}/torch")}


def hashed(path: Path) -> str:
    """Hash a file; of a report, what is the same on every run."""
    from ventralmap import last_run

    content = path.read_bytes()
    if path.suffix == ".html":
        content = last_run.without(content.decode()).encode()
    return hashlib.sha256(content).hexdigest()


class Runs:
    """Runs of one study in one copy of the repository."""

    def __init__(self, folder: Path, config: Path, cores: int):
        self.folder = folder
        self.command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
        self.command += ["--configfile", str(config)]
        self.results = folder / "results" / yaml.safe_load(config.read_text())["study"]

    def start(self, *more: str) -> subprocess.Popen:
        """Start Snakemake in a process group of its own."""
        with (self.folder / "output.log").open("ab") as log:
            return subprocess.Popen(
                [*self.command, *more],
                cwd=self.folder,
                env=environment(self.folder),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def finish(self) -> None:
        """Run to the end, or say what went wrong."""
        if self.start("--quiet", "rules").wait():
            raise SystemExit((self.folder / "output.log").read_text(errors="replace")[-4000:])

    def kill_after(self, seconds: float) -> bool:
        """Kill a run; tell whether it was still running."""
        process = self.start("--quiet", "rules")
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def hashes(self) -> dict[str, str]:
        """Return the hash of everything that is compared."""
        paths = [p for pattern in COMPARED for p in self.results.glob(pattern) if p.is_file()]
        return {str(path.relative_to(self.results)): hashed(path) for path in sorted(paths)}

    def scratch(self) -> list[str]:
        """List what runs have left behind beside results."""
        hidden = (path for path in self.results.rglob(".*") if path.name not in OWN_MARKS)
        return [str(path) for path in hidden]


def main() -> None:
    """Kill, go on, compare."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--study", type=Path)
    arguments.add_argument("--cores", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--twice", action="store_true")
    chosen = arguments.parse_args()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = checkout(Path(scratch))
        config = chosen.study.resolve() if chosen.study else small(folder)
        runs = Runs(folder, config, chosen.cores)
        started = time.monotonic()
        runs.finish()
        took = time.monotonic() - started
        expected = runs.hashes()
        print(f"quiet run: {took:.0f} s, {len(expected)} files", flush=True)
        rounds = [one_round(runs, draw, took, expected, chosen.twice) for _ in range(chosen.kills)]
    good = sum(done["same"] and not done["left"] for done in rounds)
    hit = sum(done["hit"] for done in rounds)
    print(
        json.dumps({"rounds": len(rounds), "hit": hit, "identical": good, "quiet_s": round(took)})
    )
    sys.exit(good != len(rounds))


def one_round(runs: Runs, draw: random.Random, took: float, expected: dict, twice: bool) -> dict:
    """Start from nothing, kill, go on, and say whether all is as expected."""
    shutil.rmtree(runs.results, ignore_errors=True)
    shutil.rmtree(runs.folder / ".snakemake", ignore_errors=True)
    moments = [draw.uniform(0, took) for _ in range(1 + twice)]
    hit = [runs.kill_after(moment) and not runs.start("--unlock").wait() for moment in moments]
    done = len(list(runs.results.rglob("*.*"))) if runs.results.exists() else 0
    runs.finish()
    found = runs.hashes()
    differ = sorted(name for name in {**expected, **found} if expected.get(name) != found.get(name))
    left = runs.scratch()
    at = ", ".join(f"{moment:.1f} s" for moment in moments)
    print(f"killed after {at} ({done} files): {differ or 'identical'} {left or ''}", flush=True)
    return {"same": not differ, "left": left, "hit": any(hit)}


if __name__ == "__main__":
    main()
