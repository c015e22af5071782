"""Make the tables of README.md from the results."""

import json
from pathlib import Path

HERE = Path(__file__).parent
START = "<!-- made by table.py from results/ -->\n"

CLOCKS = {"cpu_s": "CPU seconds", "wall_s": "seconds of the wall clock"}
Rows = list[tuple[object, ...]]


def table(head: tuple[str, ...], rows: Rows) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def where(result: dict) -> str:
    about = result["machine"]
    return (
        f"{about['processor']}; {about['cores']} cores, {about['threads']} thread(s); load average "
        f"{about['load_average'][0]} at the end; {CLOCKS[result.get('clock', 'cpu_s')]}, "
        f"the best of {result['runs']} run(s); peak memory {result['peak_gb']} GB.\n\n"
    )


def encoding(result: dict, title: str = "Encoding, one thread") -> str:
    rows: Rows = [(name.replace("_over_", " / "), took) for name, took in result["total"].items()]
    units = sum(layer["units"] for layer in result["layers"].values())
    text = (
        f"## {title}\n{result['data']}: {result['images']} images, "
        f"{len(result['layers'])} layers, {units:,} units, "
        f"{result['neuroids']} neuroids, {result['folds']} folds, {result['alphas']} alphas. "
        + where(result)
        + table(("part", "s"), rows)
    )
    peers = result["peers"]
    heads = ("time / ours", "one fold", "five folds", "largest difference of median r")
    return (
        text
        + f"\nOn {', '.join(peers['one_fold'])}: {result['peers_on']}.\n\n"
        + table(heads, [(name, *ratio.values()) for name, ratio in peers["ratios"].items()])
    )


def encoding_cores(result: dict) -> str:
    return encoding(result, "Encoding, all cores")


LIMITS = """
What limits each: kernels, their symmetric products (stimuli² x units; below 800 stimuli the
passes over the features, stimuli x units); eigendecompositions, LAPACK's reduction to tridiagonal
form (stimuli³); alphas, products of the eigenvectors with the responses for every penalty
(stimuli² x neuroids x alphas); ridge_srp, the covariance of the dimensions (stimuli x
dimensions²) and, from some 1,000 dimensions, its eigendecomposition (dimensions³).
"""


def growth(result: dict) -> str:
    rows: Rows = [
        (name, ", ".join(f"{size}: {s}" for size, s in part["cpu_s"].items()),
         part["exponent"], part["exponent_of_the_last_step"])
        for name, part in result["parts"].items()
    ]  # fmt: skip
    head = ("part, what grows", "CPU s", "exponent", "of the last step")
    return "## Growth\n" + where(result) + table(head, rows) + LIMITS


def extraction(result: dict) -> str:
    speeds = result["speed"]
    rows: Rows = [
        (name, found["images"], *found["images_per_cpu_s"].values(),
         *(found[f"over_{other}"] for other in ("the_better_loop", "plain_32", "floor")))
        for name, found in speeds.items()
    ]  # fmt: skip
    first = next(iter(speeds.values()))
    head = ("network", "images", *(r.replace("_", " ") for r in first["images_per_cpu_s"]),
            "extract / the better loop", "/ plain 32", "/ floor")  # fmt: skip
    parts: Rows = [(name, *found["cpu_ms_per_image"].values()) for name, found in speeds.items()]
    return (
        "## Extraction\nImages per CPU second, all layers in one pass. "
        + where(result)
        + table(head, rows)
        + "\nPlain: a loop over torchvision by batches of 1 and 32, which keeps features and makes"
        " no kernels. Floor: decoding and the forward pass alone, at its best batch size. What"
        " `extract` takes, CPU ms per image:\n\n"
        + table(("network", *first["cpu_ms_per_image"]), parts)
        + products_and_memory(result["accumulation"], result["memory"])
    )


def products_and_memory(adding: dict, memory: dict) -> str:
    run, passes = len(memory["passes_run"]), memory["passes"]
    which = "all" if run == passes else f"{run} of its"
    return (
        f"\nGram matrices of {adding['units']:,} units of {adding['stimuli']} stimuli: "
        f"{adding['ratio']} times their symmetric products (the best of {adding['runs']} runs of "
        f"each). All {memory['layers']} layers of VGG16 for {memory['images']:,} images with "
        f"memory_gb {memory['memory_gb']}, {which} {passes} "
        f"pass(es): at most {memory['peak_gb']} GB, of which {memory['before_gb']} before the "
        "first image.\n"
    )


