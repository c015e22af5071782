"""Run a study with and without Slurm, and compare all tables, figures and checks byte for byte.

    python tests/slurm/same_study.py [config/demo.yaml]      (root, Debian's slurm-wlm and munge)

Both runs have one thread for each job, as sums in another order round differently.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cluster

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "reliability"))
import kill  # noqa: E402

PROFILE = ["--workflow-profile", "profiles/slurm", "--latency-wait", "5"]
HASTE = ["--slurm-init-seconds-before-status-checks", "1"]
HASTE += ["--seconds-between-status-checks", "2"]
ONE_CORE = ["--set-threads", "prepare=1", "extract=1", "encode=1"]


def plain(runs: kill.Runs) -> dict[str, str]:
    """Run without Slurm; return the hashes of what came out, and remove it."""
    runs.command += ONE_CORE
    runs.finish()
    found = runs.hashes()
    shutil.rmtree(runs.results)
    return found


def through_slurm(runs: kill.Runs, scratch: Path) -> dict[str, str]:
    """Run on a cluster of one node."""
    own = kill.environment(runs.folder)
    with cluster.Cluster(scratch / "slurm", memory=12_000) as slurm:
        own |= {name: slurm.environment[name] for name in ("SLURM_CONF", "PATH")}
        command = [*runs.command, *PROFILE, *HASTE]
        subprocess.run(command, cwd=runs.folder, env=os.environ | own, check=True)
        states = slurm("squeue", "-h", "-t", "all", "-o", "%T").split()
    print({state: states.count(state) for state in set(states)}, flush=True)
    return runs.hashes()


def main() -> None:
    """Run both, and compare."""
    study = Path(sys.argv[1] if len(sys.argv) > 1 else "config/demo.yaml").resolve()
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        runs = kill.Runs(kill.checkout(Path(scratch) / "study"), study, cores=2)
        expected = plain(runs)
        found = through_slurm(runs, Path(scratch))
    differ = sorted(name for name in {**expected, **found} if expected.get(name) != found.get(name))
    print(f"{len(expected)} files without Slurm, {len(found)} with; differ: {differ or 'none'}")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
