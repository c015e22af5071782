ENCODING = settings(
    "encoding", "method device components alpha_by folds generalisations repeats alphas"
)


rule encode:
    """Predict the responses of each neuroid from each layer, cross-validated."""
    input:
        code=code("encode"),
        folder=rules.prepare.output.folder,
        kernels=rules.extract.output.kernels,
    output:
        scores=f"{RESULTS}/encoding/{{dataset}}/{{model}}.nc",
    log:
        f"{LOGS}/encode/{{dataset}}/{{model}}.log",
    threads: half_of_cores()
    resources:
        gpu=int(devices.may_be_gpu(STUDY["encoding"]["device"])),
        mem_mb=memory("encode"),
        runtime=minutes("encode"),
    params:
        settings=ENCODING,
        n_resamples=STUDY["bootstrap"],
        seed=STUDY["seed"],
    script:
        "../scripts/encode.py"
