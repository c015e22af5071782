"""Folders that can and cannot be written to."""

import errno
import os
import tempfile

import pytest

from ventralmap import writable
from ventralmap.errors import InputError


def test_a_folder_that_is_still_to_be_made_is_asked_of_the_one_above(tmp_path):
    writable.check(tmp_path / "results" / "study")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_the_line_names_the_folder(tmp_path, monkeypatch):
    def refuse(*_, dir, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(dir))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(InputError, match=r"Read-only file system.*make it writable") as refused:
        writable.check(tmp_path / "results")
    assert str(refused.value).startswith(f"{tmp_path}: ")


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "results").touch()
    with pytest.raises(InputError, match="results: cannot be written to"):
        writable.check(tmp_path / "results" / "study")
