"""Translation of the test set (section 3.2) and the models' perplexity on it (section 3.3)."""


rule translate_test:
    """Beam search by one model or an ensemble, for a part of the test set."""
    input:
        models=model_files,
        source=multiext("<results>/data/ids/test.source", ".words.npy", ".offsets.npy"),
    output:
        temp("<results>/translate/{models}.beam{beam}.{scatteritem}.tsv"),
    log:
        "<logs>/translate/{models}.beam{beam}.{scatteritem}.log",
    benchmark:
        "<benchmarks>/translate/translate_test.{models}.beam{beam}.{scatteritem}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=by_input(2000, per_mb=3),
        runtime=grows(180),
        gpu=1,
    params:
        settings=search_settings,
        beam=beam_size,
        folders=model_folders,
    shell:
        "python -m seq2seq.steps.translate translate-test"
        " --settings {params.settings:q}"
        " --models {params.folders:q}"
        " --beam {params.beam}"
        " --source {input.source:q}"
        " --shard {wildcards.scatteritem}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule gather_translations:
    """The translations of all parts in one file."""
    input:
        gather.translate("<results>/translate/{{models}}.beam{{beam}}.{scatteritem}.tsv"),
    output:
        "<results>/translations/{models}.beam{beam}.tsv",
    log:
        "<logs>/translate/gather_translations.{models}.beam{beam}.log",
    benchmark:
        "<benchmarks>/translate/gather_translations.{models}.beam{beam}.tsv"
    localrule: True
    conda:
        "../../envs/text.yaml"
    shell:
        "python -m seq2seq.steps.translate gather-translations"
        " --parts {input:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule write_translations:
    """The test set's translations as plain text, for sacreBLEU's and other programs."""
    input:
        hypotheses=list(dict.fromkeys(map(experiment.hypotheses, experiment.made))),
        source="<results>/data/text/test.source.txt",
        reference="<results>/data/text/test.target.txt",
    output:
        "<results>/translations/source.txt",
        "<results>/translations/reference.txt",
        expand(
            "<results>/translations/{name}.{suffix}",
            name=experiment.text_files,
            suffix=["txt", "tok"],
        ),
    log:
        "<logs>/translate/write_translations.log",
    benchmark:
        "<benchmarks>/translate/write_translations.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        outputs=[
            f"{name}={experiment.hypotheses(made)}" for name, made in experiment.text_files.items()
        ],
        language=settings.data.target_language,
        tokenizer=settings.data.tokenizer,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m seq2seq.steps.evaluate write-translations"
        " --outputs {params.outputs:q}"
        " --source-text {input.source:q}"
        " --reference-text {input.reference:q}"
        " --language {params.language} --tokenizer {params.tokenizer}"
        " --folder {params.folder:q}"
        " 2>&1 | tee {log:q}"


rule score_perplexity:
    """The log probability of every reference by every model: their perplexity (section 3.3)."""
    input:
        models=expand("<results>/models/{model}/model.safetensors", model=experiment.trained_models),
        source=multiext("<results>/data/ids/test.source", ".words.npy", ".offsets.npy"),
        target=multiext("<results>/data/ids/test.target", ".words.npy", ".offsets.npy"),
    output:
        "<results>/evaluate/log_probabilities.tsv",
    log:
        "<logs>/translate/score_perplexity.log",
    benchmark:
        "<benchmarks>/translate/score_perplexity.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(6000),
        runtime=grows(120),
        gpu=1,
    params:
        folders=[f"{experiment.results}/models/{model}" for model in experiment.trained_models],
        batch_size=settings.translate.batch_size,
        ignore=settings.evaluate.perplexity_ignore,
    shell:
        "python -m seq2seq.steps.translate score-perplexity"
        " --models {params.folders:q}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --ignore {params.ignore:q}"
        " --batch-size {params.batch_size}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule encode_phrases:
    """Encode the phrases of Figure 2 (section 3.8): the encoder's last state."""
    input:
        f"<results>/models/{settings.phrase_plot.model}/model.safetensors",
    output:
        "<results>/phrases/states.npz",
    log:
        "<logs>/translate/encode_phrases.log",
    benchmark:
        "<benchmarks>/translate/encode_phrases.tsv"
    localrule: True
    conda:
        "../../envs/torch.yaml"
    params:
        settings=as_json(settings.phrase_plot),
        folder=subpath(input[0], parent=True),
    shell:
        "python -m seq2seq.steps.translate encode-phrases"
        " --settings {params.settings:q}"
        " --model {params.folder:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
