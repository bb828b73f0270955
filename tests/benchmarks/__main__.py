"""`make bench`: how fast training and translation are, against what a tutorial's reader would write.

Every comparison is run in turn, A B A B, in one process; medians are printed with the ratio.  Words are
target words without padding.  One thread, so that the figures hold for a core.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks import synthetic, textbook
from benchmarks.contest import Contestant, hold
from seq2seq.config.training import SegmentSettings
from seq2seq.inference.beam_search import beam_search
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.training.batches import training_batches
from seq2seq.training.optimizers import make_optimizer

ROUNDS = 3
UPDATES = 4
BATCH = 128


def compare(
    work: str, amount: float, unit: str, contestants: dict[str, Callable[[], None]]
) -> None:
    """Run each contestant in turn, ``ROUNDS`` times after a warm-up, and print a row for each."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(ROUNDS + 1):
        for name, run in contestants.items():
            begin = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - begin)
    slowest = list(contestants)[-1]
    for name, taken in seconds.items():
        ratios = [other / own for own, other in zip(taken, seconds[slowest], strict=True)]
        rate = amount / statistics.median(taken)
        print(f"| {work} | {name} | {rate:,.1f} {unit} | {statistics.median(ratios):.2f} |")


def training(size: str) -> None:
    settings, vocabulary = synthetic.SIZES[size]
    corpus = synthetic.corpus(2000, vocabulary)
    batches = list(
        training_batches(corpus, batch_size=BATCH, seed=1, first_update=0, last_update=UPDATES)
    )
    words = sum(int((batch.targets_TB >= 0).sum()) for batch in batches)

    def ours(precision: str) -> Callable[[], None]:
        network = synthetic.beginning(size).make_network()
        network.compute_type = COMPUTE_TYPES[precision]
        network.use_sparse_embedding_gradients()
        segment = SegmentSettings(BATCH, "sgd", 0.7, 5.0, precision, 0.5)  # type: ignore[arg-type]
        optimizer = make_optimizer(network, segment)

        def run() -> None:
            for batch in batches:
                network.loss(batch.source_TB, batch.inputs_TB, batch.targets_TB).backward()
                optimizer.update(batch.sentences)

        return run

    plain = textbook.Textbook(settings, vocabulary)
    compare(
        f"training, {size}",
        words,
        "words/s",
        {
            "ours, bf16": ours("bf16"),
            "ours, fp32": ours("fp32"),
            "textbook, fp32": lambda: textbook.train(plain, batches),
        },
    )


def translation(size: str, beam: int) -> None:
    settings, vocabulary = synthetic.SIZES[size]
    sources = list(synthetic.corpus(16, vocabulary, mean_words=12).source)
    model = synthetic.model(size)
    plain = textbook.Textbook(settings, vocabulary)
    limits = [len(source) for source in sources]

    def one_by_one() -> None:
        for source, limit in zip(sources, limits, strict=True):
            textbook.translate(plain, source, beam=beam, max_words=limit)

    def batched() -> None:
        beam_search([model], sources, beam=beam, max_words=limits)

    compare(
        f"translation, {size}, beam {beam}",
        len(sources),
        "sentences/s",
        {"ours, fp32": batched, "textbook, fp32": one_by_one},
    )


def growth(size: str) -> None:
    """Does a wider beam, or twice the batch, pay?  Each row's rate over that of the row before.

    Sentences are of one length, as in the batches of a sorted test set.
    """
    random = np.random.default_rng(1)
    sources = list(random.integers(2, synthetic.SIZES[size][1], (256, 25)).astype(np.int32))
    model = synthetic.model(size)

    def search(beam: int, batch: int) -> Callable[[], None]:
        def run() -> None:
            for begin in range(0, len(sources), batch):
                some = sources[begin : begin + batch]
                beam_search([model], some, beam=beam, max_words=[len(one) for one in some])

        return run

    def rows(work: str, contestants: list[Contestant]) -> None:
        placings = hold(contestants, rounds=ROUNDS)
        for before, one in zip([placings[0], *placings], placings, strict=False):
            print(
                f"| {work} | {one.name} | {one.median:,.1f} sentences/s | {one.times(before):.2f} |"
            )

    print("\n| what grows | to | rate | times the row before |\n| --- | --- | ---: | ---: |")
    amount = len(sources)
    beams = [Contestant(f"beam {beam}", amount, search(beam, 64)) for beam in (1, 2, 4, 8, 16)]
    rows(f"beam, {size}, batch 64", beams)
    for beam in (1, 12):
        batches = [
            Contestant(f"{batch} sentences", amount, search(beam, batch))
            for batch in (16, 32, 64, 128, 256)
        ]
        rows(f"batch, {size}, beam {beam}", batches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    print("| work | who | rate | times the textbook |\n| --- | --- | ---: | ---: |")
    training(arguments.size)
    for beam in (1, 2, 12):
        translation(arguments.size, beam)
    growth(arguments.size)


if __name__ == "__main__":
    main()
