"""Jobs as scripts run them: a process of its own, its log, and what its terminal gets."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from ventralmap import jobs

BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
START = "import os, subprocess, sys\nimport numpy\nfrom ventralmap.errors import InputError\n"


@dataclass
class Run:
    code: int
    out: str
    err: str
    log: str


@pytest.fixture
def run(tmp_path):
    """Run lines of Python as a job with the log `logs/deep/a.log`."""

    def run_lines(*lines, after="", threads=1):
        log = tmp_path / "logs" / "deep" / "a.log"
        body = "".join(f"    {line}\n" for line in lines)
        start = f"{START}from ventralmap.jobs import job\nprint('before')\n"
        script = f"{start}with job({str(log)!r}, {threads}):\n{body}{after}\n"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=BUFFERED
        )
        return Run(done.returncode, done.stdout, done.stderr, log.read_text())

    return run_lines


WAYS_TO_PRINT = {
    "print": "print('hello')",
    "stderr": "print('hello', file=sys.stderr)",
    "file descriptor 1": "os.write(1, b'hello')",
    "file descriptor 2": "os.write(2, b'hello')",
    "other process": "subprocess.run(['echo', 'hello'], check=True)",
}


@pytest.mark.parametrize("way", WAYS_TO_PRINT)
def test_what_a_job_prints_goes_to_the_log_alone(run, way):
    done = run(WAYS_TO_PRINT[way])
    assert (done.code, done.out) == (0, "before\n")
    assert "hello" not in done.err
    assert "hello" in done.log


def test_a_job_that_ends_well_says_how_long_it_took_and_how_much_it_held(run, tmp_path):
    held = 300_000_000
    done = run(f"numpy.ones({held}, dtype=numpy.uint8)", "import time", "time.sleep(0.3)")
    found = re.fullmatch(
        r"finished: deep/a in ([\d.]+) s, with (\d+) MB of memory at most\n", done.err
    )
    assert 0.3 <= float(found[1]) < 30
    assert held / 1e6 < int(found[2]) < held / 1e6 + 200
    assert done.log == done.err
    used = json.loads((tmp_path / "logs/deep/a.json").read_text())
    assert used["name"] == "deep/a"
    assert used["seconds"] == float(found[1])
    assert used["peak_bytes"] / 1e6 == pytest.approx(int(found[2]), abs=0.51)
    assert used["threads"] == 1


def test_after_a_job_the_terminal_is_back(run):
    done = run("print('inside')", after="print('after'); print('oh', file=sys.stderr)")
    assert done.out == "before\nafter\n"
    assert done.err.endswith("oh\n")
    assert done.log.startswith("inside\n")


def test_a_job_that_fails_records_nothing(run, tmp_path):
    run("raise InputError('no')")
    assert not (tmp_path / "logs/deep/a.json").exists()


def test_an_input_error_is_one_line(run):
    done = run("raise InputError('a.csv: no id\\n\"s1\"; add it')")
    assert (done.code, done.out) == (1, "before\n")
    assert done.err == 'error: a.csv: no id "s1"; add it\n'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("raise ValueError('shapes\\n  differ')", "ValueError: shapes differ"),
        ("{}['area']", "KeyError: 'area'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_any_other_exception_is_one_line_that_names_the_log(run, tmp_path, line, message):
    done = run(line)
    log = tmp_path / "logs" / "deep" / "a.log"
    assert done.code == 1
    first, *_, last = done.err.splitlines()
    assert first == f"the end of {log}:"
    assert last == f"error: {message} (a fault of ventralmap? see {log})"


def test_any_other_exception_shows_the_end_of_the_log_alone(run, tmp_path):
    done = run("for i in range(40): print('line', i)", "1 / 0")
    assert "Traceback" in done.err
    assert "line 39" in done.err
    assert "line 20" not in done.err


FULL = "import resource", "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
MACHINE = {
    "disk full": ([*FULL, "open('big', 'wb').write(bytes(30_000))"], "File too large; free"),
    "disk full under HDF5": (
        [*FULL, "import h5py", "h5py.File('big.h5', 'w')['a'] = numpy.ones(30_000)"],
        "big.h5: File too large; free some space",
    ),
    "quota": (["raise OSError(122, 'Disk quota exceeded', 'a.nc')"], "a.nc: Disk quota exceeded"),
    "read-only": (["raise OSError(30, 'Read-only file system', 'a.nc')"], "system; make that"),
    "out of memory": (["numpy.empty(1 << 56)"], "lower extract: memory_gb"),
}


@pytest.mark.parametrize("case", MACHINE)
def test_where_the_machine_stands_in_the_way_the_line_says_what_to_do(
    run, case, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    lines, words = MACHINE[case]
    done = run("import signal", "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)", *lines)
    assert done.code == 1
    last = done.err.splitlines()[-1]
    assert last.startswith("error: ")
    assert words in last
    assert last.endswith("and run again to go on")


NO_ROOM = ["import signal", "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)", *FULL]
NO_ROOM += ["os.write(2, bytes(20_000))"]
"""The log is full."""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["raise OSError(28, 'No space left on device', 'a.nc')"], "a.nc: No space left on device"),
        (["raise InputError('bad')"], "bad"),
        (["print('hello')", "1 / 0"], "ZeroDivisionError: division by zero"),
        (["print('hello')"], "a file: File too large; free some space"),
    ],
)
def test_a_log_without_room_has_the_last_line_alone(run, lines, words):
    done = run(*NO_ROOM, *lines)
    assert done.code != 0
    assert done.err.splitlines()[-1].startswith(f"error: {words}")
    assert done.log == done.err.splitlines(keepends=True)[-1]


@pytest.mark.parametrize("error", ["InputError('bad')", "ValueError('bad')"])
def test_the_log_ends_with_the_traceback_and_the_line(run, error):
    done = run("print('hello')", f"raise {error}")
    first, *between, last = done.log.splitlines()
    assert first == "hello"
    assert between[0] == "Traceback (most recent call last):"
    assert between[-1].endswith(error.replace("('", ": ").removesuffix("')"))
    assert done.err.endswith(f"{last}\n")


def test_exit_codes_of_the_job_itself_come_through(run):
    assert run("sys.exit(3)").code == 3


@pytest.mark.parametrize("threads", [1, 2])
def test_linear_algebra_gets_the_threads(run, threads):
    done = run(
        "from threadpoolctl import threadpool_info",
        "print({pool['num_threads'] for pool in threadpool_info()}, os.environ['OMP_NUM_THREADS'])",
        threads=threads,
    )
    assert done.log.startswith(f"{{{threads}}} {threads}\n")


@pytest.fixture
def logs(tmp_path):
    """Write a log with the time of its last change."""

    def write(name, content, time):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (time, time))

    return write


def test_failures_are_the_last_lines_of_logs_that_end_in_an_error(logs, tmp_path):
    logs("b.log", b"Traceback\nerror: second\n", 100)
    logs("a/x.log", b"error: first\n\n", 101)
    logs("fine.log", b"error: long ago, then all went well\nfinished: fine in 1 s\n", 100)
    logs("not_a_log.txt", b"error: other\n", 100)
    assert jobs.failures(tmp_path, since=100) == ["error: first", "error: second"]


@pytest.mark.parametrize("content", [b"", b"reading images\n"])
def test_a_job_that_was_killed_is_named_with_its_log(logs, tmp_path, content):
    (tmp_path / "logs").mkdir()
    logs("logs/encode/x.log", content, 100)
    (line,) = jobs.failures(tmp_path / "logs", since=100)
    assert line.startswith("error: encode/x: killed, for want of memory")
    assert line.endswith(f"see {tmp_path}/logs/encode/x.log")


def test_failures_of_earlier_runs_are_not_listed(logs, tmp_path):
    logs("old.log", b"error: old\n", 99.5)
    logs("new.log", b"error: new\n", 100)
    assert jobs.failures(tmp_path, since=100) == ["error: new"]


def test_a_log_with_bytes_that_are_no_text_is_read(logs, tmp_path):
    logs("a.log", b"\xff\xfe\nerror: bad\n", 100)
    assert jobs.failures(tmp_path, since=0) == ["error: bad"]


def test_no_logs_no_failures(tmp_path):
    assert jobs.failures(tmp_path / "none", since=0) == []
