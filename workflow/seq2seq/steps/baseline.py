"""The rules of the phrase-based baseline: each is one function, its flags are the parameters."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from seq2seq.baseline import phrase_table
from seq2seq.baseline.alignment import AlignerSettings, align, encode_baseline_text
from seq2seq.baseline.decoder import SearchSettings, read_translator
from seq2seq.baseline.kneser_ney import estimate
from seq2seq.baseline.language_model import read_arpa, write_language_model
from seq2seq.baseline.lattice import Candidate
from seq2seq.baseline.mert import TuningSettings, Weights, read_weights, tune, write_weights
from seq2seq.baseline.symmetrize import parse_aligned, write_aligned
from seq2seq.config.decoding import DISTANCE, Reordering
from seq2seq.data.test_set_alignment import align as align_sentences
from seq2seq.data.test_set_alignment import check_lengths, renumber
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.io.files import read_lines, read_parallel, scratch, write_lines
from seq2seq.io.moses_nbest import feature_names, read_moses
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.runtime.command_line import Json, main_of, step_app
from seq2seq.runtime.logging import log, with_progress

T = TypeVar("T")
Text = tuple[Path, Path]  # source and target
Models = tuple[Path, Path, Path]  # phrase table, and the language model's vocabulary and table

SMALLEST_CHUNK = 5_000  # sentence pairs
MOST_CHUNKS = 500  # their files are merged, and open, at once

app = step_app("baseline", "The phrase-based baseline (section 3.5 of the paper).")


@app.command
def sample_baseline_text(*, text: Text, pairs: int | None = None, output: Text) -> None:
    """Take the pairs that the baseline is trained on (or all), evenly spaced over the text."""
    total = sum(1 for _ in read_parallel(*text))
    wanted = total if pairs is None else min(pairs, total)
    for column, path in enumerate(output):
        taken = evenly(read_parallel(*text), total=total, wanted=wanted)
        write_lines(path, (pair[column] for pair in taken))
    log.info(f"sample_baseline_text: {wanted:,} of {total:,} pairs")


@app.command
def align_words(
    *, text: Text, settings: Json[AlignerSettings], processes: int = 1, output: Path
) -> None:
    """Link the words of each pair, by fast_align's model both ways and grow-diag-final-and."""
    total = sum(1 for _ in read_parallel(*text))
    with scratch(output) as folder:
        pairs = with_progress(read_parallel(*text), "encode", total=total, unit="pairs")
        chunks = encode_baseline_text(pairs, chunk_size=_chunk_size(total))
        links = align(chunks, settings, folder=folder, processes=processes)
        written = write_aligned(output, read_parallel(*text), links)
    log.info(f"align_words: {written:,} pairs aligned")


@app.command
def import_alignments(*, text: Text, alignments: Path, output: Path) -> None:
    """Take another aligner's links: a line such as `0-0 1-2` for each pair."""
    total, found = sum(1 for _ in read_parallel(*text)), sum(1 for _ in read_lines(alignments))
    if total != found:
        raise UserError(
            f"{alignments}: has {found:,} lines, but the training text has {total:,} pairs. Align "
            "data/tokens/train.source.txt and train.target.txt of the results."
        )
    both = zip(read_parallel(*text), read_lines(alignments), strict=True)
    lines = (f"{source}\t{target}\t{links.strip()}" for (source, target), links in both)
    links = (pair.links for pair in parse_aligned(alignments, enumerate(lines, start=1)))
    written = write_aligned(output, read_parallel(*text), links)
    log.info(f"import_alignments: {written:,} pairs aligned by {alignments}")


@app.command
def build_phrase_table(
    *,
    aligned: Path,
    to_translate: list[Path],
    max_phrase_length: int,
    phrase_table_limit: int,
    reordering: Reordering,
    processes: int = 1,
    output: Path,
) -> None:
    """Extract and score the phrase pairs whose source phrase occurs in a text to translate."""
    pairs = sum(1 for _ in read_lines(aligned))
    text = phrase_table.AlignedText(
        aligned, pairs, max_phrase_length, _chunk_size(pairs), processes
    )
    lines = (line for path in to_translate for line in read_lines(path))
    asked = phrase_table.source_phrases(lines, longest=max_phrase_length)
    with scratch(output) as folder:
        files = phrase_table.count_phrase_pairs(text, asked, folder)
        kept = folder / "kept.tsv"
        pruned = phrase_table.prune_phrase_table(files, limit=phrase_table_limit)
        phrase_table.write_kept(kept, pruned)
        counts = phrase_table.count_target_phrases(text, phrase_table.read_kept(kept))
        scored = phrase_table.score_phrases(
            phrase_table.read_kept(kept), counts, reordering=reordering != DISTANCE
        )
        written = phrase_table.write_phrase_table(output, scored)
    log.info(f"build_phrase_table: {written:,} pairs for {len(asked):,} source phrases asked for")


