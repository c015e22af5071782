"""Stimuli in the plane, and their pictures."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from ventralmap import rdm_files
from ventralmap.errors import InputError
from ventralmap.figures import mds, rdms

RANDOM = np.random.default_rng(0)
POINTS = RANDOM.normal(size=(12, 2))
RDM = squareform(pdist(POINTS))


def test_coordinates_are_the_leading_eigenvectors_of_the_centred_squares():
    percentiles = rdms.percentiles(RDM) / 100
    centre = np.eye(12) - 1 / 12
    values, vectors = np.linalg.eigh(-centre @ percentiles**2 @ centre / 2)
    expected = vectors[:, [-1, -2]] * np.sqrt(values[[-1, -2]])
    found = mds.arrange(RDM)
    for column in (0, 1):
        assert abs(found[:, column] @ expected[:, column]) == pytest.approx(
            values[[-1, -2]][column], abs=1e-3
        )
        farthest = np.abs(found[:, column]).argmax()
        assert found[farthest, column] > 0


def test_what_lies_in_a_plane_is_shown_better_than_what_has_many_dimensions():
    many = squareform(pdist(RANDOM.normal(size=(12, 12))))
    assert mds.agreement(mds.arrange(RDM), RDM) > mds.agreement(mds.arrange(many), many)
    between = squareform(RDM, checks=False)
    points = mds.arrange(RDM)
    assert mds.agreement(points, RDM) == pytest.approx(spearmanr(pdist(points), between).statistic)


def test_the_order_of_the_stimuli_changes_nothing_but_the_order():
    order = RANDOM.permutation(12)
    np.testing.assert_allclose(
        mds.arrange(RDM[np.ix_(order, order)]), mds.arrange(RDM)[order], atol=1e-3
    )


def test_a_missing_pair_counts_as_the_mean_one():
    holed = RDM.copy()
    holed[0, 1] = holed[1, 0] = np.nan
    assert np.isfinite(mds.arrange(holed)).all()


def test_points_that_were_turned_and_reflected_are_turned_back():
    centred = POINTS - POINTS.mean(axis=0)
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]]) @ np.diag([1, -1])
    np.testing.assert_allclose(mds.onto(3 * centred @ turn, centred), centred, atol=1e-3)


def test_a_layer_lies_on_its_area_whatever_the_units():
    ((area, layer),) = mds.arrangements({"IT": RDM}, {"IT": ("conv", 5 * RDM**2)})
    assert (area.name, layer.name, layer.what) == ("IT", "conv", "best for IT")
    np.testing.assert_allclose(layer.points, area.points, atol=1e-3)
    assert layer.rho == pytest.approx(area.rho)


def test_rdms_of_unequal_size_are_refused():
    with pytest.raises(InputError, match="conv"):
        mds.arrangements({"IT": RDM}, {"IT": ("conv", RDM[:4, :4])})


def test_pictures_are_pasted_where_the_points_are():
    picture = np.full((4, 6, 4), 255, dtype=np.uint8)
    picture[..., :3] = 7
    canvas = mds.paste(np.array([[0.0, 0.0], [1.0, 1.0]]), {0: picture, 1: picture})
    at = np.argwhere(canvas[..., 3] > 0)
    middle = mds.CANVAS // 2
    corner = at[at[:, 0] < 10]
    assert corner.min(axis=0).tolist() == [0, mds.CANVAS - 6]  # up and to the right, still inside
    centred = at[at[:, 0] > 10]
    assert centred.min(axis=0).tolist() == [middle - 2, middle - 3]
    assert len(at) == 2 * 24


def test_what_is_transparent_hides_nothing():
    below, above = (np.full((2, 2, 4), value, dtype=np.uint8) for value in (255, 0))
    canvas = mds.paste(np.zeros((2, 2)), {0: below, 1: above})
    assert (canvas[..., 3] == 255).sum() == 4


@pytest.mark.parametrize(("n", "most", "expected"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8])])
def test_some_are_taken_evenly(n, most, expected):
    assert mds.spread(range(n), most) == expected


def test_pairs_are_written_out_as_a_matrix():
    pairs = squareform(RDM, checks=False)
    np.testing.assert_array_equal(rdm_files.expand(pairs), RDM)


def test_the_figure_has_two_panels_for_each_area_and_fits_both_widths():
    pairs = mds.arrangements({"V4": RDM, "IT": RDM}, {"V4": ("a", RDM), "IT": ("b", RDM)})
    picture = {0: np.full((3, 3, 4), 255, dtype=np.uint8)}
    for width, inches in (("double", 180 / 25.4), ("single", 85 / 25.4)):
        figure = mds.mds_panels(pairs, picture, dataset="Tiny", width=width)
        assert len(figure.axes) == 4
        assert figure.get_figwidth() <= inches
        assert "Tiny" in figure.get_suptitle()
    (dots,) = [line for line in figure.axes[0].lines if line.get_label() == "_stimuli"]
    assert len(dots.get_xdata()) == 11
