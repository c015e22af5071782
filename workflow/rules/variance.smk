SETS = STUDY["encoding"]["banded"]


rule variance:
    """Divide the variance that sets of layers explain into unique and shared parts."""
    input:
        code=code("variance"),
        folder=rules.prepare.output.folder,
        kernels=expand(
            rules.extract.output.kernels,
            model=sorted(
                {
                    model_names.slug(b.rpartition(":")[0])
                    for bands in SETS
                    for b in bands
                }
            ),
            allow_missing=True,
        ),
    output:
        scores=f"{RESULTS}/variance/{{dataset}}.nc",
    log:
        f"{LOGS}/variance/{{dataset}}.log",
    threads: half_of_cores()
    resources:
        gpu=int(devices.may_be_gpu(STUDY["encoding"]["device"])),
        mem_mb=memory("variance"),
        runtime=minutes("variance"),
    params:
        sets=SETS,
        settings=settings(
            "encoding", "device alpha_by folds generalisations repeats alphas"
        ),
        seed=STUDY["seed"],
    script:
        "../scripts/variance.py"


rule variance_table:
    """Collect what the layers of each set explain alone and in common."""
    input:
        code=code("variance_table"),
        scores=expand(rules.variance.output.scores, dataset=measuring("responses")),
    output:
        table=shown("variance"),
    log:
        f"{LOGS}/variance_table.log",
    params:
        n_bootstrap=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/variance_table.py"


VARIANCE = (
    [rules.variance_table.output.table] if SETS and measuring("responses") else []
)
