"""What the run says about the paper: claims, ablation, deviations, and the certificate.

In: outputs, log probabilities, figures' numbers, settings.  Out: tables and `certificate.json`.
"""

CERTIFIED_TABLES = ["corpus", "perplexity", "claims", "deviations", "parameters", "seeds", "speed"]


rule evaluate_claims:
    """A verdict on every claim of config/claims.tsv, by the test in its row."""
    input:
        claims=config_file("claims.tsv"),
        power=config_file("power.tsv"),
        source_tokens="<results>/data/tokens/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
        evidence=claim_inputs.files,
    output:
        tsv="<results>/tables/claims.tsv",
        md="<results>/tables/claims.md",
        html=report(
            "<results>/tables/claims.html",
            caption="../report/claims.rst",
            category="Claims",
            labels={"table": "the paper's claims"},
        ),
    log:
        "<logs>/evaluate/evaluate_claims.log",
    benchmark:
        "<benchmarks>/evaluate/evaluate_claims.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        experiment=settings.experiment,
        data=["--paper-data"] * experiment.on_paper_test_set
        + ["--own-baseline"] * (not settings.baseline.nbest),
        outputs=claim_inputs.outputs,
        log_probabilities=claim_inputs.log_probabilities,
        measurements=claim_inputs.measurements,
        quoted=claim_inputs.quoted,
        slope_max_length=settings.length_plot.slope_max_length,
        bucket_size=settings.evaluate.bucket_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims evaluate-claims"
        " --claims-file {input.claims:q}"
        " --power {input.power:q}"
        " --experiment {params.experiment}"
        " {params.data}"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --outputs {params.outputs:q}"
        " --log-probabilities {params.log_probabilities:q}"
        " --measurements {params.measurements:q}"
        " --quoted {params.quoted:q}"
        " --slope-max-length {params.slope_max_length}"
        " --bucket-size {params.bucket_size}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --output {output:q}"
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


rule list_deviations:
    """How the run deviates from the paper, so that nobody mistakes a demo for it."""
    input:
        remarks=config_file("deviations.tsv"),
    output:
        tsv="<results>/tables/deviations.tsv",
        md="<results>/tables/deviations.md",
        html=report(
            "<results>/tables/deviations.html",
            caption="../report/deviations.rst",
            category="Claims",
            labels={"table": "deviations from the paper"},
        ),
    log:
        "<logs>/evaluate/list_deviations.log",
    benchmark:
        "<benchmarks>/evaluate/list_deviations.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        paper=Experiment(paper).numbers,
        settings=experiment.numbers,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.claims list-deviations"
        " --paper {params.paper:q}"
        " --settings {params.settings:q}"
        " --remarks {input.remarks:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule write_certificate:
    """What was made from what, with checksums and scores, for `seq2seq verify`."""
    input:
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
        hypotheses=list(dict.fromkeys(map(experiment.hypotheses, experiment.made))),
        scores=experiment.scores_of(experiment.rows),
        metrics=expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
        files=[
            *expand(
                "<results>/models/{model}/{file}",
                model=experiment.trained_models,
                file=["model.safetensors", "model.json", "source.tsv", "target.tsv"],
            ),
            *expand("<results>/tables/{table}.tsv", table=[*experiment.tables, *CERTIFIED_TABLES]),
        ],
    output:
        report(
            "<results>/certificate.json",
            caption="../report/certificate.rst",
            category="Claims",
            labels={"table": "certificate"},
        ),
    log:
        "<logs>/evaluate/write_certificate.log",
    benchmark:
        "<benchmarks>/evaluate/write_certificate.tsv"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        settings=experiment.numbers,
        outputs=[f"{name}={experiment.hypotheses(name)}" for name in experiment.made],
    shell:
        "python -m seq2seq.steps.claims write-certificate"
        " --settings {params.settings:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --outputs {params.outputs:q}"
        " --metrics {input.metrics:q}"
        " --files {input.files:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
