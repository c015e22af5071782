"""Downloads from a server on this machine: resumed, checked, mirrored."""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from ventralmap import download
from ventralmap.errors import InputError

CONTENT = np.random.default_rng(0).bytes(300_000)
HASH = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serve `server.content`, only its first `server.cut` bytes, with ranges if `server.ranges`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        if self.path not in self.server.paths:
            self.send_error(404)
            return
        start = self.start()
        body = self.server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cut])
        self.close_connection = True

    def start(self):
        found = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(found.group(1)) if found and self.server.ranges else 0

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv(download.MIRROR, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.content, server.cut, server.ranges, server.asked = CONTENT, None, True, []
        server.paths = {"/a.bin", "/mirror/d/a.bin"}
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get(server, tmp_path):
    """Fetch the one file of a table that points to the server."""
    table = tmp_path / "sources.csv"
    row = f"d,a.bin,{server.url}/a.bin,{HASH},{len(CONTENT)},none stated"
    table.write_text(f"dataset,file,url,sha256,bytes,licence\n{row}\n")

    def fetch(file="a.bin"):
        return download.fetch("d", file, tmp_path / "data", sources=table)

    return fetch


def left(tmp_path):
    folder = tmp_path / "data" / "d"
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith(".lock"))


def refused(get, *words):
    with pytest.raises(InputError) as caught:
        get()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_download_once(server, get, tmp_path):
    path = get()
    assert path == tmp_path / "data" / "d" / "a.bin"
    assert path.read_bytes() == CONTENT
    assert left(tmp_path) == ["a.bin"]
    get()
    assert server.asked == [("/a.bin", None)]


def test_truncated_download_is_refused_and_resumed(server, get, tmp_path):
    server.cut = 120_000
    refused(get, "a.bin", f"stopped at {download.CHUNK} of 300000 bytes", "run again")
    assert left(tmp_path) == ["a.bin.part"]
    server.cut = None
    assert get().read_bytes() == CONTENT
    assert server.asked == [("/a.bin", None), ("/a.bin", f"bytes={download.CHUNK}-")]
    assert left(tmp_path) == ["a.bin"]


def test_a_server_that_cannot_resume_sends_all_again(server, get, tmp_path):
    server.cut = 120_000
    refused(get, "stopped")
    server.cut, server.ranges = None, False
    assert get().read_bytes() == CONTENT
    assert left(tmp_path) == ["a.bin"]


def test_a_part_of_another_file_is_removed(server, get, tmp_path):
    folder = tmp_path / "data" / "d"
    folder.mkdir(parents=True)
    (folder / "a.bin.part").write_bytes(b"x" * 1000)
    refused(get, "sha256 is", f"should be {HASH}")
    assert left(tmp_path) == []
    assert get().read_bytes() == CONTENT


def test_a_complete_part_needs_no_server(server, get, tmp_path):
    folder = tmp_path / "data" / "d"
    folder.mkdir(parents=True)
    (folder / "a.bin.part").write_bytes(CONTENT)
    assert get().read_bytes() == CONTENT
    assert server.asked == []


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"?", CONTENT + b"more" * 100_000])
def test_wrong_hash_is_refused_and_removed(server, get, tmp_path, content):
    server.content = content
    refused(get, "a.bin", "sha256 is", f"should be {HASH}", "nothing was kept")
    assert left(tmp_path) == []


def test_a_changed_file_on_disk_is_refused_not_replaced(get):
    path = get()
    path.write_bytes(b"changed")
    refused(get, "a.bin", hashlib.sha256(b"changed").hexdigest(), HASH, "delete it")
    assert path.read_bytes() == b"changed"


