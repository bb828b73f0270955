"""Contestants in scoring n-best lists: the prefix trie, pair by pair, and the public toolkits' way.

Lists are made as a phrase-based search makes them: a sentence of phrases, each with a few translations,
and the n best combinations of them, which share most of their beginnings.
"""

import heapq
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from benchmarks import synthetic
from benchmarks.contest import Contestant
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TokenIds, log_probabilities

BATCH = 50  # pairs at once, for those who score pair by pair
PHRASES, OPTIONS, PHRASE_WORDS = 12, 4, 2


class Peer(Protocol):
    """A toolkit that scores some translations of one source sentence."""

    def score(self, source: TokenIds, hypotheses: list[TokenIds]) -> list[float]: ...


def nbest_list(vocabulary: int, hypotheses: int, generator: np.random.Generator) -> list[TokenIds]:
    """The best combinations of phrases' translations, best first."""
    words = generator.integers(2, vocabulary, size=(PHRASES, OPTIONS, PHRASE_WORDS))
    costs = np.sort(generator.exponential(size=(PHRASES, OPTIONS)), axis=1)
    first = (0,) * PHRASES
    queue, seen, found = [(0.0, first)], {first}, []
    while len(found) < hypotheses:
        _, best = heapq.heappop(queue)
        chosen = [words[place, option] for place, option in enumerate(best)]
        found.append(np.concatenate(chosen).astype(np.int32))
        for place, option in enumerate(best):
            worse = (*best[:place], option + 1, *best[place + 1 :])
            if option + 1 < OPTIONS and worse not in seen:
                seen.add(worse)
                cost = sum(float(costs[k, own]) for k, own in enumerate(worse))
                heapq.heappush(queue, (cost, worse))
    return found


def contestants(
    size: str, peers: dict[str, Peer], *, sentences: int, hypotheses: int
) -> list[Contestant]:
    """All of them, with the same lists to score."""
    random = np.random.default_rng(1)
    vocabulary = synthetic.SIZES[size][1]
    sources = list(random.integers(2, vocabulary, (sentences, 25)).astype(np.int32))
    lists = [nbest_list(vocabulary, hypotheses, random) for _ in sources]
    flat = [one for own in lists for one in own]
    source_index = np.repeat(np.arange(sentences), hypotheses)

    def by_trie(precision: str) -> Callable[[], None]:
        model = at_precision(synthetic.model(size), precision)
        return lambda: void(
            trie_log_probabilities(model, sources, flat, source_index, batch_size=len(flat))
        )

    def by_pairs(precision: str) -> Callable[[], None]:
        model = at_precision(synthetic.model(size), precision)
        return lambda: void(log_probabilities(model, sources, flat, source_index, batch_size=BATCH))

    def by_toolkit(peer: Peer) -> Callable[[], None]:
        return lambda: void([peer.score(*batch) for batch in _batches(sources, lists)])

    ways = [(f"ours, {one}", by_trie(one)) for one in ("fp32", "bf16")]
    ways.append(("ours, pair by pair, fp32", by_pairs("fp32")))
    ways += [(name, by_toolkit(peer)) for name, peer in peers.items()]
    return [Contestant(name, len(flat), run) for name, run in ways]


def _batches(
    sources: list[TokenIds], lists: list[list[TokenIds]]
) -> Iterator[tuple[TokenIds, list[TokenIds]]]:
    for source, own in zip(sources, lists, strict=True):
        for begin in range(0, len(own), BATCH):
            yield source, own[begin : begin + BATCH]


def void(result: object) -> None:
    """Only the time of a call is wanted."""
