"""A copy of the repository in which the workflow runs, and whose code tests may edit."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "config", "data/sources.csv", "profiles", "src", "workflow")


@dataclass(frozen=True)
class Checkout:
    """A copy of the repository; Snakemake runs in it, and imports its package."""

    folder: Path

    @property
    def package(self):
        return self.folder / "src" / "ventralmap"

    def snakemake(self, *arguments, **environment):
        """Run Snakemake; return the finished process, its output as text."""
        own = {
            "PYTHONPATH": str(self.folder / "src"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }
        home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        own |= {"TORCH_HOME": os.environ.get("TORCH_HOME", f"{home}/torch")}
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "all", *map(str, arguments)],
            cwd=self.folder,
            env=inherited | own | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def study(self, **config):
        """Write a config; return its path."""
        path = self.folder / "config" / f"{config['study']}.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        return path

    def results(self, study):
        return self.folder / "results" / study


def jobs(process):
    """By rule, what Snakemake says of the jobs that it runs or plans."""
    assert process.returncode == 0, process.stderr
    said = defaultdict(str)
    for block in re.split(r"\n(?=(?:local)?rule \w+:\n)", process.stdout + process.stderr)[1:]:
        said[re.match(r"(?:local)?rule (\w+):", block)[1]] += block
    return dict(said)


def planned(process, reason=""):
    """Name the rules of the jobs that Snakemake runs or plans, for this reason among others."""
    return {rule for rule, said in jobs(process).items() if reason in said}
