FIRST = MODELS[0]
HOW = ["ridge", "pls", "rsa", "cka"]
SIMULATED = [
    name for name in DATASETS if {"responses", "rdms"} & set(MEASUREMENTS[name])
]


rule recovery_units:
    """Read a sample of units from each layer of a model."""
    input:
        code=code("recovery_units"),
        registry=registry.PATH,
        plugin=rules.extract.input.plugin,
        folder=rules.prepare.output.folder,
        weights=rules.extract.input.weights,
    output:
        units=f"{RESULTS}/recovery/{{dataset}}/{{model}}.units.nc",
    log:
        f"{LOGS}/recovery_units/{{dataset}}/{{model}}.log",
    threads: half_of_cores()
    resources:
        gpu=1,
    params:
        model=lambda wildcards: NAMES[wildcards.model],
        layers=lambda wildcards: STUDY["layers"].get(NAMES[wildcards.model]),
        settings=STUDY["extract"],
        visual_angle=STUDY["visual_angle"],
        seed=STUDY["seed"],
    script:
        "../scripts/recovery_units.py"


rule recovery:
    """Simulate recordings from each layer of the first model, and see which layers are found."""
    input:
        code=code("recovery"),
        folder=rules.prepare.output.folder,
        units=expand(rules.recovery_units.output.units, model=FIRST, allow_missing=True),
        kernels=expand(rules.extract.output.kernels, model=MODELS, allow_missing=True),
        reliability=lambda wildcards: (
            [rules.reliability.output.scores]
            if "responses" in MEASUREMENTS[wildcards.dataset]
            else []
        ),
    output:
        table=f"{RESULTS}/recovery/{{dataset}}/{{how}}.csv",
    log:
        f"{LOGS}/recovery/{{dataset}}/{{how}}.log",
    params:
        config={
            key: STUDY[key] for key in ("seed", "bootstrap", "encoding", "recovery")
        },
    script:
        "../scripts/recovery.py"


rule recovery_tables:
    """Collect what was found, and how often it was right."""
    input:
        code=code("recovery_tables"),
        parts=expand(rules.recovery.output.table, dataset=SIMULATED, how=HOW),
        kernels=expand(
            rules.extract.output.kernels, dataset=SIMULATED[:1], model=MODELS
        ),
    output:
        table=f"{TABLES}/recovery.csv",
        summary=report(
            f"{TABLES}/recovery_summary.csv",
            caption="../report/recovery_table.rst",
            category="Tables",
            labels={"table": "recovery"},
        ),
    log:
        f"{LOGS}/recovery_tables.log",
    script:
        "../scripts/recovery_tables.py"


RECOVERY = (
    list(rules.recovery_tables.output)
    if STUDY["recovery"]["draws"] and SIMULATED
    else []
)
