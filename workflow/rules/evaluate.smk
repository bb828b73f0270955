"""BLEU of every output, and the tables (section 3.6)."""


rule score_bleu:
    """BLEU as in 2014 with its interval; today's sacreBLEU beside it."""
    input:
        hypotheses=hypotheses,
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
    output:
        "<results>/evaluate/{output}.json",
    log:
        "<logs>/evaluate/{output}.log",
    benchmark:
        "<benchmarks>/evaluate/{output}.tsv"
    wildcard_constraints:
        output="(translations|rescore)/[^/]+|baseline/(best|oracle)",
    conda:
        "../../envs/text.yaml"
    params:
        language=settings.data.target_language,
        seed=settings.evaluate.seed,
    shell:
        "python -m seq2seq.steps.score_bleu"
        " --hypotheses {input.hypotheses:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --language {params.language}"
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
        "../../envs/text.yaml"
    shell:
        "python -m seq2seq.steps.choose_oracle"
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
    conda:
        "../../envs/text.yaml"
    params:
        systems=table_systems,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.compare_systems"
        " --systems {params.systems:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --seed {params.seed}"
        " --title {wildcards.table}"
        " --note {params.note:q}"
        " --tsv {output.tsv:q}"
        " --html {output.html:q}"
        " 2>&1 | tee {log:q}"


rule bridge_bleu:
    """The same outputs from the BLEU of the paper to that of today, one thing changed at a time."""
    input:
        hypotheses=experiment.output_files(settings.bridge.systems),
        source_text="<results>/data/text/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
    output:
        tsv="<results>/tables/bridge.tsv",
        md="<results>/tables/bridge.md",
        html=report(
            "<results>/tables/bridge.html",
            caption="../report/bridge.rst",
            category="Tables",
            labels={"table": "from BLEU of 2014 to today's"},
        ),
    log:
        "<logs>/evaluate/bridge_bleu.log",
    benchmark:
        "<benchmarks>/evaluate/bridge_bleu.tsv"
    conda:
        "../../envs/text.yaml"
    params:
        systems=[f"--system={output}" for output in experiment.outputs(settings.bridge.systems)],
        language=settings.data.target_language,
        comet=f"--comet={settings.evaluate.comet}" if settings.evaluate.comet else [],
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.bridge_bleu"
        " {params.systems:q}"
        " {params.comet:q}"
        " --source-text {input.source_text:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --language {params.language}"
        " --note {params.note:q}"
        " --tsv {output.tsv:q}"
        " --md {output.md:q}"
        " --html {output.html:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_ablation:
    """What order (section 3.3), depth (section 3.4) and cell are worth, in models of one recipe."""
    input:
        models=expand("<results>/models/{model}/model.json", model=settings.ablation.models),
        hypotheses=experiment.output_files(settings.ablation.rows),
        log_probabilities="<results>/evaluate/log_probabilities.tsv",
        source_tokens="<results>/data/tokens/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
    output:
        designs=multiext("<results>/tables/ablation", ".tsv", ".md", ".tex"),
        designs_html=report(
            "<results>/tables/ablation.html",
            caption="../report/ablation.rst",
            category="Tables",
            labels={"table": "order, depth and cell: the models"},
        ),
        effects=multiext("<results>/tables/ablation_effects", ".tsv", ".md", ".tex"),
        effects_html=report(
            "<results>/tables/ablation_effects.html",
            caption="../report/ablation.rst",
            category="Tables",
            labels={"table": "order, depth and cell: each change"},
        ),
    log:
        "<logs>/evaluate/tabulate_ablation.log",
    benchmark:
        "<benchmarks>/evaluate/tabulate_ablation.tsv"
    conda:
        "../../envs/text.yaml"
    params:
        length_groups=settings.ablation.length_groups,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.tabulate_ablation"
        " --models {input.models:q}"
        " --hypotheses {input.hypotheses:q}"
        " --log-probabilities {input.log_probabilities:q}"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --length-groups {params.length_groups}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --designs {output.designs:q} {output.designs_html:q}"
        " --effects {output.effects:q} {output.effects_html:q}"
        " 2>&1 | tee {log:q}"
