"""What the figures hold, and that their files are the same on every run."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import study_tables as st
from hypothesis import given, settings
from hypothesis import strategies as hs
from matplotlib.colors import to_hex
from scipy.stats import rankdata

from ventralmap import caption_parts, captions_best, figures, opinion_captions
from ventralmap.errors import InputError
from ventralmap.figures import (
    correspondences,
    fusions,
    grids,
    labels,
    maps,
    rdms,
    style,
    time_maps,
    timecourses,
)
from ventralmap.scores import panels, tidy

HIERARCHY = [["V1", "EVC"], "V4", ["IT", "hIT", "mIT"]]
SIMULATED = [{"name": "simulated", "title": "Simulated ventral stream", "simulated": True}]
PLANTED = {"V1": "features.3", "V4": "features.10", "IT": "features.16", "EVC": "features.3"}


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def texts(figure):
    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_text()]


def header(axes):
    """Texts above a panel, top to bottom."""
    return [text.get_text() for text in axes.texts][::-1]


def inside(figure):
    """Assert that nothing that is drawn leaves the figure."""
    figure.draw_without_rendering()
    drawn, paper = figure.get_tightbbox(), figure.bbox_inches
    assert drawn.x0 >= -0.01
    assert drawn.y0 >= -0.01
    assert drawn.x1 <= paper.x1 + 0.01
    assert drawn.y1 <= paper.y1 + 0.01


def test_encoding_panels_follow_the_hierarchy_and_hold_the_table():
    table = st.encoding()
    figure = figures.score_over_depth(table, HIERARCHY, datasets=SIMULATED)
    assert [header(axes)[0] for axes in figure.axes] == ["V1", "V4", "IT"]
    whole = table.query("subject == 'all' and area == 'V4' and model == 'mobilenet_v2'")
    (curve,) = lines(figure.axes[1], "mobilenet_v2")
    np.testing.assert_array_equal(curve.get_xdata(), whole["depth"])
    np.testing.assert_array_equal(curve.get_ydata(), whole["r"])
    assert "n = 48 neuroids, 320 images" in header(figure.axes[0])


def test_row_order_does_not_matter():
    table = st.rsa()
    shuffled = table.sample(frac=1, random_state=1)
    a, b = (
        figures.score_over_depth(t, ["EVC", "IT"]).axes[0].lines[1:2] for t in (table, shuffled)
    )
    np.testing.assert_array_equal(a[0].get_xydata(), b[0].get_xydata())


def test_band_is_the_interval():
    table = st.rsa(areas=("IT",))
    axes = figures.score_over_depth(table, ["IT"]).axes[0]
    (band,) = [c for c in axes.collections if c.get_label() == "_mobilenet_v2"]
    rows = table.query("model == 'mobilenet_v2'")
    vertices = band.get_paths()[0].vertices
    assert vertices[:, 1].min() == pytest.approx(rows["ci_low"].min())
    assert vertices[:, 1].max() == pytest.approx(rows["ci_high"].max())


def test_whiskers_are_the_intervals_over_subjects_of_models_under_test():
    table = pd.concat([st.rsa("a", ("IT",)), st.rsa("b", ("mIT",), 1)])
    several, one = figures.score_over_depth(table, HIERARCHY).axes
    (whiskers,) = [c for c in several.collections if c.get_label() == "_over_subjects"]
    rows = table.query("model == 'mobilenet_v2' and dataset == 'a'")
    ends = rows[["depth", "subjects_ci_low", "depth", "subjects_ci_high"]].to_numpy()
    np.testing.assert_allclose(whiskers.get_segments(), ends.reshape(-1, 2, 2))
    assert "_over_subjects" not in [c.get_label() for c in one.collections]


def test_ceiling_is_the_root_of_the_reliability_and_is_left_out_when_unknown():
    table = pd.concat(
        [
            st.encoding("with", ("V4",), reliability=0.64),
            st.encoding("without", ("V4",), reliability=np.nan),
            st.encoding("negative", ("V4",), reliability=-0.1),
        ]
    )
    known, unknown, negative = figures.score_over_depth(table, ["V4"]).axes
    assert lines(known, "_ceiling")[0].get_ydata()[0] == pytest.approx(0.8)
    assert not lines(unknown, "_ceiling")
    assert not lines(negative, "_ceiling")


def test_noise_ceiling_is_a_band():
    table = pd.concat([st.rsa("a", ("IT",)), st.rsa("b", ("mIT",), 1, ceiling=(np.nan, np.nan))])
    known, unknown = figures.score_over_depth(table, HIERARCHY).axes
    (band,) = [p for p in known.patches if p.get_label() == "_ceiling"]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.36, 0.45))
    assert not [p for p in unknown.patches if p.get_label() == "_ceiling"]
    assert "n = 1 subject, 320 images" in header(unknown)


def test_best_and_planted_layers_are_marked():
    table = st.encoding()
    found = st.correspondence(table, None, PLANTED)
    figure = figures.score_over_depth(table, HIERARCHY, correspondence=found)
    v1 = figure.axes[0]
    (best,) = lines(v1, "_best")
    assert best.get_xdata()[0] == pytest.approx(4 / 19)
    assert {line.get_xdata()[0] for line in lines(v1, "_planted")} == {3 / 19}
    assert header(v1)[-1] == "best features.4 (0.47); planted features.3"


def test_controls_have_their_own_dashes_and_pixels_are_level():
    axes = figures.score_over_depth(st.encoding(), HIERARCHY).axes[0]
    names = list(st.MODELS)
    patterns = {str(lines(axes, name)[0]._unscaled_dash_pattern) for name in names}
    assert len(patterns) == 3
    (level,) = lines(axes, "pixels")
    assert list(level.get_xdata()) == [0, 1]
    assert len(set(level.get_ydata())) == 1


def test_one_model_has_the_colour_of_the_area_and_several_have_their_own():
    one = figures.score_over_depth(st.encoding(), HIERARCHY).axes[0]
    assert to_hex(lines(one, "mobilenet_v2")[0].get_color()) == style.BLUE.lower()
    models = {**st.MODELS, "resnet18": ["a", "b", "c"]}
    two = figures.score_over_depth(st.encoding(models=models), HIERARCHY).axes[2]
    trained, twin, other = (
        lines(two, m)[0].get_color() for m in ("mobilenet_v2", "mobilenet_v2+untrained", "resnet18")
    )
    assert trained == twin != other


def test_twenty_layers_are_all_named_and_do_not_overlap():
    figure = figures.score_over_depth(st.encoding(), HIERARCHY)
    figure.draw_without_rendering()
    named = figure.axes[0].get_xticklabels()
    assert [t.get_text() for t in named] == st.MOBILENET
    boxes = [t.get_window_extent() for t in named]
    assert all(a.x1 <= b.x0 + 0.5 for a, b in pairwise(boxes))


def test_sixty_layers_are_thinned():
    models = {"deep": [f"layer{i}" for i in range(60)]}
    figure = figures.score_over_depth(st.encoding(models=models), HIERARCHY)
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in figure.axes[0].get_xticklabels()]
    assert 15 <= len(boxes) < 60
    assert all(a.x1 <= b.x0 + 0.5 for a, b in pairwise(boxes))


def test_single_subjects_are_dots_only_where_there_are_several():
    two = figures.score_over_depth(st.encoding(areas=("V4",)), ["V4"]).axes[0]
    one = figures.score_over_depth(st.encoding(areas=("V4",), subjects=()), ["V4"]).axes[0]
    assert len(lines(two, "_subject")) == 2
    assert not lines(one, "_subject")


def test_significant_layers_are_ticked():
    table = st.rsa(areas=("IT",))
    axes = figures.score_over_depth(table, ["IT"]).axes[0]
    rows = table.query("model == 'mobilenet_v2' and p_fdr < .05")
    np.testing.assert_array_equal(lines(axes, "_significant")[0].get_xdata(), rows["depth"])


def test_both_generalisations_are_shown():
    table = pd.concat(
        [
            st.encoding(areas=("V4",)),
            st.encoding(areas=("V4",)).assign(generalisation="group"),
        ]
    )
    figure = figures.score_over_depth(table, ["V4"])
    assert [header(axes)[1] for axes in figure.axes] == ["held out: images", "held out: group"]


def test_an_area_outside_the_hierarchy_comes_last():
    keys = panels(tidy(st.rsa(areas=("EVC", "IT"))), ["IT"])
    assert [key.area for key in keys] == ["IT", "EVC"]


@pytest.mark.parametrize("areas", [("V4",), ("V1", "V4"), ("V1", "V4", "IT", "EVC")])
def test_a_title_that_is_too_long_does_not_leave_the_figure(areas):
    title = "A title $with$ a dollar & <b>tags</b> that is far too long to fit " * 4
    metas = [{"name": "simulated", "title": title, "simulated": True}]
    figure = figures.score_over_depth(st.encoding(areas=areas), HIERARCHY, datasets=metas)
    inside(figure)
    assert figure.get_suptitle().endswith("(simulated)")


def test_one_model_of_one_layer():
    table = st.encoding(areas=("V4",), models={"pixels": ["pixels"]})
    figure = figures.score_over_depth(table, ["V4"])
    assert len(figure.axes) == 1
    assert not lines(figure.axes[0], "_best")
    inside(figure)
    inside(figures.layer_area_map(table, st.correspondence(table, None), ["V4"]))


def test_map_holds_scores_probabilities_and_marks():
    table = st.encoding()
    found = st.correspondence(table, None, PLANTED)
    figure = figures.layer_area_map(table, found, HIERARCHY, datasets=SIMULATED)
    trained, untrained = figure.axes[:2]
    whole = table.query("subject == 'all' and model == 'mobilenet_v2'")
    expected = whole.pivot(index="layer_index", columns="area", values="r")[["V1", "V4", "IT"]]
    np.testing.assert_array_equal(trained.images[0].get_array(), expected)
    assert [t.get_text() for t in trained.get_xticklabels()] == ["V1", "V4", "IT"]
    assert [t.get_text() for t in trained.get_yticklabels()] == [*st.MOBILENET, "pixels"]
    for axes in (trained, untrained):
        controls = axes.images[1]
        expected = table.query("subject == 'all' and model == 'pixels'").set_index("area")["r"]
        np.testing.assert_array_equal(controls.get_array(), [expected[["V1", "V4", "IT"]]])
        assert controls.get_extent()[3] < -0.5 < axes.images[0].get_extent()[3]
    frames = [p for p in trained.patches if p.get_label() == "_best"]
    assert {round(p.get_y() + 0.46) for p in frames} == {4, 10, 16}
    assert {line.get_ydata()[0] for line in lines(trained, "_planted")} == {3, 10, 16}
    assert not lines(untrained, "_planted")
    bars = lines(trained, "_interval")
    assert bars[0].get_ydata() == pytest.approx([4 - 0.105 * 19, 4 + 0.053 * 19])
    shown = [t.get_text() for t in trained.texts]
    assert sum(t.startswith("0.") for t in shown) == (whole["p_best"] >= 0.05).sum()
    scales = {axes.images[0].norm.vmax for axes in (trained, untrained)}
    assert scales == {table.query("subject == 'all'")["r"].max()}


def test_map_of_two_datasets_names_them_and_stays_inside():
    table = pd.concat(
        [
            st.encoding("cowley2023_190923", ("V4",), reliability=np.nan),
            st.encoding("a_dataset_with_a_name_that_goes_on_and_on_and_on_210325", ("V4",)),
        ]
    )
    figure = figures.layer_area_map(table, st.correspondence(table, None), ["V4"])
    inside(figure)
    names = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert all("V4" in name for name in names)
    assert "cowley2023_190923" in names[0]
    assert names[1].split(" ")[0].endswith("210325")


def test_ink_stands_out():
    assert maps.ink(0) == "white"
    assert maps.ink(1) == "black"


def test_rdms_are_sorted_by_category_and_ranked():
    categories = ["b", "a", "b", "a", "c"]
    rdm = st.rdm(5, None, 0)
    figure = figures.rdm_panels({"IT": rdm}, {"IT": ("features.3", rdm**3)}, categories)
    above, below = figure.axes[:2]
    order = [0, 2, 1, 3, 4]
    upper = np.triu_indices(5, 1)
    expected = 100 * (rankdata(rdm[np.ix_(order, order)][upper]) - 1) / 9
    np.testing.assert_allclose(above.images[0].get_array()[upper], expected)
    np.testing.assert_allclose(above.images[0].get_array(), below.images[0].get_array())
    assert {line.get_ydata()[0] for line in lines(above, "_bound") if line.get_xdata()[0] == 0} == {
        2,
        4,
    }
    assert {"b", "a", "c"} <= set(texts(figure))
    assert [t.get_text() for t in below.texts[:2]] == ["best layer for IT", "features.3"]


@settings(max_examples=30, deadline=None)
@given(hs.integers(3, 12), hs.integers(0, 1000))
def test_percentiles_ignore_monotone_changes(n, seed):
    rdm = st.rdm(n, None, seed)
    np.testing.assert_allclose(rdms.percentiles(rdm), rdms.percentiles(np.exp(rdm)))
    assert rdms.percentiles(rdm).max() == 100


def test_percentiles_keep_missing_pairs_and_share_ties():
    rdm = np.array([[0, 1, np.nan], [1, 0, 1], [np.nan, 1, 0]])
    found = rdms.percentiles(rdm)
    assert np.isnan(found[0, 2])
    assert found[0, 1] == found[1, 2] == 50


def test_shrinking_averages_blocks():
    image = np.arange(16.0).reshape(4, 4)
    np.testing.assert_array_equal(rdms.shrink(image, 2), [[2.5, 4.5], [10.5, 12.5]])
    assert rdms.shrink(image, 4) is image


def test_rdms_of_unequal_size_are_refused():
    rdm, small = st.rdm(5, None, 0), st.rdm(4, None, 0)
    with pytest.raises(InputError, match=r"features\.3"):
        figures.rdm_panels({"IT": rdm}, {"IT": ("features.3", small)})
    with pytest.raises(InputError, match="2 categories for 5 stimuli"):
        figures.rdm_panels({"IT": rdm}, {"IT": ("x", rdm)}, ["a", "b"])


def test_long_category_names_and_many_categories_stay_inside():
    for categories in ([f"a rather long category {i % 6}" for i in range(92)], list(range(92))):
        rdm = st.rdm(92, None, 0)
        figure = figures.rdm_panels({"IT": rdm}, {"IT": ("features.3", rdm)}, categories)
        inside(figure)
    assert "92 images of 92 categories" in texts(figure)


def test_timecourse_holds_curves_significance_and_latencies():
    courses, latency = st.timecourses()
    truth = pd.DataFrame({"area": ["MEG"], "layer": ["features.3"], "peak_ms": [125.0]})
    figure = figures.timecourse(courses, latency, datasets=SIMULATED, truth=truth)
    left, image, right = figure.axes[:3]
    assert len(figure.axes) == 3 + 3 + 1  # trained, untrained, the bar of colours
    rows = courses.query("model == 'mobilenet_v2' and layer == 'features.5'")
    np.testing.assert_array_equal(lines(left, "features.5")[0].get_ydata(), rows["similarity"])
    beside = courses.query("model == 'pixels'")
    np.testing.assert_array_equal(lines(left, "pixels")[0].get_ydata(), beside["similarity"])
    bars = [c for c in left.collections if c.get_label() == "_significant"]
    assert len(bars[1].get_paths()) == rows["significant"].sum()
    peaks = latency.query("model == 'mobilenet_v2'")
    np.testing.assert_array_equal(lines(right, "peak")[0].get_ydata(), peaks["peak_ms"])
    assert lines(right, "planted peak")[0].get_xydata().tolist() == [[3 / 19, 125.0]]
    assert not lines(figure.axes[5], "onset")
    assert "MEG: mobilenet_v2" in header(left)
    named = [text.get_text() for text in image.get_yticklabels()]
    assert named == ["features.0", "features.5", "features.10", "features.14", "classifier.1"]
    inside(figure)


def test_the_map_over_time_holds_all_layers_and_outlines_what_is_significant():
    courses, latency = st.timecourses(models=SMALL)
    figure = figures.timecourse(courses, latency)
    image = figure.axes[1]
    rows = courses.query("model == 'mobilenet_v2'")
    expected = rows.pivot(index="layer_index", columns="time_ms", values="similarity")
    np.testing.assert_array_equal(image.images[0].get_array(), expected)
    (around,) = [c for c in image.collections if c.get_label() == "_significant"]
    mask = rows.pivot(index="layer_index", columns="time_ms", values="significant").to_numpy()
    padded = np.pad(mask.astype(int), 1)
    changes = sum(np.abs(np.diff(padded, axis=axis)).sum() for axis in (0, 1))
    assert len(around.get_segments()) == changes > 0


def test_an_outline_is_around_the_cells_of_a_mask():
    mask = np.array([[False, True], [False, True]])
    found = time_maps.outline(mask, np.array([0.0, 10, 20]), np.array([-0.5, 0.5, 1.5]))
    assert sorted(found) == [
        [(10.0, -0.5), (10.0, 0.5)],
        [(10.0, -0.5), (20.0, -0.5)],
        [(10.0, 0.5), (10.0, 1.5)],
        [(10.0, 1.5), (20.0, 1.5)],
        [(20.0, -0.5), (20.0, 0.5)],
        [(20.0, 0.5), (20.0, 1.5)],
    ]


def test_controls_that_are_no_networks_have_marks_of_their_own():
    models = ["alexnet", "alexnet+untrained", "gabor", "hmax"]
    drawn = correspondences.looks(models, "V1")
    assert drawn["alexnet"].marker == drawn["alexnet+untrained"].marker
    assert len({look.marker for look in drawn.values()}) == 3
    assert len({str(look.dashes) for look in drawn.values()}) == 4
    assert [look.face == "white" for look in drawn.values()] == [False, True, True, True]
    table = st.encoding(models={m: ["a", "b"] for m in models})
    best = st.correspondence(table, None)
    told = captions_best.correspondence(best, None, HIERARCHY, layers=table)
    assert "Open: alexnet+untrained, the same network before training." in told
    assert "Open, marks of their own: gabor and hmax, no networks." in told


@pytest.mark.parametrize("width", ["single", "double"])
def test_without_models_of_several_layers_figures_say_so(width):
    table = st.encoding(models={"pixels": ["pixels"]})
    best, agreed = st.correspondence(table, None), st.agreement(table)
    drawn = [
        figures.correspondence(best, None, HIERARCHY, width=width),
        figures.agreement(agreed, HIERARCHY, width=width),
    ]
    for figure in drawn:
        assert grids.NOTHING in texts(figure)
        inside(figure)
    told = [
        captions_best.correspondence(best, None, HIERARCHY),
        opinion_captions.agreement(agreed, HIERARCHY),
    ]
    assert all(caption.endswith(f". {caption_parts.NO_LAYERS}") for caption in told)


def test_models_with_one_layer_alone_have_rows_of_their_own():
    courses, latency = st.timecourses(models={"pixels": ["pixels"]})
    assert timecourses.rows_of(courses) == [("simulated", "pixels", "MEG")]
    inside(figures.timecourse(courses, latency))


def test_layers_of_the_time_course_can_be_chosen():
    courses, _ = st.timecourses()
    rows = courses.query("model == 'mobilenet_v2'")
    assert timecourses.chosen_layers(rows, ["features.9", "features.2"]) == [
        "features.2",
        "features.9",
    ]


def test_fusion_holds_curves_of_areas_and_the_best_layer_of_each_model():
    fused, common = st.fusions()
    figure = figures.fusion(fused, common, ["EVC", "IT"], datasets=SIMULATED)
    left, evc, it = figure.axes
    rows = fused.query("area == 'IT'")
    np.testing.assert_array_equal(lines(left, "IT")[0].get_ydata(), rows["similarity"])
    bars = [c for c in left.collections if c.get_label() == "_significant"]
    assert [len(bar.get_paths()) for bar in bars] == list(
        fused.groupby("area")["significant"].sum()
    )
    for axes, area, layer in ((evc, "EVC", "features.0"), (it, "IT", "classifier.1")):
        rows = common[(common["area"] == area) & (common["layer"] == layer)]
        rows = rows[rows["model"] == "mobilenet_v2"]
        line = lines(axes, f"mobilenet_v2: {layer}")[0]
        np.testing.assert_array_equal(line.get_ydata(), rows["commonality"])
    assert evc.get_ylim() == it.get_ylim()
    assert "MEG: fusion with areas" in header(left)
    inside(figure)


def test_the_fusion_of_many_areas_takes_further_rows():
    areas = ("V1", "V2", "V4", "IT")
    small = {"net": ["a", "b"], "pixels": ["pixels"]}
    figure = figures.fusion(*st.fusions(areas, small), list(areas))
    assert len(figure.axes) == 5
    assert figure.get_figheight() > 2 * fusions.ROW_HEIGHT
    inside(figure)


SMALL = {"mobilenet_v2": ["features.1", "features.18"], "pixels": ["pixels"]}
FIGURES = {
    "encoding": lambda: figures.score_over_depth(
        st.encoding(areas=("V1", "V4"), models=SMALL),
        HIERARCHY,
        correspondence=st.correspondence(st.encoding(models=SMALL), None, {"V4": "features.18"}),
    ),
    "map": lambda: figures.layer_area_map(
        st.rsa(models=SMALL), st.correspondence(None, st.rsa(models=SMALL)), HIERARCHY
    ),
    "rdms": lambda: figures.rdm_panels(
        {"IT": st.rdm(9, None, 0)}, {"IT": ("x", st.rdm(9, None, 1))}, list("aabbccaab")
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_files_are_the_same_bytes_on_every_run(name, tmp_path, monkeypatch):
    first = figures.save(FIGURES[name](), tmp_path / "a.b" / "first")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    figure = FIGURES[name]()
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None, "axes.facecolor": "red"}):
        second = figures.save(figure, tmp_path / "second")
    third = figures.save(figure, tmp_path / "third")
    assert [p.name for p in first] == ["first.svg", "first.pdf", "first.png"]
    for a, b, c in zip(first, second, third, strict=True):
        assert a.read_bytes() == b.read_bytes() == c.read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_another_process_makes_the_same_bytes(tmp_path):
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "import test_figures as t;"
        "[t.figures.save(make(), Path(sys.argv[2]) / name) for name, make in t.FIGURES.items()]"
    )
    run = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "other")]
    subprocess.run(run, check=True, env={**os.environ, "PYTHONHASHSEED": "1"})
    for name, make in FIGURES.items():
        for path in figures.save(make(), tmp_path / "here" / name):
            assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_files_hold_text_as_text_and_the_size_of_a_column(tmp_path):
    svg, pdf, png = figures.save(FIGURES["encoding"](), tmp_path / "figure")
    assert ">features.18</text>" in svg.read_text()
    assert "<dc:date>" not in svg.read_text()
    assert b"/Type3" not in pdf.read_bytes()
    assert b"CreationDate" not in pdf.read_bytes()
    width = mpl.image.imread(png).shape[1]
    assert width == pytest.approx(180 / 25.4 * 300, abs=1)


def test_settings_of_the_user_are_neither_used_nor_changed():
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9}):
        before = dict(mpl.rcParams)
        axes = figures.score_over_depth(st.encoding(), HIERARCHY).axes[0]
        assert dict(mpl.rcParams) == before
    assert lines(axes, "mobilenet_v2")[0].get_linewidth() == style.TRAINED_LINE.width


LATIN = hs.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"])


@settings(max_examples=40, deadline=None)
@given(hs.text(LATIN, min_size=1, max_size=80), hs.floats(30, 200))
def test_fitted_text_fits(text, points):
    fitted = labels.fit(text, points)
    assert labels.width(fitted, style.SMALL) <= points


@settings(max_examples=40, deadline=None)
@given(hs.text(LATIN, max_size=80), hs.floats(40, 200))
def test_wrapped_text_fits_and_is_whole_where_its_parts_fit(text, points):
    lines = labels.wrap(text, points)
    assert all(labels.width(line, style.SMALL) <= points for line in lines)
    parts = re.split(r"(?<=[\s@+:,(])", text)
    if all(labels.width(part.rstrip(), style.SMALL) <= points for part in parts):
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_names_are_broken_where_their_parts_join():
    name = "resnet50@IMAGENET1K_V2+untrained(seed=3):"
    lines = labels.wrap(name, 70)
    assert "".join(lines) == name
    assert lines[0] == "resnet50@"


def test_shortened_text_keeps_both_ends():
    fitted = labels.fit("cowley2023 macaque V4 session 210325", 90, suffix=" (simulated)")
    assert fitted.startswith("c")
    assert fitted.endswith("5 (simulated)")


@given(hs.lists(hs.floats(0, 100), min_size=1, max_size=10))
def test_spread_labels_keep_their_order_and_distance(positions):
    placed = labels.spread(sorted(positions), 5, 0, 100)
    assert np.all(np.diff(placed) >= 5 - 1e-9)
    assert placed.min() >= 0
    assert placed.max() <= 100


def test_spread_moves_nothing_that_has_room():
    np.testing.assert_allclose(labels.spread([10, 20, 50], 5, 0, 100), [10, 20, 50])


def test_colours_of_areas_are_fixed():
    assert style.area_colour("V4") == style.GREEN
    assert style.area_colour("area 51") == style.area_colour("area 51")
    assert style.area_colour("area 51") in style.PALETTE


def test_variance_has_a_bar_and_an_interval_per_part_of_each_set():
    table = st.variance()
    figure = figures.variance(table, HIERARCHY, datasets=SIMULATED)
    assert [header(axes)[0] for axes in figure.axes] == ["V1", "V4", "IT"]
    assert "n = 48 neuroids, 320 images" in header(figure.axes[0])
    inside(figure)
    v4 = figure.axes[1]
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert len(v4.patches) == len(names) == 4 + 5
    assert names[:4] == [
        "only mobilenet_v2:features.2", "only mobilenet_v2:features.14", "shared", "together"
    ]  # fmt: skip
    rows = table[table["area"] == "V4"]
    expected = [*rows["unique"][:2], 0.1, rows["r2"].iloc[0]]
    assert [bar.get_width() for bar in v4.patches[:4]] == pytest.approx(expected)
    (lines_of,) = [c for c in v4.collections if c.get_label() == "_interval"]
    ends = [segment[:, 0] for segment in lines_of.get_segments()]
    np.testing.assert_allclose(ends[0], rows[["unique_ci_low", "unique_ci_high"]].iloc[0])
    np.testing.assert_allclose(ends[3], rows[["r2_ci_low", "r2_ci_high"]].iloc[0])


def test_variance_names_the_generalisation_where_there_are_several():
    both = pd.concat([st.variance(), st.variance(generalisation="category")])
    figure = figures.variance(both, HIERARCHY)
    assert len(figure.axes) == 6
    assert "category" in header(figure.axes[3])
    inside(figure)
