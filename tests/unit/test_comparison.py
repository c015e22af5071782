"""Studies side by side: scores, what may be compared, what changed, and the page."""

import json
import re

import h5py
import numpy as np
import pandas as pd
import pytest
import study_tables as st
import xarray as xr
from scipy import stats

from ventralmap import cli
from ventralmap.comparison import changes, comparability, leaderboard, page, pairs, settings, study
from ventralmap.errors import InputError

HASH = "0" * 63


def write(folder, *, height=0.55, models=st.MODELS, dataset="simulated", n_stimuli=320):
    """Write the tables of a study with encoding and RSA."""
    encoding = st.encoding(dataset, models=models, height=height, n_stimuli=n_stimuli)
    rsa = st.rsa(dataset, models=models, n_stimuli=n_stimuli)
    tables = {
        "encoding": encoding,
        "rsa": rsa,
        "correspondence": st.correspondence(encoding, rsa),
        "hierarchy": st.hierarchy(),
        "columns": pd.DataFrame({"column": ["r"]}),
    }
    (folder / "tables").mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False)
    return folder


def record(folder, *, digest="a", folds=5, numpy="2.0", model="mobilenet_v2", step="encoding"):
    """Write a file of a step whose attributes say where it comes from."""
    path = folder / step / "simulated" / f"{model}.nc"
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.attrs["config"] = json.dumps({"settings": {"folds": folds}, "n_resamples": 100})
        file.attrs["seed"] = np.array([0])
        file.attrs["versions"] = json.dumps({"numpy": numpy})
        file.attrs["dataset"] = "simulated"
        file.attrs["dataset_sha256"] = HASH + digest
        file.attrs["weights_sha256"] = json.dumps({model: HASH + "w"})


@pytest.fixture
def two(tmp_path):
    return write(tmp_path / "a"), write(tmp_path / "b", height=0.60)


def test_a_row_holds_the_best_layers_score_with_its_interval(two):
    board = leaderboard.leaderboard(study.read(two[:1]))
    row = board.query("area == 'V4' and method == 'encoding' and model == 'mobilenet_v2'").iloc[0]
    table = st.encoding().query("area == 'V4' and subject == 'all' and model == 'mobilenet_v2'")
    best = table.loc[table["r"].idxmax()]
    assert (row["best_layer"], row["score"]) == (best["layer"], pytest.approx(best["r"]))
    assert row["ci_low"] == pytest.approx(best["r"] - 0.03)
    assert row["ci_high"] == pytest.approx(best["r"] + 0.04)
    assert row["ceiling_low"] == row["ceiling_high"] == pytest.approx(0.8)  # √.64
    assert row["score_nested"] == pytest.approx(best["r"] - 0.004)
    assert (row["n_measured"], row["n_stimuli"], row["control"]) == (48, 320, "")


def test_rsa_has_its_own_ceiling_and_says_how_rdms_were_compared(two):
    board = leaderboard.leaderboard(study.read(two[:1])).query("method == 'rsa'")
    assert set(board["scored_by"]) == {"correlation, spearman"}
    assert set(board["ceiling_low"]) == {0.36}
    assert set(board["ceiling_high"]) == {0.45}


def test_controls_are_marked(two):
    board = leaderboard.leaderboard(study.read(two[:1]))
    assert board.groupby("model")["control"].first().to_dict() == {
        "mobilenet_v2": "",
        "mobilenet_v2+untrained": "yes",
        "pixels": "yes",
    }


def panel(rows):
    table = pd.DataFrame(rows, columns=["study", "model", "ci_low", "ci_high"])
    return table.assign(control="", dataset="d", area="V4", method="encoding", scored_by="images")


def test_intervals_that_touch_overlap_and_unknown_ones_do_not():
    rows = [("s", "x", 0.5, 0.6), ("s", "y", 0.4, 0.5), ("s", "z", 0.1, 0.2)]
    rows += [("s", "u", np.nan, np.nan)]
    assert leaderboard.overlaps(panel(rows)) == ["y", "x", "", ""]


def test_words_never_rank_models_whose_intervals_overlap():
    rows = [("s", "x", 0.5, 0.6), ("s", "y", 0.45, 0.55), ("s", "z", 0.1, 0.2)]
    (text,) = leaderboard.sentences(panel(rows))
    assert text == (
        "V4 (d, encoding: images): x has the highest score, and its interval overlaps with that of"
        " y; not with that of z."
    )


def test_words_say_nothing_of_intervals_that_are_not_known():
    rows = [("s", "x", 0.5, 0.6), ("s", "y", np.nan, np.nan), ("s", "z", 0.1, 0.2)]
    (text,) = leaderboard.sentences(panel(rows))
    assert text.endswith("score, and its interval does not overlap with that of z.")
    (text,) = leaderboard.sentences(panel(rows[1:]))
    assert text.endswith("y has the highest score.")


def test_studies_without_a_common_dataset_are_warned_of(tmp_path):
    folders = write(tmp_path / "a"), write(tmp_path / "b", dataset="other")
    studies = study.read(folders)
    board = leaderboard.leaderboard(studies)
    (warning,) = [w for w in comparability.warnings(studies, board) if "share no dataset" in w]
    assert "not comparable" in warning
    assert (board.groupby("dataset")["study"].nunique() == 1).all()


