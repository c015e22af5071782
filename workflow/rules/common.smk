"""What all rules share: the resolved config, names of datasets and models, code as input."""

import sys
import time

from ventralmap import datasets, devices, jobs, model_names, provenance, registry
from ventralmap.config import resolve
from ventralmap.errors import InputError

try:
    STUDY = resolve(config, workflow.source_path("../schemas/config.schema.yaml"))
    DATASETS = datasets.by_name(STUDY["datasets"])
    NAMES = {model_names.slug(registry.check_name(m)): m for m in STUDY["models"]}
    MEASUREMENTS = {
        name: datasets.measurements(path) for name, path in DATASETS.items()
    }
except InputError as error:
    sys.exit(f"{jobs.ERROR}{error}")

MODELS = list(NAMES)  # as files can be called
RESULTS = f"results/{STUDY['study']}"
LOGS = f"{RESULTS}/logs"
TABLES = f"{RESULTS}/tables"
RESAMPLING = {
    "n": STUDY["bootstrap"],
    "seed": STUDY["seed"],
    "interval": STUDY["encoding"]["interval"],
}
# Where projected features are kept, nothing of the size stimuli x stimuli is made to be shown.
PROJECTED = STUDY["features"]["projection"] is not None
STARTED = time.time()


onerror:
    # Snakemake says much after a job's one line; say it again where it is read.
    print("", *jobs.failures(LOGS, STARTED), sep="\n", file=sys.stderr)


wildcard_constraints:
    dataset="[^/]+",
    model="[^/]+",


def measuring(kind):
    """Names of the datasets that hold responses, rdms or a timecourse."""
    return [name for name, kinds in MEASUREMENTS.items() if kind in kinds]


def comparing_rdms():
    """Names of the datasets with RDMs of areas: given, or of responses if these are asked for."""
    of_responses = STUDY["rsa"]["responses"] != "none"
    kinds = {"rdms", "responses"} if of_responses else {"rdms"}
    return [name for name in DATASETS if kinds & MEASUREMENTS[name]]


def settings(step, keys):
    """Settings of a step by their names: only those it uses, so that others rerun nothing."""
    return {key: STUDY[step][key] for key in keys.split()}


def shown(table):
    """A table of the study that Snakemake's own report shows, with its caption."""
    return report(
        f"{TABLES}/{table}.csv",
        caption=f"../report/{table}_table.rst",
        category="Tables",
        labels={"table": table},
    )


def drawn(figure):
    """A figure of the study that Snakemake's own report shows."""
    return report(
        f"{RESULTS}/figures/{figure}.png",
        caption="../report/figure.rst",
        category="Figures",
        labels={"figure": figure},
    )


def half_of_cores():
    """Threads of the heavy jobs: the other half is for the jobs that run beside them."""
    return max(1, (workflow.cores or 8) // 2)


def seeded(model):
    """Whether the parameters of a model are drawn with the study's seed."""
    return model_names.is_untrained(NAMES[model])


def kernels_again(wildcards):
    """Kernels of another seed, where that makes another network."""
    again = rules.extract_again if seeded(wildcards.model) else rules.extract
    return again.output.kernels


def code(script, *modules):
    """The modules that a script uses, as input: an edit reruns exactly the jobs that use it."""
    return provenance.modules(workflow.source_path(f"../scripts/{script}.py"), *modules)
