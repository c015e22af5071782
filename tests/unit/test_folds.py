import in_memory as made
import numpy as np
import pandas as pd
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


def test_a_dataset_of_too_few_stimuli_is_named_with_the_remedy():
    settings = {"folds": 9, "repeats": 1}
    with pytest.raises(InputError) as caught:
        folds.of_dataset(made.dataset(8, np.ones((8, 2))), settings, seed=0)
    message = str(caught.value)
    assert message.startswith(f"{made.dataset(8, np.ones((8, 2))).folder}: 9 folds need")
    assert "there are 8; write fewer under encoding: folds" in message


def split(labels=None, n_folds=5):
    """A split of the stimuli into folds, by label where there are any."""
    fold = folds.assign(IDS, n_folds, seed=0, groups=labels)
    return pd.DataFrame({"fold": fold, "label": IDS if labels is None else labels}, IDS)


def test_inner_folds_split_those_that_are_not_held_out():
    table = split()
    found = folds.inner(table, seed=0)
    assert found.shape == (5, 53)
    for fold, row in enumerate(found):
        np.testing.assert_array_equal(row == -1, table["fold"] == fold)
        assert np.ptp(np.bincount(row[row >= 0], minlength=5)) <= 1


def test_inner_folds_keep_labels_together():
    labels = [f"g{i % 9}" for i in range(53)]
    found = folds.inner(split(labels, 3), seed=0)
    for row in found:
        kept = pd.DataFrame({"label": labels, "inner": row})[row >= 0]
        assert (kept.groupby("label")["inner"].nunique() == 1).all()
        assert set(kept["inner"]) == set(range(5))


def test_the_inner_fold_of_a_stimulus_does_not_depend_on_the_order():
    labels = [f"g{i % 9}" for i in range(53)]
    order = np.random.default_rng(0).permutation(len(IDS))
    for table in (split(), split(labels, 3)):
        shuffled = folds.inner(table.iloc[order], seed=2)
        np.testing.assert_array_equal(shuffled, folds.inner(table, seed=2)[:, order])


def test_few_labels_are_as_many_inner_folds_and_one_label_is_split_by_stimulus():
    three = folds.inner(split([f"g{i % 3}" for i in range(53)], 3), seed=0)
    assert [set(row) for row in three] == [{-1, 0, 1}] * 3
    two = folds.inner(split([f"g{i % 2}" for i in range(53)], 2), seed=0)
    assert [set(row) for row in two] == [{-1, 0, 1, 2, 3, 4}] * 2


def test_what_is_held_out_is_named_by_generalisation():
    stimuli = pd.DataFrame({"file": ["x"] * 4, "category": [1, 1, 2, 2]}, list("abcd"))
    found = folds.held_out_labels(stimuli)
    assert {name: list(labels) for name, labels in found.items()} == {
        "images": ["a", "b", "c", "d"],
        "category": ["1", "1", "2", "2"],
    }
    assert list(folds.splits(stimuli, 2, 1, 0)) == list(found)


LABELLED = pd.DataFrame(
    {"file": ["x"] * 6, "object": list("aabbcc"), "category": list("ppppqq")}, list("uvwxyz")
)


def test_only_the_generalisations_that_are_asked_for_are_split_in_their_order():
    assert list(folds.splits(LABELLED, 2, 1, 0)) == ["images", "object", "category"]
    some = folds.splits(LABELLED, 2, 1, 0, ["category", "images"])
    assert list(some) == ["category", "images"]
    for name, split in some.items():
        np.testing.assert_array_equal(split, folds.splits(LABELLED, 2, 1, 0)[name])


def test_images_are_held_out_in_their_groups_where_there_are_groups():
    grouped = LABELLED.assign(group=list("112233"))
    assert list(folds.splits(grouped, 2, 1, 0, ["object", "images"])) == ["object", "group"]


@pytest.mark.parametrize("labels", [None, ["a"] * 6, list("abcdef")])
def test_a_generalisation_that_the_dataset_does_not_allow_is_refused(labels):
    data = made.dataset(6, **({} if labels is None else {"object": labels}), folder="own/tiny")
    settings = {"folds": 2, "repeats": 1, "generalisations": ["images", "object"]}
    with pytest.raises(InputError) as caught:
        folds.of_dataset(data, settings, seed=0)
    message = str(caught.value)
    assert message.startswith("own/tiny: encoding: generalisations: 'object' needs a column")
    assert "\n" not in message
    assert "take 'object' out" in message
    folds.check_generalisations(data, ["images"])
