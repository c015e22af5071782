import hashlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ventralmap import registry, weights
from ventralmap.errors import InputError

CONTENT = b"parameters" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"tiny-{DIGEST[:8]}.pth"


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; below /cut/ the connection breaks off halfway."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        if not self.path.startswith("/cut/"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2])
        self.close_connection = True
        return None


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Base URL of a server on this machine, and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, served) -> None:
    """Let mobilenet_v2 have a tiny weight file, and torchvision's address be the local server."""
    monkeypatch.delenv(weights.MIRROR, raising=False)
    monkeypatch.setattr(registry, "curated_file", lambda model: NAME)
    monkeypatch.setattr(weights, "TORCHVISION", f"{served[0]}/models")
    monkeypatch.setattr(weights, "PACKAGED", {})


def put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(content)
    return folder / NAME


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_cache_comes_first(tmp_path: Path, monkeypatch):
    put(tmp_path / "mirror/torchvision", b"wrong")
    monkeypatch.setenv(weights.MIRROR, str(tmp_path / "mirror"))
    cached = put(tmp_path / "cache")
    assert weights.locate("mobilenet_v2", cache=tmp_path / "cache") == cached


def test_the_default_cache_is_that_of_torch(monkeypatch):
    import torch

    monkeypatch.delenv("TORCH_HOME", raising=False)
    assert weights.default_cache() == Path(torch.hub.get_dir()) / "checkpoints"
    monkeypatch.setenv("TORCH_HOME", "/scratch/torch")
    assert weights.default_cache() == Path("/scratch/torch/hub/checkpoints")


def test_a_mirror_folder_comes_before_packages_and_the_network(tmp_path, monkeypatch, served):
    put(served[1] / "models", b"wrong")
    put(tmp_path / "mirror/torchvision")
    monkeypatch.setenv(weights.MIRROR, str(tmp_path / "mirror"))
    found = weights.locate("mobilenet_v2", cache=tmp_path / "cache")
    assert found.read_bytes() == CONTENT
    assert names(tmp_path / "cache") == [NAME]


def test_a_mirror_can_be_an_address(tmp_path, monkeypatch, served):
    put(served[1] / "mirror/torchvision")
    monkeypatch.setenv(weights.MIRROR, f"{served[0]}/mirror/")
    assert weights.locate("mobilenet_v2", cache=tmp_path / "cache").read_bytes() == CONTENT


def test_an_installed_package_comes_before_the_network(tmp_path, monkeypatch, served):
    put(served[1] / "models", b"wrong")
    put(tmp_path / "site/tiny_weights/data")
    (tmp_path / "site/tiny_weights/__init__.py").write_text("raise ImportError('outdated')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(weights, "PACKAGED", {NAME: ("tiny_weights", f"data/{NAME}")})
    assert weights.locate("mobilenet_v2", cache=tmp_path / "cache").read_bytes() == CONTENT


def test_torchvisions_address_comes_last(tmp_path, served):
    put(served[1] / "models")
    assert weights.locate("mobilenet_v2", cache=tmp_path / "cache").read_bytes() == CONTENT


def test_where_nothing_is_found_every_source_is_named(tmp_path, monkeypatch, served):
    monkeypatch.setenv(weights.MIRROR, str(tmp_path / "mirror"))
    with pytest.raises(InputError) as caught:
        weights.locate("mobilenet_v2", cache=tmp_path / "cache")
    message = str(caught.value)
    assert message.startswith(f"{NAME} was not found")
    for part in ("cache: not there", "mirror/torchvision", "not installed", "status 404"):
        assert part in message
    assert names(tmp_path / "cache") == []


def test_a_server_that_cannot_be_reached_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "TORCHVISION", "http://127.0.0.1:9/models")
    with pytest.raises(InputError, match="ConnectionError"):
        weights.locate("mobilenet_v2", cache=tmp_path / "cache")


def test_a_truncated_download_leaves_nothing(tmp_path, monkeypatch, served):
    monkeypatch.setattr(weights, "TORCHVISION", f"{served[0]}/cut")
    with pytest.raises(InputError, match="was not found"):
        weights.locate("mobilenet_v2", cache=tmp_path / "cache")
    assert names(tmp_path / "cache") == []


@pytest.mark.parametrize("place", ["mirror/torchvision", "served/models"])
def test_a_wrong_hash_is_refused_and_not_cached(tmp_path, monkeypatch, place):
    put(tmp_path / place, b"something else")
    monkeypatch.setenv(weights.MIRROR, str(tmp_path / "mirror"))
    got = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(InputError, match=rf"{NAME}: its sha256 is {got}, expected {DIGEST[:8]}"):
        weights.locate("mobilenet_v2", cache=tmp_path / "cache")
    assert names(tmp_path / "cache") == []


def test_a_cached_file_with_a_wrong_hash_is_refused_and_kept(tmp_path, served):
    put(served[1] / "models")
    cached = put(tmp_path / "cache", b"damaged")
    with pytest.raises(InputError, match="remove or replace it and run again"):
        weights.locate("mobilenet_v2", cache=tmp_path / "cache")
    assert cached.read_bytes() == b"damaged"


def test_the_full_hash_is_checked_where_it_is_known(tmp_path, monkeypatch):
    cached = put(tmp_path / "cache")
    assert weights.verify(cached) == DIGEST
    full = DIGEST[:8] + "0" * 56
    monkeypatch.setattr(registry, "_registry", lambda: {"sha256": {NAME: full}})
    with pytest.raises(InputError, match=f"expected {full}"):
        weights.verify(cached)


@pytest.mark.parametrize("model", ["pixels", "mobilenet_v2+untrained"])
def test_models_without_weights_have_none_to_look_for(model, tmp_path):
    with pytest.raises(InputError, match="has no weights to look for"):
        weights.locate(model, cache=tmp_path)


def test_weights_that_torchvision_does_not_have_are_named():
    with pytest.raises(InputError, match="did you mean 'IMAGENET1K_V2'"):
        weights.enumeration("resnet50@IMAGENET1K_V3")
