"""Where progress bars are shown."""

import os
import pty
import subprocess
import sys

from ventralmap import progress

LINES = """
from ventralmap import progress
from ventralmap.jobs import job
with job("logs/step/a.log"):
    print("said by a library")
    with progress.bar(desc="network", total=3, unit="image", mininterval=0) as bar:
        for _ in range(3):
            bar.update()
"""


def run(folder, **streams):
    return subprocess.Popen([sys.executable, "-c", LINES], cwd=folder, **streams)


def on_a_terminal(folder):
    """Run a job whose standard error is a terminal; return what is seen there."""
    ours, theirs = pty.openpty()
    process = run(folder, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:  # Linux says so at the end
        pass
    assert process.wait() == 0
    os.close(ours)
    return seen.decode()


def test_on_a_terminal_the_bar_is_there_and_all_else_in_the_log(tmp_path):
    seen = on_a_terminal(tmp_path)
    assert "network: " in seen
    assert "3/3" in seen
    assert "said by a library" not in seen
    assert "finished: step/a in " in seen.rpartition("\r")[0]
    log = (tmp_path / "logs/step/a.log").read_text()
    assert "said by a library" in log
    assert "network" not in log


def test_without_a_terminal_there_is_one_line(tmp_path):
    process = run(tmp_path, stderr=subprocess.PIPE)
    (line,) = process.communicate()[1].decode().splitlines()
    assert line.startswith("finished: step/a in ")
    assert "3/3" in (tmp_path / "logs/step/a.log").read_text()


def test_outside_of_jobs_bars_are_on_standard_error(capsys):
    with progress.bar(total=2, mininterval=0) as bar:
        bar.update(2)
    assert "2/2" in capsys.readouterr().err
