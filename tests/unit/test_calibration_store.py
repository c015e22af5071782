"""Outcomes of simulated studies are kept, added to and read back as they were simulated."""

import gzip

import numpy as np
import pandas as pd
import pytest

from ventralmap.calibration import cells, collect, experiments, keep, store
from ventralmap.calibration import outcomes as out
from ventralmap.errors import InputError

NAME, CELL = "rsa_unrelated", "stimuli=12,subjects=2,noise=low"
SIZES = {"stimuli": 12, "subjects": 2, "noise": "low"}
CELLS = cells.cells({NAME: [SIZES], "rsa_pairs": [SIZES]}, 5)


@pytest.fixture(scope="module")
def rows():
    """Outcomes of five studies, with claims that have no value in any."""
    return experiments.repeat(NAME, SIZES, range(5), seed=0)


@pytest.fixture
def finished(rows, tmp_path):
    """Two parts of these in files, as the workflow leaves them."""
    folder = tmp_path / "results" / NAME / CELL
    folder.mkdir(parents=True)
    for part in (range(3), range(3, 5)):
        some = rows[rows["simulation"].isin(part)]
        some.to_csv(folder / f"{part.start}-{part.stop}.csv", index=False)
    return tmp_path / "results"


def settings(kept, **changed):
    return {"kept": str(kept), "only_kept": False, "seed": 0, **changed}


def test_outcomes_are_read_back_in_order_to_five_digits(rows, tmp_path):
    assert rows["value"].isna().any()
    store.write(tmp_path / "a.csv.gz", rows)
    found = store.read(tmp_path / "a.csv.gz")
    labels = ["simulation", "claim", "kind"]
    pd.testing.assert_frame_equal(found[labels], rows[labels])
    numbers = list(store.NUMBERS)
    np.testing.assert_allclose(found[numbers], rows[numbers], rtol=5e-5)
    assert not np.array_equal(found["value"], rows["value"])


def test_the_same_studies_are_the_same_bytes_in_whatever_order(rows, tmp_path):
    store.write(tmp_path / "a.csv.gz", rows)
    later = rows.sort_values("simulation", ascending=False, kind="stable")
    store.write(tmp_path / "b.csv.gz", later)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_finished_outcomes_are_added_once_and_stay_where_they_are(rows, finished, tmp_path):
    kept = tmp_path / "kept"
    (finished / NAME / CELL / "3-5.csv").rename(tmp_path / "later.csv")
    assert keep.keep(finished, kept) == f"3 studies added to {kept}"
    (tmp_path / "later.csv").rename(finished / NAME / CELL / "3-5.csv")
    assert keep.keep(finished, kept) == f"2 studies added to {kept}"
    assert keep.keep(finished, kept) == f"0 studies added to {kept}"
    file = store.path(kept, NAME, CELL)
    assert store.studies(file) == set(range(5))
    np.testing.assert_allclose(store.read(file)["value"], rows["value"], rtol=5e-5)
    assert len(list(finished.glob("*/*/*.csv"))) == 2


def test_of_a_study_that_is_kept_already_the_kept_outcome_stays(rows, finished, tmp_path):
    file = store.path(tmp_path / "kept", NAME, CELL)
    store.write(file, rows[rows["simulation"] == 4].assign(value=0.25))
    keep.keep(finished, tmp_path / "kept")
    found = store.read(file)
    assert (found.loc[found["simulation"] == 4, "value"] == 0.25).all()
    assert store.studies(file) == set(range(5))


def test_rates_are_counted_over_what_is_kept_and_what_is_new(rows, finished, tmp_path):
    parts = [str(path) for path in sorted((finished / NAME / CELL).iterdir())]
    file = store.path(tmp_path / "kept", NAME, CELL)
    store.write(file, rows[rows["simulation"] < 3])
    found, _ = collect.tables([str(file), parts[1]])
    expected, _ = collect.tables(parts)
    assert (found["n"] + found["n_missing"] == 5).all()
    pd.testing.assert_frame_equal(found, expected, rtol=1e-3)


def test_cells_are_found_by_their_seed_where_something_is_kept(rows, tmp_path):
    file = store.path(tmp_path / "seed-0", NAME, CELL)
    store.write(file, rows)
    found = store.kept(CELLS, settings(tmp_path))
    assert found == {(NAME, CELL): (str(file), set(range(5)))}
    assert store.kept(CELLS, settings(tmp_path, seed=1)) == {}
    assert store.kept(CELLS, settings(tmp_path) | {"kept": None}) == {}


def test_a_page_of_what_is_kept_needs_something_kept(tmp_path):
    with pytest.raises(
        InputError, match=r"only_kept is true, and no outcomes are kept in .*seed-0"
    ):
        store.kept(CELLS, settings(tmp_path, only_kept=True))


@pytest.mark.parametrize(
    "content",
    [
        b"simulation,value|bias|a\n0,1\n",
        gzip.compress(b"a,b\n1,2\n", mtime=0),
        gzip.compress(b"", mtime=0)[:9],
        gzip.compress(b"simulation,value|bias|a\nx,1\n", mtime=0),
    ],
)
def test_a_file_of_something_else_is_named(content, tmp_path):
    file = store.path(tmp_path / "seed-0", NAME, CELL)
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"csv\.gz: no kept outcomes .* delete it"):
        store.kept(CELLS, settings(tmp_path))


@pytest.mark.parametrize("text", ["simulation,wrong\n0,1\n", "simulation,value|bias|a\n0,x\n"])
def test_columns_of_something_else_are_named(text, tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(InputError, match="no kept outcomes"):
        store.read(tmp_path / "a.csv.gz")


def test_the_command_says_what_is_wrong_in_a_line(finished, tmp_path, capsys):
    assert keep.main([]) == 1
    assert keep.main([str(tmp_path / "nothing"), str(tmp_path)]) == 1
    (finished / NAME / CELL / "0-3.csv").write_text("nothing\n1\n")
    assert keep.main([str(finished), str(tmp_path / "kept")]) == 1
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("error: usage: python -m ventralmap.calibration.keep")
    assert "no outcomes <experiment>/<cell>/<first>-<last>.csv" in second
    assert "0-3.csv: no outcomes can be read" in third
    assert keep.main([str(finished), str(tmp_path / "kept")]) == 1
    assert not (tmp_path / "kept").exists()


def test_a_claim_that_one_study_lacks_is_missing_there(tmp_path):
    rows = pd.DataFrame([
        {"simulation": 0, **out.null_p("a", 0.5)},
        {"simulation": 0, **out.null_p("b", 0.25)},
        {"simulation": 1, **out.null_p("a", 0.125)},
    ])  # fmt: skip
    store.write(tmp_path / "a.csv.gz", rows)
    found = store.read(tmp_path / "a.csv.gz")
    assert found["value"].fillna(-1).tolist() == [0.5, 0.25, 0.125, -1]
