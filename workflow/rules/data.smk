"""The corpus (section 3.1): fetched or generated, tokenized, cut to a vocabulary, numbered."""


rule download:
    """A published file, its size and checksum verified; shared by all experiments."""
    output:
        "results/downloads/{file}",
    log:
        "results/downloads/logs/{file}.log",
    wildcard_constraints:
        file="[^/]+",
    localrule: True
    conda:
        "../../envs/text.yaml"
    params:
        mirror=f"--mirror={settings.data.mirror}" if settings.data.mirror else [],
    shell:
        "python -m seq2seq.steps.download"
        " --file {wildcards.file:q}"
        " {params.mirror:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


if settings.data.embedded:

    rule realize_corpus:
        """The demo's corpus: one abstract sentence, realized in both languages."""
        output:
            train_source="<results>/data/text/train.source.txt",
            train_target="<results>/data/text/train.target.txt",
            dev_source="<results>/data/text/dev.source.txt",
            dev_target="<results>/data/text/dev.target.txt",
            test_source="<results>/data/text/test.source.txt",
            test_target="<results>/data/text/test.target.txt",
        log:
            "<logs>/data/realize_corpus.log",
        benchmark:
            "<benchmarks>/data/realize_corpus.tsv"
        conda:
            "../../envs/demo.yaml"
        threads: 2
        params:
            settings=as_json(settings.data.embedded),
        shell:
            "python -m seq2seq.steps.realize_corpus"
            " --settings {params.settings:q}"
            " --processes {threads}"
            " --train-source {output.train_source:q}"
            " --train-target {output.train_target:q}"
            " --dev-source {output.dev_source:q}"
            " --dev-target {output.dev_target:q}"
            " --test-source {output.test_source:q}"
            " --test-target {output.test_target:q}"
            " 2>&1 | tee {log:q}"

else:

    rule extract_corpus:
        """One split's corpora, read out of their archives, one after the other."""
        input:
            corpus_files,
        output:
            source="<results>/data/text/{split}.source.txt",
            target="<results>/data/text/{split}.target.txt",
        log:
            "<logs>/data/extract_corpus.{split}.log",
        benchmark:
            "<benchmarks>/data/extract_corpus.{split}.tsv"
        conda:
            "../../envs/text.yaml"
        params:
            corpora=corpora,
        shell:
            "python -m seq2seq.steps.extract_corpus"
            " --corpora {params.corpora:q}"
            " --downloads results/downloads"
            " --source-text {output.source:q}"
            " --target-text {output.target:q}"
            " 2>&1 | tee {log:q}"


rule tokenize_corpus:
    """Moses tokens, cased; training pairs that are empty or too long are left out."""
    input:
        source="<results>/data/text/{split}.source.txt",
        target="<results>/data/text/{split}.target.txt",
    output:
        source="<results>/data/tokens/{split}.source.txt",
        target="<results>/data/tokens/{split}.target.txt",
        report="<results>/data/tokens/{split}.report.json",
    log:
        "<logs>/data/tokenize_corpus.{split}.log",
    benchmark:
        "<benchmarks>/data/tokenize_corpus.{split}.tsv"
    conda:
        "../../envs/text.yaml"
    threads: 2
    params:
        settings=pick(
            settings.data,
            *("source_language", "target_language", "max_tokens", "max_length_ratio"),
            *("train_pairs", "seed"),
        ),
    shell:
        "python -m seq2seq.steps.tokenize_corpus"
        " --settings {params.settings:q}"
        " --split {wildcards.split}"
        " --processes {threads}"
        " --source-text {input.source:q}"
        " --target-text {input.target:q}"
        " --source-tokens {output.source:q}"
        " --target-tokens {output.target:q}"
        " --report {output.report:q}"
        " 2>&1 | tee {log:q}"


rule build_vocabulary:
    """The most frequent words of the training corpus; every other word is UNK."""
    input:
        "<results>/data/tokens/train.{side}.txt",
    output:
        "<results>/data/vocabulary/{side}.tsv",
    log:
        "<logs>/data/build_vocabulary.{side}.log",
    benchmark:
        "<benchmarks>/data/build_vocabulary.{side}.tsv"
    conda:
        "../../envs/text.yaml"
    params:
        size=vocabulary_size,
    shell:
        "python -m seq2seq.steps.build_vocabulary"
        " --tokens {input:q}"
        " --size {params.size}"
        " --vocabulary {output:q}"
        " 2>&1 | tee {log:q}"


rule encode_corpus:
    """Words as numbers, memory-mapped by all later readers."""
    input:
        tokens="<results>/data/tokens/{split}.{side}.txt",
        vocabulary="<results>/data/vocabulary/{side}.tsv",
    output:
        words="<results>/data/ids/{split}.{side}.words.npy",
        offsets="<results>/data/ids/{split}.{side}.offsets.npy",
    log:
        "<logs>/data/encode_corpus.{split}.{side}.log",
    benchmark:
        "<benchmarks>/data/encode_corpus.{split}.{side}.tsv"
    conda:
        "../../envs/text.yaml"
    shell:
        "python -m seq2seq.steps.encode_corpus"
        " --tokens {input.tokens:q}"
        " --vocabulary {input.vocabulary:q}"
        " --words {output.words:q}"
        " --offsets {output.offsets:q}"
        " 2>&1 | tee {log:q}"


rule describe_corpus:
    """The corpus' fingerprint after every step: lines, tokens, types, unknown rate, sha256."""
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
    params:
        data=subpath(input[0], ancestor=2),
    shell:
        "python -m seq2seq.steps.describe_corpus"
        " --data {params.data:q}"
        " --table {output:q}"
        " 2>&1 | tee {log:q}"
