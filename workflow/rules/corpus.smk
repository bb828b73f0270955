"""From published or local files, or a grammar, to the text of train, dev and test."""


rule download:
    """Download a published file and verify it; all experiments share it."""
    output:
        file="<downloads>/{file}",
        checksum="<downloads>/checksums/{file}.sha256",
    log:
        "<downloads>/logs/{file}.log",
    wildcard_constraints:
        file="[^/]+",
    localrule: True
    conda:
        "../../envs/text.yaml"
    params:
        mirror=f"--mirror={settings.data.mirror}" if settings.data.mirror else [],
    shell:
        "python -m seq2seq.steps.data download"
        " --file {wildcards.file:q}"
        " {params.mirror:q}"
        " --output {output.file:q}"
        " --checksum {output.checksum:q}"
        " 2>&1 | tee {log:q}"


rule bundle:
    """Collect the experiment's published files, as a mirror for a machine without internet."""
    input:
        bundled_files,
    output:
        directory("<results>/bundle"),
    log:
        "<logs>/data/bundle.log",
    benchmark:
        "<benchmarks>/data/bundle.tsv"
    localrule: True
    conda:
        "../../envs/text.yaml"
    shell:
        "python -m seq2seq.steps.data bundle"
        " --files {input:q}"
        " --bundle {output:q}"
        " 2>&1 | tee {log:q}"


held_out = settings.data.held_out

if settings.data.demo_corpus:

    rule generate_demo_corpus:
        """The demo's corpus: pairs drawn from a synchronous grammar of English and French."""
        output:
            source=expand("<results>/data/text/{split}.source.txt", split=SPLITS),
            target=expand("<results>/data/text/{split}.target.txt", split=SPLITS),
        log:
            "<logs>/data/generate_demo_corpus.log",
        benchmark:
            "<benchmarks>/data/generate_demo_corpus.tsv"
        conda:
            "../../envs/text.yaml"
        threads: 2
        resources:
            mem_mb=grows(1000),
            runtime=grows(10),
        params:
            settings=as_json(settings.data.demo_corpus),
        shell:
            "python -m seq2seq.steps.data generate-demo-corpus"
            " --settings {params.settings:q}"
            " --processes {threads}"
            " --source {output.source:q}"
            " --target {output.target:q}"
            " 2>&1 | tee {log:q}"

else:

    rule extract_corpus:
        """Extract one split's corpora from their archives, concatenated."""
        input:
            corpus_files,
        output:
            source="<results>/data/text/{part}.source.txt",
            target="<results>/data/text/{part}.target.txt",
            counts="<results>/data/text/{part}.corpora.tsv",
        log:
            "<logs>/data/extract_corpus.{part}.log",
        benchmark:
            "<benchmarks>/data/extract_corpus.{part}.tsv"
        wildcard_constraints:
            part="|".join({"whole", *SPLITS} - {"train", *held_out} if held_out else SPLITS),
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=grows(1000),
            runtime=grows(60),
        params:
            corpora=corpus_arguments,
            downloads=downloads,
        shell:
            "python -m seq2seq.steps.data extract-corpus"
            " --corpora {params.corpora:q}"
            " --downloads {params.downloads:q}"
            " --source-text {output.source:q}"
            " --target-text {output.target:q}"
            " --counts {output.counts:q}"
            " 2>&1 | tee {log:q}"


if held_out:

    rule hold_out:
        """Draw the dev or test set from the training corpora, by source sentence."""
        input:
            source="<results>/data/text/whole.source.txt",
            target="<results>/data/text/whole.target.txt",
        output:
            expand(
                "<results>/data/text/{split}.{side}.txt",
                split=["train", *held_out],
                side=SIDES,
            ),
        log:
            "<logs>/data/hold_out.log",
        benchmark:
            "<benchmarks>/data/hold_out.tsv"
        conda:
            "../../envs/text.yaml"
        resources:
            mem_mb=grows(1000),
            runtime=grows(60),
        params:
            sizes=json.dumps(held_out),
            seed=settings.data.seed,
        shell:
            "python -m seq2seq.steps.data hold-out"
            " --sizes {params.sizes:q}"
            " --seed {params.seed}"
            " --source {input.source:q}"
            " --target {input.target:q}"
            " --outputs {output:q}"
            " 2>&1 | tee {log:q}"