@app.command
def estimate_language_model(
    *, target: Path, order: int, prune_order: int | None = None, output: tuple[Path, Path]
) -> None:
    """Estimate an n-gram model of the target side, by interpolated modified Kneser-Ney."""
    sentences = with_progress(read_lines(target), "count", total=0, unit="sentences")
    model = estimate(map(tokens_of, sentences), order=order, prune_order=prune_order)
    written = write_language_model(output, *model)
    log.info(f"estimate_language_model: {written:,} n-grams of up to {order} words")


@app.command
def import_language_model(*, arpa: Path, output: tuple[Path, Path]) -> None:
    """Import a user's n-gram model in ARPA format, in place of our estimate."""
    written = write_language_model(output, *read_arpa(arpa))
    log.info(f"import_language_model: {written:,} n-grams of {arpa}")


@app.command
def tune_baseline(
    *,
    dev: Text,
    models: Models,
    search: Json[SearchSettings],
    tuning: Json[TuningSettings],
    processes: int = 1,
    output: Path,
) -> None:
    """Tune the weights of the features for BLEU on the dev set, by MERT."""
    pairs = list(islice(read_parallel(*dev), tuning.tune_sentences))
    sources, references = [source for source, _ in pairs], [target for _, target in pairs]
    translator = read_translator(models[0], models[1:], search, sources)
    nbest = tuning.tune_nbest_size

    def decode(weights: Weights) -> Iterator[list[Candidate]]:
        lists = translator.translate_all(sources, weights, nbest=nbest, processes=processes)
        return with_progress(lists, "decode", total=len(pairs), unit="sentences")

    rounds = tune(decode, references, search.start_weights, tuning)
    best = write_weights(output, rounds)
    log.info(f"tune_baseline: BLEU {100 * rounds[0].bleu:.2f} -> {100 * best.bleu:.2f} on dev")


@app.command
def decode_baseline(
    *,
    source: Path,
    models: Models,
    weights: Path,
    search: Json[SearchSettings],
    nbest_size: int,
    sentences: int | None = None,
    processes: int = 1,
    output: Path,
) -> None:
    """Write an n-best list of every sentence, or of the first so many."""
    lines, known = (
        list(islice(read_lines(source), sentences)),
        read_weights(weights, search.features),
    )
    translator = read_translator(models[0], models[1:], search, lines)
    lists = translator.translate_all(lines, known, nbest=nbest_size, processes=processes)
    shown = with_progress(lists, "decode", total=len(lines), unit="sentences")
    rows = (
        Hypothesis(sentence, rank, (*one.features, one.total), one.tokens)
        for sentence, candidates in enumerate(shown)
        for rank, one in enumerate(candidates, start=1)
    )
    write_hypotheses(output, (*search.features, "total"), rows)
    log.info(f"decode_baseline: {len(lines):,} sentences, up to {nbest_size:,} translations each")


@app.command
def import_nbest(
    *,
    moses: Path,
    source_tokens: Path,
    list_source: list[Path] | None = None,
    features_of: list[Path] | None = None,
    sentences: int | None = None,
    output: Path,
) -> None:
    """Import a user's Moses n-best list of dev or test, in place of our baseline's.

    Args:
        list_source: The text whose lines the list numbers, if not the test set's order.
        features_of: The list whose features this one must have; without it only totals are read.
        sentences: Read the lists of the first so many.
    """
    ours = list(islice(read_lines(source_tokens), sentences))
    features = feature_names(features_of[0]) if features_of else ()
    if list_source:
        rows = _in_our_order(moses, list_source[0], ours, features)
    else:
        log.info(f"{moses}: taken to number its sentences as {source_tokens} does")
        longer = sentences is not None
        rows = read_moses(moses, sentences=len(ours), longer=longer, features=features)
    lengths = [line.count(" ") + 1 for line in ours]
    advice = "Give its source text as baseline.nbest_source, to have it aligned."
    names = (*features, "total")
    write_hypotheses(output, names, check_lengths(rows, lengths, name=moses, advice=advice))
    log.info(f"n-best lists in {output}")


def _in_our_order(
    moses: Path, list_source: Path, ours: list[str], features: tuple[str, ...]
) -> Iterator[Hypothesis]:
    theirs = list(read_lines(list_source))
    places = align_sentences(theirs, ours, name=list_source)
    rows = read_moses(moses, sentences=len(theirs), features=features)
    if places == list(range(len(ours))):
        log.info(f"{list_source}: the test set, in its order")
        return rows
    moved = sum(place != number for number, place in enumerate(places))
    log.info(
        f"{list_source}: {moved:,} of {len(theirs):,} sentences are renumbered as in the test set"
    )
    return renumber(rows, places)


def evenly(items: Iterable[T], *, total: int, wanted: int) -> Iterator[T]:
    """``wanted`` of the ``total`` items, as evenly spaced as whole numbers can be."""
    for place, item in enumerate(items):
        if place * wanted // total < (place + 1) * wanted // total:
            yield item


def _chunk_size(pairs: int) -> int:
    return max(SMALLEST_CHUNK, -(-pairs // MOST_CHUNKS))


main_of(app, __name__)
