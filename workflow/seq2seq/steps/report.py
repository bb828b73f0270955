"""Steps of the report stage: the paper's tables and figures, drawn from the run's numbers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seq2seq.config.loading import build
from seq2seq.errors import UserError
from seq2seq.evaluation.buckets import bucket_by, score_buckets
from seq2seq.evaluation.counts import Counts, corpus_counts, tokens_of
from seq2seq.evaluation.examples import TestSet, choose_sentences, show_sentences
from seq2seq.evaluation.lengths import length_slope, shorter_than
from seq2seq.evaluation.phrase_distances import compare_panels, joint_test
from seq2seq.evaluation.phrase_file import read_encoded
from seq2seq.evaluation.rarity import average_ranks
from seq2seq.evaluation.seeds import over_seeds
from seq2seq.evaluation.sweep import Rescoring
from seq2seq.io.files import read_json, read_lines, read_parallel, write_json, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.report import bucket_plot, learning_curve, phrase_map, rescoring_table, summary
from seq2seq.report.bleu_table import OwnScore, System, bleu_table
from seq2seq.report.bleu_variants_table import read_waterfalls
from seq2seq.report.examples import browser_lines, examples_table
from seq2seq.report.metrics import read_curve
from seq2seq.report.rescoring_plot import draw_rescoring
from seq2seq.report.style import save_all
from seq2seq.report.waterfall import draw_waterfalls
from seq2seq.runtime.command_line import Json, labelled_file, main_of, step_app
from seq2seq.runtime.logging import log, with_progress

app = step_app("report", "Report: the paper's tables and figures, each number beside the paper's.")


@app.command
def make_table(*, rows: str, title: str, note: str, output: list[Path]) -> None:
    """Make one of the paper's tables: its numbers, ours, and the interval.

    Args:
        rows: JSON, a list of {"system": NAME, "paper_bleu": NUMBER or null, "score": FILE or null,
            "seeds": FILES}.
        note: says what data this is.
        output: .tsv, .md, .tex and .html files.
    """
    systems = [_system(row) for row in json.loads(rows)]
    bleu_table(systems, title=title, note=note).write(output)
    own = sum(system.own is not None for system in systems)
    log.info(f"{output[0]}: {len(systems)} systems, {own} of them with a run of our own")


def _system(row: dict[str, Any]) -> System:
    if row["score"] is None:
        return System(row["system"], row["paper_bleu"], None)
    seeds = [_score(path).bleu for path in row.get("seeds", [])]
    remark = ""
    if seeds:
        found = over_seeds(seeds)
        remark = (
            f"trained with {found.seeds} seeds, mean BLEU {found.mean:.2f}, 95 % interval of the "
            f"mean {found.low:.2f}–{found.high:.2f}, standard deviation {found.deviation:.2f}."
        )
    return System(row["system"], row["paper_bleu"], _score(row["score"]), remark)


def _score(path: str) -> OwnScore:
    score = read_json(path)
    try:
        return OwnScore(score["bleu"], score["bleu_low"], score["bleu_high"], score["signature"])
    except KeyError as error:
        raise UserError(
            f"{path}: the score file has no `{error.args[0]}`. Delete it and rerun."
        ) from error


@app.command
def write_summary(*, claims: Path, table: list[Path], output: Path) -> None:
    """Write the report's first page: the tested claims, and the main table.

    Args:
        claims: .tsv of the claims.
        table: .tsv of the main table, if there is one.
        output: reStructuredText.
    """
    write_lines(output, summary.summary_lines(claims, table))
    log.info(f"{output}: the report's first page")


@app.command
def plot_learning_curve(*, curves: list[str], note: str = "", output: list[Path]) -> None:
    """Plot perplexity and BLEU on dev against epochs, all models in one figure.

    Args:
        curves: LABEL=METRICS.
        note: says what data this is.
        output: .svg, .png and .tsv files.
    """
    read = [read_curve(file.path, label=file.label) for file in map(labelled_file, curves)]
    save_all(learning_curve.draw_learning_curve(read, note=note), output)
    _write_data(output, learning_curve.table_lines(read))
    log.info(f"{output[0]}: {len(read)} models")


def _write_data(output: list[Path], lines: Any, numbers: Any = None) -> None:
    """Write the data behind a figure to the ``.tsv`` and ``.json`` files among its outputs."""
    for path in output:
        if path.suffix == ".tsv":
            write_lines(path, lines)
        elif path.suffix == ".json":
            write_json(path, numbers)


def _counts(curves: list[str], references: list[str]) -> dict[str, Counts]:
    """BLEU statistics of every system, by its label."""
    return {
        file.label: corpus_counts(best_translations(file.path, len(references)), references)
        for file in map(labelled_file, curves)
    }


@app.command
def plot_lengths(
    *,
    source_tokens: Path,
    reference_tokens: Path,
    curves: list[str],
    bucket_size: int,
    slope_max_length: int,
    seed: int,
    note: str = "",
    output: list[Path],
) -> None:
    """Plot BLEU against source length (Figure 3, left), and test whether it falls.

    Args:
        curves: LABEL=TRANSLATIONS.
        bucket_size: sentences per bucket, about.
        slope_max_length: words; the slope is tested on shorter sentences.
        seed: for the confidence bands.
        note: says what data this is.
        output: .svg, .png, .tsv and .json files.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    buckets = bucket_by(lengths, bucket_size=bucket_size)
    short = shorter_than(slope_max_length, lengths, bucket_size=bucket_size)
    drawn, slopes = [], {}
    for label, counts in _counts(curves, [reference for _, reference in pairs]).items():
        drawn.append(bucket_plot.Curve(label, score_buckets(counts, buckets, seed=seed)))
        slope = length_slope(counts, short, seed=seed)
        slopes[label] = slope and {**asdict(slope), "falls": slope.falls}
    save_all(bucket_plot.draw_buckets(drawn, bucket_plot.LENGTH, note=note), output)
    numbers = {
        "below": short.below,
        "groups": len(short.buckets),
        "sentences": short.sentences,
        "systems": slopes,
    }
    _write_data(output, bucket_plot.table_lines(drawn, bucket_plot.LENGTH), numbers)
    log.info(f"{output[0]}: {len(drawn)} systems, {len(buckets)} buckets of sentences")


