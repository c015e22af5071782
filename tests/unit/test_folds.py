import numpy as np
import pytest

from ventralmap import folds
from ventralmap.errors import InputError

IDS = [f"s{i}" for i in range(53)]


def test_folds_are_balanced_and_cover_everything():
    found = folds.assign(IDS, 5, seed=0)
    assert sorted(np.bincount(found)) == [10, 10, 11, 11, 11]


def test_the_fold_of_a_stimulus_does_not_depend_on_the_order():
    order = np.random.default_rng(0).permutation(len(IDS))
    shuffled = folds.assign([IDS[i] for i in order], 5, seed=3)
    np.testing.assert_array_equal(shuffled, folds.assign(IDS, 5, seed=3)[order])


def test_groups_stay_together():
    groups = [f"g{i % 9}" for i in range(53)]
    found = folds.assign(IDS, 3, seed=0, groups=groups)
    assert all(
        len({f for f, g in zip(found, groups, strict=True) if g == group}) == 1 for group in groups
    )
    assert set(found) == {0, 1, 2}


def test_seeds_differ():
    assert (folds.assign(IDS, 5, seed=0) != folds.assign(IDS, 5, seed=1)).any()


def test_too_few_groups_are_named():
    with pytest.raises(InputError, match="4 folds need at least as many groups, there are 2"):
        folds.assign(IDS, 4, seed=0, groups=["a", "b"] * 26 + ["a"])
