"""Which device is chosen, and that torch is asked only where it may find one."""

import subprocess
import sys

import pytest
import torch

from ventralmap import devices
from ventralmap.errors import InputError


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """A file that a driver would leave, not there yet."""
    monkeypatch.setattr(devices, "DRIVERS", (str(tmp_path / "driver"),))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delitem(sys.modules, "torch")  # as in a job that has not needed it
    return tmp_path / "driver"


def torch_finds(monkeypatch, found):
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: found)


def test_without_a_driver_there_is_nothing_to_ask(driver):
    assert not devices.may_be_gpu("auto")
    assert devices.choose("auto", "encoding") == "cpu"


def test_with_a_driver_torch_is_asked(driver, monkeypatch):
    driver.touch()
    assert devices.may_be_gpu("auto")
    torch_finds(monkeypatch, True)
    assert devices.choose("auto", "encoding") == "cuda"
    torch_finds(monkeypatch, False)
    assert devices.choose("auto", "encoding") == "cpu"


def test_torch_that_is_loaded_anyway_is_asked_whatever_the_drivers(driver, monkeypatch):
    torch_finds(monkeypatch, True)
    assert devices.choose("auto", "extract") == "cuda"


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_devices_that_are_hidden_are_not_looked_for(driver, monkeypatch, hidden):
    driver.touch()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert not devices.may_be_gpu("auto")


def test_the_cpu_is_taken_where_it_is_asked_for(driver, monkeypatch):
    driver.touch()
    torch_finds(monkeypatch, True)
    assert devices.choose("cpu", "encoding") == "cpu"
    assert not devices.may_be_gpu("cpu")
    assert devices.may_be_gpu("cuda")


def test_a_gpu_that_is_not_there_is_named(driver, monkeypatch):
    torch_finds(monkeypatch, False)
    with pytest.raises(InputError, match="encoding: device: cuda is not available here"):
        devices.choose("cuda", "encoding")


def test_another_name_is_answered_with_those_that_exist():
    with pytest.raises(InputError, match="device: 'gpu' is not possible; choose from: auto, cpu"):
        devices.choose("gpu", "extract")


def test_asking_needs_no_torch():
    code = "import sys; from ventralmap import devices; devices.may_be_gpu('auto')"
    subprocess.run([sys.executable, "-c", f"{code}; assert 'torch' not in sys.modules"], check=True)
