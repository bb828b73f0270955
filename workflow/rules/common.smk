"""What all rules share: checked settings, where results go, how programs are found."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "workflow"))

from snakemake.common.configfile import load_configfile

from seq2seq.corpus.catalogue import read_catalogue
from seq2seq.errors import UserError
from seq2seq.evaluation.ledger import read_claims
from seq2seq.experiment import JOIN, Experiment
from seq2seq.configuration import as_json, load_settings, pick
from seq2seq.symbols import SIDES, SPLITS

configuration = Path(workflow.basedir) / "config"

try:
    *overlays, complete = workflow.configfiles
    settings = load_settings(config, [complete, *overlays])
    catalogue = read_catalogue(configuration / "corpora.tsv")
    paper = load_settings(load_configfile(configuration / "config.yaml"))
    experiment = Experiment(settings)
    claims = read_claims(configuration / "claims.tsv")
    claim_inputs = experiment.claim_inputs(claim.operands for claim in claims)
    for split in SPLITS:
        for corpus in settings.data.corpora(split):
            catalogue.corpus(corpus)
    if settings.baseline.nbest and not Path(settings.baseline.nbest).is_file():
        raise UserError(f"{settings.baseline.nbest}: no such file; `baseline.nbest` names it.")
except UserError as error:
    sys.exit(f"error: {error}")  # a WorkflowError would print a trace of this file too


pathvars:
    results=experiment.results,
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


wildcard_constraints:
    split="|".join(SPLITS),
    side="|".join(SIDES),
    model="|".join(settings.models),
    models="[^./]+",
    segment=r"\d{3}",
    beam=r"\d+",
    table="|".join(settings.tables),


# The package is found with and without --use-conda and --directory; a program that fails fails its rule.
shell.executable("bash")
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={Path(workflow.basedir) / 'workflow'} PYTHONUNBUFFERED=1; "
)


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
