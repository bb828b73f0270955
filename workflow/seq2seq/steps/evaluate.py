"""Steps of the evaluate stage: scores with their uncertainty, and comparisons of systems."""

from itertools import pairwise
from pathlib import Path

import yaml

from seq2seq.evaluation.ablation import compare_designs, read_designs
from seq2seq.evaluation.bleu import Lines, Reference, file_counts, sentence_bleu, tokens_of
from seq2seq.evaluation.bleu_variants import VariantScore, score_variants, without_unknown
from seq2seq.evaluation.bootstrap import compare, interval_of, score_translations, test_sets
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.evaluation.rescoring import oracle_translations
from seq2seq.io.files import read_lines, read_parallel, write_json, write_lines
from seq2seq.io.nbest import Hypothesis, best_translations, read_hypotheses, write_hypotheses
from seq2seq.report.ablation_table import designs_table, effects_table
from seq2seq.report.bleu_variants import bleu_variants_table
from seq2seq.report.table import TWO_TEXTS, Table
from seq2seq.runtime.command_line import labelled_file, main_of, step_app
from seq2seq.runtime.logging import log, with_progress
from seq2seq.steps.flags import Labelled, LogProbabilities, ModelFiles, Note, Outputs, Seed, Tokens

app = step_app("evaluate", "Evaluation: BLEU, perplexity, intervals, comparisons of systems.")


@app.command
def score_bleu(
    *,
    hypotheses: Path,
    reference_tokens: Tokens,
    reference_text: Path,
    language: str,
    tokenizer: str,
    seed: Seed,
    output: Path,
) -> None:
    """Score translations of the test set: BLEU as in the paper, and modern sacreBLEU.

    Args:
        hypotheses: translations, columnar; those of rank 1 are scored.
    """
    references = Lines.read(reference_tokens, reference_text, language)
    best = best_translations(hypotheses, len(references.tokens))
    translated = Lines.of_tokens(best, language, tokenizer)
    score = score_translations(translated, references, seed=seed)
    write_json(output, score)
    interval = f"{score['bleu_low']:.2f} to {score['bleu_high']:.2f}"
    log.info(f"{output}: BLEU {score['bleu']:.2f} ({interval}) on {score['sentences']:,} sentences")


@app.command
def write_translations(
    *,
    outputs: Labelled,
    source_text: Path,
    reference_text: Path,
    language: str,
    tokenizer: str,
    folder: Path,
) -> None:
    """Write the best translations for other programs, beside source.txt and reference.txt.

    Args:
        folder: gets LABEL.tok, the tokens of the tables' BLEU, and LABEL.txt, detokenized.
    """
    sentences = write_lines(folder / "source.txt", read_lines(source_text))
    write_lines(folder / "reference.txt", read_lines(reference_text))
    for file in map(labelled_file, outputs):
        best = best_translations(file.path, sentences)
        lines = Lines.of_tokens(best, language, tokenizer)
        write_lines(folder / f"{file.label}.tok", lines.tokens)
        write_lines(folder / f"{file.label}.txt", lines.text)
    log.info(f"{folder}: {len(outputs)} translations of {sentences:,} sentences")


@app.command
def choose_oracle(*, nbest: Path, reference_tokens: Tokens, output: Path) -> None:
    """Choose from each n-best list the hypothesis nearest to its reference (Table 2, last row)."""
    references = list(read_lines(reference_tokens))
    found = read_hypotheses(nbest).by_sentence()
    texts = ((sentence, [row.tokens for row in rows]) for sentence, rows in found)
    lists = with_progress(texts, "oracle", total=len(references), unit="sentences")
    chosen = zip(oracle_translations(lists, references), references, strict=True)
    rows = (
        Hypothesis(sentence, 1, (sentence_bleu(tokens, Reference.of(reference)),), tokens)
        for sentence, (tokens, reference) in enumerate(chosen)
    )
    write_hypotheses(output, ("sentence_bleu",), rows)
    log.info(f"{output}: the oracle's choice for {len(references):,} sentences")


