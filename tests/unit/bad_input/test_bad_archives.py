"""Archives made by rule to land outside, to fill the disk, or to be no archive."""

import io
import pickle
import stat
import struct
import tarfile
import zipfile

import pytest
import refusing

from ventralmap import archive


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def special(name, kind):
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o777) << 16
    return member


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        link = tarfile.TarInfo("up")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        file.addfile(link)
    return buffer.getvalue()


def patched(content, old, new):
    assert old in content
    return content.replace(old, new)


def overlapping():
    """Two entries of the directory that are one compressed stream."""
    content = zipped(("a", bytes(10_000)), ("b", bytes(10_000)))
    start = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    return content[: start + 42] + struct.pack("<I", 0) + content[start + 46 :]


GOOD = zipped(("a.txt", b"A" * 1000))
CASES = {
    "empty": (b"", "damaged"),
    "text": (b"no archive", "damaged"),
    "page": (b"<html>not found</html>", "damaged"),
    "pickle": (pickle.dumps([1]), "damaged"),
    "tar with a link": (tar(), "damaged"),
    "cut": (GOOD[: len(GOOD) // 2], "damaged"),
    "cut at the end": (GOOD[:-10], "damaged"),
    "wrong checksum": (patched(GOOD, GOOD[14:18], b"\0\0\0\0"), "damaged"),
    "damaged content": (GOOD[:40] + b"\xff\xff\xff" + GOOD[43:], "damaged"),
    "unknown method": (patched(GOOD, b"\x08\x00", b"\x63\x00"), "damaged"),
    "entries that overlap": (overlapping(), "damaged"),
    "up": (zipped(("../a", b"A")), "outside"),
    "up, further in": (zipped(("a/b/../../../c", b"A")), "outside"),
    "up as a folder": (zipped(("../a/", b"")), "outside"),
    "absolute": (zipped(("/tmp/a", b"A")), "outside"),
    "drive": (zipped(("C:\\a", b"A")), "outside"),
    "backslashes": (zipped(("..\\..\\a", b"A")), "outside"),
    "link": (zipped((special("a", stat.S_IFLNK), b"/etc/passwd")), "a link"),
    "link to a folder": (
        zipped((special("a", stat.S_IFLNK), b".."), ("a/b", b"B")),
        "",
    ),
    "device": (zipped((special("a", stat.S_IFBLK), b"")), "special file"),
    "pipe": (zipped((special("a", stat.S_IFIFO), b"")), "special file"),
    "other case": (zipped(("A.png", b"A"), ("a.png", b"B")), "twice"),
    "other accents": (zipped(("caf\u00e9", b"A"), ("cafe\u0301", b"B")), "twice"),
    "file in a file": (zipped(("a", b"A"), ("a/b", b"B")), "another file"),
    "no name": (
        patched(zipped(("a", b"A")), b"\x01\x00\x00\x00\x00\x00", b"\0\0\0\0\0\0"),
        "damaged",
    ),
    "long name": (zipped(("a" * 300, b"A")), "damaged"),
    "bomb": (zipped(*((f"{i}", bytes(1 << 20)) for i in range(8))), "bytes, more than"),
    "bomb in one": (zipped(("a", bytes(1 << 23)), method=zipfile.ZIP_LZMA), "bytes, more than"),
    "many members": (zipped(*((f"{i}", b"") for i in range(50))), "50 members"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_wrong_archive_is_refused_and_leaves_nothing(tmp_path, case, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 20)
    content, words = CASES[case]
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(content)
    act = lambda: archive.unpack(path, tmp_path / "x/y/out", max_bytes=1 << 21)  # noqa: E731
    refusing.one_line(act, "a.zip", words)
    assert not [found for found in refusing.everything(tmp_path / "x") if not found.is_dir()]
    assert not (tmp_path / "x/y/out").exists()
    assert {found.name for found in tmp_path.iterdir()} <= {"in", "x"}


@pytest.mark.parametrize("name", ["a b/größe.png", "<b>.png", "日本語.png", "$x$.png", "-rf"])
def test_odd_but_possible_names_are_unpacked(tmp_path, name):
    (tmp_path / "a.zip").write_bytes(zipped((name, b"A")))
    assert archive.unpack(tmp_path / "a.zip", tmp_path / "out") == [tmp_path / "out" / name]
    assert (tmp_path / "out" / name).read_bytes() == b"A"
