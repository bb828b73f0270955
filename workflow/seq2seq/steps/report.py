"""Steps of the report stage: the paper's tables and figures, drawn from the run's numbers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.config.experiment import Experiment
from seq2seq.config.schema import Settings
from seq2seq.errors import UserError
from seq2seq.evaluation import buckets as bucketing
from seq2seq.evaluation.bleu import file_counts, tokens_of
from seq2seq.evaluation.buckets import bucket_by, score_buckets
from seq2seq.evaluation.costs import read_learning_curve
from seq2seq.evaluation.phrases import compare_panels, joint_numbers, read_encoded
from seq2seq.evaluation.sweep import COLUMNS, TUNED
from seq2seq.io.files import read_json, read_lines, read_parallel, write_json, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.report import bucket_plot, phrase_map, rescoring
from seq2seq.report.bleu_table import System, bleu_table
from seq2seq.report.examples import choose_sentences, examples_table, read_examples, read_test_set
from seq2seq.report.page.figures import learning_panels
from seq2seq.report.page.results import results_page
from seq2seq.report.style import save_all
from seq2seq.report.table import render, write_tsv
from seq2seq.runtime.command_line import Json, labelled_file, main_of, step_app
from seq2seq.runtime.logging import log
from seq2seq.steps.flags import Ids, Labelled, Note, Outputs, Seed, Tokens

app = step_app("report", "Report: the paper's tables and figures, each number next to the paper's.")


@app.command
def make_table(
    *, rows: str, title: str, comparable: bool = False, note: Note, output: Outputs
) -> None:
    """Make one of the paper's tables: its numbers, ours, and the interval.

    Args:
        rows: JSON, a list of {"system": NAME, "paper_bleu": NUMBER or null, "score": FILE or null,
            "seeds": FILES}.
        comparable: the test set is the paper's: print differences from it, not gains.
    """
    systems = []
    for row in json.loads(rows):
        score = row["score"] and _score(row["score"])
        seeds = [_score(path)["bleu"] for path in row.get("seeds", [])]
        systems.append(System(row["system"], row["paper_bleu"], score, seeds))
    bleu_table(systems, title=title, note=note, comparable=comparable).write(output)
    own = sum(system.score is not None for system in systems)
    log.info(f"{output[0]}: {len(systems)} systems, {own} of them from this run")


def _score(path: str) -> dict[str, Any]:
    score: dict[str, Any] = read_json(path)
    for key in ("bleu", "bleu_low", "bleu_high", "signature"):
        if key not in score:
            raise UserError(f"{path}: the score file has no `{key}`. Delete it and rerun.")
    return score


@app.command
def write_banner(*, experiment: str, note: Note, output: Path) -> None:
    """Write the banner that captions include, what data this is; the paper's own is empty."""
    write_lines(output, render("banner.rst.j2", experiment=experiment, note=note))


@app.command
def write_report(*, settings: Json[Settings], output: Path) -> None:
    """Write the results page from the files beside it; a missing file is an error."""
    lines, missing = results_page(Experiment(settings), output.parent)
    if missing:
        raise UserError(f"{output.parent}: {', '.join(missing)} missing. Run the workflow first.")
    write_lines(output, lines)
    log.info(f"{output}: {output.stat().st_size / 1e6:.1f} MB")


@app.command
def plot_learning_curve(*, curves: Labelled, note: Note = "", output: Outputs) -> None:
    """Plot perplexity and BLEU on dev against epochs, all models in one figure: .svg, then .tsv."""
    files = map(labelled_file, curves)
    read = pd.concat([read_learning_curve(file.path, label=file.label) for file in files])
    values = {"curves": learning_panels(read), "note": note}
    write_lines(output[0], render("page/curves.svg.j2", **values))
    rows = read.round(4).astype(object).where(read.notna(), "").astype(str)
    write_tsv(output[1], list(rows.columns), rows.to_numpy().tolist())
    log.info(f"{output[0]}: {len(curves)} models")


def _write_data(output: Outputs, rows: Iterable[Sequence[str]], numbers: Any = None) -> None:
    """Write the data behind a figure to the ``.tsv`` and ``.json`` files among its outputs."""
    header, *lines = rows
    for path in output:
        if path.suffix == ".tsv":
            write_tsv(path, header, lines)
        elif path.suffix == ".json":
            write_json(path, numbers)


