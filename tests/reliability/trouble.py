"""What a full disk, a read-only folder, a vanished mirror and a killed worker do to a study.

    python tests/reliability/trouble.py [trouble ...]   (root, Linux: mounts a tmpfs on `results`)

Each trouble must end the run with one clear line; once it is over, the study must go on to the same
tables as a quiet run. Prints the line and what came out.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import kill
import yaml


@contextmanager
def mounted(folder: Path, options: str):
    """Mount a small file system in memory on a folder for a while, keeping what is there."""
    kept = folder.with_name("kept")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        shutil.copytree(folder, kept, symlinks=True)
        subprocess.run(["umount", folder], check=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True, symlinks=True)
        shutil.rmtree(kept)


def failing(runs: kill.Runs) -> list[str]:
    """Run, which must fail; return the lines of its errors."""
    log = runs.folder / "output.log"
    start = log.stat().st_size if log.exists() else 0
    if not runs.start("--quiet", "rules").wait():
        raise SystemExit("the run went well, though it could not")
    text = log.read_bytes()[start:].decode(errors="replace")
    return sorted({line for line in text.splitlines() if line.startswith("error: ")})


def full_disk(runs: kill.Runs) -> list[str]:
    with mounted(runs.folder / "results", "size=300k"):
        return failing(runs)


def read_only(runs: kill.Runs) -> list[str]:
    with mounted(runs.folder / "results", "size=50m,ro"):
        return failing(runs)


def killed_worker(runs: kill.Runs) -> list[str]:
    """Kill the job that encodes, as the kernel does where memory has run out."""
    log = runs.folder / "output.log"
    start = log.stat().st_size
    process = runs.start("--quiet", "rules")
    hit = False
    while process.poll() is None:
        for path in [] if hit else Path("/proc").glob("[0-9]*/cmdline"):
            hit = hit or _kill_encode(path, runs.folder)
        time.sleep(0.05)
    if not hit or process.returncode == 0:
        raise SystemExit(f"not killed ({hit}, {process.returncode})")
    text = log.read_bytes()[start:].decode(errors="replace")
    return sorted({line for line in text.splitlines() if line.startswith("error: ")})


def _kill_encode(path: Path, folder: Path) -> bool:
    """Kill a process if it is the script of an encode job of this run."""
    try:
        words, where = (
            path.read_bytes().decode(errors="replace"),
            os.readlink(path.with_name("cwd")),
        )
    except OSError:
        return False
    if where != str(folder) or "encode.py" not in words or ".snakemake/scripts" not in words:
        return False
    os.kill(int(path.parent.name), signal.SIGKILL)
    return True


def vanished_mirror(runs: kill.Runs) -> list[str]:
    """Ask for published data from a mirror that is not there, and from no network."""
    path = runs.folder / "config/mirror.yaml"
    path.write_text(
        yaml.safe_dump(
            {"study": "mirror", "datasets": ["cowley2023_190923"], "models": ["pixels"],
             "hierarchy": ["V4"]}
        )
    )  # fmt: skip
    other = kill.Runs(runs.folder, path, cores=2)
    kept = {name: os.environ.get(name) for name in ("VENTRALMAP_MIRROR", "https_proxy")}
    os.environ |= {"VENTRALMAP_MIRROR": "/nonexistent/mirror", "https_proxy": "http://127.0.0.1:9"}
    os.environ["VENTRALMAP_DATA"] = str(runs.folder / "downloads")
    try:
        return failing(other)
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


TROUBLES: dict[str, Callable[[kill.Runs], list[str]]] = {
    "disk full": full_disk,
    "results read-only": read_only,
    "worker killed": killed_worker,
    "mirror vanished": vanished_mirror,
}


def main() -> None:
    """Have each trouble once, or those that are named, go on, and compare."""
    names = sys.argv[1:] or list(TROUBLES)
    with tempfile.TemporaryDirectory() as scratch:
        folder = kill.checkout(Path(scratch))
        runs = kill.Runs(folder, kill.small(folder), cores=2)
        runs.finish()
        expected = runs.hashes()
        bad = False
        for name in names:
            if name != "mirror vanished":
                shutil.rmtree(runs.folder / "results")
            lines = TROUBLES[name](runs)
            runs.start("--unlock").wait()
            runs.finish()
            same = runs.hashes() == expected and not runs.scratch()
            bad |= not same or not lines
            print(
                f"{name}: {'resumed, identical' if same else 'DIFFERS'}",
                *lines,
                sep="\n  ",
                flush=True,
            )
    sys.exit(bad)


if __name__ == "__main__":
    main()
