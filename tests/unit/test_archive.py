"""Archives that mean harm, or are damaged, leave nothing behind."""

import stat
import zipfile

import pytest

from ventralmap.archive import unpack
from ventralmap.errors import InputError


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def special(name, kind):
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o777) << 16
    return member


def test_files_and_folders(tmp_path):
    path = archive(tmp_path / "a.zip", [("in/", ""), ("in/b.txt", "B"), ("a.txt", "A")])
    found = unpack(path, tmp_path / "out")
    assert found == [tmp_path / "out" / "in" / "b.txt", tmp_path / "out" / "a.txt"]
    assert [p.read_text() for p in found] == ["B", "A"]


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/abs.txt", "C:/x.txt", "..\\up.txt"]
)
def test_a_member_never_lands_outside(tmp_path, name):
    path = archive(tmp_path / "a.zip", [("fine.txt", "A"), (name, "B")])
    with pytest.raises(InputError, match="outside the folder"):
        unpack(path, tmp_path / "deep" / "out")
    assert not list(tmp_path.rglob("*.txt"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, kind):
    path = archive(tmp_path / "a.zip", [(special("link", kind), "/etc"), ("link/x", "A")])
    with pytest.raises(InputError, match="'link' is a link or another special file"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice(tmp_path):
    path = archive(tmp_path / "a.zip", [("a.txt", "A"), ("./a.txt", "B")])
    with pytest.raises(InputError, match="is there twice"):
        unpack(path, tmp_path / "out")


def test_too_large(tmp_path):
    path = archive(tmp_path / "a.zip", [("a", bytes(600)), ("b", bytes(600))])
    with pytest.raises(InputError, match="1200 bytes, more than the 1000 allowed"):
        unpack(path, tmp_path / "out", max_bytes=1000)
    assert not (tmp_path / "out").exists()


def test_a_member_larger_than_it_declares(tmp_path):
    path = archive(tmp_path / "a.zip", [("a", b"x" * 5000)])
    raw = path.read_bytes().replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    path.write_bytes(raw)
    with pytest.raises(InputError, match="damaged archive"):
        unpack(path, tmp_path / "out", max_bytes=1000)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_damaged(tmp_path, cut):
    path = archive(tmp_path / "a.zip", [("a.txt", "A" * 100)])
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"a\.zip: damaged archive"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
