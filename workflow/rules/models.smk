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
    params:
        model=lambda wildcards: NAMES[wildcards.model],
    script:
        "../scripts/weights.py"


rule readout_weights:
    """Weigh the channels of a layer by the readout of an area, for a lesion that follows it."""
    input:
        code=code("readout_weights"),
        registry=registry.PATH,
        plugin=lambda wildcards: registry.sources(NAMES[wildcards.model]),
        folder=rules.prepare.output.folder,
        weights=weights_of,
    output:
        weights=f"{RESULTS}/readout_weights/{{dataset}}/{{model}}.json",
    log:
        f"{LOGS}/readout_weights/{{dataset}}/{{model}}.log",
    threads: half_of_cores()
    resources:
        gpu=1,
        mem_mb=memory("extract"),
        runtime=minutes("extract"),
    params:
        model=lambda wildcards: NAMES[wildcards.model],
        config={
            key: STUDY[key] for key in ("features", "extract", "visual_angle", "seed")
        }
        | {"encoding": settings("encoding", "alphas")},
    script:
        "../scripts/readout_weights.py"


rule extract:
    """Run the stimuli through a model and keep a kernel per layer."""
    input:
        code=code("extract"),
        registry=registry.PATH,
        plugin=lambda wildcards: registry.sources(NAMES[wildcards.model]),
        folder=rules.prepare.output.folder,
        weights=weights_of,
        readout=lambda wildcards: (
            rules.readout_weights.output.weights
            if model_names.by_readout(NAMES[wildcards.model])
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
        model=lambda wildcards: NAMES[wildcards.model],
        layers=lambda wildcards: STUDY["layers"].get(NAMES[wildcards.model]),
        features=STUDY["features"],
        settings=STUDY["extract"],
        visual_angle=STUDY["visual_angle"],
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


rule fields:
    """Measure what the units in the middle of each layer see, and fit the first filters."""
    input:
        code=code("fields"),
        registry=registry.PATH,
        plugin=lambda wildcards: registry.sources(NAMES[wildcards.model]),
        weights=rules.extract.input.weights,
    output:
        fields=f"{RESULTS}/fields/{{model}}.json",
    log:
        f"{LOGS}/fields/{{model}}.log",
    params:
        model=rules.extract.params.model,
        layers=rules.extract.params.layers,
        visual_angle=STUDY["visual_angle"],
        seed=STUDY["seed"],
    script:
        "../scripts/fields.py"


rule layers:
    """Describe the layers and the first filters of a model that is shown a dataset."""
    input:
        code=code("layers"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
        fields=rules.fields.output.fields,
    output:
        table=f"{RESULTS}/layers/{{dataset}}/{{model}}.csv",
        filters=f"{RESULTS}/layers/{{dataset}}/{{model}}.filters.csv",
    log:
        f"{LOGS}/layers/{{dataset}}/{{model}}.log",
    params:
        folds=STUDY["encoding"]["folds"],
        seed=STUDY["seed"],
    script:
        "../scripts/layers.py"
