"""Inputs and parameters that depend on wildcards or inputs."""

import os
import re
from dataclasses import replace

from seq2seq.config.loading import as_json, pick
from seq2seq.config.experiment import JOIN


def config_file(name):
    """A file of config/ as seen from the working directory: a checkout's path may hold braces."""
    return os.path.relpath(configuration / name)


def corpora(wildcards):
    return settings.data.corpora("train" if wildcards.part == "whole" else wildcards.part)


def corpus_files(wildcards):
    files = catalogue.files_of(published(corpora(wildcards)))
    return [*(f"{downloads}/{file}" for file in files), *local_files(corpora(wildcards))]


def corpus_arguments(wildcards):
    return [as_argument(corpus, settings.data) for corpus in corpora(wildcards)]


def composition_flags(wildcards, input, output):
    """For a selection corpus by corpus: the pairs of each, Schwenk's selection, and a table of both."""
    if not settings.data.by_corpus:
        return []
    named = {"corpora": input.corpora, "schwenk": input.schwenk, "composition": output.composition}
    return [word for name, file in named.items() for word in (f"--{name}", file)]


def bundled_files(wildcards):
    if settings.data.demo_corpus:
        return []
    names = [corpus for split in SPLITS for corpus in settings.data.corpora(split)]
    return [f"{downloads}/{file}" for file in catalogue.files_of(published(names))]


def language(wildcards):
    return getattr(settings.data, f"{wildcards.side}_language")


def shard(wildcards):
    return wildcards.get("scatteritem", "1-of-1")


def vocabulary_size(wildcards):
    return getattr(settings.vocabulary, f"{wildcards.side}_words")


def model_settings(wildcards):
    return experiment.model_settings(wildcards.model)


def seed(wildcards):
    return experiment.variants[wildcards.model].seed


def source_order(wildcards):
    return experiment.variants[wildcards.model].source_order


def subset_of_pairs(wildcards):
    pairs = experiment.variants[wildcards.model].pairs
    return [] if pairs is None else ["--pairs", pairs]


def dev_beam(wildcards):
    return experiment.dev_beam(wildcards.model, wildcards.segment)


def perplexity_bound(wildcards):
    """Where the ladder says that the model has to be by now, if it says so."""
    bound = settings.ladder.bound_of(wildcards.model, epochs_at_end(wildcards))
    stop = ["--stop-outside"] if settings.ladder.stop_outside else []
    return ["--bound", as_json(bound), *stop] if bound else []


def segment_settings(wildcards):
    return experiment.segment_settings(wildcards.model, wildcards.segment)


def launch(wildcards, resources):
    """The launcher of several training processes, or nothing for one; results are the same."""
    processes = resources.get("gpu") or resources.get("tasks", 1)
    nodes = resources.get("nodes", 1)
    if processes == nodes == 1:
        return ""
    gpus = "--gpus " if resources.get("gpu") else ""
    return f"python -m seq2seq.runtime.launch {gpus}--nodes {nodes} --processes {processes} -- "


def epochs_at_end(wildcards):
    return experiment.epochs_at(wildcards.segment)


def checkpoint_before(wildcards):
    return (
        f"{experiment.results}/train/{wildcards.model}/{int(wildcards.segment) - 1:03d}.safetensors"
    )


def model_folders(wildcards):
    return [f"{experiment.results}/models/{model}" for model in wildcards.models.split(JOIN)]


def beam_size(wildcards):
    return wildcards.beam.partition("-min")[0]


def search_settings(wildcards):
    """Of a row's decoder, which may have a `min_words` of its own."""
    least = wildcards.beam.partition("-min")[2]
    changed = {"min_words": int(least)} if least else {}
    return as_json(replace(settings.translate, **changed))


def model_files(wildcards):
    return [f"{folder}/model.safetensors" for folder in model_folders(wildcards)]


def scores_by(models, split):
    """The score shards of each model, in sentence order."""
    folder = f"{experiment.results}/rescore/scores"
    return [
        part
        for model in models
        for part in gather.score(f"{folder}/{model}.{split}.{{scatteritem}}.tsv.gz")
    ]


def model_scores(wildcards):
    return scores_by(wildcards.models.split(JOIN), "test")


def test_scores(wildcards):
    return scores_by(experiment.rescoring_models, "test")


def dev_scores(wildcards):
    return [
        part
        for split in experiment.tuning_splits
        for part in scores_by(experiment.rescoring_models, split)
    ]


def training_pairs(wildcards):
    pairs = settings.baseline.training_pairs
    return [] if pairs is None else ["--pairs", pairs]


def pruned_order(wildcards):
    order = settings.baseline.lm_prune_order
    return [] if order is None else ["--prune-order", order]


def users_list(wildcards):
    return {"dev": settings.baseline.nbest_dev, "test": settings.baseline.nbest}[wildcards.split]


def users_list_source(wildcards):
    return (settings.baseline.nbest_source or []) if wildcards.split == "test" else []


def sentences_to_decode(wildcards):
    return ["--sentences", settings.rescore.tune_sentences] if wildcards.split == "dev" else []


def hypotheses(wildcards):
    return experiment.hypotheses(wildcards.output)


def table_title(wildcards):
    return re.sub(r"(?<=[a-z])(?=[0-9])", " ", wildcards.table).capitalize()


def table_rows(wildcards):
    return experiment.table_rows(wildcards.table)


def table_scores(wildcards):
    rows = settings.tables[wildcards.table]
    repetitions = [again for row in rows for again in row.repetitions[1:]]
    return experiment.scores_of([*rows, *repetitions])


def table_systems(wildcards):
    return experiment.outputs(settings.tables[wildcards.table])


def table_outputs(wildcards):
    return experiment.output_files(settings.tables[wildcards.table])
