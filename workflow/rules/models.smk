rule weights:
    """Find the weights of a network, check their hash, and put them into the cache."""
    input:
        code=code("weights"),
        registry=registry.PATH,
    output:
        record=f"{RESULTS}/weights/{{model}}.json",
    log:
        f"{LOGS}/weights/{{model}}.log",
    priority: 20
    script:
        "../scripts/weights.py"


rule extract:
    """Run the stimuli through a model and keep a kernel per layer."""
    input:
        code=code("extract"),
        registry=registry.PATH,
        folder=rules.prepare.output.folder,
        weights=lambda wildcards: (
            rules.weights.output.record
            if registry.is_pretrained(wildcards.model)
            else []
        ),
    output:
        kernels=f"{RESULTS}/kernels/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/extract/{{dataset}}/{{model}}.log",
    priority: 20
    threads: half_of_cores()
    resources:
        gpu=1,
        mem_mb=memory("extract"),
        runtime=minutes("extract"),
    params:
        layers=lambda wildcards: STUDY["layers"].get(wildcards.model),
        features=STUDY["features"],
        settings=STUDY["extract"],
        seed=STUDY["seed"],
    script:
        "../scripts/extract.py"


rule readout:
    """Describe a model: its size, weights, and how well its last layer tells the categories."""
    input:
        code=code("readout"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        description=f"{RESULTS}/readout/{{dataset}}/{{model}}.json",
    log:
        f"{LOGS}/readout/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("readout"),
        runtime=minutes("readout"),
    params:
        folds=STUDY["encoding"]["folds"],
        seed=STUDY["seed"],
    script:
        "../scripts/readout.py"
