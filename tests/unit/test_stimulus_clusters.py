"""Clusters over time tested over other stimuli: by hand, with missing pairs, and joined."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr, t, ttest_1samp
from test_clusters import masses

from ventralmap import clusters, over_time, relabelled_curves, stimulus_clusters
from ventralmap.calibration import made

N, N_SUBJECTS, TIMES = 9, 6, [0.0, 20.0, 40.0, 60.0]
THRESHOLD = t.isf(0.05, N_SUBJECTS - 1)


def study(seed=0, missing=()):
    """RDMs of two layers, and recordings that show the first one's at two of four times."""
    random = np.random.default_rng(seed)
    fixed = np.array([pdist(random.normal(size=(N, 6))) for _ in range(2)])
    rdms = random.normal(size=(N_SUBJECTS, len(TIMES), fixed.shape[1]))
    rdms[:, 1:3] += 2 * fixed[0]
    for subject, pair in missing:
        rdms[subject, :, pair] = np.nan
    return fixed, made.rdms(rdms[None], ["MEG"], TIMES).sel(area="MEG")


def by_hand(fixed, measured, n, seed):
    """Largest mass of each relabelling: pairs, ranks and t one by one."""
    random, rows, columns = np.random.default_rng(seed), *np.triu_indices(N, 1)
    largest = []
    for _ in range(n):
        order = random.permutation(N)
        relabelled = [squareform(rdm)[order][:, order][rows, columns] for rdm in fixed]
        values = measured.values[..., rows, columns]
        r = np.array([
            [[spearmanr(a, b, nan_policy="omit").statistic for b in subject] for subject in values]
            for a in relabelled
        ])  # fmt: skip
        found = ttest_1samp(r, 0, axis=1).statistic
        largest.append(
            max((m for curve in found for m, _ in masses(curve, THRESHOLD)), default=0.0)
        )
    return largest


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("missing", [(), [(0, 3), (4, 7)]])
def test_masses_are_those_of_relabelled_layers(missing, kept, monkeypatch):
    fixed, measured = study(missing=missing)
    of_five = 5 * (fixed.size + 4 * len(fixed) * measured.sizes["time"])
    ranks = measured.sizes["subject"] * measured.sizes["time"] * fixed.shape[1]
    expected = by_hand(fixed, measured, 20, seed=5)
    assert np.count_nonzero(expected) > 1
    monkeypatch.setattr(relabelled_curves, "MOST", of_five + kept * ranks)
    recordings = relabelled_curves._Recordings(fixed, measured, 20)
    assert (recordings.step, recordings._kept is not None) == (5, kept)
    found = stimulus_clusters.relabelled_masses(fixed, measured, 20, 5, THRESHOLD)
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_masses_are_summed_within_a_row_alone():
    found = stimulus_clusters.cluster_mass(np.array([[3.0, 0, 2, 4], [5, 1, 0, 0]]), 1.0)
    np.testing.assert_array_equal(found, [[3, 0, 6, 6], [5, 0, 0, 0]])
    assert not stimulus_clusters.cluster_mass(np.zeros((2, 3)), 1.0).any()


def both(fixed, measured, n=99):
    curves = over_time.similarity(fixed, measured).values
    test = clusters.cluster_test(curves, n, 0, 0.05)
    return test, stimulus_clusters.over_stimuli(test, curves, fixed, measured, n, 0)


def test_p_is_the_larger_of_both_and_so_is_the_critical_mass():
    fixed, measured = study()
    alone, found = both(fixed, measured)
    np.testing.assert_array_equal(found.p, np.maximum(found.p_subjects, found.p_stimuli))
    np.testing.assert_array_equal(found.p_subjects, alone.p)
    assert found.p_stimuli[0, 1:3] == pytest.approx([0.01, 0.01])
    assert found.critical >= alone.critical
    assert (found.p_stimuli[found.p_stimuli < 1] >= 1 / 100).all()


def test_the_critical_mass_is_that_which_makes_p_small():
    null = np.sort(np.random.default_rng(0).exponential(size=99))
    critical = stimulus_clusters._critical(null)
    for mass, small in ((critical, False), (np.nextafter(critical, np.inf), True)):
        assert ((1 + np.sum(null >= mass)) / 100 < clusters.LEVEL) == small
    assert np.isinf(stimulus_clusters._critical(null[:5]))


def test_layers_with_missing_pairs_are_tested_over_subjects_alone():
    fixed, measured = study()
    fixed[1, 2] = np.nan
    alone, found = both(fixed, measured)
    assert np.isnan(found.p_stimuli).all()
    np.testing.assert_array_equal(found.p, alone.p)
