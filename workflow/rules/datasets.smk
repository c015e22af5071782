rule prepare:
    """Fetch, simulate or validate a dataset, and bring it to the canonical form."""
    input:
        code=lambda wildcards: code(
            "prepare", *datasets.adapter(DATASETS[wildcards.dataset])
        ),
        sources=workflow.source_path("../../data/sources.csv"),
        registry=lambda wildcards: (
            registry.PATH if DATASETS[wildcards.dataset] == "simulated" else []
        ),
        files=lambda wildcards: datasets.sources(DATASETS[wildcards.dataset]),
    output:
        folder=directory(f"{RESULTS}/datasets/{{dataset}}"),
    log:
        f"{LOGS}/prepare/{{dataset}}.log",
    threads: 2
    resources:
        mem_mb=memory("prepare"),
        runtime=minutes("prepare"),
    params:
        source=lambda wildcards: DATASETS[wildcards.dataset],
        seed=STUDY["seed"],
    script:
        "../scripts/prepare.py"


rule summarise:
    """State what is in a dataset, and check that it has what the study asks for."""
    input:
        code=code("summarise"),
        folder=rules.prepare.output.folder,
    output:
        summary=f"{RESULTS}/summaries/{{dataset}}.json",
    log:
        f"{LOGS}/summarise/{{dataset}}.log",
    priority: 10
    params:
        hierarchy=STUDY["hierarchy"],
        beside=STUDY["beside"],
        generalisations=STUDY["encoding"]["generalisations"],
    script:
        "../scripts/summarise.py"


rule reliability:
    """Estimate how reliable each neuroid is, where there are repeats."""
    input:
        code=code("reliability"),
        folder=rules.prepare.output.folder,
    output:
        scores=f"{RESULTS}/reliability/{{dataset}}.nc",
    log:
        f"{LOGS}/reliability/{{dataset}}.log",
    resources:
        mem_mb=memory("reliability"),
        runtime=minutes("reliability"),
    params:
        settings=settings("encoding", "folds generalisations repeats"),
        n_splits=STUDY["encoding"]["reliability_splits"],
        seed=STUDY["seed"],
    script:
        "../scripts/reliability.py"
