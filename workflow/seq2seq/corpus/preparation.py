"""From text to tokens: tokenize both sides in several processes; clean and sample what is trained on.

Sentences of the development and test sets are all kept, empty ones too: their numbers are what
translations and n-best lists refer to.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from seq2seq.corpus.cleaning import REASONS, Limits, cleaned, sample
from seq2seq.corpus.pairs import PairFiles, count_lines
from seq2seq.corpus.processes import batched, ordered_map
from seq2seq.corpus.tokens import tokenize
from seq2seq.program import watched

_BATCH = 1000  # pairs handed to a process at a time

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Preparation:
    """How text becomes tokens; ``None`` means no such limit.  All but the languages is for training."""

    source_language: str
    target_language: str
    max_tokens: int
    max_length_ratio: float | None
    train_pairs: int | None
    seed: int


def prepare_evaluation(
    text: PairFiles, tokens: PairFiles, preparation: Preparation, *, processes: int
) -> dict[str, object]:
    """Tokenize every line; the report says how many there are."""
    pairs = tokenized(text, preparation, processes=processes)
    count = tokens.write(pairs)
    return _report(read=count, dropped=Counter(), kept=count, written=count)


def prepare_training(
    text: PairFiles, tokens: PairFiles, preparation: Preparation, *, processes: int
) -> dict[str, object]:
    """Tokenize, clean and sample; the report says what was dropped and why.

    Raises:
        UserError: fewer pairs are left than ``train_pairs``.
    """
    dropped: Counter[str] = Counter()
    limits = Limits(preparation.max_tokens, preparation.max_length_ratio)
    pairs = tokenized(text, preparation, processes=processes)
    pairs = cleaned(pairs, limits, dropped)
    if preparation.train_pairs is None:
        kept = written = tokens.write(pairs)
    else:
        kept, written = _write_sample(pairs, tokens, preparation.train_pairs, preparation.seed)
    return _report(read=kept + dropped.total(), dropped=dropped, kept=kept, written=written)


def _write_sample(
    pairs: Iterable[tuple[str, str]], tokens: PairFiles, wanted: int, seed: int
) -> tuple[int, int]:
    """Keep all pairs on disk until their number is known; how many came, how many were written."""
    tokens.source.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tokens.source.parent, prefix=".cleaned.") as name:
        cleaned_files = PairFiles(Path(name, "source.txt"), Path(name, "target.txt"))
        kept = cleaned_files.write(pairs)
        chosen = sample(cleaned_files.read(), total=kept, wanted=wanted, seed=seed)
        return kept, tokens.write(chosen)


def tokenized(
    text: PairFiles, preparation: Preparation, *, processes: int
) -> Iterator[tuple[str, str]]:
    """The tokenized pairs in order, the same for any number of processes."""
    function = partial(_tokenize, preparation.source_language, preparation.target_language)
    batches = batched(text.read(), _BATCH)
    pairs = chain.from_iterable(ordered_map(function, batches, processes=processes))
    return watched(pairs, "tokenizing", total=count_lines(text.source), unit="pairs")


def _tokenize(source_language: str, target_language: str, pairs: Pairs) -> Pairs:
    return [
        (tokenize(source, source_language), tokenize(target, target_language))
        for source, target in pairs
    ]


def _report(*, read: int, dropped: Counter[str], kept: int, written: int) -> dict[str, object]:
    return {
        "pairs_read": read,
        "dropped": {reason: dropped[reason] for reason in REASONS},
        "not_sampled": kept - written,
        "pairs_written": written,
    }
