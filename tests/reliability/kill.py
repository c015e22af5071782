"""Kill a study again and again, go on each time, and compare what comes out with a quiet run.

    python tests/reliability/kill.py [--kills 20] [--study config/demo.yaml] [--seed 0] [--a-run 5]

Without a study, a small one is made. A run is killed (SIGKILL, the whole process group) at a random
moment and continued as a user does, `snakemake --unlock`, then `snakemake`; the continued run is
killed again, and so on until one comes to its end. All tables and figures must then be those of an
undisturbed run, byte for byte, the report too but for its part on time, memory and machines, and
folders must hold no scratch files. Moments are drawn so that
about `--a-run` kills fall into the time of the undisturbed run. Then all results are removed and
the next round begins, until enough kills have hit a job at its work. With `--alone`, each kill has
a whole run of its own.
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
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
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

    def kill_after(self, seconds: float) -> list[str] | None:
        """Kill a run; return the steps that were at work, or None where it had come to its end."""
        process = self.start("--quiet", "rules")
        try:
            if process.wait(seconds):
                raise SystemExit((self.folder / "output.log").read_text(errors="replace")[-4000:])
        except subprocess.TimeoutExpired:
            steps = at_work(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if self.start("--unlock").wait():
                raise SystemExit("could not unlock") from None
            return steps
        return None

    def hashes(self) -> dict[str, str]:
        """Return the hash of everything that is compared."""
        paths = [p for pattern in COMPARED for p in self.results.glob(pattern) if p.is_file()]
        return {str(path.relative_to(self.results)): hashed(path) for path in sorted(paths)}

    def scratch(self) -> list[str]:
        """List what runs have left behind beside results."""
        hidden = (path for path in self.results.rglob(".*") if path.name not in OWN_MARKS)
        return [str(path) for path in hidden]


def at_work(group: int) -> list[str]:
    """Name the scripts of a process group's jobs (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_text(errors="replace").split("\0")
            scripts = [word for word in words if ".snakemake/scripts/" in word]
            if scripts and os.getpgid(int(path.parent.name)) == group:
                found.append(Path(scripts[0]).name.split(".", 1)[1].removesuffix(".py"))
    return sorted(found)


def arguments() -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--a-run", type=float, default=5)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Kill, go on, compare."""
    chosen = arguments()
    draw = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = checkout(Path(scratch))
        config = chosen.study.resolve() if chosen.study else small(folder)
        runs = Runs(folder, config, chosen.cores)
        started = time.monotonic()
        runs.finish()
        took = time.monotonic() - started
        expected = runs.hashes()
        print(f"undisturbed run: {took:.0f} s, {len(expected)} files", flush=True)
        latest = took if chosen.alone else 2 * took / chosen.a_run
        rounds = []
        while sum(done["hit"] for done in rounds) < chosen.kills:
            rounds.append(one_round(runs, draw, latest, expected, 1 if chosen.alone else None))
    good = sum(done["same"] for done in rounds)
    totals = {key: sum(done[key] for done in rounds) for key in ("kills", "hit")}
    print(json.dumps({"rounds": len(rounds), "identical": good, **totals, "quiet_s": round(took)}))
    sys.exit(good != len(rounds))


def one_round(
    runs: Runs, draw: random.Random, latest: float, expected: dict, most: int | None
) -> dict:
    """Start from nothing, kill and go on to the end, and say whether all is as expected."""
    shutil.rmtree(runs.results, ignore_errors=True)
    shutil.rmtree(runs.folder / ".snakemake", ignore_errors=True)
    killed = list(kills(runs, draw, latest, most))
    runs.finish()
    found = runs.hashes()
    differ = sorted(name for name in {**expected, **found} if expected.get(name) != found.get(name))
    left = runs.scratch()
    hit = sum(map(bool, killed))
    word = f"differ: {differ}" if differ else "identical"
    print(f"{len(killed)} kills, {hit} of them in jobs: {word} {left or ''}", flush=True)
    return {"same": not differ and not left, "kills": len(killed), "hit": hit}


def kills(runs: Runs, draw: random.Random, latest: float, most: int | None) -> Iterator[list[str]]:
    """Kill a run and those that continue it, until one comes to its end."""
    for _ in range(most) if most else count():
        moment = draw.uniform(0, latest)
        steps = runs.kill_after(moment)
        if steps is None:
            return
        done = len(list(runs.results.rglob("*.*"))) if runs.results.exists() else 0
        print(f"  killed after {moment:.1f} s, {done} files: {', '.join(steps)}", flush=True)
        yield steps


if __name__ == "__main__":
    main()
