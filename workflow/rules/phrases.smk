"""The baseline's phrase table, from the aligned parts of the training text (docs/decisions/0008)."""


rule extract_phrases:
    """Phrase pairs of a part, those that dev and test ask for."""
    input:
        aligned="<results>/baseline/aligned.{scatteritem}.tsv.gz",
        to_translate=expand("<results>/data/tokens/{split}.source.txt", split=["dev", "test"]),
    output:
        phrases=temp("<results>/baseline/counts/phrases.{scatteritem}.tsv.gz"),
        words=temp("<results>/baseline/counts/words.{scatteritem}.tsv.gz"),
    log:
        "<logs>/baseline/extract_phrases.{scatteritem}.log",
    benchmark:
        "<benchmarks>/baseline/extract_phrases.{scatteritem}.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        longest=settings.baseline.max_phrase_length,
    shell:
        "python -m seq2seq.steps.extract_phrases"
        " --longest {params.longest}"
        " --aligned {input.aligned:q}"
        " --to-translate {input.to_translate:q}"
        " --phrases {output.phrases:q}"
        " --words {output.words:q}"
        " 2>&1 | tee {log:q}"


rule select_phrases:
    """The most frequent translations of each source phrase, from the counts of all parts."""
    input:
        gather.baseline("<results>/baseline/counts/phrases.{scatteritem}.tsv.gz"),
    output:
        temp("<results>/baseline/counts/kept.tsv.gz"),
    log:
        "<logs>/baseline/select_phrases.log",
    benchmark:
        "<benchmarks>/baseline/select_phrases.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        options=settings.baseline.table_options,
    shell:
        "python -m seq2seq.steps.select_phrases"
        " --options {params.options}"
        " --phrases {input:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule count_targets:
    """How often the kept target phrases occur in a part, whatever they translate."""
    input:
        aligned="<results>/baseline/aligned.{scatteritem}.tsv.gz",
        kept="<results>/baseline/counts/kept.tsv.gz",
    output:
        temp("<results>/baseline/counts/targets.{scatteritem}.tsv.gz"),
    log:
        "<logs>/baseline/count_targets.{scatteritem}.log",
    benchmark:
        "<benchmarks>/baseline/count_targets.{scatteritem}.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        longest=settings.baseline.max_phrase_length,
    shell:
        "python -m seq2seq.steps.count_targets"
        " --longest {params.longest}"
        " --aligned {input.aligned:q}"
        " --kept {input.kept:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule score_phrases:
    """The phrase table, with the four customary scores."""
    input:
        kept="<results>/baseline/counts/kept.tsv.gz",
        targets=gather.baseline("<results>/baseline/counts/targets.{scatteritem}.tsv.gz"),
        words=gather.baseline("<results>/baseline/counts/words.{scatteritem}.tsv.gz"),
    output:
        "<results>/baseline/phrases.txt.gz",
    log:
        "<logs>/baseline/score_phrases.log",
    benchmark:
        "<benchmarks>/baseline/score_phrases.tsv"
    group:
        "phrases"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    shell:
        "python -m seq2seq.steps.score_phrases"
        " --kept {input.kept:q}"
        " --targets {input.targets:q}"
        " --words {input.words:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
