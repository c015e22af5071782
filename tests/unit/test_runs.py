import in_memory as made
import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import runs
from ventralmap.files import write_csv, write_netcdf


def test_scores_are_named_by_their_path_and_come_back_whole(tmp_path):
    scores = made.encoding_scores(np.arange(6.0).reshape(2, 3), ["V1", "V4", "V4"])
    path = tmp_path / "encoding" / "lab.2024" / "net.v2+untrained.nc"
    write_netcdf(path, scores)
    (run,) = runs.read([str(path)])
    assert (run.dataset, run.model) == ("lab.2024", "net.v2+untrained")
    xr.testing.assert_equal(run.scores, scores)
    assert run.scores.attrs == scores.attrs


def test_runs_come_in_the_order_of_the_paths(tmp_path):
    paths = [str(tmp_path / f"{name}.nc") for name in ("b", "c", "a")]
    for path in paths:
        write_netcdf(path, made.rsa_scores(np.zeros((1, 2))))
    assert [run.model for run in runs.read(paths)] == ["b", "c", "a"]


def test_a_file_that_was_read_can_be_replaced(tmp_path):
    path = tmp_path / "d" / "m.nc"
    write_netcdf(path, made.rsa_scores(np.zeros((1, 2))))
    (run,) = runs.read([str(path)])
    write_netcdf(path, made.rsa_scores(np.ones((1, 2))))
    assert run.scores["similarity"].values.tolist() == [[0, 0]]
    assert runs.read([str(path)])[0].scores["similarity"].values.tolist() == [[1, 1]]


def test_reliabilities_are_kept_by_dataset(tmp_path):
    for name, value in (("one", 0.4), ("two", 0.8)):
        found = made.reliability([value, np.nan]).to_dataset(name="reliability")
        write_netcdf(tmp_path / f"{name}.nc", found)
    read = runs.read_reliability([str(tmp_path / f"{name}.nc") for name in ("one", "two")])
    assert list(read) == ["one", "two"]
    assert read["two"].sel(neuroid="n0") == 0.8
    assert np.isnan(read["two"].sel(neuroid="n1"))


def test_truth_is_read_where_there_is_one(tmp_path):
    truth = pd.DataFrame({"area": ["V1"], "model": ["net"], "layer": ["features.2"]})
    write_csv(tmp_path / "simulated" / "truth.csv", truth)
    (tmp_path / "measured").mkdir()
    read = runs.read_truth([str(tmp_path / "simulated"), str(tmp_path / "measured")])
    assert list(read) == ["simulated"]
    pd.testing.assert_frame_equal(read["simulated"], truth)
