# Only what a step uses is passed to it, so that an edit of the rest does not rerun it.
FITTED = settings("rsa", "distance comparison responses folds")


rule ceilings:
    """Find how similar any RDM can be to those of each area."""
    input:
        code=code("ceilings"),
        folder=rules.prepare.output.folder,
    output:
        ceilings=f"{RESULTS}/ceilings/{{dataset}}.nc",
    log:
        f"{LOGS}/ceilings/{{dataset}}.log",
    priority: 10
    resources:
        mem_mb=memory("ceilings"),
        runtime=minutes("ceilings"),
    params:
        settings=settings("rsa", "comparison responses"),
        n_bootstrap=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/ceilings.py"


rule rsa:
    """Compare the RDM of each layer with those of each area."""
    input:
        code=code("rsa"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
        ceilings=rules.ceilings.output.ceilings,
    output:
        scores=f"{RESULTS}/rsa/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/rsa/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("rsa"),
        runtime=minutes("rsa"),
    params:
        settings=FITTED | {"permutations": STUDY["rsa"]["permutations"]},
        n_bootstrap=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/rsa.py"


rule rsa_fitted:
    """Fit a combination of layers to each area, and compare it with the best single layer."""
    input:
        code=code("rsa_fitted"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        scores=f"{RESULTS}/rsa_fitted/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/rsa_fitted/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("rsa_fitted"),
        runtime=minutes("rsa_fitted"),
    params:
        settings=FITTED,
        seed=STUDY["seed"],
    script:
        "../scripts/rsa_fitted.py"


rule cka:
    """Align each layer with the responses of each area."""
    input:
        code=code("cka"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        scores=f"{RESULTS}/cka/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/cka/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("cka"),
        runtime=minutes("cka"),
    params:
        settings={"folds": STUDY["rsa"]["folds"]},
        n_bootstrap=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/cka.py"


rule model_rdms:
    """Save the RDMs of a model's layers for rsatoolbox."""
    input:
        code=code("model_rdms"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        rdms=f"{RESULTS}/rdms/{{dataset}}/{{model}}.h5",
    log:
        f"{LOGS}/model_rdms/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("model_rdms"),
        runtime=minutes("model_rdms"),
    params:
        distance=STUDY["rsa"]["distance"],
    script:
        "../scripts/model_rdms.py"


rule measured_rdms:
    """Save the measured RDMs, area by area and subject by subject, for rsatoolbox."""
    input:
        code=code("measured_rdms"),
        folder=rules.prepare.output.folder,
    output:
        rdms=f"{RESULTS}/rdms/{{dataset}}.measured.h5",
    log:
        f"{LOGS}/measured_rdms/{{dataset}}.log",
    resources:
        mem_mb=memory("measured_rdms"),
        runtime=minutes("measured_rdms"),
    params:
        responses=STUDY["rsa"]["responses"],
    script:
        "../scripts/measured_rdms.py"


OVER_TIME = settings("rsa", "distance permutations cluster_p")


rule timecourse:
    """Compare the RDM of each layer with recordings over time."""
    input:
        code=code("timecourse"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        timecourse=f"{RESULTS}/timecourse/{{dataset}}/{{model}}.csv",
        latency=f"{RESULTS}/timecourse/{{dataset}}/{{model}}.latency.csv",
        hierarchy=f"{RESULTS}/timecourse/{{dataset}}/{{model}}.hierarchy.csv",
    log:
        f"{LOGS}/timecourse/{{dataset}}/{{model}}.log",
    resources:
        mem_mb=memory("timecourse"),
        runtime=minutes("timecourse"),
    params:
        settings=OVER_TIME,
        n_bootstrap=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/timecourse.py"


rule fusion:
    """Compare areas with recordings over time, and say what layers explain of that."""
    input:
        code=code("fusion"),
        folder=rules.prepare.output.folder,
        kernels=expand(rules.extract.output.kernels, model=MODELS, allow_missing=True),
    output:
        fusion=f"{RESULTS}/fusion/{{dataset}}.csv",
        commonality=f"{RESULTS}/fusion/{{dataset}}.commonality.csv",
    log:
        f"{LOGS}/fusion/{{dataset}}.log",
    resources:
        mem_mb=memory("fusion"),
        runtime=minutes("fusion"),
    params:
        settings=OVER_TIME | {"responses": STUDY["rsa"]["responses"]},
        seed=STUDY["seed"],
    script:
        "../scripts/fusion.py"
