"""Files of weights that are none, or that would run code if they were unpickled."""

import os
import pickle
import zipfile

import numpy as np
import pytest
import refusing
import torch
from torchvision.models import SqueezeNet1_1_Weights

from ventralmap import networks, weights

KIND = SqueezeNet1_1_Weights.IMAGENET1K_V1


class Evil:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("evil",)


def torch_file(content):
    return lambda path: torch.save(content, path)


def state(**changes):
    """Return what an untrained network would save, changed."""

    def write(path):
        network = networks.untrained("squeezenet1_1", KIND, seed=0)
        torch.save(network.state_dict() | changes, path)

    return write


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", bytes(1 << 24))


def cut(path):
    torch.save({"a": torch.zeros(10_000)}, path)
    path.write_bytes(path.read_bytes()[:20_000])


CASES = {
    "empty": (lambda path: path.write_bytes(b""), "not a file of weights"),
    "text": (lambda path: path.write_text("weights"), "not a file of weights"),
    "array": (lambda path: np.save(path.open("wb"), np.zeros(3)), "not a file of weights"),
    "cut": (cut, "not a file of weights"),
    "bomb": (zip_bomb, "not a file of weights"),
    "folder": (lambda path: path.mkdir(), "not a file of weights"),
    "pickle": (lambda path: path.write_bytes(pickle.dumps(Evil())), "not a file of weights"),
    "pickle in torch's form": (torch_file({"a": Evil()}), "not a file of weights"),
    "a whole network": (torch_file(torch.nn.Linear(2, 2)), "not a file of weights"),
    "tensor": (torch_file(torch.zeros(3)), "no named parameters"),
    "list": (torch_file([torch.zeros(3)]), "no named parameters"),
    "another network's": (torch_file({"a": torch.zeros(3)}), "'squeezenet1_1'"),
    "numbers": (torch_file({"a": 3}), "'squeezenet1_1'"),
    "keys of no text": (torch_file({1: torch.zeros(3)}), "'squeezenet1_1'"),
    "wrong shape": (state(**{"features.0.bias": torch.zeros(3)}), "features.0.bias"),
    "NaN": (state(**{"features.0.bias": torch.full((64,), torch.nan)}), "not finite"),
    "infinite": (state(**{"features.0.bias": torch.full((64,), torch.inf)}), "not finite"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore")
def test_a_wrong_file_of_weights_is_refused_in_one_line(tmp_path, case, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write, words = CASES[case]
    path = tmp_path / "weights.pth"
    write(path)
    refusing.one_line(lambda: networks.trained("squeezenet1_1", KIND, path), "weights.pth", words)
    assert [found.name for found in tmp_path.iterdir()] == ["weights.pth"]


def test_another_file_under_the_name_of_weights_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "mobilenet_v2-b0353104.pth"
    (tmp_path / name).write_bytes(pickle.dumps(Evil()))
    refusing.one_line(lambda: weights.locate("mobilenet_v2", cache=tmp_path), name, "sha256")
    assert not (tmp_path / "evil").exists()
