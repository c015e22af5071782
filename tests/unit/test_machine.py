"""The machine is told in words, and asking costs nothing."""

import os
import platform
import sys
import types

from ventralmap import machine


def test_cores_memory_and_system_are_those_of_this_machine():
    found = machine.describe()
    usable = len(os.sched_getaffinity(0))
    assert found["cores"].split(" ")[0] == str(usable)
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert found["memory"] == f"{size / 1e9:.0f} GB"
    assert found["system"].endswith(f"{platform.system()} {platform.release()}")
    assert found["cpu"]
    assert platform.node() not in found.values()


def test_the_processor_is_named_as_linux_names_it(tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(
        "processor\t: 0\nmodel name\t: A  fast CPU\nmodel name\t: B\n"
    )
    monkeypatch.setattr(machine, "CPU", tmp_path / "cpuinfo")
    assert machine.describe()["cpu"] == "A fast CPU"
    monkeypatch.setattr(machine, "CPU", tmp_path / "none")
    assert machine.describe()["cpu"] == (platform.processor() or platform.machine())


def test_a_gpu_is_named_only_where_this_process_has_used_one(monkeypatch):
    def torch(used):
        cuda = types.SimpleNamespace(
            is_initialized=lambda: used,
            device_count=lambda: 2,
            get_device_name=lambda number: f"GPU {number}",
        )
        return types.SimpleNamespace(cuda=cuda)

    monkeypatch.setitem(sys.modules, "torch", torch(False))
    assert "gpu" not in machine.describe()
    monkeypatch.setitem(sys.modules, "torch", torch(True))
    assert machine.describe()["gpu"] == "GPU 0, GPU 1"
