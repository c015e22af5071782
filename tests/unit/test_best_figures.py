"""Best layers, explained variance, and the differences that are shown, in figures."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import study_tables as st

from ventralmap import figures
from ventralmap.errors import InputError
from ventralmap.figures import best_depths, brackets, ceiled_rows, labels, panel, style
from ventralmap.scores import Panel

HIERARCHY = [["V1", "EVC"], "V4", "IT"]
SMALL = {
    "mobilenet_v2": ["features.1", "features.9", "features.18"],
    "mobilenet_v2+untrained": ["features.1", "features.9", "features.18"],
    "pixels": ["pixels"],
}


def labelled(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def header(axes):
    return [text.get_text() for text in axes.texts][::-1]


# Differences of layers


def compared(areas=("EVC", "IT"), **changed):
    rsa = st.rsa(areas=areas, models=SMALL)
    best = st.correspondence(None, rsa)
    return rsa, st.rsa_pairs(rsa).assign(**changed), best


def test_the_best_layer_is_compared_with_the_next_and_with_those_of_other_areas():
    _, pairs, best = compared()
    best = best.assign(next_layer="features.9")
    panel_of = Panel("simulated", "correlation, spearman", "EVC")
    found = brackets.contrasts(pairs, best, panel_of, "mobilenet_v2")
    assert [(c.best, c.other) for c in found] == [
        ("features.1", "features.9"), ("features.1", "features.18"),
    ]  # fmt: skip
    row = pairs.query("model == 'mobilenet_v2' and area == 'EVC' and layer_b == 'features.18'")
    assert found[1].difference == row.query("layer_a == 'features.1'")["difference"].item()
    assert found[1].p == 0.04


def test_a_difference_is_that_of_the_best_whichever_comes_first():
    _, pairs, best = compared()
    (found,) = brackets.contrasts(
        pairs, best, Panel("simulated", "correlation, spearman", "IT"), "mobilenet_v2"
    )
    row = pairs.query("model == 'mobilenet_v2' and area == 'IT' and layer_a == 'features.1'")
    expected = -row.query("layer_b == 'features.18'")["difference"].item()
    assert found[:3] == ("features.18", "features.1", expected)


def test_without_pairs_there_are_no_brackets():
    rsa, _, best = compared()
    assert brackets.contrasts(None, best, Panel("simulated", "", "IT"), "mobilenet_v2") == []
    axes = figures.score_over_depth(rsa, HIERARCHY).axes[0]
    assert not labelled(axes, "_bracket")


def test_brackets_span_the_layers_and_carry_stars():
    rsa, pairs, best = compared(p_family=0.004)
    axes = figures.score_over_depth(rsa, HIERARCHY, correspondence=best, pairs=pairs).axes[0]
    (bracket,) = labelled(axes, "_bracket")
    assert (bracket.get_xdata().min(), bracket.get_xdata().max()) == (0, 1)
    assert "**" in [text.get_text() for text in axes.texts]
    top = max(line.get_ydata().max() for line in labelled(axes, "mobilenet_v2"))
    low, high = axes.get_ylim()
    assert (top - low) / (high - low) < bracket.get_ydata().min()


def test_several_models_have_no_brackets():
    models = {**SMALL, "resnet18": ["a", "b"]}
    rsa = st.rsa(models=models)
    best = st.correspondence(None, rsa)
    figure = figures.score_over_depth(rsa, HIERARCHY, correspondence=best, pairs=st.rsa_pairs(rsa))
    assert not any(labelled(axes, "_bracket") for axes in figure.axes)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0005, "***"), (0.001, "**"), (0.04, "*"), (0.05, "n.s."), (np.nan, "n/a")],
)
def test_stars_say_how_small_p_is(p, words):
    assert panel.stars(p) == words


def test_stars_at_the_bottom_are_stacked():
    rsa = st.rsa(areas=("IT",), models=SMALL)
    axes = figures.score_over_depth(rsa, HIERARCHY).axes[0]
    rows = rsa.query("model == 'mobilenet_v2'")
    expected = [(rows["p_fdr"] < limit).sum() for limit in (0.05, 0.01, 0.001)]
    assert [len(line.get_xdata()) for line in labelled(axes, "_significant")] == [
        n for n in expected if n
    ]


# Depth of the best layers


def drawn_best(**options):
    encoding, rsa = st.encoding(models=SMALL), st.rsa(models=SMALL)
    table = st.correspondence(encoding, rsa, {"V4": "features.9"})
    table["planted_layer"] = table["planted_layer"].replace("", np.nan)
    layers = encoding[["dataset", "model", "layer", "depth"]].drop_duplicates()
    hierarchies = st.hierarchy()
    return table, figures.correspondence(table, hierarchies, HIERARCHY, layers=layers, **options)


def test_each_method_has_a_panel_with_a_point_and_an_interval_for_each_area_and_model():
    table, figure = drawn_best()
    encoding, rsa = figure.axes
    assert header(encoding)[0] == "encoding"
    assert header(rsa)[0] == "RSA"
    for axes, method, areas in (
        (encoding, "encoding", ["V1", "V4", "IT"]), (rsa, "rsa", ["EVC", "IT"]),
    ):  # fmt: skip
        rows = table[(table["method"] == method) & (table["model"] == "mobilenet_v2")]
        rows = rows.set_index("area").loc[areas]
        points = labelled(axes, "_mobilenet_v2")
        assert [p.get_ydata()[0] for p in points] == rows["depth"].tolist()
        ends = [line.get_ydata() for line in labelled(axes, "_interval")[: len(areas)]]
        np.testing.assert_allclose(ends, rows[["depth_ci_low", "depth_ci_high"]])
        assert [t.get_text().split("\n")[0] for t in axes.get_xticklabels()] == areas
    assert not labelled(encoding, "_pixels")


def test_untrained_twins_are_open_and_models_under_test_filled():
    _, figure = drawn_best()
    (trained, *_), (twin, *_) = (labelled(figure.axes[0], f"_{model}") for model in list(SMALL)[:2])
    assert twin.get_markerfacecolor() == "white"
    assert trained.get_markerfacecolor() == style.area_colour("V1")
    assert trained.get_xdata()[0] < twin.get_xdata()[0]


def test_the_hierarchy_score_stands_above_its_panel():
    _, figure = drawn_best()
    assert header(figure.axes[0])[1] == "mobilenet_v2: ρ = 1.00 [.50, 1.00], p = .170"
    assert len(header(figure.axes[1])) == 1


@pytest.mark.parametrize("width", style.WIDTHS)
def test_names_of_models_are_whole_above_each_panel(width):
    name = "resnet50@IMAGENET1K_V2"
    models = dict.fromkeys((name, f"{name}+untrained"), SMALL["mobilenet_v2"])
    encoding, rsa = st.encoding(models=models), st.rsa(models=models)
    cka = st.encoding(models=models)
    table = pd.concat(
        [st.correspondence(encoding, rsa), st.correspondence(cka, None).assign(method="cka")]
    )
    hierarchies = pd.concat(
        [
            st.hierarchy().assign(model=model, method=method)
            for model in models
            for method in ("encoding", "rsa", "cka")
        ]
    )
    figure = figures.correspondence(table, hierarchies, HIERARCHY, width=width)
    style.settle(figure)
    for axes in figure.axes:
        lines = header(axes)[1:]
        words = "".join(lines)
        assert "…" not in words
        assert all(f"{model}:ρ=1.00" in words.replace(" ", "") for model in models)
        room = figure.get_figwidth() * 72 / (3 if width == "double" else 1)
        assert all(labels.width(line, style.SMALL) < room - 16 for line in lines)


def test_planted_layers_are_dotted_lines():
    _, figure = drawn_best()
    (line,) = labelled(figure.axes[0], "_planted")
    assert line.get_ydata()[0] == 0.5
    assert line.get_xdata().mean() == 1


def test_best_layers_and_p_best_stand_below_the_areas():
    table, figure = drawn_best()
    row = table.query("method == 'encoding' and model == 'mobilenet_v2' and area == 'IT'")
    words = figure.axes[0].get_xticklabels()[2].get_text().split("\n")
    assert words == ["IT", "features.18", f"({row['p_best'].item():.2f})".replace("(0", "(")]


def test_many_areas_of_two_datasets_fit_a_column():
    tables = [st.encoding(name, ("V1", "V4", "IT"), models=SMALL) for name in ("one", "another")]
    table = st.correspondence(pd.concat(tables), None)
    figure = figures.correspondence(table, None, HIERARCHY, width="single")
    figure.draw_without_rendering()
    assert figure.get_tightbbox().x1 <= figure.bbox_inches.x1 + 0.01
    names = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert len(names) == 6
    assert "V1" in names[0]


def test_models_with_one_layer_are_left_out():
    table = pd.DataFrame({"model": ["net", "pixels", "linear"]})
    layers = pd.DataFrame({"model": ["net", "net", "linear"], "layer": ["a", "b", "c"]})
    assert best_depths.several_layers(table, layers)["model"].tolist() == ["net", "pixels"]
    assert best_depths.several_layers(table, None)["model"].tolist() == ["net", "linear"]


# Explained variance


def explained(reliability=0.64, width="double"):
    table = st.encoding(models=SMALL, reliability=reliability)
    units = st.neuroids(table)
    return (
        table,
        units,
        figures.explained(table, st.explained(table), units, HIERARCHY, width=width),
    )


def test_explained_variance_its_band_and_its_ceiling_are_drawn():
    table, _, figure = explained()
    v4 = figure.axes[1]
    rows = table.query("area == 'V4' and subject == 'all' and model == 'mobilenet_v2'")
    (curve,) = labelled(v4, "mobilenet_v2")
    np.testing.assert_allclose(curve.get_ydata(), rows["ev_ceiled"])
    (band,) = [c for c in v4.collections if c.get_label() == "_mobilenet_v2"]
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.max() == pytest.approx((rows["ev_ceiled"] + 0.07).max())
    assert labelled(v4, "_ceiling")[0].get_ydata()[0] == 1
    assert len(labelled(v4, "_subject")) == 2
    assert header(v4)[1] == "n = 48 of 48 neuroids"


def test_histograms_count_the_neuroids_and_mark_the_median():
    _, units, figure = explained()
    below = figure.axes[3 + 2]  # IT
    medians = [line.get_xdata()[0] for line in labelled(below, "_median")]
    expected = units[units["area"] == "IT"].groupby("model", sort=False)["ev_ceiled"].median()
    np.testing.assert_allclose(medians, expected)
    heights = [
        p.get_data().values - p.get_data().baseline
        for p in below.patches
        if p.get_label().startswith("_outline")
    ]
    scale = 0.72 / max(max(h) for h in heights)
    assert scale > 0
    tallest = max(
        np.histogram(part["ev_ceiled"], np.histogram_bin_edges(units["ev_ceiled"], 24))[0].max()
        for _, part in units[units["area"] == "IT"].groupby("model")
    )
    for h in heights:
        assert (h * tallest / 0.72).sum() == pytest.approx(48)


def test_without_a_reliable_neuroid_r_takes_its_place():
    table, _, figure = explained(reliability=np.nan)
    rows = table.query("area == 'V1' and subject == 'all' and model == 'mobilenet_v2'")
    np.testing.assert_allclose(labelled(figure.axes[0], "mobilenet_v2")[0].get_ydata(), rows["r"])
    assert "held-out r" in figure.axes[0].get_ylabel()


def test_areas_without_a_reliable_neuroid_are_left_out():
    table = pd.concat(
        [
            st.encoding("one", ("V4",), models=SMALL),
            st.encoding("two", ("V4",), models=SMALL, reliability=np.nan),
        ]
    ).assign(n_reliable=lambda t: t["n_reliable"].fillna(0))
    scores, value = ceiled_rows.relative(table, st.explained(table), st.neuroids(table))
    assert value == "ev_ceiled"
    assert set(scores["dataset"]) == {"one"}


def test_an_unknown_width_is_an_input_error():
    with pytest.raises(InputError, match="did you mean 'double'"):
        style.inches("doubel")


@pytest.mark.parametrize("width", ["single", "double"])
def test_labels_of_neighbouring_panels_do_not_touch(width):
    _, _, figure = explained(width=width)
    figure.draw_without_rendering()
    boxes = [axes.xaxis.label.get_window_extent() for axes in figure.axes]
    for i, a in enumerate(boxes):
        assert not any(a.overlaps(b) for b in boxes[i + 1 :] if b.width > 1 and a.width > 1)
    words = figure.findobj(mpl.text.Text)
    assert any(text.get_text() == "V4" for text in words)
