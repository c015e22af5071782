"""What a job of the workflow needs around its one call: a log, and threads."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ventralmap.errors import InputError

ERROR = "error: "


@contextmanager
def job(log: str | os.PathLike[str], threads: int = 1) -> Iterator[None]:
    """Run a job with its output in a log file and its errors in one line.

    Everything printed, also by libraries in C, goes to the log. An `InputError` ends the process
    with its one line on the terminal; any other exception with its last line and the log's name.
    The log ends in the whole traceback and that line.

    Parameters
    ----------
    log
        The file to write.
    threads
        Number of threads for linear algebra and, where it is loaded, torch.
    """
    from threadpoolctl import threadpool_limits

    os.environ["OMP_NUM_THREADS"] = str(threads)
    with _redirected(Path(log)) as terminal, threadpool_limits(threads):
        try:
            yield
        except Exception as error:
            sys.stdout.flush()  # what was printed before goes before the traceback
            traceback.print_exc()
            line = _last_line(error, log)
            print(line, file=sys.stderr, end="")
            os.write(terminal, line.encode())
            sys.exit(1)


def failures(logs: str | os.PathLike[str], since: float) -> list[str]:
    """List the last lines of the jobs that failed.

    Parameters
    ----------
    logs
        Folder of the jobs' logs.
    since
        Logs written before this time (seconds since the epoch) are of earlier runs.

    Returns
    -------
    list of str
        In the order of the logs' names.
    """
    recent = [path for path in sorted(Path(logs).rglob("*.log")) if path.stat().st_mtime >= since]
    last = [path.read_text(errors="replace").rstrip().rpartition("\n")[2] for path in recent]
    return [line for line in last if line.startswith(ERROR)]


def _last_line(error: Exception, log: str | os.PathLike[str]) -> str:
    if isinstance(error, InputError):
        return f"{ERROR}{error}\n"
    message = " ".join(str(error).split())
    return f"{ERROR}{type(error).__name__}: {message} (a fault of ventralmap? see {log})\n"


@contextmanager
def _redirected(log: Path) -> Iterator[int]:
    """Send file descriptors 1 and 2 to the log; yield the terminal's."""
    log.parent.mkdir(parents=True, exist_ok=True)
    terminal = [os.dup(1), os.dup(2)]
    with open(log, "wb") as file:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal[1]
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(terminal[0], 1)
            os.dup2(terminal[1], 2)
            for descriptor in terminal:
                os.close(descriptor)
