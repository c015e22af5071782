"""Means and standard deviations from batches are those of all at once."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import moments
from ventralmap.moments import Moments


def of(x, cuts=()):
    found = Moments()
    for batch in np.split(x, sorted(set(cuts))):
        found.add(torch.from_numpy(batch))
    return found


def features(n, p, seed=0, offset=0.0):
    values = np.random.default_rng(seed).normal(offset, 1, size=(n, p))
    return values.astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 19), max_size=6), seed=st.integers(0, 999))
def test_batches_do_not_matter(cuts, seed):
    x = features(20, 7, seed)
    found = of(x, cuts)
    np.testing.assert_allclose(found.mean, x.astype(float).mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(found.deviation, x.astype(float).std(axis=0), rtol=1e-12)


@pytest.mark.parametrize("offset", [1e3, -1e6])
def test_a_large_mean_does_not_hide_the_deviation(offset):
    x = features(50, 5, offset=offset)
    found = of(x, range(1, 50))
    np.testing.assert_allclose(found.deviation, x.astype(float).std(axis=0), rtol=1e-9)


def test_a_unit_that_does_not_vary_has_no_deviation():
    x = np.full((30, 2), 0.1, dtype=np.float32)
    assert of(x, [4, 7, 20]).deviation.max() < 1e-15


def test_tensors_and_arrays_give_the_same(monkeypatch):
    x = features(20, 7)
    on_host = of(x, [3, 11])
    monkeypatch.setattr(moments, "as_float64", lambda values: values.to(torch.float64))
    as_tensors = of(x, [3, 11])
    assert isinstance(as_tensors.mean, torch.Tensor)
    np.testing.assert_allclose(as_tensors.mean, on_host.mean, atol=1e-15)
    np.testing.assert_allclose(as_tensors.deviation, on_host.deviation, rtol=1e-12)
