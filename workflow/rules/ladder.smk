"""The ladder: small trainings on random subsets of the pairs, and what they forecast of the run.

In: points of the rungs' learning curves.  Out: a page, its numbers, and bounds for the run.
"""


rule fit_ladder:
    """Scaling laws of the rungs, the largest of which is held out and predicted first."""
    input:
        points=expand(
            "<results>/train/{rung}/{segment}.dev.jsonl",
            rung=[rung.name for rung in settings.ladder.rungs],
            segment=experiment.ladder_segments,
        ),
        target=multiext("<results>/data/ids/train.target", ".words.npy", ".offsets.npy"),
    output:
        multiext("<results>/ladder/ladder", ".tsv", ".json", ".yaml", ".svg", ".html"),
    log:
        "<logs>/ladder/fit_ladder.log",
    benchmark:
        "<benchmarks>/ladder/fit_ladder.tsv"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=grows(1500),
        runtime=grows(30),
    params:
        settings=as_json(settings.ladder),
        model=as_json(settings.model),
        experiment=settings.experiment,
        note=settings.data.description,
    shell:
        "python -m seq2seq.steps.ladder fit-ladder"
        " --settings {params.settings:q}"
        " --model {params.model:q}"
        " --points {input.points:q}"
        " --target {input.target:q}"
        " --experiment {params.experiment:q}"
        " --note {params.note:q}"
        " --output {output:q}"
        " 2>&1 | tee {log:q}"
