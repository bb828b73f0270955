"""Training (section 3.4) as a chain of segments: a kill costs one segment, and a segment fits any queue's limit."""


rule initialize_model:
    """Random weights, uniform in a small range (section 3.4)."""
    input:
        source_vocabulary="<results>/data/vocabulary/source.tsv",
        target_vocabulary="<results>/data/vocabulary/target.tsv",
        source=multiext("<results>/data/ids/train.source", ".words.npy", ".offsets.npy"),
        target=multiext("<results>/data/ids/train.target", ".words.npy", ".offsets.npy"),
    output:
        checkpoint=temp("<results>/train/{model}/000.safetensors"),
    log:
        "<logs>/train/{model}/initialize_model.log",
    benchmark:
        "<benchmarks>/train/initialize_model.{model}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(8000),
        runtime=grows(20),
    params:
        model=model_settings,
        seed=seed,
        source_order=source_order,
        subset=subset_of_pairs,
    shell:
        "python -m seq2seq.steps.train initialize-model"
        " --model {params.model:q}"
        " --seed {params.seed}"
        " --source-order {params.source_order} {params.subset}"
        " --source-vocabulary {input.source_vocabulary:q}"
        " --target-vocabulary {input.target_vocabulary:q}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --output {output.checkpoint:q}"
        " 2>&1 | tee {log:q}"


rule train_segment:
    """From one checkpoint to the next: a fixed share of an epoch at one learning rate."""
    input:
        checkpoint=checkpoint_before,
        source_vocabulary="<results>/data/vocabulary/source.tsv",
        target_vocabulary="<results>/data/vocabulary/target.tsv",
        source=multiext("<results>/data/ids/train.source", ".words.npy", ".offsets.npy"),
        target=multiext("<results>/data/ids/train.target", ".words.npy", ".offsets.npy"),
    output:
        checkpoint=temp("<results>/train/{model}/{segment}.safetensors"),
        metrics="<results>/train/{model}/{segment}.train.jsonl",
    log:
        "<logs>/train/{model}/{segment}.log",
    benchmark:
        "<benchmarks>/train/train_segment.{model}.{segment}.tsv"
    wildcard_constraints:
        segment=rf"(?!000|{experiment.segments()[-1]})\d{{3}}",
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=by_input(3000, per_mb=4),
        runtime=grows(180),
        gpu=1,
        slurm_extra=gpus_per_node,
    params:
        settings=segment_settings,
        model=model_settings,  # with seed and order: the checkpoint is refused if of others
        seed=seed,
        source_order=source_order,
        subset=subset_of_pairs,
        launch=launch,
    shell:
        "{params.launch}python -m seq2seq.steps.train train-segment"
        " --settings {params.settings:q}"
        " --model {params.model:q}"
        " --seed {params.seed}"
        " --source-order {params.source_order} {params.subset}"
        " --checkpoint {input.checkpoint:q}"
        " --source-vocabulary {input.source_vocabulary:q}"
        " --target-vocabulary {input.target_vocabulary:q}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --stop-after {resources.runtime}"
        " --output {output.checkpoint:q}"
        " --metrics {output.metrics:q}"
        " 2>&1 | tee {log:q}"


use rule train_segment as train_last_segment with:
    # Kept, not temporary: more epochs go on from here.
    output:
        checkpoint="<results>/train/{model}/{segment}.safetensors",
        metrics="<results>/train/{model}/{segment}.train.jsonl",
    wildcard_constraints:
        segment=experiment.segments()[-1],


rule validate_segment:
    """A point of the learning curve, made beside the next segment."""
    input:
        checkpoint="<results>/train/{model}/{segment}.safetensors",
        source=multiext("<results>/data/ids/dev.source", ".words.npy", ".offsets.npy"),
        target=multiext("<results>/data/ids/dev.target", ".words.npy", ".offsets.npy"),
        target_tokens="<results>/data/tokens/dev.target.txt",
        target_vocabulary="<results>/data/vocabulary/target.tsv",
    output:
        "<results>/train/{model}/{segment}.dev.jsonl",
    log:
        "<logs>/train/{model}/{segment}.dev.log",
    benchmark:
        "<benchmarks>/train/validate_segment.{model}.{segment}.tsv"
    priority: 1
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=by_input(2000, per_mb=3),
        runtime=grows(90),
        gpu=1,
    params:
        settings=as_json(settings.translate),
        beam=dev_beam,
        epoch=epochs_at_end,
        ignore=settings.evaluate.perplexity_ignore,
        bound=perplexity_bound,
    shell:
        "python -m seq2seq.steps.train validate-segment"
        " --settings {params.settings:q}"
        " --beam {params.beam}"
        " --checkpoint {input.checkpoint:q}"
        " --epoch {params.epoch}"
        " --source {input.source:q}"
        " --target {input.target:q}"
        " --target-tokens {input.target_tokens:q}"
        " --target-vocabulary {input.target_vocabulary:q}"
        " --ignore {params.ignore:q}"
        " {params.bound:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule export_model:
    """A folder that works alone: weights, vocabularies, measurements, a card."""
    input:
        checkpoint=f"<results>/train/{{model}}/{experiment.segments()[-1]}.safetensors",
        metrics=expand(
            "<results>/train/{{model}}/{segment}.{kind}.jsonl",
            segment=experiment.segments(),
            kind=["train", "dev"],
        ),
        source_vocabulary="<results>/data/vocabulary/source.tsv",
        target_vocabulary="<results>/data/vocabulary/target.tsv",
    output:
        weights="<results>/models/{model}/model.safetensors",
        description="<results>/models/{model}/model.json",
        vocabularies=multiext("<results>/models/{model}/", "source.tsv", "target.tsv"),
        metrics="<results>/models/{model}/metrics.jsonl",
        card="<results>/models/{model}/README.md",
    log:
        "<logs>/train/{model}/export_model.log",
    benchmark:
        "<benchmarks>/train/export_model.{model}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=by_input(2000, per_mb=5),
        runtime=grows(20),
    params:
        folder=subpath(output.weights, parent=True),
        source_language=settings.data.source_language,
        target_language=settings.data.target_language,
        tokenizer=settings.data.tokenizer,
        experiment=settings.experiment,
        description=settings.data.description,
    shell:
        "python -m seq2seq.steps.train export-model"
        " --checkpoint {input.checkpoint:q}"
        " --metrics {input.metrics:q}"
        " --source-vocabulary {input.source_vocabulary:q}"
        " --target-vocabulary {input.target_vocabulary:q}"
        " --source-language {params.source_language}"
        " --target-language {params.target_language} --tokenizer {params.tokenizer}"
        " --experiment {params.experiment}"
        " --data {params.description:q}"
        " --output {params.folder:q}"
        " 2>&1 | tee {log:q}"
