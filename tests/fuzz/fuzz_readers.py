"""Coverage-guided fuzzing of the readers, for a bounded time.

    pip install atheris
    python tests/fuzz/fuzz_readers.py [--seconds 60] [reader ...]

Each reader gets a process and a folder of its own, and starts from a good file. It ends at the
first input that is neither read nor refused by an `InputError` of one line; the input is kept.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "unit")]
LONGEST = 1 << 16  # bytes of an input


def fuzz(name: str, folder: Path, seconds: int) -> None:
    """Fuzz one reader in this process; it ends with the time."""
    import atheris

    # What is instrumented guides the search: our readers, and the pure Python parsers below them
    with atheris.instrument_imports(include=["ventralmap", "yaml", "zipfile", "csv"]):
        import reader_targets

    import warnings

    warnings.simplefilter("ignore")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "good").write_bytes((reader_targets.good(folder) / name).read_bytes())

    def one(content: bytes) -> None:
        reader_targets.read(folder, name, content)

    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-rss_limit_mb=6000"]
    atheris.Setup(
        [sys.argv[0], *options, "-timeout=20", f"-artifact_prefix={folder}/", str(corpus)], one
    )
    with contextlib.redirect_stdout(None):
        atheris.Fuzz()


def main() -> None:
    """Fuzz the readers one after the other, and say how many inputs each has had."""
    import reader_targets

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("readers", nargs="*", default=list(reader_targets.TARGETS))
    chosen = arguments.parse_args()
    failed = False
    for name in chosen.readers:
        folder = tempfile.mkdtemp(prefix="fuzz-")
        command = [sys.executable, __file__, "--one", name, folder, str(chosen.seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
        failed |= done.returncode != 0
        print(f"{name}: {last[-1] if last else 'FAILED, see ' + folder}", flush=True)
        if done.returncode:
            print(f"exit status {done.returncode}", done.stdout[-2000:], done.stderr[-3000:])
    sys.exit(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
