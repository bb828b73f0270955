"""What the run proves: verdicts on the paper's claims, what was done otherwise, a certificate."""


rule judge_claims:
    """A verdict on every claim of config/claims.tsv, by a test stated before the run."""
    input:
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
        "<logs>/evidence/judge_claims.log",
    benchmark:
        "<benchmarks>/evidence/judge_claims.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        claims=workflow.source_path("../../config/claims.tsv"),
        outputs=claim_inputs.outputs,
        log_probabilities=claim_inputs.log_probabilities,
        measurements=claim_inputs.measurements,
        quoted=claim_inputs.quoted,
        slope_below=settings.length_plot.slope_below,
        group_size=settings.length_plot.group_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.judge_claims"
        " --claims {params.claims:q}"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --outputs {params.outputs:q}"
        " --log-probabilities {params.log_probabilities:q}"
        " --measurements {params.measurements:q}"
        " --quoted {params.quoted:q}"
        " --slope-below {params.slope_below}"
        " --group-size {params.group_size}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --tsv {output.tsv:q}"
        " --md {output.md:q}"
        " --html {output.html:q}"
        " 2>&1 | tee {log:q}"
