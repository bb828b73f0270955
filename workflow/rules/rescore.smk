"""Rescoring the baseline's n-best lists with the LSTMs (section 3.5)."""


rule score_nbest:
    """A model's log probability of every hypothesis."""
    input:
        model="<results>/models/{model}/model.safetensors",
        nbest="<results>/baseline/nbest.test.tsv.gz",
        source=multiext("<results>/data/ids/test.source", ".words.npy", ".offsets.npy"),
    output:
        "<results>/rescore/scores/{model}.tsv.gz",
    log:
        "<logs>/rescore/score_nbest.{model}.log",
    benchmark:
        "<benchmarks>/rescore/score_nbest.{model}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        gpu=1,
    params:
        folder=subpath(input.model, parent=True),
        batch_size=settings.rescore.batch_size,
    shell:
        "python -m seq2seq.steps.score_nbest"
        " --model {params.folder:q}"
        " --nbest {input.nbest:q}"
        " --source {input.source:q}"
        " --batch-size {params.batch_size}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule rescore_nbest:
    """The lists in the order of the average of the baseline's score and the models'."""
    input:
        nbest="<results>/baseline/nbest.test.tsv.gz",
        scores=model_scores,
    output:
        "<results>/rescore/{models}.tsv.gz",
    log:
        "<logs>/rescore/rescore_nbest.{models}.log",
    benchmark:
        "<benchmarks>/rescore/rescore_nbest.{models}.tsv"
    conda:
        "../../envs/text.yaml"
    params:
        weight=settings.rescore.weight,
    shell:
        "python -m seq2seq.steps.rescore_nbest"
        " --weight {params.weight}"
        " --nbest {input.nbest:q}"
        " --scores {input.scores:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
