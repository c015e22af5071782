"""A lab's own folder: a whole study of it, and every way in which it can be wrong."""

import os
import shutil

import netcdf_attributes as netcdf
import numpy as np
import pandas as pd
import pytest
import small_study
import xarray as xr
from checkouts import planned

from ventralmap.files import sha256_of_folder

pytestmark = pytest.mark.slow


def study(checkout, name, **changes):
    return checkout.study(**(small_study.CONFIG | {"study": name} | changes))


def own_folder(checkout, folder, **about):
    return small_study.write(checkout.folder / "own" / folder, **about)


@pytest.fixture(scope="module")
def finished(checkout):
    """Results of a study of an own folder."""
    config = study(checkout, "own", datasets=[str(own_folder(checkout, "own"))])
    done = checkout.snakemake("--configfile", config)
    assert done.returncode == 0, done.stderr[-5000:]
    return checkout.results("own")


def test_a_folder_of_ones_own_gets_all_tables(finished):
    tables = {path.stem: pd.read_csv(path) for path in (finished / "tables").glob("*.csv")}
    assert set(tables["encoding"]["dataset"]) == {"tiny"}
    counted = tables["encoding"].groupby(["model", "area", "subject"])["layer"].nunique()
    assert counted["resnet18+untrained", "V4", "all"] == 2
    seen = tables["encoding"].groupby("subject")["n_stimuli"].first()
    assert seen[["A", "B"]].tolist() == [24, 20]  # B has not seen all
    assert set(tables["encoding"]["generalisation"]) == {"images", "category"}
    assert tables["encoding"]["r"].notna().all()
    assert set(tables["rsa"]["area"]) == {"V1"}
    combined = tables["rsa_fitted"].set_index("model")["n_layers"]
    assert combined.to_dict() == {"pixels": 1, "resnet18+untrained": 2}
    assert set(tables["timecourse"]["time_ms"]) == {0, 10, 20, 30}
    assert set(tables["fusion"]["area"]) == {"V1"}
    assert set(tables["commonality"]["model"]) == {"resnet18+untrained", "pixels"}
    assert set(tables["latency_hierarchy"]["latency"]) == {"peak", "onset"}
    assert tables["models"]["readout_accuracy:tiny"].between(0, 1).all()


def test_every_column_of_every_table_is_described(finished):
    described = pd.read_csv(finished / "tables/columns.csv", keep_default_na=False)
    assert (described["meaning"] != "").all()
    tables = [path for path in (finished / "tables").glob("*.csv") if path.stem != "columns"]
    assert len(tables) == 19
    for path in tables:
        own = described[described["table"] == path.stem]
        assert own["column"].tolist() == list(pd.read_csv(path, nrows=0).columns)


def test_every_netcdf_file_says_what_it_holds_and_where_that_comes_from(finished):
    steps = ["encoding", "kernels", "reliability", "rsa", "variance"]
    paths = [path for step in steps for path in sorted((finished / step).rglob("*.nc"))]
    assert len(paths) == 2 + 2 + 1 + 2 + 1
    for path in paths:
        with xr.open_dataset(path) as found:
            about = found.attrs
            assert netcdf.complain(found, models="reliability" not in path.parts) == [], path
            assert netcdf.well_formed(found)
        assert about["dataset_sha256"] == sha256_of_folder(finished / "datasets/tiny"), path


def test_intervals_over_stimuli_and_neuroids_are_asked_for_and_kept(finished):
    with xr.open_dataset(finished / "encoding/tiny/pixels.nc") as scores:
        assert scores["r_resampled"].sizes["resample"] == 100
    table = pd.read_csv(finished / "tables/encoding.csv")
    assert (table["interval"] == "both").all()
    assert table["resampled_missing"].between(0, 1).all()
    assert (table["r_below_best"] >= 0).all()


def test_layers_of_the_config_are_taken_in_order(finished):
    with xr.open_dataset(finished / "kernels/tiny/resnet18+untrained.nc") as kernels:
        assert kernels["layer"].values.tolist() == ["layer1.0.relu_1", "layer3.1.relu_1"]


def test_every_figure_is_there_three_times(finished):
    figures = {path.name for path in (finished / "figures").iterdir()}
    names = [
        "encoding_depth", "encoding_map", "rsa_depth", "rsa_map", "timecourse", "fusion",
        "rdms_tiny", "mds_tiny", "variance", "model_layers", "filters", "correspondence",
        "encoding_explained",
    ]  # fmt: skip
    assert {f"{name}.{end}" for name in names for end in ("png", "svg", "pdf")} <= figures


