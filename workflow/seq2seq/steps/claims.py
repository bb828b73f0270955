"""Steps of the evaluate stage: tests of the paper's claims, deviations, costs, the certificate."""

import json
from collections import ChainMap, Counter
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from seq2seq.errors import UserError
from seq2seq.evaluation import claims, costs, deviations, manifest
from seq2seq.evaluation.bleu import file_counts, tokens_of
from seq2seq.evaluation.buckets import shorter_than
from seq2seq.evaluation.claim_definitions import read_claims, read_number
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.evaluation.power import read_pilots
from seq2seq.io.files import read_json, read_parallel, write_json
from seq2seq.report.claims_table import claims_table, count_verdicts
from seq2seq.report.table import TWO_TEXTS, Table
from seq2seq.runtime.command_line import labelled_file, main_of, step_app
from seq2seq.runtime.logging import log, with_progress
from seq2seq.steps.flags import Labelled, ModelFiles, Note, Outputs, Seed, Tokens

app = step_app("claims", "Claims, deviations from the paper, costs, certificate.")


@app.command
def evaluate_claims(
    *,
    claims_file: Path,
    power: Path,
    experiment: str,
    paper_data: bool = False,
    own_baseline: bool = False,
    source_tokens: Tokens,
    reference_tokens: Tokens,
    outputs: Labelled,
    log_probabilities: list[Path],
    quoted: list[str],
    measurements: Labelled,
    slope_max_length: int,
    bucket_size: int,
    seed: Seed,
    note: Note,
    output: Outputs,
) -> None:
    """Test every claim of config/claims.tsv on this run.

    Args:
        own_baseline: no lists were given; on the paper's data ours must reach a floor to be tested.
        power: effects to be found and pilots' standard errors, a table.
        quoted: the paper's numbers that apply to this test set.
        slope_max_length: words; longer sentences are left out of the slope test.
        bucket_size: sentences per bucket of the slope test.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    references = [reference for _, reference in pairs]
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    evidence = claims.Evidence(
        source_lengths=lengths,
        short=shorter_than(slope_max_length, lengths, bucket_size=bucket_size),
        counts={
            file.label: file_counts(file.path, references) for file in map(labelled_file, outputs)
        },
        log_probabilities=dict(ChainMap(*map(read_log_probabilities, log_probabilities))),
        quoted=frozenset(quoted),
        measured=_measured(measurements),
        pilots=read_pilots(power, experiment),
        baseline_floor=claims.LEAST_BASELINE if paper_data and own_baseline else 0.0,
    )
    results = claims.evaluate_claims(read_claims(claims_file), evidence, seed=seed)
    claims_table(results, evidence.pilots, note=note, paper_data=paper_data).write(output)
    log.info(f"{output[0]}: {len(results)} claims, {count_verdicts(results)}")


def _measured(measurements: list[str]) -> dict[str, float]:
    """The numbers at places in files; null is left out."""
    found = {
        file.label: read_number(file.path, file.label.partition("#")[2])
        for file in map(labelled_file, measurements)
    }
    return {place: number for place, number in found.items() if number is not None}


@app.command
def list_deviations(
    *, paper: str, settings: str, remarks: Path, note: Note, output: Outputs
) -> None:
    """List how the run deviates from the paper, with the effect where it was measured."""
    names = "changed by this experiment", "cannot be as in the paper", "open in the paper"
    kinds = dict(zip(deviations.KINDS, names, strict=True))
    table = deviations.read_deviations(remarks)
    found = deviations.list_deviations(json.loads(paper), json.loads(settings), table)
    counts = Counter(deviation.kind for deviation in found)
    Table(
        title="Deviations from the paper",
        note=note,
        header=("Setting", "Kind", "The paper", "This run", "What it means", "Effect"),
        rows=[(one.key, kinds[one.kind], *astuple(one)[2:]) for one in found],
        columns=deviations.COLUMNS,
        data=[astuple(one) for one in found],
        text_columns=frozenset(range(6)),
        remarks=[", ".join(f"{counts[kind]} {name}" for kind, name in kinds.items()) + "."],
    ).write(output)
    log.info(f"{output[0]}: {len(found)} deviations, {counts['changed']} of this experiment")


@app.command
def count_parameters(
    *, models: ModelFiles, paper_results: Path, note: Note, output: Outputs
) -> None:
    """Tabulate the models' parameters by part, next to the paper's 384M = 160 + 80 + 80 + 64."""
    paper = yaml.safe_load(paper_results.read_text(encoding="utf-8"))["parameters"]
    names: dict[tuple[int, ...], list[str]] = {}
    for path in models:
        counts = read_json(path)["parameters"]
        names.setdefault(tuple(counts[part] for part in paper), []).append(path.parent.name)
    columns = ("part", "paper", *(" ".join(alike) for alike in names.values()))
    parts = list(zip(paper, paper.values(), *names, strict=True))
    rows = [[part.replace("_", " "), *(f"{n:,}" for n in numbers)] for part, *numbers in parts]
    data = [[str(cell) for cell in row] for row in parts]
    Table("Parameters by part", note, columns, rows, columns, data).write(output)
    totals = ", ".join(f"{counts[-1]:,}" for counts in names)
    log.info(f"{output[0]}: {totals or 'no'} parameters; the paper has {paper['total']:,}")


@app.command
def tabulate_throughput(
    *, metrics: list[Path], corpus: Path, paper_results: Path, note: Note, output: Outputs
) -> None:
    """Tabulate training throughput per device, from metrics.jsonl, next to the paper's."""
    paper = yaml.safe_load(paper_results.read_text(encoding="utf-8"))["words_per_second"]
    both = _words_of_both(corpus)
    rows = [("paper", device, str(words), "", "") for device, words in paper.items()]
    for path in metrics:
        for device, words, seconds in costs.training_speeds(path).itertuples():
            rate = words / seconds
            cells = (f"{both * rate:.0f}", f"{rate:.0f}", f"{seconds / 3600:.3f}")
            rows.append((path.parent.name, device, *cells))
    header = ("Model", "Device", "Words/s, both languages", "Target words/s", "Hours")
    columns = ("model", "device", "words_per_second", "target_words_per_second", "hours")
    table = Table("Training throughput", note, header, rows, columns, text_columns=TWO_TEXTS)
    table.write(output)
    log.info(f"{output[0]}: {len(rows) - len(paper)} trainings")


