# The paper, stage by stage; then what a run is for. Start here, then workflow/rules/.
from snakemake.utils import min_version

min_version("9.27")


if Path("config/config.yaml").exists():

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/corpus.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/vocabulary.smk"
include: "workflow/rules/language_model.smk"
include: "workflow/rules/baseline.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/translate.smk"
include: "workflow/rules/rescore.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/ladder.smk"


rule all:
    """The results page, and every table and figure of the experiment."""
    default_target: True
    input:
        "<results>/report.html",
        multiext("<results>/tables/claims", ".tsv", ".md", ".html"),
        multiext("<results>/tables/deviations", ".tsv", ".md", ".html"),
        expand(
            "<results>/tables/{table}.{suffix}",
            table=experiment.tables,
            suffix=["tsv", "md", "tex", "significance.tsv"],
        ),
        expand("<results>/{name}", name=["certificate.json", "tables/banner.rst"]),
        expand(
            "<results>/tables/{name}.tsv",
            name=["parameters", "seeds", "speed", "costs", "corpus", "perplexity"],
        ),
        multiext("<results>/figures/learning_curve", ".svg", ".tsv"),
        "<results>/translations/reference.txt",
        experiment.optional_results,


onsuccess:
    # Not after `snakemake FILE` or `--until RULE`, which make a part.
    chosen = workflow.dag_settings
    if not {*chosen.targets, *chosen.until, *chosen.omit_from} - {"all", "everything"}:
        print(f"Done: {experiment.results}/report.html; tables and figures are beside it")
