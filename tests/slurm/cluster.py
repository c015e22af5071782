"""A Slurm of one node that a test starts and ends: munged, slurmctld and slurmd, no accounting.

Needs Debian's packages slurm-wlm and munge, and root (slurmd starts jobs as their owners).
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel")
GPUS = ("/dev/null", "/dev/zero")  # two devices that every machine has, in the place of GPUs
NODE = "node"

CONFIG = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmctldPort={controller}
SlurmdPort={daemon}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
AccountingStorageType=accounting_storage/none
MinJobAge=3600
KillWait=5
ReturnToService=2
GresTypes=gpu
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} \
Gres=gpu:{n_gpus} State=UNKNOWN
PartitionName=all Nodes={node} Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Say what is needed for a cluster and not there, or nothing."""
    lacking = [program for program in PROGRAMS if not find(program)]
    if lacking:
        return f"not installed: {', '.join(lacking)} (Debian: apt install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "slurmd needs root"


def find(program):
    """Return the path of a program, also where only root looks."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    """Slurm's daemons as children of this process, in a folder of their own."""

    def __init__(self, folder, cpus=2, memory=16_000):
        self.folder = Path(folder)
        self.cpus, self.memory = cpus, memory
        self.daemons = []

    @property
    def environment(self):
        """What makes Slurm's commands talk to this cluster."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": path}

    def __enter__(self):
        try:
            self._configure()
            self._start("munged", *self._munge())
            self._wait(lambda: (self.folder / "munge/socket").exists(), "munged")
            self._start("slurmctld", "-D")
            self._start("slurmd", "-D", "-N", NODE)
            self._wait(lambda: self("sinfo", "-h", "-o", "%T") == "idle", "slurmd")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self.daemons.clear()

    def __call__(self, program, *arguments):
        """Run one of Slurm's commands; return what it prints."""
        done = subprocess.run(
            [find(program), *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def _configure(self):
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        (self.folder / "munge/key").write_bytes(os.urandom(64))
        (self.folder / "munge/key").chmod(0o400)
        text = CONFIG.format(
            folder=self.folder,
            host=socket.gethostname().split(".")[0],
            controller=free_port(),
            daemon=free_port(),
            node=NODE,
            cpus=self.cpus,
            memory=self.memory,
            n_gpus=len(GPUS),
        )
        (self.folder / "slurm.conf").write_text(text)
        self._wrap_srun()
        devices = "".join(f"NodeName={NODE} Name=gpu File={path}\n" for path in GPUS)
        (self.folder / "gres.conf").write_text(devices)

    def _wrap_srun(self):
        """Let jobs find this cluster: Snakemake's plugin keeps SLURM_CONF from them."""
        script = self.folder / "bin" / "srun"
        script.parent.mkdir()
        conf = self.folder / "slurm.conf"
        script.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {find("srun")} "$@"\n')
        script.chmod(0o755)

    def _munge(self):
        folder = self.folder / "munge"
        files = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log"}
        files["seed-file"] = "seed"
        return "--foreground", "--force", *(f"--{key}={folder / f}" for key, f in files.items())

    def _start(self, program, *arguments):
        with (self.folder / f"{program}.out").open("wb") as log:
            command = [find(program), *arguments]
            daemon = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.daemons.append(daemon)

    def _wait(self, ready, what, seconds=60):
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                logs = [
                    path.read_text(errors="replace")[-1500:] for path in self.folder.glob("*.out")
                ]
                raise RuntimeError(f"{what} did not start: {' '.join(logs)}")
            time.sleep(0.2)
