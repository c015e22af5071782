"""A study through a real Slurm: jobs cancelled and killed on the way, and the same tables."""

import importlib.util
import subprocess
import sys
import time

import cluster
import pytest
import small_study

pytestmark = pytest.mark.slurm
NAME = "clustered"
CHANGES = {"models": ["pixels"], "layers": {}, "encoding": {"reliability_splits": 5}}
ONE_CORE = ("--set-threads", "prepare=1", "extract=1", "encode=1")
HASTE = ("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "2")
PROFILE = ("--workflow-profile", "profiles/slurm", "--latency-wait", "5")


def reason():
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        return "not installed: snakemake-executor-plugin-slurm (pip install 'ventralmap[slurm]')"
    return cluster.missing()


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    if why := reason():
        pytest.skip(why)
    with cluster.Cluster(tmp_path_factory.mktemp("slurm")) as running:
        yield running


def config(checkout, study):
    folder = checkout.folder / "own" / "clustered"
    if not folder.exists():
        small_study.write_responses(folder)
    return checkout.study(
        **small_study.CONFIG | CHANGES | {"study": study, "datasets": [str(folder)]}
    )


def tables(checkout, study):
    return {path.name: path.read_bytes() for path in checkout.results(study).glob("tables/*.csv")}


def command(checkout, *more):
    return [*PROFILE, *HASTE, *ONE_CORE, "--configfile", config(checkout, NAME), *more]


@pytest.fixture(scope="module")
def cancelled(slurm, checkout):
    """A run of which a person cancels the first job that extracts."""
    arguments = map(str, command(checkout, "--retries", "0"))
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=checkout.folder,
        env=slurm.environment | {"PYTHONPATH": str(checkout.folder / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    end = time.monotonic() + 1200
    while process.poll() is None and time.monotonic() < end:
        jobs = slurm("squeue", "-h", "-t", "running", "-o", "%i %k").splitlines()
        for job in jobs:
            if "rule_extract" in job:
                slurm("scancel", job.split()[0])
        time.sleep(0.5)
    return process.wait(300), process.stdout.read()


@pytest.fixture(scope="module")
def finished(slurm, checkout, cancelled):
    """The run that goes on; encoding is first given less memory than Python takes."""
    too_little = "encode:mem_mb=100 if attempt == 1 else 3000"
    done = checkout.snakemake(
        *command(checkout, "--set-resources", too_little),
        **{name: slurm.environment[name] for name in ("SLURM_CONF", "PATH")},
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
    return done


@pytest.fixture(scope="module")
def jobs(slurm, finished):
    """All jobs that the cluster has had: state and comment."""
    listed = slurm("squeue", "-h", "-t", "all", "-o", "%T %k %m %l").splitlines()
    return [line.split() for line in listed]


def test_a_job_that_was_cancelled_ends_the_run_with_an_error(cancelled):
    code, output = cancelled
    assert code != 0
    assert "extract" in output


def test_a_job_killed_by_its_memory_limit_is_tried_again_with_more(jobs):
    encoding = [(state, memory) for state, comment, memory, _ in jobs if "encode" in comment]
    assert sorted(encoding) == [("COMPLETED", "3000M"), ("FAILED", "100M")]


def test_every_job_asks_for_memory_and_time_of_its_own(jobs):
    asked = {comment.split("_wildcards")[0]: (memory, limit) for _, comment, memory, limit in jobs}
    assert asked["rule_report"] == ("2000M", "20:00")
    assert asked["rule_extract"] == ("6000M", "21:00")


def test_the_tables_are_those_of_a_run_without_slurm_byte_for_byte(checkout, finished):
    local = checkout.snakemake(*ONE_CORE, "--configfile", config(checkout, "local"))
    assert local.returncode == 0, local.stderr[-5000:]
    through = tables(checkout, NAME)
    assert len(through) >= 6
    assert through == tables(checkout, "local")
