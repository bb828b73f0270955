"""The corpus (section 3.1): from text to tokens of train, dev and test, with statistics."""


rule tokenize_corpus:
    """Tokenize one shard of the training text with Moses, cased, line by line."""
    input:
        "<results>/data/text/train.{side}.txt",
    output:
        temp("<results>/data/tokenized/{scatteritem}.{side}.txt"),
    log:
        "<logs>/data/tokenize_corpus.{scatteritem}.{side}.log",
    benchmark:
        "<benchmarks>/data/tokenize_corpus.{scatteritem}.{side}.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(60),
    params:
        shard=shard,
        tokenizer=settings.data.tokenizer,
        language=language,
    shell:
        "python -m seq2seq.steps.data tokenize-corpus"
        " --text {input:q}"
        " --shard {params.shard}"
        " --tokenizer {params.tokenizer}"
        " --language {params.language:q}"
        " --tokens {output:q}"
        " 2>&1 | tee {log:q}"


use rule tokenize_corpus as tokenize_held_out with:
    input:
        "<results>/data/text/{split}.{side}.txt",
    output:
        "<results>/data/tokens/{split}.{side}.txt",
    log:
        "<logs>/data/tokenize_corpus.{split}.{side}.log",
    benchmark:
        "<benchmarks>/data/tokenize_held_out.{split}.{side}.tsv"
    wildcard_constraints:
        split="dev|test",


rule clean_corpus:
    """Clean the corpus and select the pairs to train on (section 3.1)."""
    input:
        source=gather.text("<results>/data/tokenized/{scatteritem}.source.txt"),
        target=gather.text("<results>/data/tokenized/{scatteritem}.target.txt"),
        dev=expand("<results>/data/tokens/dev.{side}.txt", side=SIDES),
        test=expand("<results>/data/tokens/test.{side}.txt", side=SIDES),
        corpora="<results>/data/text/train.corpora.tsv" if settings.data.by_corpus else [],
        schwenk=config_file("schwenk_selection.tsv") if settings.data.by_corpus else [],
    output:
        source="<results>/data/tokens/train.source.txt",
        target="<results>/data/tokens/train.target.txt",
        table=report(
            "<results>/tables/cleaning.tsv",
            caption="../report/cleaning.rst",
            category="Data",
            labels={"table": "cleaning and selection"},
        ),
        composition=(
            report(
                "<results>/tables/composition.tsv",
                caption="../report/composition.rst",
                category="Data",
                labels={"table": "what was selected of each corpus"},
            )
            if settings.data.by_corpus
            else []
        ),
    log:
        "<logs>/data/clean_corpus.log",
    benchmark:
        "<benchmarks>/data/clean_corpus.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=by_input(1000, per_mb=0.15),
        runtime=by_input(10, per_mb=0.015),
    params:
        settings=pick(
            settings.data,
            *("max_tokens", "max_length_ratio", "min_script_share", "drop_duplicates"),
            *("source_language", "target_language"),
            *("drop_test_sentences", "selection", "train_pairs", "seed"),
        ),
        by_corpus=composition_flags,
    shell:
        "python -m seq2seq.steps.data clean-corpus"
        " --settings {params.settings:q}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --dev {input.dev:q}"
        " --test {input.test:q}"
        " --source-tokens {output.source:q}"
        " --target-tokens {output.target:q}"
        " --table {output.table:q}"
        " {params.by_corpus:q}"
        " 2>&1 | tee {log:q}"


rule describe_corpus:
    """Statistics of the corpus after each step: lines, tokens, types, unknown rate, sha256."""
    input:
        expand(
            "<results>/data/{step}/{split}.{side}.txt",
            step=["text", "tokens"],
            split=SPLITS,
            side=SIDES,
        ),
        expand("<results>/data/ids/{split}.{side}.offsets.npy", split=SPLITS, side=SIDES),
    output:
        report(
            "<results>/tables/corpus.tsv",
            caption="../report/corpus.rst",
            category="Data",
            labels={"table": "corpus fingerprint"},
        ),
    log:
        "<logs>/data/describe_corpus.log",
    benchmark:
        "<benchmarks>/data/describe_corpus.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=by_input(1000, per_mb=0.05),
        runtime=by_input(10, per_mb=0.004),
    params:
        data=subpath(input[0], ancestor=2),
    shell:
        "python -m seq2seq.steps.data describe-corpus"
        " --data {params.data:q}"
        " --table {output:q}"
        " 2>&1 | tee {log:q}"
