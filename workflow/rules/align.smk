"""Word alignment for the baseline, in rounds, part by part (docs/decisions/0008)."""

ROUNDS = settings.baseline.alignment_iterations


rule choose_baseline_text:
    """The pairs that the baseline is trained on, from all over the training text."""
    input:
        source="<results>/data/tokens/train.source.txt",
        target="<results>/data/tokens/train.target.txt",
    output:
        source=temp("<results>/baseline/text/source.txt"),
        target=temp("<results>/baseline/text/target.txt"),
    log:
        "<logs>/baseline/choose_baseline_text.log",
    benchmark:
        "<benchmarks>/baseline/choose_baseline_text.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        pairs=training_pairs,
    shell:
        "python -m seq2seq.steps.choose_baseline_text"
        " {params.pairs:q}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule number_words:
    """The baseline's text in numbers."""
    input:
        source="<results>/baseline/text/source.txt",
        target="<results>/baseline/text/target.txt",
    output:
        source=temp(multiext("<results>/baseline/words/source", ".words.npy", ".offsets.npy")),
        target=temp(multiext("<results>/baseline/words/target", ".words.npy", ".offsets.npy")),
    log:
        "<logs>/baseline/number_words.log",
    benchmark:
        "<benchmarks>/baseline/number_words.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    shell:
        "python -m seq2seq.steps.number_words"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --source-output {output.source:q}"
        " --target-output {output.target:q}"
        " 2>&1 | tee {log:q}"


rule expect_links:
    """A round of training the aligner: expected links of a part, in both directions."""
    input:
        source=multiext("<results>/baseline/words/source", ".words.npy", ".offsets.npy"),
        target=multiext("<results>/baseline/words/target", ".words.npy", ".offsets.npy"),
        tables=links_before,
    output:
        temp("<results>/baseline/links/{round}.{scatteritem}.forward"),
        temp("<results>/baseline/links/{round}.{scatteritem}.backward"),
    log:
        "<logs>/baseline/expect_links.{round}.{scatteritem}.log",
    benchmark:
        "<benchmarks>/baseline/expect_links.{round}.{scatteritem}.tsv"
    wildcard_constraints:
        round=r"\d+",
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        null_probability=settings.baseline.null_probability,
    shell:
        "python -m seq2seq.steps.expect_links"
        " --null-probability {params.null_probability}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --tables {input.tables:q}"
        " --shard {wildcards.scatteritem}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule estimate_links:
    """A round of training the aligner: probabilities of word translation from all parts."""
    input:
        forward=gather.baseline("<results>/baseline/links/{{round}}.{scatteritem}.forward"),
        backward=gather.baseline("<results>/baseline/links/{{round}}.{scatteritem}.backward"),
    output:
        temp("<results>/baseline/links/{round}.forward"),
        temp("<results>/baseline/links/{round}.backward"),
    log:
        "<logs>/baseline/estimate_links.{round}.log",
    benchmark:
        "<benchmarks>/baseline/estimate_links.{round}.tsv"
    wildcard_constraints:
        round=r"\d+",
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        concentration=settings.baseline.concentration,
    shell:
        "python -m seq2seq.steps.estimate_links"
        " --concentration {params.concentration}"
        " --forward {input.forward:q}"
        " --backward {input.backward:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule align_words:
    """Word alignment by fast_align's model, both directions, grow-diag-final-and; of a part."""
    input:
        source="<results>/baseline/text/source.txt",
        target="<results>/baseline/text/target.txt",
        source_words=multiext("<results>/baseline/words/source", ".words.npy", ".offsets.npy"),
        target_words=multiext("<results>/baseline/words/target", ".words.npy", ".offsets.npy"),
        tables=[
            f"<results>/baseline/links/{ROUNDS}.forward",
            f"<results>/baseline/links/{ROUNDS}.backward",
        ],
    output:
        temp("<results>/baseline/aligned.{scatteritem}.tsv.gz"),
    log:
        "<logs>/baseline/align_words.{scatteritem}.log",
    benchmark:
        "<benchmarks>/baseline/align_words.{scatteritem}.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        null_probability=settings.baseline.null_probability,
    shell:
        "python -m seq2seq.steps.align_words"
        " --null-probability {params.null_probability}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --source-words {input.source_words:q}"
        " --target-words {input.target_words:q}"
        " --tables {input.tables:q}"
        " --shard {wildcards.scatteritem}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