def test_a_dataset_that_holds_something_else_gets_panels_of_its_own(two):
    record(two[0], digest="a")
    record(two[1], digest="b")
    studies = study.read(two)
    board = leaderboard.leaderboard(studies)
    assert set(board["dataset"]) == {"simulated (as in a)", "simulated (as in b)"}
    assert any("other files" in text for text in comparability.warnings(studies, board))


def test_without_hashes_the_number_of_stimuli_tells_datasets_apart(tmp_path):
    folders = write(tmp_path / "a"), write(tmp_path / "b", n_stimuli=100)
    assert comparability.unlike(study.read(folders)) == {"simulated"}
    assert comparability.unlike(study.read([folders[0]])) == set()


def test_the_same_dataset_has_one_panel_and_other_settings_are_warned_of(two):
    record(two[0], folds=5)
    record(two[1], folds=10)
    studies = study.read(two)
    board = leaderboard.leaderboard(studies)
    assert set(board["dataset"]) == {"simulated"}
    (warning,) = comparability.warnings(studies, board)
    assert "encoding: folds (5; 10)" in warning


def test_what_is_recorded_otherwise_is_listed_and_nothing_else(two):
    record(two[0], folds=5, numpy="2.0")
    record(two[1], folds=10, numpy="2.1")
    a, b = study.read(two)
    found = settings.changed(a.settings, b.settings)
    assert found.to_numpy().tolist() == [
        ["encoding: folds", "5", "10"],
        ["version: numpy", "2.0", "2.1"],
    ]
    assert settings.changed(a.settings, a.settings).empty


def test_moved_numbers_are_told_in_half_widths_of_their_intervals():
    a = {"rsa": st.rsa(areas=("IT",), models={"pixels": ["pixels"]})}
    b = {"rsa": a["rsa"].assign(similarity=a["rsa"]["similarity"] + 0.09)}
    found = changes.moved(a, b)
    assert found["column"].tolist() == ["similarity"]
    row = found.iloc[0]
    assert row["row"] == "simulated, pixels, pixels, IT, correlation, spearman"
    assert row["difference"] == pytest.approx(0.09)
    assert row["half_width"] == pytest.approx(0.045)  # (.05 + .04) / 2
    assert (row["relative"], row["outside"]) == (pytest.approx(2), "yes")


def test_rounding_is_no_change_and_neither_is_the_order_of_rows():
    table = st.encoding()
    other = table.assign(r=table["r"] + 1e-8).sample(frac=1, random_state=0)
    assert changes.moved({"encoding": table}, {"encoding": other}).empty


def test_a_number_that_is_lost_has_moved():
    table = st.encoding()
    other = table.assign(reliability=np.nan)
    found = changes.summary({"encoding": table}, {"encoding": other})
    assert found[["column", "n_rows", "moved"]].to_numpy().tolist() == [
        ["reliability", len(table), len(table)]
    ]


def test_rows_of_one_study_alone_are_counted():
    table = st.encoding()
    some = table[table["model"] != "pixels"]
    found = changes.unpaired({"encoding": table, "cka": st.cka(table)}, {"encoding": some})
    n_pixels = int((table["model"] == "pixels").sum())
    assert found.to_numpy().tolist() == [
        ["encoding", n_pixels, 0],
        ["cka", len(st.cka(table)), 0],
    ]


def test_layers_chosen_differently_say_whether_the_intervals_allow_it():
    a = st.correspondence(st.encoding(), None).query("model == 'mobilenet_v2'")
    near = a.assign(best_layer="features.1", depth=a["depth"] + 0.05)
    far = a.assign(best_layer="features.1", depth=a["depth"] + 0.3)
    assert set(changes.layers(a, near)["within"]) == {"yes"}
    assert set(changes.layers(a, far)["within"]) == {"no"}
    assert changes.layers(a, a).empty


def scores(rng, r, nested, seed=0, digest="a"):
    """Encoding scores of one area of one subject, as a step writes them."""
    n = len(nested)
    return xr.Dataset(
        {
            "r": (("generalisation", "layer", "neuroid"), r[None]),
            "r_nested": (("generalisation", "neuroid"), nested[None]),
        },
        {
            "generalisation": ["images"],
            "layer": [f"l{i}" for i in range(len(r))],
            "depth": ("layer", np.linspace(0, 1, len(r))),
            "neuroid": [f"n{i}" for i in range(n)],
            "area": ("neuroid", ["V4"] * n),
            "subject": ("neuroid", ["A"] * n),
        },
        {
            "config": json.dumps({"settings": {"folds": 5}, "n_resamples": 2000}),
            "seed": seed,
            "dataset": "simulated",
            "dataset_sha256": HASH + digest,
        },
    )


def save(folder, model, made):
    path = folder / "encoding" / "simulated" / f"{model}.nc"
    path.parent.mkdir(parents=True, exist_ok=True)
    made.to_netcdf(path, engine="h5netcdf")


