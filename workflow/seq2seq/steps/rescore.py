"""Steps of the rescore stage: n-best lists of the baseline, rescored by the LSTMs (section 3.5)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter

from seq2seq.baseline.mert import NbestLists, optimize
from seq2seq.config.experiment import JOIN
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary, split
from seq2seq.evaluation import rescoring
from seq2seq.evaluation.bleu import Counts, Reference, sentence_counts
from seq2seq.evaluation.rescoring import TOTAL, NbestChoice, ScoredList, average, scored_lists
from seq2seq.evaluation.sweep import ORACLE, WEIGHTS, Row, score_choices, sweep_choices, tuned_row
from seq2seq.io.files import read_json, read_lines, write_json
from seq2seq.io.nbest import Hypothesis, in_blocks, read_hypotheses, read_parts, write_hypotheses
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.runtime.command_line import ShardName, main_of, step_app
from seq2seq.runtime.logging import log, with_progress
from seq2seq.runtime.shards import WHOLE
from seq2seq.steps.flags import Ids, Nbest, Scores, Seed

if TYPE_CHECKING:
    from seq2seq.inference.scoring import TokenIds, TrainedModel

Combinations = Annotated[list[str], Parameter(help="model names joined by +")]
app = step_app("rescore", "Rescoring: score n-best lists, choose from them, tune the weights.")


@app.command
def score_nbest(
    *,
    model: Path,
    nbest: Nbest,
    source: Ids,
    sentences: int | None = None,
    shard: ShardName = WHOLE,
    batch_size: int,
    output: Path,
) -> None:
    """Compute a model's log probability of every hypothesis of the first lists, or of one shard."""
    from seq2seq.inference import model_folder
    from seq2seq.model.device import best_device

    trained = model_folder.read_model(model, best_device())
    vocabulary = read_vocabulary(model / model_folder.VOCABULARIES["target"])
    sources = list(read_token_dataset(*source))
    selected = shard.of(min(len(sources) if sentences is None else sentences, len(sources)))
    before_end = takewhile(lambda one: one[0] < selected.stop, read_hypotheses(nbest).by_sentence())
    lists = (rows for number, rows in before_end if number in selected)
    what = f"scoring by {trained.name}"
    shown = with_progress(lists, what, total=len(selected), unit="sentences")
    rows = _scored(trained, vocabulary, shown, sources, batch_size)
    write_hypotheses(output, (trained.name,), rows)
    log.info(f"scores by {trained.name} in {output}")


def _scored(
    model: "TrainedModel",
    vocabulary: Vocabulary,
    lists: Iterable[list[Hypothesis]],
    sources: "list[TokenIds]",
    size: int,
) -> Iterator[Hypothesis]:
    from seq2seq.inference.prefix_trie import trie_log_probabilities

    for rows in in_blocks(lists, size):
        words = [np.array(vocabulary.encode(split(row.tokens)), np.int32) for row in rows]
        index = np.array([row.sentence for row in rows])
        scores = trie_log_probabilities(model, sources, words, index, batch_size=size)
        for row, score in zip(rows, scores, strict=True):
            yield Hypothesis(row.sentence, row.rank, (float(score),), row.tokens)


@app.command
def rescore_nbest(*, weight: float, nbest: Nbest, scores: Scores, output: Path) -> None:
    """Sort n-best lists by the average of the baseline's score and the models' log probability.

    The log probabilities of several models are averaged first; ``weight`` is theirs, 0 to 1.
    """
    files = read_parts(scores)
    models = [file.score_names[0] for file in files]
    rows = _rescored(scored_lists(read_hypotheses(nbest), files), models, weight)
    write_hypotheses(output, ("total", "log_probability", "combined"), rows)
    log.info(f"rescored lists in {output}")


def _rescored(
    lists: Iterator[ScoredList], models: list[str], weight: float
) -> Iterator[Hypothesis]:
    for scored in lists:
        combined = scored.weighted(average(models, weight))
        columns = (scored.scores[TOTAL], scored.weighted(average(models, 1.0)), combined)
        for rank, place in enumerate(np.argsort(-combined, kind="stable").tolist(), start=1):
            values = tuple(float(column[place]) for column in columns)
            yield Hypothesis(scored.sentence, rank, values, scored.tokens[place])