@app.command
def plot_rarity(
    *,
    source: tuple[Path, Path],
    vocabulary: Path,
    reference_tokens: Path,
    curves: list[str],
    bucket_size: int,
    seed: int,
    note: str = "",
    output: list[Path],
) -> None:
    """Plot BLEU against the rarity of the source words (Figure 3, right).

    Args:
        source: token ids and offsets.
        vocabulary: of the source language.
        curves: LABEL=TRANSLATIONS.
        bucket_size: sentences per bucket, about.
        seed: for the confidence bands.
        note: says what data this is.
        output: .svg, .png and .tsv files.
    """
    size = sum(1 for _ in read_lines(vocabulary)) - 1  # without the header
    ranks = average_ranks(read_token_dataset(*source), vocabulary_size=size)
    buckets = bucket_by(ranks, bucket_size=bucket_size)
    drawn = [
        bucket_plot.Curve(label, score_buckets(counts, buckets, seed=seed))
        for label, counts in _counts(curves, list(read_lines(reference_tokens))).items()
    ]
    save_all(bucket_plot.draw_buckets(drawn, bucket_plot.RARITY, note=note), output)
    _write_data(output, bucket_plot.table_lines(drawn, bucket_plot.RARITY))
    log.info(f"{output[0]}: {len(drawn)} systems, {len(buckets)} buckets of sentences")


