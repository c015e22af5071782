# A second look at the layers of each area: their spectra, other methods, other seeds.
COMPARED = [
    name for name in DATASETS if {"responses", "rdms"} & set(MEASUREMENTS[name])
]

SCORES = {
    "encoding": (rules.encode.output.scores, measuring("responses")),
    "rsa": (rules.rsa.output.scores, comparing_rdms()),
    "cka": (rules.cka.output.scores, measuring("responses")),
}
OF_METHODS = {
    method: expand(scores, dataset=names, model=MODELS)
    for method, (scores, names) in SCORES.items()
}


rule spectra:
    """Describe the spectra of all layers, and how they are aligned with each area."""
    input:
        code=code("spectra"),
        folders=expand(rules.prepare.output.folder, dataset=COMPARED),
        kernels=expand(rules.extract.output.kernels, dataset=COMPARED, model=MODELS),
    output:
        table=shown("spectra"),
    log:
        f"{LOGS}/spectra.log",
    script:
        "../scripts/spectra.py"


rule agreement:
    """Rank the layers of each area by each method."""
    input:
        **OF_METHODS,
        code=code("agreement"),
    output:
        table=shown("agreement"),
    log:
        f"{LOGS}/agreement.log",
    params:
        draw=RESAMPLING,
    script:
        "../scripts/agreement.py"


SEEDS = [STUDY["seed"] + number + 1 for number in range(STUDY["stability"])]
UNTRAINED = [model for model in MODELS if seeded(model)]
AGAIN = f"{RESULTS}/stability/{{seed}}"


wildcard_constraints:
    seed="[0-9]+",


use rule extract as extract_again with:
    output:
        kernels=f"{AGAIN}/kernels/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/stability/{{seed}}/extract/{{dataset}}/{{model}}.log",
    params:
        model=lambda wildcards: NAMES[wildcards.model],
        layers=lambda wildcards: STUDY["layers"].get(NAMES[wildcards.model]),
        features=STUDY["features"],
        settings=STUDY["extract"],
        visual_angle=STUDY["visual_angle"],
        seed=lambda wildcards: int(wildcards.seed),


use rule encode as encode_again with:
    input:
        code=code("encode"),
        folder=rules.prepare.output.folder,
        kernels=kernels_again,
    output:
        scores=f"{AGAIN}/encoding/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/stability/{{seed}}/encode/{{dataset}}/{{model}}.log",
    params:
        settings=ENCODING,
        n_resamples=0,
        seed=lambda wildcards: int(wildcards.seed),


use rule ceilings as ceilings_again with:
    output:
        ceilings=f"{AGAIN}/ceilings/{{dataset}}.nc",
    log:
        f"{LOGS}/stability/{{seed}}/ceilings/{{dataset}}.log",
    params:
        settings=settings("rsa", "comparison responses"),
        n_bootstrap=100,
        seed=lambda wildcards: int(wildcards.seed),


use rule rsa as rsa_again with:
    input:
        code=code("rsa"),
        folder=rules.prepare.output.folder,
        kernels=kernels_again,
        ceilings=rules.ceilings_again.output.ceilings,
    output:
        scores=f"{AGAIN}/rsa/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/stability/{{seed}}/rsa/{{dataset}}/{{model}}.log",
    params:
        settings=FITTED | {"permutations": 99},
        n_bootstrap=100,
        seed=lambda wildcards: int(wildcards.seed),


rule stability:
    """Collect how scores move with the seed of folds and untrained networks."""
    input:
        code=code("stability"),
        encoding=expand(
            [rules.encode.output.scores, rules.encode_again.output.scores],
            seed=SEEDS,
            dataset=measuring("responses"),
            model=MODELS,
        ),
        rsa=expand(
            [rules.rsa.output.scores, rules.rsa_again.output.scores],
            seed=SEEDS,
            dataset=comparing_rdms(),
            model=UNTRAINED,
        ),
    output:
        table=shown("stability"),
    log:
        f"{LOGS}/stability.log",
    params:
        seed=STUDY["seed"],
    script:
        "../scripts/stability.py"


MOVING = measuring("responses") or (comparing_rdms() and UNTRAINED)
OPINIONS = [
    *([rules.spectra.output.table] if COMPARED else []),
    *([rules.agreement.output.table] if COMPARED else []),
    *([rules.stability.output.table] if SEEDS and MOVING else []),
]
