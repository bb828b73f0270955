"""The phrase-based baseline (section 3.5): from tokens to n-best lists of dev and test.

A user's Moses lists (``baseline: nbest:`` and ``nbest_dev:``) take the place of our own system's.
"""

SEARCH = ["ttable_limit", "stack_size", "pop_limit", "distortion_limit", "reordering"]
LANGUAGE_MODEL = multiext("<results>/baseline/language_model.", "words.txt", "ngrams.npy")
MODELS = ["<results>/baseline/phrases.txt.gz", *LANGUAGE_MODEL]
TUNING = ["tune_sentences", "tune_nbest_size", "tune_rounds", "tune_starts", "seed"]


rule sample_baseline_text:
    """The pairs that the baseline is trained on, from all over the training text."""
    input:
        multiext("<results>/data/tokens/train.", "source.txt", "target.txt"),
    output:
        temp(multiext("<results>/baseline/text/", "source.txt", "target.txt")),
    log:
        "<logs>/baseline/sample_baseline_text.log",
    benchmark:
        "<benchmarks>/baseline/sample_baseline_text.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(20),
    params:
        pairs=training_pairs,
    shell:
        "python -m seq2seq.steps.baseline sample-baseline-text {params.pairs:q}"
        " --text {input:q} --output {output:q} 2>&1 | tee {log:q}"


if settings.baseline.alignments:

    rule import_alignments:
        """A user's word alignment of the training corpus, checked line by line."""
        input:
            text=multiext("<results>/baseline/text/", "source.txt", "target.txt"),
            alignments=settings.baseline.alignments,
        output:
            temp("<results>/baseline/aligned.tsv.gz"),
        log:
            "<logs>/baseline/import_alignments.log",
        benchmark:
            "<benchmarks>/baseline/import_alignments.tsv"
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=grows(1000),
            runtime=grows(60),
        shell:
            "python -m seq2seq.steps.baseline import-alignments"
            " --text {input.text:q} --alignments {input.alignments:q}"
            " --output {output:q} 2>&1 | tee {log:q}"

else:

    rule align_words:
        """Word alignment by fast_align's model, both directions, grow-diag-final-and."""
        input:
            multiext("<results>/baseline/text/", "source.txt", "target.txt"),
        output:
            temp("<results>/baseline/aligned.tsv.gz"),
        log:
            "<logs>/baseline/align_words.log",
        benchmark:
            "<benchmarks>/baseline/align_words.tsv"
        conda:
            "../../envs/text.yaml"
        threads: 8
        resources:
            mem_mb=by_input(4000, per_mb=2),
            runtime=by_input(60, per_mb=0.06),
        params:
            settings=pick(
                settings.baseline, "alignment_iterations", "null_probability", "dirichlet_alpha"
            ),
        shell:
            "python -m seq2seq.steps.baseline align-words --settings {params.settings:q}"
            " --processes {threads} --text {input:q} --output {output:q} 2>&1 | tee {log:q}"


rule build_phrase_table:
    """The phrases of dev and test with their translations, four scores and reordering."""
    input:
        aligned="<results>/baseline/aligned.tsv.gz",
        to_translate=expand("<results>/data/tokens/{split}.source.txt", split=["dev", "test"]),
    output:
        "<results>/baseline/phrases.txt.gz",
    log:
        "<logs>/baseline/build_phrase_table.log",
    benchmark:
        "<benchmarks>/baseline/build_phrase_table.tsv"
    conda:
        "../../envs/text.yaml"
    threads: 8
    resources:
        mem_mb=by_input(4000, per_mb=6),
        runtime=by_input(60, per_mb=0.1),
    params:
        longest=settings.baseline.max_phrase_length,
        limit=settings.baseline.phrase_table_limit,
        reordering=settings.baseline.reordering,
    shell:
        "python -m seq2seq.steps.baseline build-phrase-table"
        " --max-phrase-length {params.longest} --phrase-table-limit {params.limit}"
        " --reordering {params.reordering} --processes {threads} --aligned {input.aligned:q}"
        " --to-translate {input.to_translate:q} --output {output:q} 2>&1 | tee {log:q}"


rule tune_baseline:
    """The features' weights by MERT on the dev set."""
    input:
        dev=multiext("<results>/data/tokens/dev.", "source.txt", "target.txt"),
        models=MODELS,
    output:
        "<results>/baseline/weights.json",
    log:
        "<logs>/baseline/tune_baseline.log",
    benchmark:
        "<benchmarks>/baseline/tune_baseline.tsv"
    conda:
        "../../envs/text.yaml"
    threads: 8
    resources:
        mem_mb=by_input(4000, per_mb=3),
        runtime=grows(120),
    params:
        search=pick(settings.baseline, *SEARCH),
        tuning=pick(settings.baseline, *TUNING),
    shell:
        "python -m seq2seq.steps.baseline tune-baseline --processes {threads}"
        " --search {params.search:q} --tuning {params.tuning:q}"
        " --dev {input.dev:q} --models {input.models:q} --output {output:q} 2>&1 | tee {log:q}"


if settings.baseline.nbest:

    rule import_nbest:
        """A published or user's Moses list of dev or test, checked line by line."""
        input:
            moses=users_list,
            source_tokens="<results>/data/tokens/{split}.source.txt",
            list_source=users_list_source,
            features_of=[settings.baseline.nbest] * bool(settings.baseline.nbest_dev),
        output:
            "<results>/baseline/nbest.{split}.tsv.gz",
        log:
            "<logs>/baseline/import_nbest.{split}.log",
        benchmark:
            "<benchmarks>/baseline/import_nbest.{split}.tsv"
        wildcard_constraints:
            split="dev|test" if settings.baseline.nbest_dev else "test",
        priority: 100  # a faulty list is found before the long jobs begin
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=grows(1000),
            runtime=grows(30),
        params:
            sentences=sentences_to_decode,
        shell:
            "python -m seq2seq.steps.baseline import-nbest --moses {input.moses:q}"
            " --source-tokens {input.source_tokens:q} --list-source {input.list_source:q}"
            " --features-of {input.features_of:q} {params.sentences:q}"
            " --output {output:q} 2>&1 | tee {log:q}"

else:

    rule decode_baseline:
        """The n-best lists of the test set, or of the dev sentences that tune rescoring."""
        input:
            source="<results>/data/tokens/{split}.source.txt",
            models=MODELS,
            weights="<results>/baseline/weights.json",
        output:
            "<results>/baseline/nbest.{split}.tsv.gz",
        log:
            "<logs>/baseline/decode_baseline.{split}.log",
        benchmark:
            "<benchmarks>/baseline/decode_baseline.{split}.tsv"
        wildcard_constraints:
            split="dev|test",
        conda:
            "../../envs/text.yaml"
        threads: 8
        resources:
            mem_mb=by_input(4000, per_mb=3),
            runtime=grows(120),
        params:
            search=pick(settings.baseline, *SEARCH),
            nbest_size=settings.baseline.nbest_size,
            sentences=sentences_to_decode,
        shell:
            "python -m seq2seq.steps.baseline decode-baseline --processes {threads}"
            " --search {params.search:q} --nbest-size {params.nbest_size} {params.sentences:q}"
            " --source {input.source:q} --models {input.models:q} --weights {input.weights:q}"
            " --output {output:q} 2>&1 | tee {log:q}"
