"""What the run proves: verdicts on the paper's claims, what was done otherwise, a certificate."""

PROVED_TABLES = ["corpus", "perplexity", "claims", "deviations", "parameters", "speed"]


rule evaluate_claims:
    """A verdict on every claim of config/claims.tsv, by a test stated before the run."""
    input:
        claims=config_file("claims.tsv"),
        source_tokens="<results>/data/tokens/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
        told=claim_inputs.files,
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
        outputs=claim_inputs.outputs,
        log_probabilities=claim_inputs.log_probabilities,
        measurements=claim_inputs.measurements,
        quoted=claim_inputs.quoted,
        slope_max_length=settings.length_plot.slope_max_length,
        bucket_size=settings.evaluate.bucket_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.evaluate evaluate-claims"
        " --claims-table {input.claims:q}"
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


rule list_deviations:
    """What the run does otherwise than the paper, so that nobody mistakes a demo for it."""
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
        "python -m seq2seq.steps.evaluate list-deviations"
        " --paper {params.paper:q}"
        " --settings {params.settings:q}"
        " --remarks {input.remarks:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule count_parameters:
    """Each model's weights, part by part, beside the paper's 384 million (section 3.4)."""
    input:
        expand("<results>/models/{model}/model.json", model=experiment.trained_models),
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
        "python -m seq2seq.steps.evaluate count-parameters"
        " --models {input:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_throughput:
    """Words a second in training, by device, beside the paper's 1,700 and 6,300 (section 3.5)."""
    input:
        metrics=expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
        corpus="<results>/tables/corpus.tsv",
    output:
        tsv="<results>/tables/speed.tsv",
        html=report(
            "<results>/tables/speed.html",
            caption="../report/speed.rst",
            category="Costs",
            labels={"table": "speed of training"},
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
        "python -m seq2seq.steps.evaluate tabulate-throughput"
        " --metrics {input.metrics:q}"
        " --corpus {input.corpus:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule write_certificate:
    """What was made of what, with checksums and scores: for `seq2seq verify`."""
    input:
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
        hypotheses=experiment.made_files,
        scores=experiment.scores_of(experiment.rows),
        metrics=expand("<results>/models/{model}/metrics.jsonl", model=experiment.trained_models),
        files=[
            *expand(
                "<results>/models/{model}/{file}",
                model=experiment.trained_models,
                file=["model.safetensors", "model.json", "source.tsv", "target.tsv"],
            ),
            *expand("<results>/tables/{table}.tsv", table=[*experiment.tables, *PROVED_TABLES]),
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
        outputs=experiment.made_outputs,
    shell:
        "python -m seq2seq.steps.evaluate write-certificate"
        " --settings {params.settings:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --outputs {params.outputs:q}"
        " --metrics {input.metrics:q}"
        " --files {input.files:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
