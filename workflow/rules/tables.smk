rule encoding_table:
    """Collect the encoding scores of the study, with ceilings and intervals."""
    input:
        code=code("encoding_table"),
        scores=expand(
            rules.encode.output.scores, dataset=measuring("responses"), model=MODELS
        ),
        reliability=expand(
            rules.reliability.output.scores, dataset=measuring("responses")
        ),
    output:
        table=shown("encoding"),
        explained=f"{RESULTS}/encoding/explained.csv",
        neuroids=f"{RESULTS}/encoding/neuroids.csv",
    log:
        f"{LOGS}/encoding_table.log",
    params:
        threshold=STUDY["encoding"]["reliability_threshold"],
        draw=RESAMPLING,
    script:
        "../scripts/encoding_table.py"


rule rsa_table:
    """Collect the similarities of the study and their differences, and correct p-values."""
    input:
        code=code("rsa_table"),
        scores=expand(rules.rsa.output.scores, dataset=comparing_rdms(), model=MODELS),
    output:
        table=shown("rsa"),
        pairs=f"{TABLES}/rsa_pairs.csv",
    log:
        f"{LOGS}/rsa_table.log",
    script:
        "../scripts/rsa_table.py"


rule rsa_fitted_tables:
    """Collect how similar fitted combinations of layers are, and their weights."""
    input:
        code=code("rsa_fitted_tables"),
        scores=expand(
            rules.rsa_fitted.output.scores, dataset=comparing_rdms(), model=MODELS
        ),
    output:
        table=shown("rsa_fitted"),
        weights=f"{TABLES}/rsa_weights.csv",
    log:
        f"{LOGS}/rsa_fitted_tables.log",
    script:
        "../scripts/rsa_fitted_tables.py"


rule cka_table:
    """Collect how layers and responses are aligned."""
    input:
        code=code("cka_table"),
        scores=expand(
            rules.cka.output.scores, dataset=measuring("responses"), model=MODELS
        ),
    output:
        table=shown("cka"),
    log:
        f"{LOGS}/cka_table.log",
    script:
        "../scripts/cka_table.py"


OVER_TIME_RUNS = {"dataset": measuring("timecourse"), "model": MODELS}
FUSED = [name for name in measuring("timecourse") if name in comparing_rdms()]


rule timecourse_tables:
    """Collect the time courses of the study, latencies, and how they relate to depth."""
    input:
        code=code("timecourse_tables"),
        timecourse=expand(rules.timecourse.output.timecourse, **OVER_TIME_RUNS),
        latency=expand(rules.timecourse.output.latency, **OVER_TIME_RUNS),
        latency_hierarchy=expand(rules.timecourse.output.hierarchy, **OVER_TIME_RUNS),
    output:
        timecourse=f"{TABLES}/timecourse.csv",
        latency=shown("latency"),
        latency_hierarchy=f"{TABLES}/latency_hierarchy.csv",
    log:
        f"{LOGS}/timecourse_tables.log",
    script:
        "../scripts/timecourse_tables.py"


rule fusion_tables:
    """Collect the fusions of the study, and what layers explain of them."""
    input:
        code=code("fusion_tables"),
        fusion=expand(rules.fusion.output.fusion, dataset=FUSED),
        commonality=expand(rules.fusion.output.commonality, dataset=FUSED),
    output:
        fusion=f"{TABLES}/fusion.csv",
        commonality=f"{TABLES}/commonality.csv",
    log:
        f"{LOGS}/fusion_tables.log",
    script:
        "../scripts/fusion_tables.py"


rule models_table:
    """Collect what is known of each model."""
    input:
        code=code("models_table"),
        descriptions=expand(
            rules.readout.output.description, dataset=DATASETS, model=MODELS
        ),
    output:
        table=shown("models"),
    log:
        f"{LOGS}/models_table.log",
    script:
        "../scripts/models_table.py"


rule correspondence:
    """Find the layers that correspond to each area, and whether depth follows the hierarchy."""
    input:
        **OF_METHODS,
        code=code("correspondence"),
        folders=expand(rules.prepare.output.folder, dataset=DATASETS),
    output:
        table=shown("correspondence"),
        hierarchy=f"{TABLES}/hierarchy.csv",
    log:
        f"{LOGS}/correspondence.log",
    params:
        hierarchy=STUDY["hierarchy"],
        draw=RESAMPLING,
    script:
        "../scripts/correspondence.py"


rule layers_table:
    """Collect what the layers and the first filters of the models are like."""
    input:
        code=code("layers_table"),
        table=expand(rules.layers.output.table, dataset=DATASETS, model=MODELS),
        filters=expand(rules.layers.output.filters, dataset=DATASETS, model=MODELS),
    output:
        table=shown("model_layers"),
        filters=shown("filters"),
    log:
        f"{LOGS}/layers_table.log",
    script:
        "../scripts/layers_table.py"


SCORED = [
    *([rules.encoding_table.output.table] if measuring("responses") else []),
    *([rules.rsa_table.output.table] if comparing_rdms() else []),
]


rule twins_table:
    """Collect mean and spread of untrained twins of several seeds."""
    input:
        code=code("twins_table"),
        scores=SCORED,
    output:
        table=shown("twins"),
    log:
        f"{LOGS}/twins_table.log",
    script:
        "../scripts/twins_table.py"


rule alterations_table:
    """Collect what variants change of the scores of their models."""
    input:
        code=code("alterations_table"),
        tables=[rules.correspondence.output.table, rules.layers_table.output.table],
    output:
        table=shown("alterations"),
    log:
        f"{LOGS}/alterations_table.log",
    script:
        "../scripts/alterations_table.py"


TABLE_FILES = [
    *([rules.encoding_table.output.table] if measuring("responses") else []),
    *([rules.cka_table.output.table] if measuring("responses") else []),
    *(rules.rsa_table.output if comparing_rdms() else []),
    *(rules.rsa_fitted_tables.output if comparing_rdms() else []),
    *(rules.timecourse_tables.output if measuring("timecourse") else []),
    *VARIANCE,
    *OPINIONS,
    *RECOVERY,
    *(rules.fusion_tables.output if FUSED else []),
    *(
        [rules.twins_table.output.table]
        if model_names.several_twins(NAMES.values())
        else []
    ),
    *(
        [rules.alterations_table.output.table]
        if model_names.altered(NAMES.values())
        else []
    ),
    rules.models_table.output.table,
    *rules.layers_table.output,
    rules.correspondence.output.table,
    rules.correspondence.output.hierarchy,
]


rule describe_columns:
    """Say what each column of each table means, and in which unit."""
    input:
        code=code("describe_columns"),
        tables=TABLE_FILES,
    output:
        table=f"{TABLES}/columns.csv",
    log:
        f"{LOGS}/describe_columns.log",
    script:
        "../scripts/describe_columns.py"


rule check:
    """Check the tables against each other: a study that contradicts itself is not finished."""
    input:
        code=code("check"),
        tables=TABLE_FILES,
    output:
        checks=f"{RESULTS}/checks.txt",
    log:
        f"{LOGS}/check.log",
    script:
        "../scripts/check.py"
