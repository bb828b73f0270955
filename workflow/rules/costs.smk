"""What models and jobs cost: parameters, training throughput, time and memory by rule.

In: models, metrics of trainings, benchmark files.  Out: tables.
"""


rule count_parameters:
    """Each model's parameters by part, next to the paper's (section 3.4)."""
    input:
        models=expand("<results>/models/{model}/model.json", model=experiment.trained_models),
        paper=configuration / "paper_results.yaml",
    output:
        tsv="<results>/tables/parameters.tsv",
        html=report(
            "<results>/tables/parameters.html",
            caption="../report/parameters.rst",
            category="Costs",
            labels={"table": "parameters"},
        ),
    log:
        "<logs>/evaluate/count_parameters.log",
    benchmark:
        "<benchmarks>/evaluate/count_parameters.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims count-parameters"
        " --models {input.models:q}"
        " --paper-results {input.paper:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_throughput:
    """Training throughput by device, next to the paper's (section 3.5)."""
    input:
        metrics=expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
        corpus="<results>/tables/corpus.tsv",
        paper=configuration / "paper_results.yaml",
    output:
        tsv="<results>/tables/speed.tsv",
        html=report(
            "<results>/tables/speed.html",
            caption="../report/speed.rst",
            category="Costs",
            labels={"table": "training throughput"},
        ),
    log:
        "<logs>/evaluate/tabulate_throughput.log",
    benchmark:
        "<benchmarks>/evaluate/tabulate_throughput.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims tabulate-throughput"
        " --metrics {input.metrics:q}"
        " --corpus {input.corpus:q}"
        " --paper-results {input.paper:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule compare_precisions:
    """The learning curves of one model in two precisions."""
    input:
        expand(
            "<results>/train/{model}/{segment}.{kind}.jsonl",
            model=[settings.precision_check.model, settings.precision_check.control],
            segment=experiment.first_segments(settings.precision_check.epochs),
            kind=["train", "dev"],
        ),
    output:
        tsv="<results>/tables/precision.tsv",
        html=report(
            "<results>/tables/precision.html",
            caption="../report/precision.rst",
            category="Costs",
            labels={"table": "fp32 beside the training's precision"},
        ),
    log:
        "<logs>/evaluate/compare_precisions.log",
    benchmark:
        "<benchmarks>/evaluate/compare_precisions.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims compare-precisions"
        " --metrics {input:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule list_costs:
    """Seconds, processor seconds and memory of the jobs by rule, from their benchmark files."""
    input:
        last="<results>/certificate.json",
    output:
        tsv="<results>/tables/costs.tsv",
        html=report(
            "<results>/tables/costs.html",
            caption="../report/costs.rst",
            category="Costs",
            labels={"table": "measured costs"},
        ),
    log:
        "<logs>/evaluate/list_costs.log",
    benchmark:
        "<benchmarks>/evaluate/list_costs.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        benchmarks=f"{experiment.results}/benchmarks",
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims list-costs"
        " --benchmarks {params.benchmarks:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_seeds:
    """BLEU and perplexity on dev by epoch, over the seeds of each recipe."""
    input:
        expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
    output:
        tsv="<results>/tables/seeds.tsv",
        md="<results>/tables/seeds.md",
        html=report(
            "<results>/tables/seeds.html",
            caption="../report/seeds.rst",
            category="Tables",
            labels={"table": "dev set by epoch, over seeds"},
        ),
    log:
        "<logs>/evaluate/tabulate_seeds.log",
    benchmark:
        "<benchmarks>/evaluate/tabulate_seeds.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        curves=[
            f"{model}={experiment.results}/models/{model}/metrics.jsonl"
            for model in experiment.trained_models
        ],
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims tabulate-seeds"
        " --curves {params.curves:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
