"""Units that read a layer sparsely and locally."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventralmap import receptive_fields
from ventralmap.receptive_fields import WINDOW

SHAPE = (6, 14, 14)  # channels, height, width


def units(sd=0.1, shape=SHAPE, n_units=8, n_inputs=5, seed=0):
    return receptive_fields.draw(n_units, n_inputs, sd, shape, np.random.default_rng(seed))


def features(n=30, shape=SHAPE, seed=1):
    return np.random.default_rng(seed).normal(3, 2, (n, *shape)).astype(np.float32)


@given(
    sd=st.floats(0.02, 0.5),
    side=st.integers(1, 60),
    n_channels=st.integers(1, 40),
    seed=st.integers(0, 10_000),
)
def test_inputs_lie_in_the_window_and_on_the_map(sd, side, n_channels, seed):
    drawn = units(sd, (n_channels, side, side), seed=seed)
    for index, size in ((drawn.channel, n_channels), (drawn.row, side), (drawn.column, side)):
        assert index.min() >= 0
        assert index.max() < size
    place = (np.stack([drawn.row, drawn.column], axis=-1) + 0.5) / side  # middles of the cells
    distance = np.abs(place - drawn.centre[:, None])
    assert distance.max() <= WINDOW * sd + 0.5 / side + 1e-12


def test_drive_is_the_weighted_sum_of_standardised_inputs():
    values, drawn = features(), units()
    drive = drawn.drive(values)
    for unit in range(8):
        total = np.zeros(30)
        for c, r, k, w in zip(
            drawn.channel[unit],
            drawn.row[unit],
            drawn.column[unit],
            drawn.weight[unit],
            strict=True,
        ):
            feature = values[:, c, r, k].astype(float)
            total += w * (feature - feature.mean()) / feature.std()
        np.testing.assert_allclose(drive[:, unit], total / total.std(), atol=1e-9)


def test_drive_is_linear_in_the_features_of_its_window_alone():
    """Least squares on the window's features leaves nothing; those outside do not matter."""
    values = features(400, (2, 10, 10))
    drawn = units(0.08, (2, 10, 10))
    drive = drawn.drive(values)
    middle = (np.arange(10) + 0.5) / 10
    for unit, centre in enumerate(drawn.centre):
        near = np.abs(middle[:, None] - centre) <= WINDOW * 0.08 + 0.05
        rows, columns = (np.flatnonzero(near[:, axis]) for axis in (0, 1))
        inside = values[:, :, rows[:, None], columns].reshape(400, -1).astype(float)
        design = np.column_stack([np.ones(400), inside])
        assert design.shape[1] < 100
        left = drive[:, unit] - design @ np.linalg.lstsq(design, drive[:, unit])[0]
        assert np.abs(left).max() < 1e-9
        elsewhere = features(400, (2, 10, 10), seed=9)
        elsewhere[:, :, rows[:, None], columns] = values[:, :, rows[:, None], columns]
        np.testing.assert_array_equal(drawn.drive(elsewhere)[:, unit], drive[:, unit])


def test_drive_is_standardised_and_ignores_the_scale_of_features():
    values, drawn = features(), units()
    drive = drawn.drive(values)
    np.testing.assert_allclose(drive.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(drive.std(axis=0), 1)
    np.testing.assert_allclose(drawn.drive(values.astype(float) * 7 - 4), drive, atol=1e-9)


def test_constant_features_drive_nothing():
    values = features()
    values[:, :3] = 0.1
    drawn = units(n_inputs=1, n_units=40)
    silent = (drawn.channel < 3).ravel()
    assert 0 < silent.sum() < 40
    drive = drawn.drive(values)
    assert (drive[:, silent] == 0).all()
    assert drive[:, ~silent].std() == pytest.approx(1)


def test_draw_follows_its_seed():
    np.testing.assert_array_equal(units().weight, units().weight)
    assert (units().weight != units(seed=5).weight).all()
