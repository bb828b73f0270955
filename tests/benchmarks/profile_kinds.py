"""`make bench-profile BENCH_SIZE=medium`: where processor time goes, by kind of operator.

Training, translation and scoring, each beside the rate of products alone: one large product, of 1,600
rows, and that of a step, of 64 rows.  FLOPs are those of products, forward and, in training, backward.
One thread; 25 words a sentence.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks import flops, synthetic, workloads
from benchmarks.timing import Candidate, time_in_turn
from seq2seq.model.device import COMPUTE_TYPES

BATCH, WORDS, UPDATES, ROUNDS = 64, 25, 6, 5
KINDS = {  # by a part of the operator's name; the first that fits
    "LSTM layers in oneDNN: products and gates": ("mkldnn_rnn",),
    "products": ("mm", "linear", "matmul"),
    "copies": (
        *("copy_", "cat", "index", "gather", "scatter", "embedding", "sort", "zero_", "fill_"),
        *("stack", "topk"),
    ),
    "elementwise": (
        *("mul", "add", "sub", "div", "exp", "log", "tanh", "sigmoid", "sum", "max", "neg"),
        *("reciprocal", "norm", "square", "sqrt", "pow", "lt", "eq", "ge", "where", "arange"),
    ),
}
OTHER = "Python, autograd and dispatch"


@dataclass(frozen=True)
class Work:
    """What is profiled, and the FLOPs of its products."""

    candidate: Candidate
    flops: float
    precision: str


def kind_of(operator: str) -> str:
    return next((kind for kind, parts in KINDS.items() if any(p in operator for p in parts)), OTHER)


def all_work(size: str) -> list[Work]:
    batches, amount = workloads.batches_and_words(size, sentences=BATCH, updates=UPDATES)
    cost = flops.of_training(size, batches)
    trainings = workloads.training(size, batches, amount)[: len(COMPUTE_TYPES)]
    work = [Work(one, cost, one.name.rpartition(" ")[2]) for one in trainings]
    sources = workloads.random_sources(size, BATCH, WORDS)
    for beam in (1, 12):
        (search,) = workloads.translation(size, sources, beam=beam)
        cost = BATCH * flops.of_search(size, WORDS, beam)
        work.append(Work(search, cost, "fp32"))
    words = synthetic.SIZES[size][1]
    hypotheses = workloads.nbest_list(words, 300, np.random.default_rng(1))
    cost = flops.of_trie(size, sources[0], hypotheses)
    scorings = workloads.scoring(size, sources[0], hypotheses)[:2]
    return work + [Work(one, cost, one.name.rpartition(" ")[2]) for one in scorings]


def shares(candidate: Candidate) -> dict[str, float]:
    """Each kind's share of the processor time of one run."""
    with profile(activities=[ProfilerActivity.CPU]) as recorded:
        begin = time.process_time()
        candidate.run()
        whole = time.process_time() - begin
    seconds = dict.fromkeys([*KINDS, OTHER], 0.0)
    for event in recorded.key_averages():
        seconds[kind_of(event.key)] += event.self_cpu_time_total / 1e6
    seconds[OTHER] += max(whole - sum(seconds.values()), 0.0)
    return {kind: spent / sum(seconds.values()) for kind, spent in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    size = parser.parse_args().size
    torch.set_num_threads(1)
    torch.manual_seed(1)
    print(f"{size}, GFLOP/s, and the share of the time by kind\n")
    print("| work |", " | ".join(("GFLOP/s", "1,600 rows", "64 rows", *KINDS, OTHER)), "|")
    print("| --- |" + " ---: |" * (4 + len(KINDS)))
    names = ["training"] * 2 + ["beam 1", "beam 12"] + ["scoring a 300-best list"] * 2
    for name, work in zip(names, all_work(size), strict=True):
        limits = [flops.product(size, rows, work.precision) for rows in (BATCH * WORDS, BATCH)]
        ours = Candidate(name, work.flops, work.candidate.run)
        rates = [f"{one.median / 1e9:.0f}" for one in time_in_turn([ours, *limits], rounds=ROUNDS)]
        cells = [f"{share:.0%}" for share in shares(work.candidate).values()]
        print(f"| {name}, {work.precision} |", " | ".join(rates + cells), "|", flush=True)


if __name__ == "__main__":
    main()
