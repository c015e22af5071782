"""Jobs spread over GPUs; the GPUs are names."""

import itertools
import os
import subprocess
import sys
import time

import pytest

from ventralmap import gpus

JOB = """
import os, sys, time
from pathlib import Path
from ventralmap import gpus
with gpus.one(sys.argv[2].split(","), Path(sys.argv[1])) as name:
    print(name, os.environ["CUDA_VISIBLE_DEVICES"], time.time(), flush=True)
    time.sleep(float(sys.argv[3]))
    print(time.time(), flush=True)
"""


def start(folder, names, seconds):
    command = [sys.executable, "-c", JOB, str(folder), names, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_no_gpu_is_ever_given_to_two_jobs_at_once_and_all_are_used(tmp_path):
    jobs = [start(tmp_path, "3,7", 0.6) for _ in range(5)]
    used = {}
    for job in jobs:
        (name, seen, began), (ended,) = (line.split() for line in job.communicate()[0].splitlines())
        assert name == seen
        used.setdefault(name, []).append((float(began), float(ended)))
    assert set(used) == {"3", "7"}
    for spans in used.values():
        spans.sort()
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_a_job_that_is_killed_gives_its_gpu_back(tmp_path):
    job = start(tmp_path, "0", 60)
    job.stdout.readline()
    job.kill()
    job.wait()
    started = time.monotonic()
    with gpus.one(["0"], tmp_path) as name:
        assert name == "0"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("named", "found"),
    [("0,1", ["0", "1"]), ("GPU-ab, GPU-cd", ["GPU-ab", "GPU-cd"]), ("", []), ("-1", [])],
)
def test_gpus_are_those_that_are_visible(monkeypatch, named, found):
    monkeypatch.setenv(gpus.VISIBLE, named)
    assert gpus.ids() == found


def test_without_a_gpu_nothing_is_locked_or_set(tmp_path, monkeypatch):
    monkeypatch.delenv(gpus.VISIBLE, raising=False)
    with gpus.one([], tmp_path) as name:
        assert name is None
        assert gpus.VISIBLE not in os.environ
    assert not list(tmp_path.iterdir())


def test_what_was_visible_is_visible_again(tmp_path, monkeypatch):
    monkeypatch.setenv(gpus.VISIBLE, "0,1")
    with gpus.one(folder=tmp_path) as name:
        assert os.environ[gpus.VISIBLE] == name == "0"
    assert os.environ[gpus.VISIBLE] == "0,1"