def _words_of_both(corpus: Path) -> float:
    table = pd.read_csv(corpus, sep="\t", quoting=3)
    train = table[(table["step"] == "tokens") & (table["split"] == "train")].set_index("side")
    if sorted(train.index) != ["source", "target"]:
        raise UserError(f"{corpus}: has no tokens of the training corpus. Delete it and rerun.")
    source, target = (int(train["tokens"][side]) for side in ("source", "target"))
    return costs.words_of_both(source, target, int(train["lines"]["target"]))


@app.command
def tabulate_seeds(*, curves: Labelled, note: Note, output: Outputs) -> None:
    """Tabulate BLEU and perplexity on dev by epoch: mean, deviation, least, most over seeds."""
    files = map(labelled_file, curves)
    read = pd.concat([costs.read_learning_curve(file.path, label=file.label) for file in files])
    found = costs.seeds_by_epoch(read)
    rows = [
        (recipe, f"{epoch:g}", str(seeds), *("" if pd.isna(one) else f"{one:.2f}" for one in rest))
        for recipe, epoch, seeds, *rest in found.itertuples(index=False)
    ]
    header = [name.replace("_", " ") for name in found.columns]
    Table("Dev set by epoch, over seeds", note, header, rows, list(found.columns)).write(output)
    log.info(f"{output[0]}: {found['recipe'].nunique()} recipes")


