"""Numbers from translations: BLEU of every output, perplexity, comparisons (section 3.6).

In: translations, n-best lists, log probabilities, references.  Out: score files and their tables.
"""


rule score_bleu:
    """BLEU as in 2014 with its interval; modern sacreBLEU with it."""
    input:
        hypotheses=hypotheses,
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
    output:
        "<results>/evaluate/{output}.json",
    log:
        "<logs>/evaluate/{output}.log",
    benchmark:
        "<benchmarks>/evaluate/score_bleu.{output}.tsv"
    wildcard_constraints:
        output="(translations|rescore)/[^/]+|baseline/(best|oracle)",
    group:
        "evaluation"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        language=settings.data.target_language,
        tokenizer=settings.data.tokenizer,
        seed=settings.evaluate.seed,
    shell:
        "python -m seq2seq.steps.evaluate score-bleu"
        " --hypotheses {input.hypotheses:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --language {params.language} --tokenizer {params.tokenizer}"
        " --seed {params.seed}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule choose_oracle:
    """The best that any choice from the n-best lists could reach (Table 2, last row)."""
    input:
        nbest="<results>/baseline/nbest.test.tsv.gz",
        reference_tokens="<results>/data/tokens/test.target.txt",
    output:
        "<results>/baseline/oracle.test.tsv.gz",
    log:
        "<logs>/evaluate/choose_oracle.log",
    benchmark:
        "<benchmarks>/evaluate/choose_oracle.tsv"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1500),
        runtime=grows(30),
    shell:
        "python -m seq2seq.steps.evaluate choose-oracle"
        " --nbest {input.nbest:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule compare_systems:
    """Each system of a table against the one above it: interval and p values of the difference."""
    input:
        systems=table_outputs,
        reference_tokens="<results>/data/tokens/test.target.txt",
    output:
        tsv="<results>/tables/{table}.significance.tsv",
        html=report(
            "<results>/tables/{table}.significance.html",
            caption="../report/significance.rst",
            category="Tables",
            labels={"table": "{table}: differences"},
        ),
    log:
        "<logs>/evaluate/compare_systems.{table}.log",
    benchmark:
        "<benchmarks>/evaluate/compare_systems.{table}.tsv"
    group:
        "evaluation"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        systems=table_systems,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.evaluate compare-systems"
        " --systems {params.systems:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --seed {params.seed}"
        " --title {wildcards.table}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule score_bleu_variants:
    """The same outputs in several BLEU variants, changing one thing at a time."""
    input:
        hypotheses=experiment.output_files(settings.bleu_variants.systems),
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
    output:
        tsv="<results>/tables/bleu_variants.tsv",
        md="<results>/tables/bleu_variants.md",
        html=report(
            "<results>/tables/bleu_variants.html",
            caption="../report/bleu_variants.rst",
            category="Tables",
            labels={"table": "from BLEU of 2014 to modern BLEU"},
        ),
    log:
        "<logs>/evaluate/score_bleu_variants.log",
    benchmark:
        "<benchmarks>/evaluate/score_bleu_variants.tsv"
    group:
        "evaluation"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        systems=experiment.outputs(settings.bleu_variants.systems),
        language=settings.data.target_language,
        tokenizer=settings.data.tokenizer,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.evaluate score-bleu-variants"
        " --systems {params.systems:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --language {params.language} --tokenizer {params.tokenizer}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_perplexities:
    """Perplexity on the test set with its interval, next to the paper's (section 3.3)."""
    input:
        log_probabilities="<results>/evaluate/log_probabilities.tsv",
        paper=configuration / "paper_results.yaml",
    output:
        tsv="<results>/tables/perplexity.tsv",
        html=report(
            "<results>/tables/perplexity.html",
            caption="../report/perplexity.rst",
            category="Tables",
            labels={"table": "perplexity"},
        ),
    log:
        "<logs>/evaluate/tabulate_perplexities.log",
    benchmark:
        "<benchmarks>/evaluate/tabulate_perplexities.tsv"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        orders=[
            f"{model}={settings.models[model].source_order}" for model in experiment.trained_models
        ],
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.evaluate tabulate-perplexities"
        " --log-probabilities {input.log_probabilities:q}"
        " --orders {params.orders:q}"
        " --paper-results {input.paper:q}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
