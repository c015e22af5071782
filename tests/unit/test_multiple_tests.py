"""Corrected p-values against the definition, written out."""

import numpy as np
import pandas as pd
import pytest

from ventralmap.multiple_tests import false_discovery_rate, is_p, with_corrected


def by_hand(p):
    """Benjamini & Hochberg: the smallest p_j n / rank_j of those that are no smaller."""
    ranks = np.array([np.sum(p <= one) for one in p])
    return [min(1.0, (p[p >= one] * len(p) / ranks[p >= one]).min()) for one in p]


def test_it_is_the_step_up_procedure():
    p = np.random.default_rng(0).random(20) ** 2
    np.testing.assert_allclose(false_discovery_rate(pd.Series(p)), by_hand(p))


def test_missing_values_do_not_count():
    p = pd.Series([0.01, np.nan, 0.04])
    assert false_discovery_rate(p).tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_the_correction_stands_beside_its_p():
    table = with_corrected(pd.DataFrame({"p": [0.5], "next": ["a"], "beats_p": [0.1]}), "p")
    assert list(table) == ["p", "p_fdr", "next", "beats_p"]


@pytest.mark.parametrize("name", ["p", "p_fdr", "p_subjects", "beats_next_p", "beats_next_p_fdr"])
def test_columns_of_p_are_known(name):
    assert is_p(name)


@pytest.mark.parametrize("name", ["p_best", "peak_ms", "depth", "planted_layer"])
def test_others_are_not(name):
    assert not is_p(name)