@app.command
def compare_precisions(*, metrics: list[Path], note: Note, output: Outputs) -> None:
    """Tabulate learning curves of one model in two precisions, by epoch.

    Args:
        metrics: files of both trainings, in folders of their names.
    """
    rows = []
    for name in dict.fromkeys(path.parent.name for path in metrics):
        files = [path for path in metrics if path.parent.name == name]
        speed = costs.training_speeds(*files)
        rate = speed["words"].sum() / speed["seconds"].sum()
        curve = costs.read_learning_curve(*files, label=name)
        for point in curve[curve["kind"] == "dev"].itertuples():
            numbers = (f"{point.perplexity:.3f}", f"{point.bleu:.2f}", f"{rate:.0f}")
            rows.append((f"{point.epoch:g}", name, ", ".join(speed.index), *numbers))
    rows.sort(key=lambda row: float(row[0]))
    columns = ("epoch", "model", "device", "perplexity", "bleu", "target_words_per_second")
    names, texts = [name.replace("_", " ") for name in columns], frozenset({1, 2})
    title = "fp32 beside the training's precision"
    Table(title, note, names, rows, columns, text_columns=texts).write(output)
    log.info(f"{output[0]}: {len(rows)} points")


@app.command
def list_costs(*, benchmarks: Path, note: Note, output: Outputs) -> None:
    """Tabulate the cost of the run's jobs by rule, from Snakemake's benchmark files."""
    found = costs.measured_costs(benchmarks)
    formats = {"seconds": "{:.1f}", "cpu_seconds": "{:.1f}", "max_megabytes": "{:.0f}"}
    cells = found.assign(**{name: found[name].map(text.format) for name, text in formats.items()})
    rows = [tuple(map(str, row)) for row in cells.itertuples(index=False)]
    header = ("Stage", "Rule", "Jobs", "Seconds", "Processor seconds", "Peak memory, MB")
    columns = list(found.columns)
    Table("Measured costs", note, header, rows, columns, text_columns=TWO_TEXTS).write(output)
    log.info(f"{output[0]}: {found['jobs'].iloc[-1]} jobs")


@app.command
def write_certificate(
    *,
    settings: str,
    reference_tokens: Tokens,
    reference_text: Path,
    outputs: Labelled,
    metrics: list[Path],
    files: list[Path],
    output: Path,
) -> None:
    """Write the run's certificate for `seq2seq verify`: what was made from what, and all scores."""
    folder = output.parent
    configuration = json.loads(settings)
    references = {"tokens": reference_tokens, "text": reference_text}
    hypotheses = {file.label: Path(file.path) for file in map(labelled_file, outputs)}
    scores = {name: folder / "evaluate" / f"{name}.json" for name in hypotheses}
    checked = {*files, *metrics, *scores.values(), *references.values(), *hypotheses.values()}
    shown = with_progress(sorted(checked), "checksums", total=len(checked), unit="files")
    certificate: dict[str, Any] = {
        "format": manifest.FORMAT,
        "experiment": configuration["experiment"],
        "code": manifest.code_version(Path(__file__).parent),
        "configuration": configuration,
        "configuration_sha256": manifest.settings_digest(configuration),
        "seeds": manifest.seeds_of(configuration),
        "packages": manifest.package_versions(),
        "machine": manifest.this_machine(),
        "trained_on": costs.training_platforms(metrics),
        "references": {kind: str(path.relative_to(folder)) for kind, path in references.items()},
        "outputs": {
            name: {"hypotheses": str(path.relative_to(folder)), "score": read_json(scores[name])}
            for name, path in hypotheses.items()
        },
        "files": {str(path.relative_to(folder)): manifest.file_digest(path) for path in shown},
    }
    write_json(output, certificate)
    log.info(f"{output}: {len(hypotheses)} outputs, {len(checked)} files")


main_of(app, __name__)
