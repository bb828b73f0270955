"""Rescore a Moses n-best list with trained models, and sort it by the new totals."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seq2seq.commands.streams import lines_of, print_lines, stream_name
from seq2seq.data.test_set_alignment import check_lengths
from seq2seq.data.vocabulary import Vocabulary, split
from seq2seq.errors import UserError
from seq2seq.io.moses_nbest import MosesLine, parse_lists, unescape, warn
from seq2seq.io.nbest import in_blocks
from seq2seq.runtime.command_line import Count, ModelFolders, Share, Stream, command_app
from seq2seq.runtime.logging import Progress, log
from seq2seq.special_tokens import UNK_ID

if TYPE_CHECKING:  # importing PyTorch takes a second, which --help need not wait for
    from seq2seq.commands.models import Ensemble
    from seq2seq.inference.scoring import TrainedModel

app = command_app("rescore")


@app.default
def rescore(
    *,
    model: ModelFolders,
    source: Stream,
    nbest: Stream,
    weight: Share = 0.5,
    batch_size: Count = 4096,
) -> None:
    """Sort a Moses n-best list by the average of its totals and the models' log probabilities.

    Reads `0 ||| text ||| features ||| total` and writes the same lines, best first. New features
    are `LSTM_<model>=`, each model's log probability, and `SMT=`, the old total. The new total is
    (1 - weight) * SMT + weight * mean LSTM. Words are used as they are; only entities such as
    `&apos;` are decoded.

    Args:
        model: model folder such as results/demo/models/reversed-1; repeat it for several.
        source: the list's source sentences, one per line, raw or tokenized; - is standard input.
        nbest: the list, may be gzipped; - is standard input.
        weight: of the models, from 0 to 1; 0.5 as in the paper.
        batch_size: hypotheses scored at once; it does not change the scores.
    """
    if source == nbest == "-":
        raise UserError("Standard input can be read only once: give `-` for one file.")
    from seq2seq.commands.models import load_ensemble

    ensemble = load_ensemble(model)
    labels = ["SMT=", *map(_label, ensemble.models)]
    tokens = _source_tokens(list(lines_of(source)), ensemble, source)
    sources = [ensemble.source_ids(line) for line in tokens]
    lengths = list(map(len, map(split, tokens)))
    twice = Path(nbest).is_file()
    if twice:  # so that nothing is scored if the list is wrong; a pipe is read once
        for _ in _checked_lists(nbest, lengths, labels):
            pass
    on_missing = (lambda *_: None) if twice else warn
    lists = _checked_lists(nbest, lengths, labels, on_missing)
    progress = Progress("rescoring", total=0, unit="hypotheses")
    for block in in_blocks(lists, batch_size):
        words = [ensemble.target_ids(line.tokens) for line in block]
        index = np.array([line.sentence for line in block])
        scores = ensemble.log_probabilities(sources, words, index, batch_size)
        print_lines(map(str, _rescored(block, scores, ensemble, weight)))
        progress.advance(len(block))
    progress.finish()


def _label(model: "TrainedModel") -> str:
    if re.search(r"[\s=]|\|\|\|", model.name):
        raise UserError(
            f"{model.name!r}: the folder's name names a feature of the list, so it can hold neither "
            "blanks nor `=` nor `|||`. Rename the folder."
        )
    return f"LSTM_{model.name}="


def _checked_lists(
    nbest: str,
    source_lengths: Sequence[int],
    labels: Sequence[str],
    on_missing: Callable[[str, float], None] = warn,
) -> Iterator[list[MosesLine]]:
    """The lists of each sentence; at the end, refuse those that do not fit the source."""
    name = stream_name(nbest)

    def lines() -> Iterator[MosesLine]:
        read, size = lines_of(nbest), len(source_lengths)
        for rows in parse_lists(read, name, sentences=size, on_missing=on_missing):
            for row in rows:
                if twice := set(labels).intersection(row.features.split(" ")):
                    raise UserError(
                        f"{name}: sentence {row.sentence} has the feature `{min(twice)}` already: the "
                        "list is rescored. Give the list that Moses wrote."
                    )
                yield row

    advice = "Give the text that Moses translated as --source."
    checked = check_lengths(lines(), source_lengths, name=name, advice=advice)
    for _, group in groupby(checked, key=lambda line: line.sentence):
        yield list(group)


def _source_tokens(lines: Sequence[str], ensemble: "Ensemble", path: str) -> list[str]:
    """Tokenize the source if that makes more of its words known: it may be raw text."""
    given = [" ".join(word for word in split(unescape(line)) if word) for line in lines]
    tokenized = [ensemble.tokenize(line) for line in given]
    if _unknown(tokenized, ensemble.source) >= _unknown(given, ensemble.source):
        return given
    log.info(f"{stream_name(path)}: raw text, tokenized")
    return tokenized


def _unknown(lines: Sequence[str], vocabulary: Vocabulary) -> int:
    return sum(vocabulary.encode(split(line)).count(UNK_ID) for line in lines)


def _rescored(
    block: Sequence[MosesLine], scores: np.ndarray, ensemble: "Ensemble", weight: float
) -> Iterator[MosesLine]:
    lines = []
    for line, own in zip(block, scores.tolist(), strict=True):
        named = zip(ensemble.models, own, strict=True)
        added = [f"{_label(model)} {score:.6f}" for model, score in named]
        features = " ".join([*filter(None, [line.features]), f"SMT= {line.total:.9g}", *added])
        total = (1 - weight) * line.total + weight * sum(own) / len(own)
        lines.append(replace(line, features=features, total=total))
    for _, group in groupby(lines, key=lambda line: line.sentence):
        yield from sorted(group, key=lambda line: -line.total)
