"""What all rules share: the resolved config, names of datasets and models, code as input."""

import sys
import time
from dataclasses import replace

from ventralmap import (
    datasets,
    demands,
    devices,
    durations,
    estimate,
    files,
    jobs,
    model_names,
    provenance,
    registry,
    sizes,
    writable,
)
from ventralmap.config import resolve
from ventralmap.errors import InputError

try:
    STUDY = resolve(config, workflow.source_path("../schemas/config.schema.yaml"))
    DATASETS = datasets.by_name(STUDY["datasets"])
    NAMES = {model_names.slug(registry.check_name(m)): m for m in STUDY["models"]}
    MEASUREMENTS = {
        name: datasets.measurements(path) for name, path in DATASETS.items()
    }
    SIZES = {
        name: replace(
            sizes.of_dataset(path), projection=STUDY["features"]["projection"] or 0
        )
        for name, path in DATASETS.items()
    }
    LAYERS = {
        model: sizes.n_layers(name, STUDY["layers"].get(name))
        for model, name in NAMES.items()
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


onstart:
    # What a killed run has left behind; Snakemake's lock keeps other runs away.
    files.remove_scratch(RESULTS)
    try:
        writable.check(RESULTS)
    except InputError as error:
        sys.exit(f"{jobs.ERROR}{error}")


onerror:
    # Snakemake says much after a job's one line; say it again where it is read.
    print("", *jobs.failures(LOGS, STARTED), sep="\n", file=sys.stderr)


wildcard_constraints:
    dataset="[^/]+",
    model="[^/]+",


if workflow.is_main_process:
    planned = estimate.Planned(
        STUDY, SIZES, MEASUREMENTS, {NAMES[model]: n for model, n in LAYERS.items()}
    )
    cores = workflow.resource_settings.cores or 8  # on a cluster, jobs at once
    print(estimate.line(planned, cores, durations.machine()), file=sys.stderr)


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


SHOWN_AS = {
    "encoding_depth": ("Encoding", "scores over depth"),
    "encoding_map": ("Encoding", "layers and areas"),
    "variance": ("Encoding", "variance explained by sets of layers"),
    "rsa_depth": ("RSA", "similarity over depth"),
    "rsa_map": ("RSA", "layers and areas"),
    "rdms": ("RSA", "RDMs of areas and of their best layers"),
    "timecourse": ("Time", "similarity over time, and latencies"),
    "fusion": ("Time", "recordings with areas"),
    "model_layers": ("Models", "what the layers are like"),
    "agreement": ("Second looks", "ranks of layers by each method"),
    "spectra": ("Second looks", "dimensionality and alignment"),
    "recovery": ("Second looks", "how often layers are found"),
}


def drawn(figure):
    """A figure of the study that Snakemake's own report shows, with the caption of its kind."""
    kind = figure if figure in SHOWN_AS else figure.partition("_")[0]
    group, what = SHOWN_AS.get(kind, ("Others", figure))
    caption = f"{kind}_figure" if kind in SHOWN_AS else "figure"
    return report(
        f"{RESULTS}/figures/{figure}.png",
        caption=f"../report/{caption}.rst",
        category="Figures",
        subcategory=group,
        labels={"figure": figure, "shows": what},
    )


def half_of_cores():
    """Threads of the heavy jobs: the other half is for the jobs that run beside them."""
    # `workflow.cores` is an error where a cluster is to say how many there are
    return max(1, (workflow.resource_settings.cores or 8) // 2)


def layers_of(wildcards):
    """Number of layers of a job's model, or of all models where it takes them together."""
    return LAYERS.get(wildcards.get("model"), sum(LAYERS.values()))


def memory(step):
    """MB that a job asks for, by the sizes of its data: more again after each failure."""
    budget = STUDY["extract"]["memory_gb"]

    def megabytes(wildcards, attempt):
        size = SIZES[wildcards.dataset]
        return attempt * demands.memory_mb(step, size, layers_of(wildcards), budget)

    return megabytes


def minutes(step):
    """Time that a job asks for, by the sizes of its data."""

    def asked(wildcards, attempt):
        size = SIZES[wildcards.dataset]
        return attempt * demands.minutes(step, size, layers_of(wildcards))

    return asked


def seeded(model):
    """Whether the parameters of a model are drawn with the study's seed."""
    return model_names.is_untrained(NAMES[model])


def kernels_again(wildcards):
    """Kernels of another seed, where that makes another network."""
    again = rules.extract_again if seeded(wildcards.model) else rules.extract
    return again.output.kernels


def weights_of(wildcards):
    """The record of the weights of a model that has a file of them."""
    pretrained = registry.is_pretrained(NAMES[wildcards.model])
    return rules.weights.output.record if pretrained else []


def code(script, *modules):
    """The modules and packages that a script uses, as input: a change reruns what uses it."""
    path = workflow.source_path(f"../scripts/{script}.py")
    files = provenance.modules(path, *modules)
    return [*files, *provenance.packages([path, *files])]
