"""What order, depth and cell are worth: models of one recipe that differ in one of them."""


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
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        length_buckets=settings.ablation.length_buckets,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.evaluate tabulate-ablation"
        " --models {input.models:q}"
        " --hypotheses {input.hypotheses:q}"
        " --log-probabilities {input.log_probabilities:q}"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --length-buckets {params.length_buckets}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --designs {output.designs:q} {output.designs_html:q}"
        " --effects {output.effects:q} {output.effects_html:q}"
        " 2>&1 | tee {log:q}"
