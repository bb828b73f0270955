"""The paper's figures (section 3.8): sentence vectors, BLEU by length and by rarity.

In: sentence vectors, translations, the table of BLEU variants.  Out: figures with their data.
"""


rule plot_phrases:
    """Phrases on the principal plane of their sentence vectors (Figure 2), with tests."""
    input:
        "<results>/phrases/states.npz",
    output:
        svg=report(
            "<results>/figures/phrases.svg",
            caption="../report/phrases.rst",
            category="Figures",
            labels={"figure": "Figure 2: sentence vectors"},
        ),
        png="<results>/figures/phrases.png",
        tsv="<results>/figures/phrases.tsv",
        json="<results>/figures/phrases.json",
    log:
        "<logs>/report/plot_phrases.log",
    benchmark:
        "<benchmarks>/report/plot_phrases.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        drawn=[panel.title for panel in settings.phrase_plot.panels if panel.drawn],
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report plot-phrases"
        " --phrases {input:q}"
        " --drawn {params.drawn:q}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule plot_lengths:
    """BLEU against the length of the source sentence (Figure 3, left), and its slope."""
    input:
        source_tokens="<results>/data/tokens/test.source.txt",
        reference_tokens="<results>/data/tokens/test.target.txt",
        hypotheses=experiment.output_files(settings.length_plot.curves),
    output:
        svg=report(
            "<results>/figures/lengths.svg",
            caption="../report/lengths.rst",
            category="Figures",
            labels={"figure": "Figure 3, left: BLEU by sentence length"},
        ),
        png="<results>/figures/lengths.png",
        tsv="<results>/figures/lengths.tsv",
        json="<results>/figures/lengths.json",
    log:
        "<logs>/report/plot_lengths.log",
    benchmark:
        "<benchmarks>/report/plot_lengths.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        curves=experiment.outputs(settings.length_plot.curves),
        bucket_size=settings.length_plot.bucket_size,
        slope_max_length=settings.length_plot.slope_max_length,
        slope_bucket_size=settings.evaluate.bucket_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report plot-lengths"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --curves {params.curves:q}"
        " --bucket-size {params.bucket_size}"
        " --slope-max-length {params.slope_max_length}"
        " --slope-bucket-size {params.slope_bucket_size}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule plot_rarity:
    """BLEU against the rarity of the source words (Figure 3, right)."""
    input:
        source=multiext("<results>/data/ids/test.source", ".words.npy", ".offsets.npy"),
        vocabulary="<results>/data/vocabulary/source.tsv",
        reference_tokens="<results>/data/tokens/test.target.txt",
        hypotheses=experiment.output_files(settings.rarity_plot.curves),
    output:
        svg=report(
            "<results>/figures/rarity.svg",
            caption="../report/rarity.rst",
            category="Figures",
            labels={"figure": "Figure 3, right: BLEU by rarity of words"},
        ),
        png="<results>/figures/rarity.png",
        tsv="<results>/figures/rarity.tsv",
    log:
        "<logs>/report/plot_rarity.log",
    benchmark:
        "<benchmarks>/report/plot_rarity.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        curves=experiment.outputs(settings.rarity_plot.curves),
        bucket_size=settings.rarity_plot.bucket_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report plot-rarity"
        " --source {input.source:q}"
        " --vocabulary {input.vocabulary:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " --curves {params.curves:q}"
        " --bucket-size {params.bucket_size}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
