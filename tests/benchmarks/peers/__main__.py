"""`make bench-peers`: translation, training and scoring beside fairseq, OpenNMT-py and a tutorial.

One thread; networks of the same shape with random weights.  A batch of sentences of 25 words is
translated into 25 words each, so that all do the same number of steps.  The fourth column is the rate
over that of the faster of the two toolkits, the median over the rounds; the last is the share of the
rate of products alone, in the same precision and run, that the products in this work reach.
"""

import argparse

import numpy as np
import torch

from benchmarks import flops, synthetic, workloads
from benchmarks.peers import fairseq_peer, onmt_peer
from benchmarks.timing import Candidate, time_in_turn
from seq2seq.model.device import COMPUTE_TYPES

WORDS = 25
ENSEMBLE = 5
BATCH = 64
PRECISIONS = ("fp32", "bf16", "int8")
MORE = {"fairseq": 1.06}  # its decoder reads its last output too
TOOLKITS = {"OpenNMT-py": onmt_peer.Peer, "fairseq": fairseq_peer.Peer}


def beside_toolkits(
    size: str, work: str, unit: str, candidates: list[Candidate], cost: list[float], rounds: int
) -> None:
    """``cost``: the FLOPs of one run of each candidate."""
    limits = {p: flops.product(size, BATCH * WORDS, p) for p in COMPUTE_TYPES}
    timings = time_in_turn([*candidates, *limits.values()], rounds=rounds)
    best = max((one for one in timings if one.name in TOOLKITS), key=lambda one: one.median)
    alone = dict(zip(limits, timings[len(candidates) :], strict=True))
    for one, timing, each in zip(candidates, timings[: len(cost)], cost, strict=True):
        precision = one.name.rpartition(", ")[2]
        limit = alone.get(precision if precision in PRECISIONS else "fp32")
        flops_each = each / one.amount
        share = f"{timing.ratio(limit) * flops_each:.0%}" if limit else "–"
        cells = (work, one.name, f"{timing.median:,.1f} {unit}", f"{timing.ratio(best):.2f}")
        rate = f"{timing.median * flops_each / 1e9:,.0f}"
        print("|", " | ".join((*cells, rate, share)), "|", flush=True)
    for timing in alone.values():
        print(f"| {work} | {timing.name} | | | {timing.median / 1e9:,.0f} | 100% |", flush=True)


def translation(size: str, beam: int, *, members: int = 1, sentences: int, rounds: int) -> None:
    sources = workloads.random_sources(size, sentences, WORDS)
    candidates = workloads.translation(
        size, sources, beam=beam, precisions=PRECISIONS, members=members
    )
    for name, toolkit in TOOLKITS.items():
        peer = toolkit(*synthetic.SIZES[size], members=members)
        candidates.append(
            Candidate(
                name, sentences, lambda peer=peer: peer.translate(sources, beam=beam, words=WORDS)
            )
        )
    if members == 1:
        few = sources[: max(1, sentences // 16)]
        candidates.append(workloads.one_at_a_time(size, few, beam=beam))
    ensemble = f", ensemble of {members}" if members > 1 else ""
    work = f"translation, {size}{ensemble}, beam {beam}"
    ours = flops.of_search(size, WORDS, beam)
    theirs = flops.forward(size, WORDS, beam * WORDS)  # from the first step, ``beam`` hypotheses
    cost = [
        members * one.amount * (theirs * MORE.get(one.name, 1) if one.name in TOOLKITS else ours)
        for one in candidates
    ]
    beside_toolkits(size, work, "sentences/s", candidates, cost, rounds)


def training(size: str, *, sentences: int, rounds: int) -> None:
    batches, words = workloads.batches_and_words(size, sentences=sentences, updates=2)
    candidates = workloads.training(size, batches, words)
    for name, toolkit in TOOLKITS.items():
        peer = toolkit(*synthetic.SIZES[size])
        candidates.append(Candidate(name, words, lambda peer=peer: peer.train(batches)))
    cost = [MORE.get(one.name, 1) * flops.of_training(size, batches) for one in candidates]
    beside_toolkits(size, f"training, {size}", "words/s", candidates, cost, rounds)


def scoring(size: str, *, hypotheses: int, rounds: int) -> None:
    (source,) = workloads.random_sources(size, 1, WORDS)
    lists = workloads.nbest_list(synthetic.SIZES[size][1], hypotheses, np.random.default_rng(1))
    candidates = workloads.scoring(size, source, lists)
    step = workloads.PAIRS_AT_ONCE
    blocks = [lists[begin : begin + step] for begin in range(0, hypotheses, step)]
    for name, toolkit in TOOLKITS.items():
        peer = toolkit(*synthetic.SIZES[size])
        candidates.append(
            Candidate(
                name, hypotheses, lambda peer=peer: [peer.score(source, some) for some in blocks]
            )
        )
    trie = flops.of_trie(size, source, lists)
    words = sum(len(one) + 1 for one in lists)
    cost = [trie, trie, flops.forward(size, len(blocks) * WORDS, words)]  # ours
    theirs = flops.forward(size, hypotheses * WORDS, words)
    cost += [theirs * MORE.get(name, 1) for name in TOOLKITS]
    work = f"scoring {hypotheses}-best, {size}"
    beside_toolkits(size, work, "hypotheses/s", candidates, cost, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    parser.add_argument("--sentences", type=int, default=BATCH, help="of a batch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hypotheses", type=int, default=300, help="of an n-best list")
    work = ("translation", "ensemble", "training", "scoring")
    parser.add_argument("--work", choices=[*work, "all"], default="all")
    arguments = parser.parse_args()
    chosen = work if arguments.work == "all" else (arguments.work,)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    given = {"sentences": arguments.sentences, "rounds": arguments.rounds}
    print("| work | who | rate | times the best toolkit | GFLOP/s | of products alone |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    if "training" in chosen:
        training(arguments.size, **given)
    for beam in (1, 2, 12) if "translation" in chosen else ():
        translation(arguments.size, beam, **given)
    if "ensemble" in chosen:
        translation(arguments.size, 2, members=ENSEMBLE, **given)
    if "scoring" in chosen:
        scoring(arguments.size, hypotheses=arguments.hypotheses, rounds=arguments.rounds)


if __name__ == "__main__":
    main()
