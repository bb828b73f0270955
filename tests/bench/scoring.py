"""Scoring n-best lists: the prefix trie beside pair by pair, and beside what public toolkits do.

Lists are made as a phrase-based search makes them: a sentence of phrases, each with a few translations,
and the n best combinations of them, which share most of their beginnings.  All contestants score the
same lists in turn, on one thread; rates are by CPU time, so that a busy machine does not tell.
"""

import argparse
import heapq
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from bench import synthetic
from seq2seq.nn.device import COMPUTE_TYPES
from seq2seq.nn.scoring import Words, log_probabilities
from seq2seq.nn.trie import trie_log_probabilities

ROUNDS = 3
BATCH = 50  # of pairs, for those who score pair by pair: fastest for all of them
PHRASES, OPTIONS, PHRASE_WORDS = 12, 4, 2

Score = Callable[[list[Words], list[list[Words]]], None]


def nbest_list(vocabulary: int, hypotheses: int, generator: np.random.Generator) -> list[Words]:
    """The best combinations of phrases' translations, best first."""
    words = generator.integers(2, vocabulary, size=(PHRASES, OPTIONS, PHRASE_WORDS))
    costs = np.sort(generator.exponential(size=(PHRASES, OPTIONS)), axis=1)
    costs -= costs[:, :1]
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
                cost = float(sum(costs[k, own] for k, own in enumerate(worse)))
                heapq.heappush(queue, (cost, worse))
    return found


def contestants(size: str, precision: str) -> Iterator[tuple[str, Score]]:
    """Ours, both ways."""
    model = synthetic.model(size)
    model.network.compute_type = COMPUTE_TYPES[precision]

    def by_trie(sources: list[Words], lists: list[list[Words]]) -> None:
        hypotheses = [one for own in lists for one in own]
        owners = np.repeat(np.arange(len(lists)), [len(own) for own in lists])
        trie_log_probabilities(model, sources, hypotheses, owners, batch_size=4096)

    def by_pairs(sources: list[Words], lists: list[list[Words]]) -> None:
        for source, own in zip(sources, lists, strict=True):
            owners = np.zeros(len(own), dtype=np.int64)
            log_probabilities(model, [source], own, owners, batch_size=BATCH)

    yield f"ours, prefix trie, {precision}", by_trie
    yield f"ours, pair by pair, {precision}", by_pairs


def peers(size: str) -> Iterator[tuple[str, Score]]:
    """The public toolkits, where they are installed: ``tests/bench/peers/setup``."""
    settings, vocabulary = synthetic.SIZES[size]
    try:
        from bench.peers import fairseq_peer, onmt_peer
    except ImportError as error:
        print(f"(no public toolkits: {error})")
        return
    named = {"fairseq --score-reference": fairseq_peer, "OpenNMT-py gold score": onmt_peer}
    for name, module in named.items():
        peer = module.Peer(settings, vocabulary)

        def score(
            sources: list[Words], lists: list[list[Words]], score_pairs: Callable = peer.score
        ) -> None:
            for source, own in zip(sources, lists, strict=True):
                for begin in range(0, len(own), BATCH):
                    score_pairs(source, own[begin : begin + BATCH])

        yield name, score


def measure(size: str, sentences: int, hypotheses: int, precisions: list[str]) -> None:
    """Print hypotheses a second for every contestant, and how many times the best peer's that is."""
    generator = np.random.default_rng(1)
    vocabulary = synthetic.SIZES[size][1]
    sources = [generator.integers(2, vocabulary, 25).astype(np.int32) for _ in range(sentences)]
    lists = [nbest_list(vocabulary, hypotheses, generator) for _ in range(sentences)]
    ours = [one for precision in precisions for one in contestants(size, precision)]
    theirs = list(peers(size))
    seconds: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        for name, score in (*ours, *theirs):
            begin = time.process_time()
            score(sources, lists)
            if number:
                seconds.setdefault(name, []).append(time.process_time() - begin)
    rates = {name: sentences * hypotheses / statistics.median(own) for name, own in seconds.items()}
    best = max((rates[name] for name, _ in theirs), default=rates[ours[-1][0]])
    for name, rate in rates.items():
        work = f"scoring {hypotheses}-best, {size}"
        print(f"| {work} | {name} | {rate:,.0f} hypotheses/s | {rate / best:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="medium")
    parser.add_argument("--sentences", type=int, default=2)
    parser.add_argument("--hypotheses", type=int, default=300)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    print("| work | who | rate | times the best peer |\n| --- | --- | ---: | ---: |")
    measure(arguments.size, arguments.sentences, arguments.hypotheses, ["fp32", "bf16"])


if __name__ == "__main__":
    main()
