"""Published files of config/corpora.tsv: in results/downloads for all experiments, or in a bundle."""


rule download:
    """Download a published file and verify it; all experiments share it."""
    output:
        file="results/downloads/{file}",
        checksum="results/downloads/checksums/{file}.sha256",
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
