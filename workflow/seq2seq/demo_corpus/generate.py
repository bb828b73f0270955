"""The demo corpus: pairs drawn from the grammar, spelled, freed of repetitions and split."""

import random
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from seq2seq.demo_corpus.grammar import START, Grammar, Scope
from seq2seq.errors import UserError
from seq2seq.runtime.parallel import in_order

DATA, SHARDS = Path(__file__).parent, 16  # a shard has a generator of its own
MIN_WORDS, MAX_WORDS, BUCKET = 3, 25, 3  # of an English sentence; of a bucket of lengths
V = "(?=[aeiouâéèêîôœhAEIO])"  # before a vowel or a mute h
ENGLISH = ((r"\ba(?= [aeiou])", "an"), (r" (?=[,.?]|'s )", ""))
FRENCH = (  # contraction, elision, beau~bel before a vowel, marks
    (r"\b(de) des?\b", r"\1"), (rf"\bde le (?!{V})", "du "), (r"\bde les\b", "des"),
    (rf"\bà le (?!{V})", "au "), (r"\bà les\b", "aux"), (r"\bsi (?=ils?\b)", "s'"),
    (rf"\b(l|d|j|m|n|qu)e {V}|\b(l)a {V}", r"\1\2'"),
    (rf"\w+~(\w+ {V})", r"\1"), (r"~\w+", ""), (r" (?=[,.])", ""),
)  # fmt: skip
grammar = cache(Grammar)


class Pair(NamedTuple):
    """One sentence in both languages, raw text."""

    english: str
    french: str


class Splits(NamedTuple):
    """Three sets of pairs without a common English sentence."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def generate(*, seed: int, pairs: int, processes: int) -> Iterator[list[Pair]]:
    """``pairs`` pairs in all, shard by shard; some occur more than once."""
    draw = partial(draw_shard, seed, pairs)
    if processes == 1:
        return map(draw, range(SHARDS))
    executor = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    return in_order(executor, draw, range(SHARDS), processes=processes, ahead=2)


def draw_shard(seed: int, pairs: int, shard: int) -> list[Pair]:
    """The pairs of one of 16 shards: of 3 to 25 English words, none with a held-out phrase."""
    rng, drawn = random.Random(f"{seed} {shard}"), list[Pair]()
    while len(drawn) < pairs * (shard + 1) // SHARDS - pairs * shard // SHARDS:
        if (node := grammar(DATA).draw(rng, START, Scope())) is None:
            continue
        pair = Pair(spell(node.forms["en_"], ENGLISH), spell(node.forms["fr_"], FRENCH))
        if MIN_WORDS <= length(pair.english) <= MAX_WORDS and not is_held_out(pair.english):
            drawn.append(pair)
    return drawn


def spell(words: str, rules: tuple[tuple[str, str], ...]) -> str:
    """Raw text: contracted, elided, with marks joined to the word before and a capital."""
    for pattern, replacement in rules:
        words = re.sub(pattern, replacement, words)
    return words[0].upper() + words[1:]


def length(sentence: str) -> int:
    """The words of a raw sentence; marks count with the word before them."""
    return sentence.count(" ") + 1


@cache
def held_out_phrases() -> dict[str, list[str]]:
    """Phrases for figure 2 of the paper, by panel; no pair contains one (``phrases.tsv``)."""
    rows = [line.split("\t") for line in (DATA / "phrases.tsv").read_text("utf-8").splitlines()]
    return {panel: [row[-1] for row in rows if row[0] == panel] for panel, *_ in rows[1:]}


def is_held_out(english: str) -> bool:
    """True if the sentence contains a held-out phrase, ignoring case and punctuation."""
    phrases = (phrase for panel in held_out_phrases().values() for phrase in panel)
    return any(_bare(phrase) in _bare(english) for phrase in phrases)


@cache
def _bare(text: str) -> str:
    return f" {' '.join(re.sub('[,.?]', '', text.lower()).split())} "


def split(
    pairs: Sequence[Pair], *, seed: int, dev_pairs: int, test_pairs: int, max_words: int
) -> Splits:
    """Each English sentence once, of at most ``max_words`` words; dev and test drawn from them.

    Test has as many of each bucket of lengths, as far as half suffices: figure 3 needs long ones.
    """
    distinct = {pair.english: pair for pair in pairs if length(pair.english) <= max_words}
    if len(distinct) <= dev_pairs + 2 * test_pairs:
        raise UserError(f"demo corpus: {len(distinct)} different sentences are too few for "
                        f"{dev_pairs} dev and {test_pairs} test pairs. Set `pairs` or `max_words` "
                        "higher.")  # fmt: skip
    rng, buckets = random.Random(f"{seed} split"), dict[int, list[Pair]]()
    for pair in rng.sample(list(distinct.values()), len(distinct)):
        buckets.setdefault((length(pair.english) - MIN_WORDS) // BUCKET, []).append(pair)
    halves = (bucket[: (len(bucket) + 1) // 2] for bucket in buckets.values())
    test = set([pair for turn in zip_longest(*halves) for pair in turn if pair][:test_pairs])
    dev = set(rng.sample([pair for pair in distinct.values() if pair not in test], dev_pairs))
    train = [pair for pair in distinct.values() if pair not in test and pair not in dev]
    return Splits(train, *([p for p in distinct.values() if p in part] for part in (dev, test)))
