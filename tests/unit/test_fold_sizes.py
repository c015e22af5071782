"""Which folds can be tested, and which splits of a whole dataset are refused."""

import in_memory as made
import numpy as np
import pytest

from ventralmap import fold_sizes, folds
from ventralmap.errors import InputError


@pytest.mark.parametrize(
    ("fold", "expected"),
    [
        ([], []),
        ([0, 1], []),
        ([2, 2, 2, 2], []),  # nothing is left for the fit
        ([0, 0, 0, 1, 1], []),
        ([0, 0, 0, 1, 1, 4], [0]),
        ([4, 4, 4, 1, 1, 1, 0], [1, 4]),
    ],
)
def test_a_fold_needs_three_stimuli_in_it_and_outside(fold, expected):
    assert fold_sizes.testable(np.array(fold, dtype=int)).tolist() == expected


def settings(n_folds, *generalisations):
    return {"folds": n_folds, "repeats": 2, "generalisations": list(generalisations)}


@pytest.mark.parametrize("n_folds", [7, 12, 20])
def test_more_folds_than_the_stimuli_allow_are_refused(n_folds):
    data = made.dataset(20, folder="own/tiny")
    with pytest.raises(InputError) as caught:
        folds.of_dataset(data, settings(n_folds), seed=0)
    assert str(caught.value) == (
        f"own/tiny: encoding: folds: {n_folds} folds of 20 stimuli for generalisation 'images'"
        f" leave one with {20 // n_folds} stimuli, and a correlation needs 3; write fewer folds"
    )
    assert folds.of_dataset(data, settings(6), seed=0)["images"].shape == (2, 20)


def test_a_category_of_two_images_is_refused_and_may_be_left_out():
    data = made.dataset(20, category=["a"] * 9 + ["b"] * 9 + ["c"] * 2)
    with pytest.raises(
        InputError, match="3 folds of 20 stimuli for generalisation 'category'"
    ) as e:
        folds.of_dataset(data, settings(5), seed=0)
    assert "or leave 'category' out of encoding: generalisations" in str(e.value)
    assert list(folds.of_dataset(data, settings(5, "images"), seed=0)) == ["images"]


def test_sizes_are_counted_in_stimuli_not_in_labels():
    data = made.dataset(20, object=[f"o{i % 10}" for i in range(20)])
    assert "object" in folds.of_dataset(data, settings(5), seed=0)
    with pytest.raises(InputError, match="6 folds of 20 stimuli for generalisation 'object'"):
        folds.of_dataset(data, settings(6), seed=0)