def rsa(result: dict) -> str:
    rows: Rows = [
        (name, *(row[key] for key in ("ours_cpu_s", "rsatoolbox_cpu_s", "over_ours",
                                      "rsatoolbox_compare_cpu_s", "compare_over_ours")),
         f"{row['largest_difference']:.0e}")
        for name, row in result["comparators"].items()
    ]  # fmt: skip
    head = ("comparison", "ours", "`eval_bootstrap`", "/ ours", "`compare`", "/ ours", "difference")
    grown: Rows = [
        (name, *part["cpu_s"].values(), part["exponent"]) for name, part in result["growth"].items()
    ]
    gaps: Rows = [(name, *seconds.values()) for name, seconds in result["missing_pairs"].items()]
    return (
        f"## RSA\n{result['stimuli']} stimuli, {result['layers']} layers, {result['subjects']} "
        f"subjects, {result['bootstraps']:,} bootstraps; rsatoolbox timed on "
        f"{result['bootstraps_of_rsatoolbox']} and scaled. " + where(result) + table(head, rows)
        + "\n`compare`: one call of it per resample for all layers and subjects. Difference: the "
        "largest between similarities on the same resamples.\n\n"
        + table(("what", *(f"{n} stimuli" for n in result["sizes"]), "exponent"), grown)
        + "\nAll of them run, once at the largest size. 10,000 permutations with a hundredth of "
        "the pairs missing:\n\n"
        + table(("comparison", "the same for all subjects", "others for each"), gaps)
        + "\nA whitened comparison of 118 resampled stimuli in rsatoolbox: "
        f"{result['rsatoolbox_whitened_118_stimuli']}.\n"
    )  # fmt: skip


def timecourse(result: dict) -> str:
    rows: Rows = [(name, part["cpu_s"], part["wall_s"]) for name, part in result["parts"].items()]
    rows.append(("similarity to latency", result["total"]["cpu_s"], result["total"]["wall_s"]))
    grown: Rows = [
        (
            n,
            size["times"],
            size["total"]["cpu_s"],
            size["similarities_per_time_ms"],
            size["peak_gb"],
        )
        for n, size in result["sizes"].items()
    ]  # fmt: skip
    return (
        f"## Time courses\n{result['subjects']} subjects, {result['times']} times, "
        f"{result['stimuli']} stimuli, {result['layers']} layers, {result['resamples']} resamples, "
        f"{result['flips']} sign flips; simulated, RDMs in memory (float32). "
        + where(result)
        + table(("part", "CPU s", "wall s"), rows)
        + f"\nMaking the data alone took {result['peak_gb_before']} GB.\n\n"
        + table(("stimuli", "times", "CPU s", "similarities per time, ms", "peak GB"), grown)
        + f"\nExponent of the similarities per time over the stimuli: {result['exponent']}.\n"
    )


def precision(result: dict) -> str:
    rows: Rows = [(name, *layer.values()) for name, layer in result["layers"].items()]
    head = ("layer", "median r, float32", "bf16", "largest change of r", "rank correlation of RDMs",
            "change of the kernel")  # fmt: skip
    seconds = {name: clock["cpu_s"] for name, clock in result["extraction"].items()}
    return (
        f"## Precision\n{result['data']}: {result['images']} images, "
        f"{result['neuroids']} neuroids. "
        + where(result)
        + table(head, rows)
        + f"\nExtraction took {seconds['float32']} CPU s in float32 and {seconds['bf16']} in bf16 "
        "on this CPU.\n"
    )


def tvsd(result: dict) -> str:
    """Show what the largest case takes, a row per size."""
    about = result["machine"]
    rows: Rows = []
    for name, size in result["sizes"].items():
        steps = size["steps"]
        encode = steps["encode"]
        most = max(step["peak_gb"] for step in steps.values())
        rows.append((name, encode["cpu_s"], encode["wall_s"], encode["peak_gb"], most))
    head = ("size", "encode, CPU s", "wall s", "peak GB", "peak GB of any step")
    return (
        f"## TVSD\n{sum(result['electrodes'].values()):,} electrodes, one split into 5 folds, and"
        " 100 more images with repeats; `ridge_srp` with intervals, each step in its own process."
        f" {about['processor']}; {about['cores']} cores, {about['threads']} thread(s); load average"
        f" {about['load_average'][0]} at the end, which the wall clock shows.\n\n"
        + table(head, rows)
    )


def main() -> None:
    parts = []
    for make in (encoding, encoding_cores, growth, extraction, precision, rsa, timecourse, tvsd):
        path = HERE / "results" / f"{make.__name__}.json"
        if path.is_file():
            parts.append(make(json.loads(path.read_text("utf-8"))))
    readme = HERE / "README.md"
    head = readme.read_text("utf-8").split(START)[0]
    readme.write_text(head + START + "\n" + "\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