def test_projected_features_find_what_kernels_find_and_nothing_is_shown_of_all_pairs(
    finished, checkout
):
    changes = {
        "features": {"projection": 4096},
        "encoding": small_study.CONFIG["encoding"] | {"method": "ridge_srp", "device": "auto"},
    }
    folder = str(checkout.folder / "own" / "own")
    done = checkout.snakemake(
        "--configfile", study(checkout, "projected", datasets=[folder], **changes)
    )
    assert done.returncode == 0, done.stderr[-5000:]
    projected = checkout.results("projected")
    exact, found = (
        pd.read_csv(results / "tables/encoding.csv") for results in (finished, projected)
    )
    columns = ["model", "layer", "area", "subject", "generalisation", "n_features", "n_stimuli"]
    pd.testing.assert_frame_equal(found[columns], exact[columns])
    assert 0 < (found["r"] - exact["r"]).abs().max() < 0.1
    with xr.open_dataset(projected / "kernels/tiny/pixels.nc") as file:
        assert file["projection"].shape == (1, small_study.N_STIMULI, 4096)
    tables = {path.name for path in (projected / "tables").iterdir()}
    assert tables == {path.name for path in (finished / "tables").iterdir()}
    assert not list((projected / "figures").glob("rdms_*"))
    assert not list((projected / "figures").glob("mds_*"))
    assert "Very sparse random projections" in (projected / "report.html").read_text()


@pytest.mark.parametrize("file", ["responses.nc", "stimuli/s03.png", "stimuli.csv"])
def test_a_byte_of_the_dataset_reruns_its_preparation_and_what_follows(finished, checkout, file):
    path = checkout.folder / "own" / "own" / file
    content, times = path.read_bytes(), path.stat()
    try:
        path.write_bytes(content + b"\n")
        dry = checkout.snakemake("--dry-run", "--configfile", checkout.folder / "config/own.yaml")
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert planned(dry, reason="Updated input files") == {"prepare"}
    assert {"extract", "encode", "report"} <= planned(dry)