@app.command
def plot_lengths(
    *,
    source_tokens: Tokens,
    reference_tokens: Tokens,
    curves: Labelled,
    bucket_size: int,
    slope_max_length: int,
    slope_bucket_size: int,
    seed: Seed,
    note: Note = "",
    output: Outputs,
) -> None:
    """Plot BLEU against source length (Figure 3, left), and fit its slope.

    Args:
        bucket_size: sentences per bucket, about.
        slope_max_length: words; the slope is fitted to shorter sentences.
        slope_bucket_size: sentences per bucket of the slope, as in the claims.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    references = [reference for _, reference in pairs]
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    buckets = bucket_by(lengths, bucket_size=bucket_size)
    short = bucketing.shorter_than(slope_max_length, lengths, bucket_size=slope_bucket_size)
    drawn, slopes = {}, {}
    for one in map(labelled_file, curves):
        counts = file_counts(one.path, references)
        drawn[one.label] = score_buckets(counts, buckets, seed=seed)
        slope = bucketing.length_slope(counts, short, seed=seed)
        slopes[one.label] = slope and asdict(slope)
    save_all(bucket_plot.draw_buckets(drawn, bucket_plot.LENGTH, note=note), output)
    numbers = {
        "below": short.below,
        "buckets": len(short.buckets),
        "sentences": sum(len(bucket.sentences) for bucket in short.buckets),
        "systems": slopes,
    }
    _write_data(output, bucket_plot.table_rows(drawn, bucket_plot.LENGTH), numbers)
    log.info(f"{output[0]}: {len(drawn)} systems, {len(buckets)} buckets of sentences")


@app.command
def plot_rarity(
    *,
    source: Ids,
    vocabulary: Path,
    reference_tokens: Tokens,
    curves: Labelled,
    bucket_size: int,
    seed: Seed,
    note: Note = "",
    output: Outputs,
) -> None:
    """Plot BLEU against the rarity of the source words (Figure 3, right).

    Args:
        bucket_size: sentences per bucket, about.
    """
    size = sum(1 for _ in read_lines(vocabulary)) - 1  # without the header
    ranks = bucketing.average_ranks(read_token_dataset(*source), vocabulary_size=size)
    buckets = bucket_by(ranks, bucket_size=bucket_size)
    references = list(read_lines(reference_tokens))
    drawn = {
        one.label: score_buckets(file_counts(one.path, references), buckets, seed=seed)
        for one in map(labelled_file, curves)
    }
    save_all(bucket_plot.draw_buckets(drawn, bucket_plot.RARITY, note=note), output)
    _write_data(output, bucket_plot.table_rows(drawn, bucket_plot.RARITY))
    log.info(f"{output[0]}: {len(drawn)} systems, {len(buckets)} buckets of sentences")


@app.command
def plot_phrases(
    *, phrases: Path, drawn: list[str] | None = None, seed: Seed, note: Note = "", output: Outputs
) -> None:
    """Plot phrases on the principal plane of their sentence vectors (Figure 2), and test them.

    Args:
        phrases: from encode-phrases.
        drawn: titles of the panels in the figure, instead of all; the tests are of all.
    """
    encoded = read_encoded(phrases)
    findings = compare_panels(encoded, seed=seed)
    shown = [one for one in findings if not drawn or one.panel in drawn]
    panels = [phrase_map.panel_of(encoded, one) for one in shown]
    joint = joint_numbers(encoded, findings, seed=seed)
    p_value, count = joint["all_panels"]["p_value"], len(encoded.phrases)
    caption = f"{note} All {count} phrases of the test, drawn or not: p = {p_value:.2g}."
    save_all(phrase_map.draw_phrases(panels, note=caption), output)
    numbers = {
        "model": encoded.model,
        "numbers": encoded.states.shape[1],
        "panels": [finding.as_numbers() for finding in findings],
        **joint,
    }
    _write_data(output, phrase_map.table_rows(panels), numbers)
    log.info(f"{output[0]}: {count} phrases, p = {p_value:.3g} in all panels")


@app.command
def tabulate_rescoring(*, sweep: Path, note: Note, points: Path, output: Outputs) -> None:
    """Tabulate what rescoring is worth, and every point by weight and by list size.

    Args:
        sweep: from sweep-rescoring.
        points: .tsv with every row of the sweep, test and dev.
    """
    found = rescoring.read_sweep(sweep)
    drawn = found[found["choice"] != TUNED]  # a tuned row is one of those by weight
    write_tsv(points, COLUMNS, rescoring.data_rows(drawn))
    rescoring.rescoring_table(found, note=note).write(output)
    log.info(f"{output[0]}: rescoring by {found['models'].nunique() - 1} combinations of models")


@app.command
def show_translations(
    *,
    source_text: Path,
    source_tokens: Tokens,
    reference_tokens: Tokens,
    sentences: Json[tuple[str, ...]],
    systems: Labelled,
    note: Note = "",
    output: Outputs,
) -> None:
    """Show long sentences with their translations, as in Table 3."""
    test_set = read_test_set(source_text, source_tokens, reference_tokens)
    files = map(labelled_file, systems)
    outputs = {file.label: best_translations(file.path, len(test_set.references)) for file in files}
    chosen, missing = choose_sentences(test_set, sentences)
    shown = list(read_examples(test_set, chosen, outputs))
    examples_table(shown, missing=missing, note=note).write(output)
    log.info(f"{output[0]}: {len(shown)} sentences")


main_of(app, __name__)
