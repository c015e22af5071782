"""Damage at random: every reader takes what comes, or refuses it in one line.

``FUZZ_EXAMPLES=5000 pytest tests/unit/bad_input/test_fuzz_readers.py`` looks for longer.
"""

import os
import warnings

import pytest
import reader_targets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
UNHURRIED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\0" * 8, b"\xff" * 8, b"NaN", b"inf", b"-1", b"1e999", b",", b'"', b"\n",
         b"../", b": ", b"- ",
         b"&a *a", b"!!python/none", b"{", b"\xef\xbb\xbf", b"\x89HDF\r\n\x1a\n", b"PK\x05\x06"]
    ),
)  # fmt: skip
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 16), PIECES), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return reader_targets.good(tmp_path_factory.mktemp("good"))


def damaged(content, damage):
    """Put pieces into content, at a share of its length, in the place of some of its bytes."""
    for where, length, piece in damage:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + length :]
    return content


@pytest.mark.parametrize("name", reader_targets.TARGETS)
@pytest.mark.filterwarnings("ignore")
@UNHURRIED
@given(damage=DAMAGE, share=st.sampled_from([1, 1, 1, 0.5, 0.9]))
def test_damage_is_refused_in_one_line_or_harmless(folder, name, damage, share):
    content = damaged((folder / name).read_bytes(), damage)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader_targets.read(folder, name, content[: int(share * len(content))])


@pytest.mark.parametrize("name", reader_targets.TARGETS)
@pytest.mark.filterwarnings("ignore")
def test_noise_is_refused(folder, name):
    noise = bytes(range(256)) * 4
    assert reader_targets.read(folder, name, noise) or name in ("study.yaml", "accepted.csv")


@pytest.mark.parametrize("name", reader_targets.TARGETS)
def test_the_good_files_are_read(folder, name):
    assert not reader_targets.read(folder, name, (folder / name).read_bytes())