@app.command
def plot_phrases(*, phrases: Path, seed: int, note: str = "", output: list[Path]) -> None:
    """Plot phrases on the principal plane of their sentence vectors (Figure 2), and test them.

    Args:
        phrases: from encode-phrases.
        seed: for the permutation test, where it has to sample.
        note: says what data this is.
        output: .svg, .png, .tsv and .json files.
    """
    encoded = read_encoded(phrases)
    findings = compare_panels(encoded, seed=seed)
    panels = [phrase_map.panel_of(encoded, finding) for finding in findings]
    joint = joint_test(findings, seed=seed)
    caption = f"{note} All panels together: p = {joint.p_value:.2g}."
    save_all(phrase_map.draw_phrases(panels, note=caption), output)
    numbers = {
        "model": encoded.model,
        "numbers": encoded.states.shape[1],
        "panels": [finding.as_numbers() for finding in findings],
        "all_panels": asdict(joint),
    }
    _write_data(output, phrase_map.table_lines(panels), numbers)
    log.info(f"{output[0]}: {len(encoded.phrases)} phrases, p = {joint.p_value:.3g} in all panels")


@app.command
def plot_bleu_variants(*, table: Path, note: str = "", output: list[Path]) -> None:
    """Plot the way from the paper's BLEU to today's as a waterfall, a panel for each system.

    Args:
        table: .tsv from score-bleu-variants.
        note: says what data this is.
        output: .svg and .png files.
    """
    waterfalls = read_waterfalls(table)
    save_all(draw_waterfalls(waterfalls, note=note), output)
    log.info(f"{output[0]}: {len(waterfalls)} systems")


@app.command
def plot_rescoring(*, sweep: Path, note: str, table: list[Path], output: list[Path]) -> None:
    """Plot what rescoring is worth by weight and by list size; write the table beside it.

    Args:
        sweep: from sweep-rescoring.
        note: says what data this is.
        table: .tsv and .md files of the main numbers.
        output: .svg, .png and .tsv files; the .tsv has every point.
    """
    rescoring = build(Rescoring, read_json(sweep))
    save_all(draw_rescoring(rescoring, note=note), output)
    _write_data(output, rescoring_table.all_lines(rescoring))
    rescoring_table.rescoring_table(rescoring, note=note).write(table)
    log.info(f"{output[0]}: rescoring by {len(rescoring.combinations)} combinations of models")


@app.command
def show_translations(
    *,
    source_text: Path,
    source_tokens: Path,
    reference_tokens: Path,
    languages: tuple[str, str],
    sentences: Json[tuple[str, ...]],
    examples: list[str],
    systems: list[str],
    note: str = "",
    table3: list[Path],
    translations: Path,
) -> None:
    """Show long sentences as in Table 3, and the whole test set to browse.

    Args:
        languages: source and target.
        sentences: JSON list of texts to look for in the test set.
        examples: LABEL=TRANSLATIONS, for Table 3.
        systems: LABEL=TRANSLATIONS, for the browser.
        note: says what data this is.
        table3: .md and .html files.
        translations: HTML page to write.
    """
    pairs = list(read_parallel(source_text, reference_tokens))
    test_set = TestSet(
        sources=[source for source, _ in pairs],
        source_lengths=[len(tokens_of(line)) for line in read_lines(source_tokens)],
        references=[reference for _, reference in pairs],
    )

    def read(labelled: list[str]) -> dict[str, list[str]]:
        files = map(labelled_file, labelled)
        return {file.label: best_translations(file.path, len(pairs)) for file in files}

    choice = choose_sentences(test_set, sentences)
    shown = list(show_sentences(test_set, choice.lines, read(examples)))
    examples_table(shown, missing=choice.missing, note=note).write(table3)
    lines = with_progress(range(len(pairs)), "sentences", total=len(pairs), unit="sentences")
    everything = list(show_sentences(test_set, lines, read(systems)))
    write_lines(translations, browser_lines(everything, note=note, languages=languages))
    log.info(f"{translations}: {len(everything):,} sentences")


main_of(app, __name__)