@pytest.mark.parametrize(
    ("package", "rerun", "kept"),
    [
        ("mne", {"timecourse", "fusion"}, {"prepare", "extract", "encode", "rsa"}),
        ("torch", {"extract"}, {"prepare", "rsa", "timecourse", "report"}),
    ],
)
def test_another_release_of_a_package_reruns_what_imports_it(
    finished, checkout, tmp_path, package, rerun, kept
):
    newer = tmp_path / f"{package}-99.0.dist-info"
    newer.mkdir()
    (newer / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 99.0\n")
    (newer / "RECORD").write_text(f"{newer.name}/METADATA,,\n{newer.name}/RECORD,,\n")
    dry = checkout.snakemake(
        *("--dry-run", "--configfile", checkout.folder / "config/own.yaml"),
        PYTHONPATH=f"{checkout.folder / 'src'}:{tmp_path}",
    )
    changed = planned(dry, reason=newer.name)  # among its input, and so a reason
    assert rerun <= changed
    assert not kept & changed


# Each mistake is made in a fresh copy of the folder.


def missing_image(folder):
    (folder / "stimuli/s03.png").unlink()


def unreadable_image(folder):
    (folder / "stimuli/s03.png").write_text("not an image")


def duplicated_image(folder):
    small_study.edit_table(folder, file=lambda c: c.replace("s03.png", "s04.png"))


def duplicated_id(folder):
    small_study.edit_table(folder, stimulus_id=lambda c: c.replace("s03", "s04"))


def other_ids(folder):
    small_study.edit_table(folder, stimulus_id=lambda c: c.replace("s03", "elsewhere"))


def _change_responses(folder, change):
    path = folder / "responses.nc"
    with xr.open_dataset(path) as file:
        responses = file.load()
    change(responses["responses"].values)
    responses.to_netcdf(path, engine="h5netcdf")


def nan_neuroid(folder):
    def change(values):
        values[..., 2] = np.nan

    _change_responses(folder, change)


def constant_neuroid(folder):
    def change(values):
        values[..., 2] = 7.0

    _change_responses(folder, change)


def truncated_file(folder):
    path = folder / "responses.nc"
    path.write_bytes(path.read_bytes()[:2000])


MISTAKES = {
    missing_image: ["s03.png", "stimuli"],
    unreadable_image: ["s03.png"],
    duplicated_image: ["stimuli.csv", "s04.png"],
    duplicated_id: ["stimuli.csv", "s04"],
    other_ids: ["s03"],
    nan_neuroid: ["responses.nc", "n2"],
    constant_neuroid: ["responses.nc", "n2"],
    truncated_file: ["responses.nc"],
}


@pytest.fixture(scope="module")
def refused(checkout):
    """Errors of a study of all the wrong folders; each gets its turn."""
    names = [mistake.__name__ for mistake in MISTAKES]
    for mistake, name in zip(MISTAKES, names, strict=True):
        mistake(own_folder(checkout, name, name=name))
    config = study(checkout, "bad", datasets=[str(checkout.folder / "own" / n) for n in names])
    targets = [f"results/bad/datasets/{name}" for name in names]
    return errors(checkout, "bad", config, *targets, options=["--keep-going"])


def test_each_wrong_folder_ends_in_one_line(refused):
    assert len(refused) == len(MISTAKES)


@pytest.mark.parametrize(("mistake", "named"), MISTAKES.items())
def test_the_line_names_the_wrong_folder_and_what_is_wrong(refused, mistake, named):
    (line,) = (line for line in refused if f"/own/{mistake.__name__}" in line)
    assert all(word in line for word in named), line


@pytest.mark.parametrize(
    ("changes", "target", "named"),
    [
        ({"hierarchy": ["V1", "V2"]}, "summaries/tiny.json", ["V4", "hierarchy"]),
        (
            {"encoding": {"generalisations": ["images", "object"]}},
            "summaries/tiny.json",
            ["datasets/tiny", "column 'object'", "take 'object' out"],
        ),
        (
            {"layers": {"pixels": ["pixel"]}},
            "kernels/tiny/pixels.nc",
            ["'pixel'", "did you mean 'pixels'?"],
        ),
        ({"features": {"projection": 64}}, "report.html", ["projection: 64", "write ridge_srp"]),
        ({"botstrap": 100}, "report.html", ["botstrap", "did you mean 'bootstrap'?"]),
        (
            {"models": ["resnet81"], "layers": {}, "encoding": {}},
            "report.html",
            ["resnet81", "did you mean"],
        ),
        ({"datasets": ["kriegeskorte2800"]}, "report.html", ["did you mean 'kriegeskorte2008'?"]),
        ({"datasets": ["own/nowhere"]}, "report.html", ["own/nowhere"]),
    ],
)
def test_a_wrong_config_ends_in_one_line(finished, checkout, changes, target, named):
    name = "bad-config"
    shutil.rmtree(checkout.results(name), ignore_errors=True)
    folder = str(checkout.folder / "own" / "own")
    config = study(checkout, name, **({"datasets": [folder]} | changes))
    (line,) = errors(checkout, name, config, f"results/{name}/{target}")
    assert all(word in line for word in named), line


def test_a_published_file_with_a_wrong_hash_ends_in_one_line(checkout, tmp_path):
    mirror, name = tmp_path / "mirror", "bad-hash"
    file = mirror / "kriegeskorte2008/Kriegeskorte_Neuron2008_supplementalData.mat"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"MATLAB 5.0 MAT-file, but another one")
    config = study(checkout, name, datasets=["kriegeskorte2008"], hierarchy=["hIT", "mIT"])
    target = f"results/{name}/datasets/kriegeskorte2008"
    places = {"VENTRALMAP_MIRROR": str(mirror), "VENTRALMAP_DATA": str(tmp_path / "data")}
    (line,) = errors(checkout, name, config, target, **places)
    assert file.name in line
    assert "sha256" in line
    assert not [path for path in (tmp_path / "data").rglob("*.mat")]


def errors(checkout, name, config, *targets, options=(), **environment):
    """Run a study to targets that cannot be made; return the lines of errors that are printed."""
    done = checkout.snakemake(*targets, *options, "--configfile", config, **environment)
    assert done.returncode != 0
    assert not [target for target in targets if (checkout.folder / target).exists()]
    results = checkout.results(name)
    known = {".snakemake_timestamp"}  # Snakemake's own mark in a finished folder
    assert not [path for path in results.rglob(".*") if path.name not in known]
    return {line for line in done.stderr.splitlines() if line.startswith("error: ")}
