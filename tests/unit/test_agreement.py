"""Ranks of layers, and what moves with the seed."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from ventralmap import agreement, cka, intervals, matches, opinion_captions, opinions, stability
from ventralmap.figures import agreement as draw_agreement
from ventralmap.figures import spectra as draw_spectra
from ventralmap.runs import Run

HIERARCHY = ["EVC", "V4", "IT"]


def encoding_run(r, model="net"):
    return Run("tiny", model, made.encoding_scores(r))


def rsa_run(similarity, bootstrap=None, model="net"):
    return Run("tiny", model, made.rsa_scores(similarity, bootstrap, area=("V4",)))


def found(r=((0.1,) * 5, (0.3,) * 5, (0.2,) * 5), similarity=((0.5, 0.3, 0.1),)):
    draw = intervals.Resampling(50, 0)
    return [
        *matches.encoding_matches([encoding_run(r)], draw),
        *matches.rsa_matches([rsa_run(similarity)]),
    ]


def test_the_best_has_rank_one_and_ties_share():
    np.testing.assert_array_equal(agreement.ranks(np.array([0.1, 0.4, 0.2, 0.2])), [4, 1, 2.5, 2.5])


def test_a_layer_without_a_score_has_no_rank():
    np.testing.assert_array_equal(agreement.ranks(np.array([0.1, np.nan, 0.2])), [2, np.nan, 1])


def test_every_method_ranks_every_layer():
    table = agreement.table(found())
    ranks = table.pivot(index="layer", columns="method", values="rank")
    assert ranks["encoding"].tolist() == [3, 1, 2]
    assert ranks["rsa"].tolist() == [1, 2, 3]
    assert (table["rank_ci_low"] <= table["rank"]).all()
    assert (table["rank_ci_high"] >= table["rank"]).all()


def test_intervals_are_percentiles_of_resampled_ranks():
    resamples = np.array([[[0.5, 0.3, 0.1]] * 90 + [[0.1, 0.5, 0.3]] * 10])
    rsa = matches.rsa_matches([rsa_run([[0.5, 0.3, 0.1]], resamples)])
    table = agreement.table(rsa)
    assert table["rank_ci_low"].tolist() == [1, 1, 2]
    assert table["rank_ci_high"].tolist() == [3, 2, 3]


def test_cka_has_ranks_too():
    x = [np.random.default_rng(i).normal(size=(10, 4)) for i in range(3)]
    data, kernels = made.dataset(10, x[2]), made.kernels(x)
    run = Run("tiny", "net", cka.analyse(data, kernels, {"folds": 2}, 100, 0))
    table = agreement.table(matches.cka_matches([run]))
    assert table["rank"].iloc[2] == 1
    assert table["rank_ci_low"].iloc[2] == 1


def test_correlations_of_methods_are_spearmans():
    table = agreement.table(found())
    (row,) = agreement.correlations(table).to_dict("records")
    assert row["rho"] == pytest.approx(spearmanr([0.1, 0.3, 0.2], [0.5, 0.3, 0.1]).statistic)


# Dimensionality


def spectra(dimensionality, power):
    n = len(power)
    return pd.DataFrame(
        {
            "dataset": "tiny", "model": "net", "area": "V4",
            "layer": [f"layer{i}" for i in range(n)], "layer_index": range(n),
            "depth": np.linspace(0, 1, n), "n_features": 7,
            "dimensionality": np.array(dimensionality, float), "n_leading": 3,
            "power_leading": 0.5, "power_leading_chance": 0.2, "power_10": power, "n_half": 2,
            "n_stimuli": 10,
        }
    )  # fmt: skip


def test_a_ranking_that_dimensionality_explains_is_a_caution():
    tables = {"agreement": agreement.table(found()), "spectra": spectra([1, 3, 2], [0.3, 0.2, 0.1])}
    (text,) = opinions.cautions(tables)
    assert "V4 (tiny, encoding)" in text
    assert "1.00" in text


def test_a_ranking_that_alignment_explains_better_is_none():
    tables = {"agreement": agreement.table(found()[:1])}
    tables["spectra"] = spectra([1, 2, 3], [0.1, 0.3, 0.2])
    assert opinions.cautions(tables) == []


def test_a_study_without_these_tables_has_no_sections():
    assert opinions.sections({}) == []
    assert opinions.cautions({}) == []


def test_sections_tell_best_layers_correlations_and_seeds():
    tables = {
        "agreement": agreement.table(found()),
        "spectra": spectra([1, 3, 2], [0.3, 0.2, 0.1]),
        "stability": seeds(),
    }
    written = {section.key: " ".join(section.texts) for section in opinions.sections(tables)}
    assert list(written) == ["agreement", "spectra", "stability"]
    assert "layer1 by encoding and layer0 by RSA" in written["agreement"]
    assert "encoding and RSA −.50" in written["agreement"]
    assert "layer1 has the highest mean" in written["stability"]


@pytest.mark.parametrize("n_areas", [1, 5])
def test_figures_have_a_panel_per_area(n_areas):
    part = agreement.table(found())
    names = ["V4", "IT", "EVC", "V1", "V2"][:n_areas]
    table = pd.concat([part.assign(area=name) for name in names])
    figure = draw_agreement(table, HIERARCHY)
    assert sum(len(axes.lines) == 2 for axes in figure.axes) == n_areas
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["encoding", "RSA"]
    other = spectra([1, 3, 2], [0.3, 0.2, 0.1])
    figure = draw_spectra(pd.concat([other.assign(area=name) for name in names]), HIERARCHY)
    assert sum(len(axes.lines) == 2 for axes in figure.axes) == n_areas
    assert sum(len(axes.lines) == 1 for axes in figure.axes) == 1  # dimensionality, of all areas


def test_models_with_one_layer_have_no_ranks_and_empty_figures():
    draw = intervals.Resampling(50, 0)
    table = agreement.table(matches.encoding_matches([encoding_run([[0.1] * 5])], draw))
    assert table.empty
    assert table.columns.tolist() == agreement.COLUMNS
    assert not any(axes.lines for axes in draw_agreement(table, HIERARCHY).axes)
    assert not any(axes.lines for axes in draw_spectra(spectra([], []), HIERARCHY).axes)
    assert opinion_captions.agreement(table, HIERARCHY).startswith(
        "Ranks of layers by each method."
    )


# Seeds


def seeds():
    scores = [[[0.1], [0.3], [0.2]], [[0.1], [0.5], [0.2]], [[0.1], [0.1], [0.3]]]
    runs = [encoding_run(np.array(r) * np.ones(5)) for r in scores]
    return stability.table([stability.scores(run, "encoding", i) for i, run in enumerate(runs)])


def test_spread_over_seeds():
    table = seeds().set_index("layer")
    assert table["n_seeds"].tolist() == [3, 3, 3]
    assert table.loc["layer1", "score_mean"] == pytest.approx(0.3)
    assert table.loc["layer1", "score_sd"] == pytest.approx(0.2)
    assert table.loc["layer1", ["score_min", "score_max"]].tolist() == pytest.approx([0.1, 0.5])
    assert table["best_share"].tolist() == pytest.approx([0, 2 / 3, 1 / 3])


def test_an_area_without_scores_is_not_told():
    unknown = seeds().assign(area="IT", score_mean=np.nan, best_share=0.0)
    (section,) = opinions.sections({"stability": pd.concat([unknown, seeds()])})
    assert len(section.texts) == 1


def test_rsa_moves_by_its_similarity():
    table = stability.scores(rsa_run([[0.5, 0.3, 0.1]]), "rsa", 7)
    assert table["score"].tolist() == [0.5, 0.3, 0.1]
    assert set(table["seed"]) == {7}


def test_seeds_are_read_from_the_names_of_files(tmp_path):
    paths = [tmp_path / where / "tiny" / "net.nc" for where in ("rsa", "stability/5/rsa")]
    for path in paths:
        path.parent.mkdir(parents=True)
        made.rsa_scores([[0.5, 0.3]], area=("V4",)).to_netcdf(path, engine="h5netcdf")
    first, second = stability.read([str(path) for path in paths], "rsa", 2)
    assert set(first["seed"]) == {2}
    assert set(second["seed"]) == {5}
