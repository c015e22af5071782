"""Images that are none, or that would fill the memory or run a program."""

import struct
import warnings
import zlib

import numpy as np
import pytest
import refusing
from PIL import Image

from ventralmap import images

FILE = "stimuli/s2.png"
EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 8 8
%%EndComments
(evil) (w) file closefile
showpage
%%EOF
"""


def chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(width, height, *chunks, rows=b""):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + chunk(b"IEND", b"")


def whole(width, height, *chunks):
    return png(width, height, *chunks, rows=bytes((3 * width + 1) * height))


def saved(mode, kind, size=(8, 8)):
    def harm(folder):
        Image.new(mode, size).save(folder / FILE, kind)

    return harm


def put(content):
    return refusing.put(FILE, content)


CASES = {
    "empty": put(b""),
    "text": put(b"an image"),
    "page": put(b"<html><script>alert(1)</script></html>"),
    "drawing": put(b"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>"),
    "PostScript": put(EPS),
    "pickle": put(b"\x80\x04\x95\x10\x00\x00\x00"),
    "cut": lambda folder: refusing.cut(FILE, 0.6)(folder),
    "wrong checksum": refusing.replace(FILE, b"IDAT", b"IDaT"),
    "no pixels": put(png(8, 8)),
    "no width": put(png(0, 8)),
    "bomb": put(png(60_000, 60_000)),
    "smaller bomb": put(whole(10_000, 10_000)),
    "bomb of text": put(whole(8, 8, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 27))))),
    "line": put(whole(3, 5000)),
    "no fixed range": saved("F", "TIFF"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_image_is_refused_in_one_line(tmp_path, case, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refusing.dataset(tmp_path, CASES[case], "s2.png", "stimulus s2", "replace")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", images.FORMATS)
def test_every_format_that_is_named_can_be_read(tmp_path, kind):
    picture = Image.fromarray(np.full((9, 8, 3), 100, np.uint8))
    picture.save(tmp_path / "image.png", kind)
    assert images.open_rgb(tmp_path / "image.png").size == (8, 9)


def test_a_pipe_is_no_image(tmp_path):
    def harm(folder):
        import os

        (folder / FILE).unlink()
        os.mkfifo(folder / FILE)

    refusing.dataset(tmp_path, harm, "s2.png", "missing")
