"""Planted layers are found where they can be, and the noise is that of the data."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from ventralmap import arrays, ceilings, cka, encoding, intervals, matches, rdm_sources, runs
from ventralmap.errors import InputError
from ventralmap.recovery import analysis, geometries, predictions, recordings, tables, voxels, words
from ventralmap.recovery.choices import METHODS
from ventralmap.recovery.recordings import Condition

N, N_LAYERS, N_UNITS, V = 40, 3, 60, 9
SETTINGS = {"draws": 2, "noise": [], "neuroids": [], "stimuli": [], "reliability": 0.5, "voxels": 9}
CONFIG = {
    "seed": 0,
    "bootstrap": 50,
    "encoding": {
        "folds": 4,
        "repeats": 3,
        "generalisations": [],
        "components": 3,
        "alphas": {"low": 1e-3, "high": 1e3, "n": 5},
        "device": "cpu",
    },
    "recovery": SETTINGS,
}


def random(seed=0):
    return np.random.default_rng(seed)


def features(seed=0):
    """Layers of eight dimensions that have nothing to do with each other."""
    return [random([seed, layer]).normal(size=(N, 8)) for layer in range(N_LAYERS)]


def units(layers=None, model="net"):
    drive = [x @ random(9).normal(size=(8, N_UNITS)) for x in layers or features()]
    z = np.array([(y - y.mean(axis=0)) / y.std(axis=0) for y in drive])
    return xr.Dataset(
        {"drive": (("layer", "stimulus", "unit"), z)},
        {"layer": [f"layer{i}" for i in range(N_LAYERS)], "stimulus": made.ids(N)},
        {"model": model},
    )


def dataset(people="AAAABBBBB", **more):
    return made.dataset(N, random(1).normal(size=(N, V)), subject=list(people), **more)


def reliability(value):
    names = [f"n{i}" for i in range(V)]
    return xr.DataArray(np.full(V, value), {"neuroid": names}, ("neuroid",))


def found(how, value=0.98, config=CONFIG, models=None, people="AAAABBBBB"):
    layers = models or {"net": made.kernels(features())}
    return analysis.analyse(dataset(people), units(), reliability(value), layers, how, config)


def changed(**settings):
    return CONFIG | {"recovery": SETTINGS | settings}


@pytest.mark.parametrize("how", METHODS)
def test_every_method_finds_layers_that_have_nothing_in_common(how):
    table = found(how)
    assert (table["chosen_layer"] == table["simulated_layer"]).all()
    assert set(table["simulated_layer"]) == {"layer0", "layer1", "layer2"}


@pytest.mark.parametrize("how", METHODS)
def test_one_subject_is_sure_of_layers_that_have_nothing_in_common(how):
    """Two subjects are less sure: how they vary is hardly known."""
    assert (found(how, people="A" * V)["p_best"] > 0.9).all()


@pytest.mark.parametrize("how", ["ridge", "cka"])
def test_recordings_of_nothing_but_noise_choose_any_layer(how):
    table = found(how, 0.0, changed(draws=30, noise=[1000]))
    noise = table[table["noise"] == 1000]
    right = (noise["chosen_layer"] == noise["simulated_layer"]).mean()
    assert 0.1 < right < 0.6  # a third by chance, of 45


def test_the_order_of_stimuli_changes_nothing():
    layers, order = made.kernels(features()), random(5).permutation(N)
    other = found("cka", models={"net": made.shuffled(layers, order)})
    pd.testing.assert_frame_equal(found("cka"), other)


def test_recordings_unlike_the_data_have_other_sizes_and_noise():
    table = found("ridge", config=changed(noise=[4], neuroids=[0.7], stimuli=[0.5]))
    sizes = table.groupby(["noise", "share_neuroids", "share_stimuli"])
    first = sizes[["n_neuroids", "n_stimuli", "p_best"]].first()
    assert first.loc[(1, 1, 1)].tolist()[:2] == [V, N]
    assert first.loc[(1, 0.7, 1)].tolist()[:2] == [3 + 4, N]  # of 4 and of 5 neuroids
    assert first.loc[(1, 1, 0.5)].tolist()[:2] == [V, N / 2]
    assert sizes["p_best"].count().drop((1, 1, 1)).eq(0).all()


def test_too_few_stimuli_for_the_folds_are_left_out():
    assert (found("cka", config=changed(stimuli=[0.2]))["share_stimuli"] == 1).all()


def test_simulated_neuroids_are_as_reliable_as_they_should_be():
    """The squared correlation of signal and mean response is signal / (signal + noise)."""
    noise = recordings.noise_of(np.array([0.8, np.nan, -1.0]), 2, 0.5)
    signal_share = 1 / (1 + noise**2)
    np.testing.assert_allclose(signal_share, [[0.8, 0.5, recordings.LEAST_RELIABILITY]] * 2)


def test_two_recordings_of_a_neuroid_correlate_by_its_reliability():
    drive = np.repeat(random(2).normal(size=(4000, 1)), 2, axis=1)
    drive = (drive - drive.mean(axis=0)) / drive.std(axis=0)
    noise = recordings.noise_of(np.full(2, 0.7), 1, 0.5)
    design = recordings.Design("V4", np.array(["A", "A"]), noise, np.ones((4000, 2), bool))
    one = recordings._record(drive, design, design.noise[0], random(3))
    assert np.corrcoef(one.T)[0, 1] == pytest.approx(0.7, abs=0.03)


def test_what_was_not_seen_is_not_simulated():
    responses = random(1).normal(size=(N, V))
    responses[:7, 4:] = np.nan
    data = made.dataset(N, responses, subject=["A"] * 4 + ["B"] * 5)
    designs = recordings.of_responses(data, np.full(V, 0.9), N_LAYERS, 0.5)
    simulated, _ = recordings.simulate(data, units(), designs, Condition(), [0], 0)
    missing = np.isnan(simulated.mean_response()).reshape(N, N_LAYERS, V)
    assert (missing == np.isnan(responses)[:, None]).all()


def test_more_noise_leaves_the_signal_as_it_was():
    designs = recordings.of_responses(dataset(), np.full(V, 0.9), N_LAYERS, 0.5)
    parts = [
        recordings.simulate(dataset(), units(), designs, Condition(noise=x), [0], 0)[0]
        for x in (0, 1, 4)
    ]
    signal, usual, noisy = (part.mean_response() for part in parts)
    np.testing.assert_allclose(noisy - signal, 2 * (usual - signal), atol=1e-12)


def test_units_of_a_subject_differ_as_far_as_there_are_enough():
    subjects = np.repeat(["A", "B"], [50, 70])
    chosen = recordings.choose(np.zeros((4, N_UNITS)), subjects, random())
    assert len(set(chosen[:50])) == 50
    assert len(set(chosen[50:])) == N_UNITS


def test_units_that_do_not_vary_are_not_chosen():
    drive = np.zeros((4, N_UNITS))
    drive[:, 5:] = np.nan
    assert recordings.choose(drive, np.repeat("A", 9), random()).max() < 5


def test_areas_without_enough_neuroids_for_rdms_are_left_to_other_methods():
    data = made.dataset(N, random(1).normal(size=(N, 3)), subject=["A", "A", "B"])
    rel = reliability(0.9)[:3]
    layers = {"net": made.kernels(features())}
    assert analysis.analyse(data, units(), rel, layers, "rsa", CONFIG).empty
    assert len(analysis.analyse(data, units(), rel, layers, "cka", CONFIG)) == 2 * N_LAYERS


def test_no_recordings_at_all_are_an_error():
    with pytest.raises(InputError, match="three neuroids"):
        tables.recovery_table([pd.DataFrame(columns=analysis.COLUMNS)], LAYERS)


# Voxels


def people(ceiling_noise=0.6, n_subjects=4, seed=0):
    drive = units()["drive"].values[1]
    subjects = np.repeat([f"P{i}" for i in range(n_subjects)], 9)
    signal = drive[:, recordings.choose(drive, subjects, random(seed))]
    values = signal + ceiling_noise * random(seed + 1).normal(size=signal.shape)
    return made.dataset(N, values, area=["IT"] * len(subjects), subject=list(subjects))


def measured(n_subjects=4):
    """RDMs of people whose voxels read the second layer."""
    areas = rdm_sources.measured_areas(people(n_subjects=n_subjects), "correlation")
    square = np.array([[_square(values) for values in areas[0][2]]])
    return made.dataset(N, rdms=[made.rdms(square, area=["IT"])])


def _square(condensed):
    from scipy.spatial.distance import squareform

    return squareform(condensed)


def test_people_agree_on_simulated_rdms_as_on_measured_ones():
    data = measured()
    (design,) = voxels.of_rdms(data, units(), 9, 0.5, 0)
    simulated, by_area = recordings.simulate(data, units(), [design], Condition(), [0, 1, 2], 0)
    target = ceilings.ceiling(next(rdm_sources.static_areas(data))[2])[0]
    own = [
        ceilings.ceiling(values)[0]
        for area, _, values in rdm_sources.measured_areas(simulated, "correlation")
        if by_area[area].layer == 1
    ]
    assert target > 0.05
    assert np.mean(own) == pytest.approx(target, abs=0.1)
    assert 0.3 < design.noise[1, 0] < 1.2  # .6 was put in


def test_more_agreement_needs_less_noise():
    subjects = np.repeat(["A", "B", "C"], 9)
    drive = units()["drive"].values[0]
    noises = [voxels.matching_noise(drive, subjects, x, random()) for x in (0.02, 0.1, 0.99)]
    assert noises[0] > noises[1] > noises[2] == pytest.approx(voxels.NOISES[0])


def test_one_person_has_the_noise_that_the_config_says():
    (design,) = voxels.of_rdms(measured(1), units(), 9, 0.8, 0)
    np.testing.assert_allclose(design.noise, 0.5)


def test_rdms_alone_are_enough_to_find_layers():
    table = analysis.analyse(
        measured(), units(), None, {"net": made.kernels(features())}, "cka", CONFIG
    )
    assert (table["chosen_layer"] == table["simulated_layer"]).all()
    assert set(table["n_neuroids"]) == {4 * 9}


# The methods are those of the pipeline


def test_ridge_is_that_of_the_encoding():
    settings = CONFIG["encoding"] | {
        "method": "ridge",
        "alpha_by": "loo",
        "repeats": 1,
        "generalisations": ["images"],
    }
    data, layers = dataset(), made.kernels(features())
    scores = encoding.encode(data, layers, settings, 0)
    draw = intervals.Resampling(50, 0)
    (match,) = matches.encoding_matches([runs.Run("tiny", "net", scores)], draw)
    (choice,) = predictions.ridge(data, layers, CONFIG, draw)
    np.testing.assert_allclose(choice.scores, match.scores)
    assert choice.p_best.sum() == pytest.approx(1)


def test_pls_is_that_of_the_encoding():
    settings = CONFIG["encoding"] | {"method": "pls", "alpha_by": "loo", "repeats": 1}
    data, layers = dataset(), made.kernels(features())
    scores = encoding.encode(data, layers, settings | {"generalisations": ["images"]}, 0)
    (choice,) = predictions.partial_least_squares(data, layers, CONFIG, None)
    np.testing.assert_allclose(choice.scores, scores["r"][0].median("neuroid"), atol=1e-9)
    assert np.isnan(choice.p_best).all()


def test_alignment_is_cka():
    data, layers = dataset(), made.kernels(features())
    (choice,) = geometries.alignment(data, layers, CONFIG, None)
    expected = cka.analyse(data, layers, {"folds": 2}, 100, 0)["cka"].sel(area="V4").mean("subject")
    np.testing.assert_allclose(choice.scores, expected)


def test_rsa_is_that_of_the_pipeline():
    data, layers = dataset(), made.kernels(features())
    choices = {c.method: c.scores for c in geometries.rdms(data, layers, CONFIG, None)}
    (_, _, subjects), *_ = rdm_sources.measured_areas(data, "euclidean")
    of_layers = rdm_sources.model_rdms(layers, "euclidean", made.ids(N))
    expected = [np.mean([np.corrcoef(x, y)[0, 1] for y in subjects]) for x in of_layers]
    np.testing.assert_allclose(choices["rsa euclidean pearson"], expected)


# Tables and words


def rows(chosen, *, model="net", score=0.5, p_best=np.nan, noise=1.0, method="ridge"):
    """Recordings of layers 0, 1, 2, ... for which these were chosen."""
    n = len(chosen)
    return pd.DataFrame(
        {
            "dataset": "d", "area": "V4", "method": method, "simulated_model": "net",
            "simulated_layer": [f"layer{i}" for i in range(n)], "simulated_index": range(n),
            "simulated_depth": np.linspace(0, 1, n), "draw": 0, "noise": noise,
            "share_neuroids": 1.0, "share_stimuli": 1.0, "n_neuroids": V, "n_stimuli": N,
            "model": model, "chosen_layer": [f"layer{i}" for i in chosen], "chosen_index": chosen,
            "chosen_depth": np.array(chosen) / (n - 1), "score": score, "p_best": p_best,
        }
    )  # fmt: skip


LAYERS = {"net": list("abcd"), "net+untrained": list("abcd"), "other": list("xyz")}


def test_rates_count_the_layer_and_its_neighbours():
    table = tables.recovery_table([rows([0, 2, 2, 0], p_best=[0.9, 0.85, 0.7, 0.2])], LAYERS)
    assert table["exact"].tolist() == [1, 0, 1, 0]
    assert table["within_one"].tolist() == [1, 1, 1, 0]
    (found,) = tables.summary_table(table).to_dict("records")
    assert (found["exact"], found["within_one"], found["n_recordings"]) == (0.5, 0.75, 4)
    assert (found["n_sure"], found["sure_right"]) == (2, 0.5)
    # Clopper-Pearson of 3 of 4, as R's binom.test gives it
    assert found["within_one_low"] == pytest.approx(0.1941204, abs=1e-6)
    assert found["within_one_high"] == pytest.approx(0.9936905, abs=1e-6)


def test_layers_of_another_network_have_depth_alone():
    parts = [rows([0, 1, 2, 3], score=0.6), rows([0, 0, 1, 2], model="other", score=0.5)]
    table = tables.recovery_table(parts, LAYERS)
    assert table.loc[table["model"] == "other", "within_one"].isna().all()
    summary = tables.summary_table(table).set_index("model")
    assert summary.loc["net", "model_best"] == 1
    assert summary.loc["other", "model_best"] == 0
    assert summary.loc["other", "depth_rho"] == pytest.approx(0.9486833)


def test_the_report_says_which_method_to_use():
    parts = [
        rows([0, 1, 2, 3] * 10, p_best=0.9),
        rows([3, 3, 3, 3] * 10, method="cka"),
        rows([0, 0, 0, 0] * 10, noise=4.0),
    ]
    for part in parts:
        part["simulated_index"] = [0, 1, 2, 3] * 10
    summary = tables.summary_table(tables.recovery_table(parts, LAYERS))
    (text,) = words.paragraphs({"recovery_summary": summary})
    assert "100 % (91–100) by ridge and 50 % (34–66) by CKA" in text
    assert "Use ridge; worse: CKA." in text
    assert "50 % with 4 times the noise variance (ridge)" in text
    assert "the very layer in 100 % of 40 by ridge" in text


def test_a_dataset_that_tells_little_says_so():
    part = rows([3, 3, 3, 3] * 10)
    summary = tables.summary_table(tables.recovery_table([part], LAYERS))
    assert "No method reaches 95 %" in words.paragraphs({"recovery_summary": summary})[0]


def test_arrays_of_recordings_are_responses():
    designs = recordings.of_responses(dataset(), np.full(V, 0.9), N_LAYERS, 0.5)
    simulated, by_area = recordings.simulate(dataset(), units(), designs, Condition(), [3], 0)
    assert set(simulated.responses.dims) == set(arrays.RESPONSE_DIMS)
    assert by_area["V4/2/3"] == ("V4", 2, 3)
