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
        output="(translations|rescore)/[^/]+|baseline/best",
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


rule score_oracle:
    """The best that any choice from the n-best lists could reach (Table 2, last row)."""
    input:
        hypotheses="<results>/baseline/nbest.test.tsv.gz",
        reference_tokens="<results>/data/tokens/test.target.txt",
        reference_text="<results>/data/text/test.target.txt",
    output:
        "<results>/evaluate/baseline/oracle.json",
    log:
        "<logs>/evaluate/score_oracle.log",
    benchmark:
        "<benchmarks>/evaluate/score_oracle.tsv"
    conda:
        "../../envs/text.yaml"
    params:
        language=settings.data.target_language,
        seed=settings.evaluate.seed,
    shell:
        "python -m seq2seq.steps.score_oracle"
        " --hypotheses {input.hypotheses:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --reference-text {input.reference_text:q}"
        " --language {params.language}"
        " --seed {params.seed}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
