"""Descriptions of a dataset that are no description."""

import os
import time

import pytest
import refusing
from refusing import append, cut, put, replace

FILE = "dataset.yaml"


def aliases(key):
    """Ten lists, each nine times the one before: a billion words if they were written out."""
    lists = [b"&a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for level in range(1, 10):
        lists.append(b"&a%d [%s]" % (level, b", ".join([b"*a%d" % (level - 1)] * 9)))
    return replace(FILE, b"%s: " % key, b"%s: [%s] # " % (key, b", ".join(lists)))


def a_pipe(folder):
    (folder / FILE).unlink()
    os.mkfifo(folder / FILE)


CASES = {
    "empty": (put(FILE, b""), ["key: value"]),
    "list": (put(FILE, b"- name\n- title\n"), ["key: value"]),
    "binary": (put(FILE, b"\x00\x01\x02"), ["not valid YAML"]),
    "pickle": (put(FILE, b"\x80\x04\x95\x10\x00\x00\x00"), ["not valid YAML"]),
    "latin-1": (append(FILE, "background: größer\n".encode("latin-1")), ["not valid YAML"]),
    "utf-16": (put(FILE, "name: tiny\n".encode("utf-16")), ["not valid YAML"]),
    "cut": (put(FILE, b"name: tiny\ntitle: Tiny\n"), ["is missing"]),
    "cut in a key": (cut(FILE, 0.53), ["not valid YAML"]),
    "code": (
        append(FILE, b"background: !!python/object/apply:os.mkdir [evil]\n"),
        ["not valid YAML"],
    ),
    "key twice": (append(FILE, b"name: other\n"), ["'name'", "twice"]),
    "no such day": (append(FILE, b"background: 2020-13-45\n"), ["not valid YAML"]),
    "deep": (append(FILE, b"background: " + b"[" * 5000 + b"]" * 5000), ["brackets"]),
    "billion words": (aliases(b"title"), ["alias"]),
    "merged": (append(FILE, b"background: &a text\nspecies: *a\n"), ["alias"]),
    "huge": (append(FILE, b"#" * (1 << 21)), ["larger than"]),
    "pipe": (a_pipe, [FILE, "missing"]),
    "name outside": (replace(FILE, b"name: tiny", b"name: ../../tiny"), ["'../../tiny'"]),
    "name of a tag": (replace(FILE, b"name: tiny", b"name: <b>tiny</b>"), ["letters, digits"]),
    "name with a space": (replace(FILE, b"name: tiny", b"name: ti ny"), ["letters, digits"]),
    "name not ASCII": (replace(FILE, b"name: tiny", "name: größe".encode()), ["letters, digits"]),
    "name too long": (replace(FILE, b"name: tiny", b"name: " + b"t" * 300), ["100"]),
    "degrees NaN": (replace(FILE, b"degrees: 8", b"degrees: .nan"), ["degrees of visual angle"]),
    "degrees infinite": (replace(FILE, b"degrees: 8", b"degrees: .inf"), ["stimulus_degrees"]),
    "degrees negative": (replace(FILE, b"degrees: 8", b"degrees: -8"), ["stimulus_degrees"]),
    "degrees true": (replace(FILE, b"degrees: 8", b"degrees: true"), ["stimulus_degrees"]),
    "title null": (replace(FILE, b"title: Tiny", b"title: null"), ["title is None"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_description_is_refused_in_one_line(tmp_path, case, monkeypatch):
    monkeypatch.chdir(tmp_path)
    harm, words = CASES[case]
    started = time.monotonic()
    refusing.dataset(tmp_path, harm, FILE, *words)
    assert time.monotonic() - started < 5
    assert not (tmp_path / "evil").exists()
