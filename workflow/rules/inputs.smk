"""Inputs and parameters that depend on the wildcards, one function for each."""

import re

from seq2seq.configuration import as_json, pick
from seq2seq.experiment import JOIN


def corpora(wildcards):
    return settings.data.corpora(wildcards.split)


def corpus_files(wildcards):
    files = catalogue.files_of(settings.data.corpora(wildcards.split))
    return [f"results/downloads/{file}" for file in files]


def vocabulary_size(wildcards):
    return getattr(settings.vocabulary, f"{wildcards.side}_words")


def seed(wildcards):
    return settings.models[wildcards.model].seed


def source_order(wildcards):
    return settings.models[wildcards.model].source_order


def segment_settings(wildcards):
    return experiment.segment_settings(wildcards.segment)


def epochs_at_end(wildcards):
    return experiment.epochs_at(wildcards.segment)


def checkpoint_before(wildcards):
    return (
        f"{experiment.results}/train/{wildcards.model}/{int(wildcards.segment) - 1:03d}.safetensors"
    )


def model_folders(wildcards):
    return [f"{experiment.results}/models/{model}" for model in wildcards.models.split(JOIN)]


def model_files(wildcards):
    return [f"{folder}/model.safetensors" for folder in model_folders(wildcards)]


def model_scores(wildcards):
    return [
        f"{experiment.results}/rescore/scores/{model}.test.tsv.gz"
        for model in wildcards.models.split(JOIN)
    ]


def sentences_to_decode(wildcards):
    limits = {"dev": ["--sentences", settings.rescore.tune_sentences], "test": []}
    return limits[wildcards.split]


def hypotheses(wildcards):
    return experiment.hypotheses(wildcards.output)


def table_title(wildcards):
    return re.sub(r"(?<=[a-z])(?=[0-9])", " ", wildcards.table).capitalize()


def table_rows(wildcards):
    return experiment.table_rows(wildcards.table)


def table_scores(wildcards):
    return experiment.scores_of(settings.tables[wildcards.table])


def table_systems(wildcards):
    return experiment.outputs(settings.tables[wildcards.table])


def table_outputs(wildcards):
    return experiment.output_files(settings.tables[wildcards.table])
