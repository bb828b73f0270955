"""What a reader sees: tables, each beside the paper's, the learning curve, and the HTML report."""


rule make_table:
    """One of the paper's tables: its numbers, ours, and the interval."""
    input:
        table_scores,
    output:
        tsv="<results>/tables/{table}.tsv",
        md="<results>/tables/{table}.md",
        tex="<results>/tables/{table}.tex",
        html=report(
            "<results>/tables/{table}.html",
            caption="../report/{table}.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
    log:
        "<logs>/report/make_table.{table}.log",
    benchmark:
        "<benchmarks>/report/make_table.{table}.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        rows=table_rows,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.make_table"
        " --rows {params.rows:q}"
        " --title {wildcards.table}"
        " --note {params.note:q}"
        " --tsv {output.tsv:q}"
        " --md {output.md:q}"
        " --tex {output.tex:q}"
        " --html {output.html:q}"
        " 2>&1 | tee {log:q}"


rule plot_learning_curve:
    """Perplexity and BLEU on the dev set as training goes on, of every model."""
    input:
        expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
    output:
        svg=report(
            "<results>/figures/learning_curve.svg",
            caption="../report/learning_curve.rst",
            category="Figures",
            labels={"figure": "learning curve"},
        ),
        png="<results>/figures/learning_curve.png",
        tsv="<results>/figures/learning_curve.tsv",
    log:
        "<logs>/report/plot_learning_curve.log",
    benchmark:
        "<benchmarks>/report/plot_learning_curve.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        curves=[
            f"--curve={model}={experiment.results}/models/{model}/metrics.jsonl"
            for model in experiment.trained_models
        ],
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.plot_learning_curve"
        " {params.curves:q}"
        " --note {params.note:q}"
        " --svg {output.svg:q}"
        " --png {output.png:q}"
        " --tsv {output.tsv:q}"
        " 2>&1 | tee {log:q}"