@app.command
def compare_systems(
    *,
    systems: Labelled,
    reference_tokens: Tokens,
    seed: Seed,
    title: str,
    note: Note,
    output: Outputs,
) -> None:
    """Test whether each system of a table is better than the one above it."""
    references = list(read_lines(reference_tokens))
    labelled = [labelled_file(system) for system in systems]
    paths = dict.fromkeys(system.path for system in labelled)
    counts = {path: file_counts(path, references) for path in paths}
    rows = []
    for above, system in pairwise(labelled):
        found = compare(counts[system.path], counts[above.path], seed=seed)
        points = (found.difference, found.interval.low, found.interval.high)
        p_values = (found.bootstrap_p, found.randomization_p)
        numbers = [*(f"{point:.2f}" for point in points), *(f"{p:.4f}" for p in p_values)]
        rows.append((system.label, above.label, *numbers))
    header = (
        *("System", "Compared with", "Difference in BLEU", "95 % from", "to"),
        *("p (paired bootstrap)", "p (randomization)"),
    )
    measures = ("bleu_difference", "low", "high", "p_bootstrap", "p_randomization")
    columns = ("system", "compared_with", *measures)
    Table(title, note, header, rows, columns, text_columns=TWO_TEXTS).write(output)
    log.info(f"{output[0]}: {len(rows)} pairs of systems")


@app.command
def score_bleu_variants(
    *,
    systems: Labelled,
    reference_tokens: Tokens,
    reference_text: Path,
    language: str,
    tokenizer: str,
    note: Note,
    output: Outputs,
) -> None:
    """Score the same outputs in several ways, from the paper's BLEU to modern BLEU, with signatures."""
    reference = Lines.read(reference_tokens, reference_text, language)
    scores: dict[str, list[VariantScore]] = {}
    for file in map(labelled_file, systems):
        tokens = best_translations(file.path, len(reference.tokens))
        translated = Lines.of_tokens(tokens, language, tokenizer)
        known = Lines.of_tokens(list(map(without_unknown, tokens)), language, tokenizer)
        scores[file.label] = list(score_variants(translated, known, reference))
        log.info(f"{file.label}: scored in {len(scores[file.label])} ways")
    bleu_variants_table(scores, note=note).write(output)


@app.command
def tabulate_perplexities(
    *,
    log_probabilities: LogProbabilities,
    orders: list[str],
    paper_results: Path,
    seed: Seed,
    note: Note,
    output: Outputs,
) -> None:
    """Tabulate each model's test perplexity with its interval, next to the paper's (section 3.3).

    Args:
        orders: MODEL=forward or MODEL=reversed.
    """
    paper = yaml.safe_load(paper_results.read_text(encoding="utf-8"))["perplexity"]
    order_of = {each.label: each.path for each in map(labelled_file, orders)}
    rows = []
    for model, found in read_log_probabilities(log_probabilities).items():
        samples = test_sets(len(found.words), seed=seed)
        interval = interval_of(found.perplexity_on(samples)[1:])
        numbers = (found.perplexity, interval.low, interval.high)
        order = order_of[model]
        rows.append((model, order, str(paper[order]), *(f"{n:.2f}" for n in numbers)))
    header = ("Model", "Source", "Paper", "This run", "95 % from", "to")
    measured = ("perplexity", "perplexity_low", "perplexity_high")
    columns = ("model", "source_order", "paper_perplexity", *measured)
    Table("Test perplexity", note, header, rows, columns, text_columns=TWO_TEXTS).write(output)
    log.info(f"{output[0]}: {len(rows)} models")


@app.command
def tabulate_ablation(
    *,
    models: ModelFiles,
    hypotheses: list[Path],
    log_probabilities: LogProbabilities,
    source_tokens: Tokens,
    reference_tokens: Tokens,
    length_buckets: int,
    seed: Seed,
    note: Note,
    designs: Outputs,
    effects: Outputs,
) -> None:
    """Tabulate what source order, depth and cell are worth: the models, and each change.

    Args:
        hypotheses: of each model, of the test set.
        length_buckets: parts of the test set by source length; the first and last are scored.
    """
    pairs = list(read_parallel(source_tokens, reference_tokens))
    references = [reference for _, reference in pairs]
    counts = {
        path.parent.name: file_counts(translated, references)
        for path, translated in zip(models, hypotheses, strict=True)
    }
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    runs = read_designs(models), counts, read_log_probabilities(log_probabilities)
    found = compare_designs(*runs, lengths, buckets=length_buckets, seed=seed)
    designs_table(found, note=note).write(designs)
    effects_table(found, note=note).write(effects)
    log.info(f"{designs[0]}: {len(counts)} models; {effects[0]}: {len(found.effects)} changes")


main_of(app, __name__)
