"""`make bench-profile BENCH_SIZE=medium`: where a training's processor time goes, by kind of operator.

Beside it the rate of the network's largest products alone, which no training exceeds by much: FLOPs are
those of products, forward and backward.  One thread; 25 words a sentence.
"""

import argparse
import time

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks import synthetic, workloads
from benchmarks.timing import Candidate, time_in_turn
from seq2seq.config.training import count_parameters
from seq2seq.model.device import COMPUTE_TYPES, linear
from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import Batch

KINDS = {  # by a part of the operator's name; the first that fits
    "LSTM layers in oneDNN: products and gates": ("mkldnn_rnn",),
    "products": ("mm", "linear", "matmul"),
    "copies": (
        "copy_",
        "cat",
        "index",
        "gather",
        "scatter",
        "embedding",
        "sort",
        "zero_",
        "fill_",
        "stack",
    ),
    "elementwise": (
        *("mul", "add", "sub", "div", "exp", "log", "tanh", "sigmoid", "sum", "max", "neg"),
        *("reciprocal", "norm", "square", "sqrt", "pow", "lt", "eq", "ge", "where", "arange"),
    ),
}
OTHER = "Python, autograd and dispatch"


def kind_of(operator: str) -> str:
    return next((kind for kind, parts in KINDS.items() if any(p in operator for p in parts)), OTHER)


def products(size: str, rows: int, dtype: torch.dtype) -> list[Candidate]:
    """The large products of the network; ``amount`` is their FLOPs."""
    model, words = synthetic.SIZES[size]
    hidden = model.hidden_size

    def one(name: str, outputs: int) -> Candidate:
        rows_RI, weight_OI = (torch.randn(n, hidden).to(dtype) for n in (rows, outputs))
        flops = 2 * rows * hidden * outputs
        times = max(1, int(2e9 / flops))
        return Candidate(
            name, flops * times, lambda: [linear(rows_RI, weight_OI) for _ in range(times)]
        )

    return [one("inputs of all steps to the gates", 4 * hidden), one("softmax", words)]


def flops_of(size: str, batches: list[Batch]) -> int:
    """FLOPs of the products of a training on these batches, forward and backward."""
    settings, words = synthetic.SIZES[size]
    model = count_parameters(settings, source_words=words, target_words=words)
    sources = sum(int((batch.source_TB != PAD_ID).sum()) for batch in batches)
    targets = sum(int((batch.targets_TB != PAD_ID).sum()) for batch in batches)
    return sources * model.source_word_flops + targets * model.target_word_flops


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    parser.add_argument("--batch", type=int, default=64)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    batches, words = workloads.batches_and_words(given.size, sentences=given.batch, updates=6)
    trainings = {one.name: one for one in workloads.training(given.size, batches, words)}
    flops = flops_of(given.size, batches)
    for precision, dtype in COMPUTE_TYPES.items():
        training = trainings[f"ours, {precision}"]
        largest = products(given.size, words // len(batches), dtype)
        rates = time_in_turn([Candidate("training", flops, training.run), *largest], rounds=5)
        ours, most = rates[0].median / 1e9, max(rate.median for rate in rates[1:]) / 1e9
        rate, share = words * ours * 1e9 / flops, ours / most
        print(f"\n{given.size}, {precision}: {rate:,.0f} target words/s, {ours:.0f} GFLOP/s")
        print(f"{share:.0%} of the {most:.0f} GFLOP/s of one large product\n")
        with profile(activities=[ProfilerActivity.CPU]) as recorded:
            begin = time.process_time()
            training.run()
            whole = time.process_time() - begin
        seconds = dict.fromkeys([*KINDS, OTHER], 0.0)
        for event in recorded.key_averages():
            seconds[kind_of(event.key)] += event.self_cpu_time_total / 1e6
        seconds[OTHER] += whole - sum(seconds.values())
        print("| kind of operator | share of the time |\n| --- | ---: |")
        for kind, spent in seconds.items():
            print(f"| {kind} | {spent / whole:.0%} |")
        largest = sorted(recorded.key_averages(), key=lambda one: -one.self_cpu_time_total)[:12]
        names = (
            f"`{e.key}` {e.self_cpu_time_total / 1e6 / whole:.0%} ({e.count})" for e in largest
        )
        print("\nThe largest, with calls:", ", ".join(names))


if __name__ == "__main__":
    main()
