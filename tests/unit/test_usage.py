"""What jobs used: written beside their logs, read again for the report."""

import json

import pytest

from ventralmap import last_run, machine, usage

KNOWN = ["v4", "net", "net+untrained"]


def record(logs, name, seconds=1.0, peak=10**8):
    path = logs / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    usage.record(path, name, seconds, peak, 2)


def test_what_is_recorded_is_read(tmp_path):
    record(tmp_path, "encode/v4/net", 12.345, 123_456_789)
    (job,) = last_run.read(tmp_path, KNOWN)
    assert (job.name, job.step, job.seconds) == ("encode/v4/net", "encode", 12.3)
    assert (job.peak_bytes, job.threads) == (123_456_789, 2)
    assert job.machine == machine.describe()
    assert job.ended.endswith("Z")
    assert list(tmp_path.rglob(".*")) == []


def test_where_it_cannot_be_written_the_job_goes_on(tmp_path):
    (tmp_path / "a.json").mkdir()
    usage.record(tmp_path / "a.log", "a", 1.0, 1, 1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("encode/v4/net+untrained", True),
        ("encode/v4/removed", False),
        ("prepare/removed", False),
        ("stability/3/encode/v4/net", True),
        ("stability/3/encode/v4/removed", False),
        ("recovery/v4/fewer_stimuli", True),
        ("recovery/removed/fewer_stimuli", False),
        ("figures", True),
        ("report", False),  # it cannot tell of itself
    ],
)
def test_jobs_that_the_study_no_longer_has_are_left_out(tmp_path, name, kept):
    record(tmp_path, "encode/v4/net")
    record(tmp_path, name)
    names = {job.name for job in last_run.read(tmp_path, KNOWN)}
    assert names == {"encode/v4/net"} | ({name} if kept else set())


def test_steps_are_summed_and_the_longest_comes_first(tmp_path):
    record(tmp_path, "encode/v4/net", 50, 3 * 10**8)
    record(tmp_path, "encode/v4/net+untrained", 75, 10**8)
    record(tmp_path, "prepare/v4", 4000, 10**9)
    told = last_run.told(last_run.read(tmp_path, KNOWN))
    assert told.steps == [
        ("prepare", "1", "1 h 6 min", "1 h 6 min", "1,000 MB", "A"),
        ("encode", "2", "2 min 5 s", "1 min 15 s", "300 MB", "A"),
    ]
    assert ("encode/v4/net", "50.0 s", "300 MB", "2") in [row[:4] for row in told.jobs]
    assert len(told.machines) == 1


def test_machines_are_told_apart(tmp_path):
    for number, name in enumerate(("a", "b", "c")):
        (tmp_path / f"{name}.json").write_text(
            json.dumps({"name": name, "seconds": 1, "peak_bytes": 1, "threads": 1, "ended": "",
                        "machine": {"cpu": f"cpu {number % 2}"}})
        )  # fmt: skip
    told = last_run.told(last_run.read(tmp_path, []))
    assert [row[4] for row in told.jobs] == ["A", "B", "A"]
    assert told.machines[:2] == [("A", "cpu: cpu 0"), ("B", "cpu: cpu 1")]
    assert told.machines[2][0] == "C"  # where the report itself is written


def test_without_any_record_the_machine_is_told(tmp_path):
    told = last_run.told(last_run.read(tmp_path / "none", KNOWN))
    assert told.steps == []
    assert [letter for letter, _ in told.machines] == ["A"]


def test_without_takes_away_all_between_the_marks_and_nothing_else():
    page = f"a{last_run.BEGINS}\nx\n{last_run.ENDS}b"
    assert last_run.without(page) == "ab"
    assert last_run.without("plain") == "plain"
