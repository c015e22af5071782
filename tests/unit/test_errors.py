import pytest

from ventralmap.errors import InputError, name_some, suggest


@pytest.mark.parametrize("message", ["a.csv: bad\nadd it", "a.csv:\tbad \r\n  add it\n"])
def test_a_message_is_one_line(message):
    assert str(InputError(message)) == "a.csv: bad add it"


@pytest.mark.parametrize(
    ("word", "choices", "hint"),
    [
        ("modls", ["study", "models"], "did you mean 'models'?"),
        ("layer", ["model", "layers", "later"], "did you mean 'layers'?"),
        ("x", ["low", "high"], "choose from: low, high"),
        (1, [10, 2], "did you mean '10'?"),
        ("", ["a"], "choose from: a"),
    ],
)
def test_a_close_name_is_suggested_else_all_are_listed(word, choices, hint):
    assert suggest(word, choices) == hint


def test_the_keys_of_a_mapping_are_choices():
    assert suggest("colour", {"color": 1}) == "did you mean 'color'?"


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, ""), (1, "0"), (3, "0, 1, 2"), (4, "0, 1, 2 and 1 more"), (9, "0, 1, 2 and 6 more")],
)
def test_the_first_three_are_named_and_the_rest_counted(n, text):
    assert name_some(range(n)) == text


def test_how_many_are_named_can_be_chosen():
    assert name_some(iter("abc"), most=1) == "a and 2 more"
