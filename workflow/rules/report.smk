"""The report: the paper's tables, the first page, learning curves, and translations to read.

In: score files, tables, metrics, translations.  Out: tables and figures for people.
"""


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
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
    log:
        "<logs>/report/make_table.{table}.log",
    benchmark:
        "<benchmarks>/report/make_table.{table}.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        title=table_title,
        rows=table_rows,
        comparable="--comparable" if experiment.on_paper_test_set else [],
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report make-table"
        " --rows {params.rows:q}"
        " --title {params.title:q}"
        " {params.comparable}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule write_banner:
    """The banner of the captions in Snakemake's report: what data this is."""
    output:
        "<results>/tables/banner.rst",
    log:
        "<logs>/report/write_banner.log",
    benchmark:
        "<benchmarks>/report/write_banner.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        experiment=settings.experiment,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report write-banner"
        " --experiment {params.experiment:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule write_report:
    """The results page: everything that the run found, in one file that needs no network."""
    input:
        expand("<results>/{file}", file=experiment.page_files),
    output:
        "<results>/report.html",
    log:
        "<logs>/report/write_report.log",
    benchmark:
        "<benchmarks>/report/write_report.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        settings=as_json(settings),
    shell:
        "python -m seq2seq.steps.report write-report"
        " --settings {params.settings:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule plot_learning_curve:
    """Perplexity and BLEU on dev against epochs, of every model."""
    input:
        expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
    output:
        svg=report(
            "<results>/figures/learning_curve.svg",
            caption="../report/learning_curve.rst",
            category="Figures",
            labels={"figure": "learning curve"},
        ),
        tsv="<results>/figures/learning_curve.tsv",
    log:
        "<logs>/report/plot_learning_curve.log",
    benchmark:
        "<benchmarks>/report/plot_learning_curve.tsv"
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
        "python -m seq2seq.steps.report plot-learning-curve"
        " --curves {params.curves:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule show_translations:
    """Three long sentences with their translations, as in Table 3."""
    input:
        source_text="<results>/data/text/test.source.txt",
        source_tokens="<results>/data/tokens/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
        hypotheses=experiment.output_files(settings.examples.systems),
    output:
        md="<results>/tables/table3.md",
        html=report(
            "<results>/tables/table3.html",
            caption="../report/table3.rst",
            category="Translations",
            labels={"table": "Table 3: long sentences"},
        ),
    log:
        "<logs>/report/show_translations.log",
    benchmark:
        "<benchmarks>/report/show_translations.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        sentences=json.dumps(settings.examples.sentences),
        systems=experiment.outputs(settings.examples.systems),
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report show-translations"
        " --source-text {input.source_text:q}"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --sentences {params.sentences:q}"
        " --systems {params.systems:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
