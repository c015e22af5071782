SHOWN = [] if PROJECTED else list(DATASETS)
NETWORKS = [
    model for model in NAMES.values() if model_names.split(model).kind != "control"
]
OF_NEUROIDS = rules.encoding_table.output
NEUROIDS = (
    [OF_NEUROIDS.explained, OF_NEUROIDS.neuroids] if measuring("responses") else []
)
STATIC = [name for name in SHOWN if MEASUREMENTS[name] != {"timecourse"}]
MAPPED = ["encoding_explained", "encoding_depth", "encoding_map"]
FIGURES = [
    *(["correspondence"] if measuring("responses") or comparing_rdms() else []),
    *(MAPPED if measuring("responses") else []),
    *(["rsa_depth", "rsa_map"] if comparing_rdms() else []),
    *(["timecourse"] if measuring("timecourse") else []),
    *(["fusion"] if FUSED else []),
    *(["variance"] if VARIANCE else []),
    "model_layers",
    *(["filters"] if NETWORKS else []),
    *(["agreement", "spectra"] if OPINIONS else []),
    *(["recovery"] if RECOVERY else []),
    *(f"{kind}_{name}" for name in STATIC for kind in ("rdms", "mds")),
]


rule figures:
    """Draw all figures as PNG, SVG and PDF."""
    input:
        code=code("figures"),
        tables=TABLE_FILES,
        summaries=expand(rules.summarise.output.summary, dataset=DATASETS),
        folders=expand(rules.prepare.output.folder, dataset=DATASETS),
        neuroids=NEUROIDS,
        measured=expand(rules.measured_rdms.output.rdms, dataset=SHOWN),
        models=expand(rules.model_rdms.output.rdms, dataset=SHOWN, model=MODELS),
        fields=expand(rules.fields.output.fields, model=MODELS),
    output:
        png=[drawn(figure) for figure in FIGURES],
        vector=expand(
            f"{RESULTS}/figures/{{figure}}.{{suffix}}",
            figure=FIGURES,
            suffix=["svg", "pdf"],
        ),
        captions=f"{RESULTS}/figures/captions.json",
    log:
        f"{LOGS}/figures.log",
    threads: 4
    params:
        study=STUDY,
        names=FIGURES,
    script:
        "../scripts/figures.py"


rule report:
    """Write the report: one file that needs nothing else."""
    input:
        code=code("report"),
        template=[
            workflow.source_path(f"../../src/ventralmap/report.{part}")
            for part in ("html", "css", "js")
        ],
        references=workflow.source_path("../../src/ventralmap/references.bib"),
        tables=TABLE_FILES,
        summaries=expand(rules.summarise.output.summary, dataset=DATASETS),
        figures=rules.figures.output.png,
        captions=rules.figures.output.captions,
        checks=rules.check.output.checks,
    output:
        report=f"{RESULTS}/report.html",
    log:
        f"{LOGS}/report.log",
    params:
        study=STUDY,
        known=[*DATASETS, *MODELS],
    script:
        "../scripts/report.py"
