"""The phrase-based baseline (section 3.5): a user's n-best lists where given, else our own system's."""

if settings.baseline.nbest:

    rule import_nbest:
        """A published or user's Moses list of the test set, checked line by line."""
        input:
            moses=settings.baseline.nbest,
            source_tokens="<results>/data/tokens/test.source.txt",
            list_source=settings.baseline.nbest_source or [],
        output:
            "<results>/baseline/nbest.test.tsv.gz",
        log:
            "<logs>/baseline/import_nbest.log",
        benchmark:
            "<benchmarks>/baseline/import_nbest.tsv"
        priority: 100  # a faulty list is found before the long jobs begin
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=memory,
            runtime=minutes,
        shell:
            "python -m seq2seq.steps.import_nbest"
            " --moses {input.moses:q}"
            " --source-tokens {input.source_tokens:q}"
            " --list-source {input.list_source:q}"
            " --output {output:q}"
            " 2>&1 | tee {log:q}"

else:

    rule estimate_language_model:
        """N-grams of the target side, interpolated modified Kneser-Ney."""
        input:
            "<results>/baseline/text/target.txt",
        output:
            "<results>/baseline/language_model.arpa.gz",
        log:
            "<logs>/baseline/estimate_language_model.log",
        benchmark:
            "<benchmarks>/baseline/estimate_language_model.tsv"
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=memory,
            runtime=minutes,
        params:
            order=settings.baseline.lm_order,
        shell:
            "python -m seq2seq.steps.estimate_language_model"
            " --order {params.order}"
            " --target {input:q}"
            " --output {output:q}"
            " 2>&1 | tee {log:q}"

    rule tune_baseline:
        """The features' weights by MERT on the dev set."""
        input:
            source="<results>/data/tokens/dev.source.txt",
            target="<results>/data/tokens/dev.target.txt",
            phrases="<results>/baseline/phrases.txt.gz",
            language_model="<results>/baseline/language_model.arpa.gz",
        output:
            "<results>/baseline/weights.json",
        log:
            "<logs>/baseline/tune_baseline.log",
        benchmark:
            "<benchmarks>/baseline/tune_baseline.tsv"
        conda:
            "../../envs/text.yaml"
        threads: processors
        resources:
            mem_mb=memory,
            runtime=minutes,
        params:
            settings=pick(
                settings.baseline,
                *("options", "stack_size", "pop_limit", "distortion_limit"),
                *("tune_sentences", "tune_nbest_size", "tune_rounds", "tune_starts", "seed"),
            ),
        shell:
            "python -m seq2seq.steps.tune_baseline"
            " --settings {params.settings:q}"
            " --processes {threads}"
            " --source {input.source:q}"
            " --target {input.target:q}"
            " --phrase-table {input.phrases:q}"
            " --language-model {input.language_model:q}"
            " --output {output:q}"
            " 2>&1 | tee {log:q}"

    rule decode_baseline:
        """The n-best lists of a part of the test set, or of the dev sentences that tune rescoring."""
        input:
            source="<results>/data/tokens/{split}.source.txt",
            phrases="<results>/baseline/phrases.txt.gz",
            language_model="<results>/baseline/language_model.arpa.gz",
            weights="<results>/baseline/weights.json",
        output:
            temp("<results>/baseline/nbest.{split}.{scatteritem}.tsv.gz"),
        log:
            "<logs>/baseline/decode_baseline.{split}.{scatteritem}.log",
        benchmark:
            "<benchmarks>/baseline/decode_baseline.{split}.{scatteritem}.tsv"
        wildcard_constraints:
            split="dev|test",
        conda:
            "../../envs/text.yaml"
        threads: processors
        resources:
            mem_mb=memory,
            runtime=minutes,
        params:
            settings=pick(
                settings.baseline,
                *("options", "stack_size", "pop_limit", "distortion_limit", "nbest_size"),
            ),
            sentences=sentences_to_decode,
        shell:
            "python -m seq2seq.steps.decode_baseline"
            " --settings {params.settings:q}"
            " --processes {threads}"
            " {params.sentences:q}"
            " --shard {wildcards.scatteritem}"
            " --source {input.source:q}"
            " --phrase-table {input.phrases:q}"
            " --language-model {input.language_model:q}"
            " --weights {input.weights:q}"
            " --output {output:q}"
            " 2>&1 | tee {log:q}"

    rule gather_nbest:
        """The n-best lists of all parts in one file."""
        input:
            gather.baseline("<results>/baseline/nbest.{{split}}.{scatteritem}.tsv.gz"),
        output:
            "<results>/baseline/nbest.{split}.tsv.gz",
        log:
            "<logs>/baseline/gather_nbest.{split}.log",
        benchmark:
            "<benchmarks>/baseline/gather_nbest.{split}.tsv"
        wildcard_constraints:
            split="dev|test",
        localrule: True
        conda:
            "../../envs/text.yaml"
        shell:
            "python -m seq2seq.steps.gather_nbest"
            " --parts {input:q}"
            " --output {output:q}"
            " 2>&1 | tee {log:q}"