@pytest.fixture
def two_models(two):
    rng = np.random.default_rng(0)
    common = rng.normal(0.4, 0.2, 30)
    nested = {"x": common, "y": common + rng.normal(0.02, 0.05, 30)}
    for model, values in nested.items():
        save(two[0], model, scores(rng, np.stack([values, values - 0.1]), values))
    return two, nested


def test_the_paired_test_is_that_of_students_t_where_neuroids_alone_vary(two_models):
    folders, nested = two_models
    found = pairs.tests(study.read(folders[:1]))
    expected = stats.ttest_rel(nested["x"], nested["y"])
    assert len(found) == 1
    assert found["difference"][0] == pytest.approx((nested["x"] - nested["y"]).mean())
    t = stats.t.isf(found["p"][0] / 2, 29)  # 2,000 resamples know its denominator to 1.6 %
    assert t == pytest.approx(abs(expected.statistic), rel=0.05)


@pytest.mark.parametrize("other", [{"seed": 1}, {"digest": "b"}])
def test_models_with_other_resamples_or_other_data_are_not_paired(two_models, other):
    folders, nested = two_models
    rng = np.random.default_rng(1)
    made = scores(rng, nested["x"][None] * 0.9, nested["x"] * 0.9, **other)
    save(folders[1], "z", made)
    found = pairs.tests(study.read(folders))
    assert set(found["model_a"]) | set(found["model_b"]) == {"x", "y"}


def test_models_of_two_studies_are_paired_where_everything_is_the_same(two_models):
    folders, nested = two_models
    rng = np.random.default_rng(1)
    save(folders[1], "z", scores(rng, nested["x"][None] * 0.9, nested["x"] * 0.9))
    found = pairs.tests(study.read(folders))
    assert [tuple(row) for row in found[["model_a", "model_b"]].to_numpy()] == [
        ("x", "y"), ("x", "z"), ("y", "z"),
    ]  # fmt: skip


def test_holm_is_that_of_the_definition():
    # Holm (1979): .01 x 4, .02 x 3, then no smaller than before
    assert pairs.holm(np.array([0.02, 0.04, 0.01, 0.03])) == pytest.approx([0.06, 0.06, 0.04, 0.06])


def test_the_page_holds_both_studies_and_loads_nothing(two, tmp_path):
    record(two[0], folds=5)
    record(two[1], folds=10)
    made = page.compare(study.read(two))
    files = page.write(made, tmp_path / "out" / "comparison.html")
    text = files[0].read_text("utf-8")
    assert "2 studies side by side" in text
    assert "encoding: folds" in text
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", text)
    names = {path.name for path in files[1:]}
    assert {"comparison_leaderboard.csv", "comparison_changed_moved.csv"} <= names
    board = pd.read_csv(files[1])
    assert len(board) == 2 * 15  # 3 areas by encoding and 2 by RSA, 3 models


def test_a_name_with_html_in_it_stays_text(tmp_path):
    hostile = "<img src=x onerror=alert(1)>"
    folder = write(tmp_path / "a", dataset=hostile)
    text = page.render(page.compare(study.read([folder])))
    assert hostile not in text
    assert "&lt;img src=x" in text


def test_the_same_study_twice_over_has_nothing_changed(tmp_path):
    folders = write(tmp_path / "a"), write(tmp_path / "b")
    made = page.compare(study.read(folders))
    assert made.changes[0].nothing
    assert "Nothing: all numbers" in page.render(made)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "tables" / "correspondence.csv").unlink(), "no tables/correspondence.csv"),
        (lambda f: (f / "tables" / "correspondence.csv").write_text("a\n1\n"), "column 'dataset'"),
        (lambda f: (f / "tables" / "rsa.csv").write_text(""), "cannot be read"),
        (lambda f: st.encoding(height=0.2).to_csv(f / "tables" / "encoding.csv"), "do not belong"),
        (lambda f: st.encoding(areas=("V1",)).to_csv(f / "tables" / "encoding.csv"), "do not belo"),
    ],
)
def test_what_is_no_study_is_refused_in_one_line(two, tmp_path, capsys, damage, message):
    damage(two[0])
    out = tmp_path / "c.html"
    assert cli.main(["compare", str(two[0]), str(two[1]), "--output", str(out)]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert str(two[0]) in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_study_given_twice_is_refused(two):
    with pytest.raises(InputError, match="given twice"):
        study.read([two[0], two[0] / "tables" / ".."])


def test_studies_of_one_name_go_by_their_paths(tmp_path):
    folders = write(tmp_path / "x" / "demo"), write(tmp_path / "y" / "demo")
    assert [found.label for found in study.read(folders)] == [str(folder) for folder in folders]


def test_the_command_warns_and_says_what_it_wrote(two, tmp_path, capsys):
    out = tmp_path / "c.html"
    assert cli.main(["compare", *map(str, two), "--output", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("beware: Settings, versions and hashes of a and b are not recorded")
    assert str(out) in text


def test_a_page_that_is_none_is_refused(two, capsys):
    assert cli.main(["compare", str(two[0]), "--output", "page.pdf"]) == 1
    assert "ends in .html" in capsys.readouterr().err