@app.command
def tune_rescoring(
    *,
    combinations: Combinations,
    nbest: Nbest,
    scores: Scores,
    reference: Path,
    sentences: int | None = None,
    starts: int,
    seed: int,
    output: Path,
) -> None:
    """Learn a weight for every score, the baseline's features and the models', by MERT on dev."""
    lists, files = read_hypotheses(nbest), read_parts(scores)
    models = [file.score_names[0] for file in files]
    names = [TOTAL, *(name for name in lists.score_names if name != TOTAL), *models]
    references = list(islice(read_lines(reference), sentences))
    dev = NbestLists.of(list(_dev_sentences(scored_lists(lists, files), references, names)))
    learned = {}
    for combination in combinations:
        own = combination.split(JOIN)
        start = _best_average(dev, names, own)
        tuned = tuple(k for k, name in enumerate(names) if name in own or name not in models)
        generator = np.random.default_rng(seed)
        found = optimize(dev, start, tuned=tuned, starts=starts, generator=generator)
        learned[combination] = {names[k]: float(found[k]) for k in tuned}
        gain = f"BLEU {100 * dev.bleu(start):.2f} -> {100 * dev.bleu(found):.2f} on dev"
        log.info(f"{combination}: {gain}")
    write_json(output, {"weights": learned})


def _dev_sentences(
    lists: Iterator[ScoredList], references: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[np.ndarray, Counts]]:
    """Scores and BLEU statistics of every hypothesis, all that tuning needs."""
    shown = with_progress(lists, "BLEU statistics", total=len(references), unit="sentences")
    for scored in shown:
        reference = Reference.of(references[scored.sentence])
        features = np.stack([scored.scores[name] for name in names], axis=1)
        counts = np.array([sentence_counts(tokens, reference) for tokens in scored.tokens])
        yield features, counts


def _best_average(dev: NbestLists, names: Sequence[str], models: Sequence[str]) -> np.ndarray:
    """Where tuning starts: the average of the baseline's total and the models' that is best on dev."""
    ways = [average(models, weight) for weight in WEIGHTS]
    starts = [np.array([way.get(name, 0.0) for name in names]) for way in ways]
    return max(starts, key=dev.bleu)


@app.command
def sweep_rescoring(
    *,
    combinations: Combinations,
    weight: float,
    test_nbest: Nbest,
    test_scores: Scores,
    test_reference: Path,
    dev_nbest: list[Path],
    dev_scores: Scores,
    dev_reference: list[Path],
    learned: list[Path],
    dev_sentences: int | None = None,
    seed: Seed,
    output: Path,
) -> None:
    """Score rescoring for every weight of the models and for shorter lists; tune weights on dev.

    Args:
        weight: the paper's, even one.
        dev_nbest: one file, or none where dev has no lists.
        learned: weights from tune-rescoring, or none.
        dev_sentences: use the first so many of dev.
    """
    weights = read_json(learned[0])["weights"] if learned else {}
    choices = sweep_choices(combinations, weights, even_weight=weight)
    files = (test_nbest, test_scores, test_reference)
    rows = test = _score(choices, *files, split="test", seed=seed)
    if dev_nbest:
        files = (dev_nbest[0], dev_scores, dev_reference[0])
        own = [choice for choice in choices if choice.choice != ORACLE]
        dev = _score(own, *files, split="dev", sentences=dev_sentences, seed=seed)
        tuned = [tuned_row(names, test, dev, even_weight=weight) for names in combinations]
        rows = [*test, *tuned, *dev]
    write_json(output, rows)
    tuning = "tuned on dev" if dev_nbest else "not tuned: there are no n-best lists of the dev set"
    log.info(f"{output}: {len(choices)} choices from the lists, weights {tuning}")


def _score(
    choices: list[NbestChoice],
    nbest: Path,
    scores: list[Path],
    reference: Path,
    *,
    split: str,
    seed: int,
    sentences: int | None = None,
) -> list[Row]:
    references = list(islice(read_lines(reference), sentences))
    lists = scored_lists(read_hypotheses(nbest), read_parts(scores))
    shown = with_progress(lists, nbest.name, total=len(references), unit="sentences")
    counts, longest = rescoring.chosen_counts(shown, references, choices)
    return score_choices(choices, counts, longest=longest, split=split, seed=seed)


main_of(app, __name__)