def test_mirror_folder_is_first(server, get, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    (mirror / "d").mkdir(parents=True)
    (mirror / "d" / "a.bin").write_bytes(CONTENT)
    monkeypatch.setenv(download.MIRROR, str(mirror))
    assert get().read_bytes() == CONTENT
    assert server.asked == []


@pytest.mark.parametrize("content", [b"wrong", CONTENT[:1000]])
def test_wrong_file_in_mirror_is_refused(server, get, tmp_path, monkeypatch, content):
    mirror = tmp_path / "mirror"
    (mirror / "d").mkdir(parents=True)
    (mirror / "d" / "a.bin").write_bytes(content)
    monkeypatch.setenv(download.MIRROR, str(mirror))
    refused(get, str(mirror / "d" / "a.bin"), f"should be {HASH}", download.MIRROR)
    assert left(tmp_path) == []
    assert server.asked == []


def test_mirror_address_is_first(server, get, monkeypatch):
    monkeypatch.setenv(download.MIRROR, f"{server.url}/mirror/")
    assert get().read_bytes() == CONTENT
    assert server.asked == [("/mirror/d/a.bin", None)]


@pytest.mark.parametrize("mirror", ["/nowhere", "{url}/empty", "http://127.0.0.1:9"])
def test_a_mirror_without_the_file_is_passed_over(server, get, monkeypatch, mirror):
    monkeypatch.setenv(download.MIRROR, mirror.format(url=server.url))
    assert get().read_bytes() == CONTENT


def test_nothing_has_the_file(server, get, tmp_path, monkeypatch):
    monkeypatch.setenv(download.MIRROR, "/nowhere")
    server.paths = set()
    refused(get, "d/a.bin", "/nowhere/d/a.bin", f"{server.url}/a.bin", "check the network")
    assert left(tmp_path) == []


def test_unknown_file(get):
    with pytest.raises(InputError, match=r"has no file 'd/b.bin'; did you mean 'd/a.bin'"):
        get("b.bin")


def test_no_table(tmp_path):
    with pytest.raises(InputError, match="clone of the repository"):
        download.fetch("d", "a.bin", tmp_path, sources=tmp_path / "sources.csv")


def test_two_jobs_at_once_download_once(server, get):
    threads = [threading.Thread(target=get) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1


def test_the_table_is_well_formed():
    sources = download.read_sources()
    assert {source.dataset for source in sources} == {
        "kriegeskorte2008",
        "cichy2014",
        "cowley2023",
        "algonauts2019",
        "majajhong2015",
        "freemanziemba2013",
        "tvsd",
    }
    for source in sources:
        assert source.url.startswith("https://")
        assert source.licence
        if source.pinned:
            algorithm, digits = source.hash
            assert re.fullmatch(
                {"sha256": "[0-9a-f]{64}", "sha1": "[0-9a-f]{40}"}[algorithm], digits
            )
            assert source.bytes is not None or algorithm == "sha1"  # had by us, or by others
        else:
            assert source.bytes is None
    assert [source.name for source in sources if not source.pinned] == [
        "cichy2014/osf_7vpyh.zip",
        "algonauts2019/algonautsChallenge2019.zip",
        "tvsd/monkeyN_THINGS_normMUA.mat",
        "tvsd/monkeyN_things_imgs.mat",
        "tvsd/monkeyF_THINGS_normMUA.mat",
        "tvsd/monkeyF_things_imgs.mat",
    ]


# Files whose hash nobody has pinned


@pytest.fixture
def get_unpinned(server, tmp_path):
    table = tmp_path / "sources.csv"
    row = f"d,a.bin,{server.url}/a.bin,{download.UNPINNED},,none stated"
    table.write_text(f"dataset,file,url,sha256,bytes,licence\n{row}\n")
    return lambda: download.fetch("d", "a.bin", tmp_path / "data", sources=table)


def accept(tmp_path, sha256=HASH, name="d/a.bin"):
    (tmp_path / "data" / "accepted.csv").write_text(f"file,sha256\n{name},{sha256}\n")


def test_without_a_hash_a_file_is_refused_until_it_is_accepted(server, get_unpinned, tmp_path):
    line = f"add the line 'd/a.bin,{HASH}' to {tmp_path / 'data' / 'accepted.csv'}"
    for _ in range(2):  # never silently, and downloaded once
        refused(get_unpinned, "no hash of it is known", f"{len(CONTENT)} bytes", line)
    assert left(tmp_path) == ["a.bin.unaccepted"]
    accept(tmp_path)
    assert get_unpinned().read_bytes() == CONTENT
    assert left(tmp_path) == ["a.bin"]
    assert server.asked == [("/a.bin", None)]


def test_the_hash_of_another_file_accepts_nothing(get_unpinned, tmp_path):
    refused(get_unpinned, "no hash of it is known")
    accept(tmp_path, name="d/b.bin")
    refused(get_unpinned, "no hash of it is known")
    accept(tmp_path, sha256="0" * 64)
    refused(get_unpinned, f"sha256 is {HASH}", f"should be {'0' * 64}")


def test_an_accepted_hash_that_is_none(get_unpinned, tmp_path):
    (tmp_path / "data").mkdir()
    accept(tmp_path, sha256="yes")
    refused(get_unpinned, "accepted.csv", "not 64 hexadecimal digits", "correct the line")


def test_a_download_of_unknown_size_is_resumed(server, get_unpinned, tmp_path):
    server.cut = 120_000
    refused(get_unpinned, "stopped at", f"of {len(CONTENT)} bytes", "run again")
    server.cut = None
    refused(get_unpinned, HASH)
    assert server.asked[1] == ("/a.bin", f"bytes={download.CHUNK}-")


def test_a_file_of_the_mirror_is_not_trusted_either(server, get_unpinned, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    (mirror / "d").mkdir(parents=True)
    (mirror / "d" / "a.bin").write_bytes(CONTENT)
    monkeypatch.setenv(download.MIRROR, str(mirror))
    refused(get_unpinned, HASH)
    accept(tmp_path)
    assert get_unpinned().read_bytes() == CONTENT
    assert server.asked == []


def test_a_web_page_in_place_of_an_archive_is_removed(server, tmp_path):
    table = tmp_path / "sources.csv"
    row = f"d,a.zip,{server.url}/a.bin,{download.UNPINNED},,none stated"
    table.write_text(f"dataset,file,url,sha256,bytes,licence\n{row}\n")
    refused(
        lambda: download.fetch("d", "a.zip", tmp_path / "data", sources=table),
        "d/a.zip", "no zip archive", "VENTRALMAP_MIRROR",
    )  # fmt: skip
    assert left(tmp_path) == []


@pytest.fixture
def get_by_sha1(server, tmp_path):
    """Fetch a file of which the publisher tells a SHA-1 and no size."""
    table = tmp_path / "sources.csv"
    sha1 = hashlib.sha1(CONTENT).hexdigest()
    row = f"d,a.bin,{server.url}/a.bin?versionId=7,sha1:{sha1},,none stated"
    table.write_text(f"dataset,file,url,sha256,bytes,licence\n{row}\n")
    server.paths.add("/a.bin?versionId=7")
    return lambda: download.fetch("d", "a.bin", tmp_path / "data", sources=table)


def test_the_hash_may_be_the_sha1_that_the_publisher_tells(server, get_by_sha1):
    assert get_by_sha1().read_bytes() == CONTENT
    assert server.asked == [("/a.bin?versionId=7", None)]


def test_a_file_with_another_sha1_is_refused(server, get_by_sha1, tmp_path, monkeypatch):
    sha1 = hashlib.sha1(CONTENT).hexdigest()
    server.content = CONTENT[:-1] + b"x"
    refused(get_by_sha1, "a.bin", "sha1 is", f"should be {sha1}")
    assert left(tmp_path) == []
    (tmp_path / "mirror" / "d").mkdir(parents=True)
    (tmp_path / "mirror" / "d" / "a.bin").write_bytes(server.content)
    monkeypatch.setenv(download.MIRROR, str(tmp_path / "mirror"))
    refused(get_by_sha1, "sha1 is", f"should be {sha1}", "VENTRALMAP_MIRROR")


def test_a_download_by_sha1_of_unknown_size_is_resumed(server, get_by_sha1):
    server.cut = 120_000
    refused(get_by_sha1, "stopped at", "run again")
    server.cut = None
    assert get_by_sha1().read_bytes() == CONTENT
    assert server.asked[1][1] == f"bytes={download.CHUNK}-"
