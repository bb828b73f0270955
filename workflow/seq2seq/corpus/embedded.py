"""The embedded corpus: drawn, said in both languages, freed of repetitions and split.

The sentences are made in a fixed number of shards, each from a generator of its own, so that the
same settings give the same bytes on any number of processes.  Nothing is stored or fetched.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seq2seq.corpus import embedded_english, embedded_french
from seq2seq.corpus.embedded_forms import check_installed
from seq2seq.corpus.embedded_grammar import SentenceDrawer
from seq2seq.corpus.lexicon import load
from seq2seq.errors import UserError
from seq2seq.runtime.parallel import fork_map

SHARDS = 16
FEWEST_WORDS, MOST_WORDS = 3, 50
BAND = 3  # words, or a little more: the test set has as many sentences of each band of lengths

RESERVED = (  # the phrases of figure 2 of the paper, to be seen for the first time there
    "mary admires john",
    "mary is in love with john",
    "mary respects john",
    "john admires mary",
    "john is in love with mary",
    "john respects mary",
    "i was given a card by her in the garden",
    "in the garden she gave me a card",
    "she gave me a card in the garden",
    "she was given a card by me in the garden",
    "in the garden i gave her a card",
    "i gave her a card in the garden",
)


@dataclass(frozen=True)
class Pair:
    """One sentence in both languages, raw text."""

    english: str
    french: str


@dataclass(frozen=True)
class Shard:
    """What one process makes at a time; ``count`` pairs that depend on these four alone."""

    seed: int
    index: int
    count: int
    lexicon: str


@dataclass(frozen=True)
class Splits:
    """Three sets of pairs without a common English sentence."""

    train: tuple[Pair, ...]
    dev: tuple[Pair, ...]
    test: tuple[Pair, ...]


def generate(*, seed: int, pairs: int, lexicon: str, processes: int) -> Iterator[tuple[Pair, ...]]:
    """``pairs`` pairs in all, shard by shard; some occur more than once.

    Raises:
        UserError: pyrealb is not installed, or no such lexicon.
    """
    check_installed()
    load(lexicon)
    shards = [
        Shard(seed, index, pairs * (index + 1) // SHARDS - pairs * index // SHARDS, lexicon)
        for index in range(SHARDS)
    ]
    yield from fork_map(realized, shards, processes=processes)


def realized(shard: Shard) -> tuple[Pair, ...]:
    """The pairs of one shard: 3 to 50 English words, none with a phrase of figure 2."""
    generator = random.Random(f"{shard.seed} {shard.index} {SHARDS}")
    drawer = SentenceDrawer(generator, load(shard.lexicon))
    made: list[Pair] = []
    while len(made) < shard.count:
        abstract = drawer.sentence()
        english = embedded_english.sentence(abstract)
        if FEWEST_WORDS <= length(english) <= MOST_WORDS and not is_reserved(english):
            made.append(Pair(english, embedded_french.sentence(abstract)))
    return tuple(made)


def length(sentence: str) -> int:
    """The words of a raw sentence; marks count with the word before them."""
    return len(sentence.split(" "))


def is_reserved(english: str) -> bool:
    """True if the sentence contains a phrase of figure 2, whatever its capitals and marks."""
    words = english.lower().translate(str.maketrans("", "", ",.?"))
    return any(f" {phrase} " in f" {words} " for phrase in RESERVED)


def split(
    pairs: Sequence[Pair], *, seed: int, dev_pairs: int, test_pairs: int, max_words: int
) -> Splits:
    """Each English sentence once, of at most ``max_words`` words; dev and test drawn from them.

    The dev set has the lengths of the training set.  The test set is stratified: about as many
    sentences of every band of lengths, as far as half of those there are suffices, because
    figure 3 of the paper needs long sentences and few are drawn.  The order is that of drawing.

    Raises:
        UserError: too few sentences for the sizes asked for.
    """
    distinct: dict[str, Pair] = {}
    for pair in pairs:
        distinct.setdefault(pair.english, pair)
    short = [pair for pair in distinct.values() if length(pair.english) <= max_words]
    if len(short) <= dev_pairs + 2 * test_pairs:
        raise UserError(
            f"embedded corpus: {len(short)} different sentences of at most {max_words} words are "
            f"too few for {dev_pairs} dev and {test_pairs} test pairs. Set `pairs` or `max_words` "
            "higher."
        )
    generator = random.Random(f"{seed} split")
    bands = _bands(short, max_words)
    test = _stratified(bands, test_pairs, generator)
    others = [number for number in range(len(short)) if number not in test]
    dev = set(generator.sample(others, dev_pairs))
    return Splits(
        train=tuple(short[number] for number in others if number not in dev),
        dev=tuple(short[number] for number in sorted(dev)),
        test=tuple(short[number] for number in sorted(test)),
    )


def _bands(pairs: Sequence[Pair], max_words: int) -> list[list[int]]:
    """The positions of the pairs, by bands of lengths of about equal width up to ``max_words``."""
    lengths = max_words - FEWEST_WORDS + 1
    count = max(1, lengths // BAND)
    bands: list[list[int]] = [[] for _ in range(count)]
    for number, pair in enumerate(pairs):
        bands[(length(pair.english) - FEWEST_WORDS) * count // lengths].append(number)
    return bands


def _stratified(bands: list[list[int]], count: int, generator: random.Random) -> set[int]:
    """``count`` positions, dealt band by band; a band gives half of its sentences at most."""
    stacks = [generator.sample(band, (len(band) + 1) // 2) for band in bands]
    dealt = [stack[turn] for turn in range(max(map(len, stacks), default=0))
             for stack in stacks if turn < len(stack)]  # fmt: skip
    return set(dealt[:count])
