"""Rescoring the baseline's n-best lists with the LSTMs (section 3.5)."""


rule score_nbest:
    """A model's log probability of every hypothesis, for a part of the sentences."""
    input:
        model="<results>/models/{model}/model.safetensors",
        nbest="<results>/baseline/nbest.{split}.tsv.gz",
        source=multiext("<results>/data/ids/{split}.source", ".words.npy", ".offsets.npy"),
    output:
        "<results>/rescore/scores/{model}.{split}.{scatteritem}.tsv.gz",
    log:
        "<logs>/rescore/score_nbest.{model}.{split}.{scatteritem}.log",
    benchmark:
        "<benchmarks>/rescore/score_nbest.{model}.{split}.{scatteritem}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=by_input(2000, per_mb=5),
        runtime=grows(180),
        gpu=1,
    params:
        folder=subpath(input.model, parent=True),
        batch_size=settings.rescore.batch_size,
        sentences=sentences_to_decode,
    shell:
        "python -m seq2seq.steps.rescore score-nbest"
        " --model {params.folder:q}"
        " --nbest {input.nbest:q}"
        " --source {input.source:q}"
        " {params.sentences:q}"
        " --shard {wildcards.scatteritem}"
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
    resources:
        mem_mb=grows(5000),
        runtime=grows(20),
    params:
        weight=settings.rescore.weight,
    shell:
        "python -m seq2seq.steps.rescore rescore-nbest"
        " --weight {params.weight}"
        " --nbest {input.nbest:q}"
        " --scores {input.scores:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tune_rescoring:
    """A weight for each of the baseline's features and each model, by MERT on the dev set."""
    input:
        nbest="<results>/baseline/nbest.dev.tsv.gz",
        scores=dev_scores,
        reference="<results>/data/tokens/dev.target.txt",
    output:
        "<results>/rescore/learned.json",
    log:
        "<logs>/rescore/tune_rescoring.log",
    benchmark:
        "<benchmarks>/rescore/tune_rescoring.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(1500),
        runtime=grows(20),
    params:
        combinations=experiment.rescorings,
        sentences=settings.rescore.tune_sentences,
        starts=settings.baseline.tune_starts,
        seed=settings.baseline.seed,
    shell:
        "python -m seq2seq.steps.rescore tune-rescoring"
        " --combinations {params.combinations:q}"
        " --nbest {input.nbest:q}"
        " --scores {input.scores:q}"
        " --reference {input.reference:q}"
        " --sentences {params.sentences}"
        " --starts {params.starts}"
        " --seed {params.seed}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule sweep_rescoring:
    """Every weight beside the even one, weights tuned on dev, shorter lists, oracle (section 3.5)."""
    input:
        test_nbest="<results>/baseline/nbest.test.tsv.gz",
        test_reference="<results>/data/tokens/test.target.txt",
        test_scores=test_scores,
        dev_nbest=expand("<results>/baseline/nbest.{split}.tsv.gz", split=experiment.tuning_splits),
        dev_reference=expand(
            "<results>/data/tokens/{split}.target.txt", split=experiment.tuning_splits
        ),
        dev_scores=dev_scores,
        learned="<results>/rescore/learned.json" if experiment.tuning_splits else [],
    output:
        "<results>/rescore/sweep.json",
    log:
        "<logs>/rescore/sweep_rescoring.log",
    benchmark:
        "<benchmarks>/rescore/sweep_rescoring.tsv"
    conda:
        "../../envs/text.yaml"
    resources:
        mem_mb=grows(6000),
        runtime=grows(30),
    params:
        combinations=experiment.rescorings,
        weight=settings.rescore.weight,
        dev_sentences=settings.rescore.tune_sentences,
        seed=settings.evaluate.seed,
    shell:
        "python -m seq2seq.steps.rescore sweep-rescoring"
        " --combinations {params.combinations:q}"
        " --weight {params.weight}"
        " --test-nbest {input.test_nbest:q}"
        " --test-reference {input.test_reference:q}"
        " --test-scores {input.test_scores:q}"
        " --dev-nbest {input.dev_nbest:q}"
        " --dev-reference {input.dev_reference:q}"
        " --dev-scores {input.dev_scores:q}"
        " --learned {input.learned:q}"
        " --dev-sentences {params.dev_sentences}"
        " --seed {params.seed}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"


rule tabulate_rescoring:
    """What rescoring is worth, and BLEU by weight and by length of the lists, for the page."""
    input:
        "<results>/rescore/sweep.json",
    output:
        tsv="<results>/tables/rescoring.tsv",
        md="<results>/tables/rescoring.md",
        html=report(
            "<results>/tables/rescoring.html",
            caption="../report/rescoring.rst",
            category="Tables",
            labels={"table": "rescoring"},
        ),
        points="<results>/tables/rescoring_points.tsv",
    log:
        "<logs>/rescore/tabulate_rescoring.log",
    benchmark:
        "<benchmarks>/rescore/tabulate_rescoring.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.report tabulate-rescoring"
        " --sweep {input:q}"
        " --note {params.note:q}"
        " --points {output.points:q}"
        " --output {output.tsv:q} {output.md:q} {output.html:q}"
        " 2>&1 | tee {log:q}"
