"""What a job of the workflow needs around its one call: a log, and threads."""

from __future__ import annotations

import errno
import os
import re
import resource
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ventralmap import progress, usage
from ventralmap.errors import InputError

MAC = sys.platform == "darwin"  # counts memory in bytes, others in kilobytes
STATUS = Path("/proc/self/status")  # Linux
ERROR = "error: "
FINISHED = "finished: "
SHOWN = 15  # last lines of a log that are shown
KILLED = "killed, for want of memory or by somebody, or its disk is full; see"


@contextmanager
def job(log: str | os.PathLike[str], threads: int = 1) -> Iterator[None]:
    """Run a job with its output in a log file and its errors in one line.

    Everything printed, also by libraries in C, goes to the log. A job that ends well says so on the
    terminal and in the log, in one line with its time and memory, which the report finds beside the
    log (`usage.record`); bars (`progress`) are on the terminal. An `InputError` ends the process
    with its one line on the terminal; any other exception with the end of the log, its last line
    and the log's name. The log ends in the whole traceback and that line.

    Parameters
    ----------
    log
        The file to write.
    threads
        Number of threads for linear algebra and, where it is loaded, torch.
    """
    from threadpoolctl import threadpool_limits

    os.environ["OMP_NUM_THREADS"] = str(threads)
    started = time.monotonic()
    with _redirected(Path(log)) as terminal, threadpool_limits(threads):
        try:
            yield
            name, seconds, peak = _name(Path(log)), time.monotonic() - started, _peak()
            usage.record(log, name, seconds, peak, threads)
            line = f"{FINISHED}{name} in {_used(seconds, peak)}\n"
            print(line, end="", flush=True)
        except Exception as error:
            line = _last_line(error, log)
            _end_log(line)
            shown = line if isinstance(error, InputError) else _end(log, line)
            os.write(terminal, shown.encode())
            sys.exit(1)
        os.write(terminal, line.encode())


def _end_log(line: str) -> None:
    """End the log in the traceback of the error at hand and in a line, which goes to stderr.

    A full disk takes the line alone, in the place of all that was in the log, or nothing.
    """
    try:
        sys.stdout.flush()  # what was printed before goes before the traceback
        traceback.print_exc()
        print(line, file=sys.stderr, end="", flush=True)
    except OSError:
        with suppress(OSError), open(os.dup(2), "wb", buffering=0) as file:
            _forget_what_was_printed()
            file.seek(0)
            file.truncate()
            file.write(line.encode())


def _forget_what_was_printed() -> None:
    """Send what waits in the buffers of stdout and stderr, and all that follows, to nowhere."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.stdout.flush()
    sys.stderr.flush()


def failures(logs: str | os.PathLike[str], since: float) -> list[str]:
    """List the last lines of the jobs that failed, and the logs of those that were killed.

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
    last = {path: path.read_text(errors="replace").rstrip().rpartition("\n")[2] for path in recent}
    return [
        line if line.startswith(ERROR) else f"{ERROR}{_name(path)}: {KILLED} {path}"
        for path, line in last.items()
        if not line.startswith(FINISHED)
    ]


def _name(log: Path) -> str:
    """Return what a job is called: the path of its log among the logs."""
    parts = log.with_suffix("").parts
    return "/".join(parts[parts.index("logs") + 1 :] if "logs" in parts else parts[-1:])


def _used(seconds: float, peak: int) -> str:
    """Say how long a job took, and the most memory that its process held at once."""
    return f"{seconds:.1f} s, with {peak / 1e6:.0f} MB of memory at most"


def _peak() -> int:
    """Return the most memory that this process has held at once, in bytes."""
    if STATUS.exists():  # `getrusage` counts what the process that started this one held, too
        found = re.search(r"VmHWM:\s*(\d+) kB", STATUS.read_text())
        if found:
            return 1024 * int(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if MAC else 1024)


def _end(log: str | os.PathLike[str], line: str) -> str:
    """Return the last lines of a log, of which a line is the last, also if the log has it not."""
    lines = Path(log).read_text(errors="replace").removesuffix(line).splitlines()
    return "\n".join([f"the end of {log}:", *lines[-SHOWN + 1 :], line])


def _last_line(error: Exception, log: str | os.PathLike[str]) -> str:
    if isinstance(error, InputError):
        return f"{ERROR}{error}\n"
    if remedy := _remedy(error):
        return f"{ERROR}{_plain(error)}; {remedy}, and run again to go on\n"
    message = " ".join(str(error).split())
    return f"{ERROR}{type(error).__name__}: {message} (a fault of ventralmap? see {log})\n"


HDF5_FAILED = re.compile(
    r"filename = '(?P<file>[^']*)'.*error message = '(?P<what>[^']*)'", re.DOTALL
)
"""A failed read or write as the library tells it, among addresses and sizes."""

FULL = "free some space on that disk"
LOCKED = "make that folder writable, or work in another (--directory)"
REMEDIES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: LOCKED,
    errno.EACCES: LOCKED,
    errno.EPERM: LOCKED,
    errno.ENOMEM: "lower extract: memory_gb, run fewer jobs at once, or give the job more memory",
}
"""What a user can do where the machine, not the code or the data, stands in the way."""


def _remedy(error: BaseException | None) -> str | None:
    """Return the remedy for a failure of the machine, also where it caused another error."""
    if error is None:
        return None
    if isinstance(error, MemoryError):
        return REMEDIES[errno.ENOMEM]
    code = error.errno if isinstance(error, OSError) else None
    if code is None and (found := re.search(r"errno = (\d+)", str(error))):  # as HDF5 says it
        code = int(found[1])
    return REMEDIES.get(code or 0) or _remedy(error.__cause__ or error.__context__)


def _plain(error: Exception) -> str:
    """Return what failed, without the number of the error."""
    if found := HDF5_FAILED.search(str(error)):
        return f"{found['file']}: {found['what']}"
    if isinstance(error, OSError) and error.strerror:
        return " ".join(f"{error.filename or 'a file'}: {error.strerror}".split())
    return " ".join(str(error).split()) or type(error).__name__


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
            with progress.on(terminal[1]):
                yield terminal[1]
        finally:
            with suppress(OSError):  # the disk is full
                sys.stdout.flush()
                sys.stderr.flush()
            os.dup2(terminal[0], 1)
            os.dup2(terminal[1], 2)
            for descriptor in terminal:
                os.close(descriptor)
