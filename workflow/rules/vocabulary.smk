"""The vocabulary of each language (section 3.1), and the corpus as token ids."""


rule count_words:
    """Count the words of one shard of the training corpus."""
    input:
        "<results>/data/tokens/train.{side}.txt",
    output:
        temp("<results>/data/counts/{scatteritem}.{side}.tsv"),
    log:
        "<logs>/data/count_words.{scatteritem}.{side}.log",
    benchmark:
        "<benchmarks>/data/count_words.{scatteritem}.{side}.tsv"
    group:
        "numbers"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    shell:
        "python -m seq2seq.steps.data count-words"
        " --tokens {input:q}"
        " --shard {wildcards.scatteritem}"
        " --counts {output:q}"
        " 2>&1 | tee {log:q}"


rule build_vocabulary:
    """Keep the most frequent words of the training corpus, or learn subwords."""
    input:
        counts=gather.text("<results>/data/counts/{scatteritem}.{{side}}.tsv"),
        tokens="<results>/data/tokens/train.{side}.txt",
    output:
        "<results>/data/vocabulary/{side}.tsv",
    log:
        "<logs>/data/build_vocabulary.{side}.log",
    benchmark:
        "<benchmarks>/data/build_vocabulary.{side}.tsv"
    group:
        "numbers"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=pick(settings.vocabulary, "kind", "sample_sentences", "seed"),
        size=vocabulary_size,
    shell:
        "python -m seq2seq.steps.data build-vocabulary"
        " --settings {params.settings:q}"
        " --counts {input.counts:q}"
        " --tokens {input.tokens:q}"
        " --size {params.size}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule encode_corpus:
    """Encode a split as token ids; later steps memory-map them."""
    input:
        tokens="<results>/data/tokens/{split}.{side}.txt",
        vocabulary="<results>/data/vocabulary/{side}.tsv",
    output:
        ids="<results>/data/ids/{split}.{side}.words.npy",
        offsets="<results>/data/ids/{split}.{side}.offsets.npy",
    log:
        "<logs>/data/encode_corpus.{split}.{side}.log",
    benchmark:
        "<benchmarks>/data/encode_corpus.{split}.{side}.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=by_input(1000, per_mb=0.1),
        runtime=by_input(10, per_mb=0.01),
    shell:
        "python -m seq2seq.steps.data encode-corpus"
        " --tokens {input.tokens:q}"
        " --vocabulary {input.vocabulary:q}"
        " --ids {output.ids:q}"
        " --offsets {output.offsets:q}"
        " 2>&1 | tee {log:q}"
