"""The paper's figures (section 3.8): sentence vectors, and BLEU by length and by rarity."""


rule plot_phrases:
    """Phrases on the principal plane of their sentence vectors (Figure 2), and a test."""
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
        "<logs>/figures/plot_phrases.log",
    benchmark:
        "<benchmarks>/figures/plot_phrases.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.plot_phrases"
        " --phrases {input:q}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --svg {output.svg:q}"
        " --png {output.png:q}"
        " --tsv {output.tsv:q}"
        " --json {output.json:q}"
        " 2>&1 | tee {log:q}"


rule plot_lengths:
    """BLEU against the length of the source sentence (Figure 3, left), and whether it falls."""
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
        "<logs>/figures/plot_lengths.log",
    benchmark:
        "<benchmarks>/figures/plot_lengths.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        curves=[f"--curve={curve}" for curve in experiment.outputs(settings.length_plot.curves)],
        group_size=settings.length_plot.group_size,
        slope_below=settings.length_plot.slope_below,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.plot_lengths"
        " --source-tokens {input.source_tokens:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " {params.curves:q}"
        " --group-size {params.group_size}"
        " --slope-below {params.slope_below}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --svg {output.svg:q}"
        " --png {output.png:q}"
        " --tsv {output.tsv:q}"
        " --json {output.json:q}"
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
        "<logs>/figures/plot_rarity.log",
    benchmark:
        "<benchmarks>/figures/plot_rarity.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        curves=[f"--curve={curve}" for curve in experiment.outputs(settings.rarity_plot.curves)],
        group_size=settings.rarity_plot.group_size,
        seed=settings.evaluate.seed,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.plot_rarity"
        " --source {input.source:q}"
        " --vocabulary {input.vocabulary:q}"
        " --reference-tokens {input.reference_tokens:q}"
        " {params.curves:q}"
        " --group-size {params.group_size}"
        " --seed {params.seed}"
        " --note {params.note:q}"
        " --svg {output.svg:q}"
        " --png {output.png:q}"
        " --tsv {output.tsv:q}"
        " 2>&1 | tee {log:q}"


rule plot_bridge:
    """What each step from the BLEU of the paper to that of today is worth, as a waterfall."""
    input:
        "<results>/tables/bridge.tsv",
    output:
        svg=report(
            "<results>/figures/bridge.svg",
            caption="../report/bridge.rst",
            category="Figures",
            labels={"figure": "from BLEU of 2014 to today's"},
        ),
        png="<results>/figures/bridge.png",
    log:
        "<logs>/figures/plot_bridge.log",
    benchmark:
        "<benchmarks>/figures/plot_bridge.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    params:
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.plot_bridge"
        " --bridge {input:q}"
        " --note {params.note:q}"
        " --svg {output.svg:q}"
        " --png {output.png:q}"
        " 2>&1 | tee {log:q}"
