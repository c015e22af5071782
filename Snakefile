from snakemake.utils import min_version

min_version("9.6")

# A study given by --configfile stands alone; keys of the default must not mix into it.
if "study" not in config:

    configfile: workflow.source_path("config/demo.yaml")


container: "docker://ventralmap:0.1.0"


include: "workflow/rules/common.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/encoding.smk"
include: "workflow/rules/rsa.smk"
include: "workflow/rules/variance.smk"
include: "workflow/rules/opinions.smk"
include: "workflow/rules/recovery.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/report.smk"


report: "workflow/report/workflow.rst"


rule all:
    default_target: True
    input:
        rules.report.output.report,
        rules.describe_columns.output.table,
