"""`make bench`: training and translation beside what a reader of a tutorial would write.

Every comparison is run in turn, A B A B, in one process; medians are printed with the ratio.  Words are
target words without padding.  One thread, so that the figures hold for one core.
"""

import argparse

import torch

from benchmarks import synthetic, workloads
from benchmarks.timing import Candidate, print_rows, time_in_turn

ROUNDS = 3
UPDATES = 4
BATCH = 128


def beside_textbook(work: str, unit: str, candidates: list[Candidate]) -> None:
    """Time candidates, the textbook's last."""
    timings = time_in_turn(candidates, rounds=ROUNDS)
    print_rows(work, unit, timings, [timings[-1]] * len(timings))


def growth(size: str) -> None:
    """Does a wider beam, or twice the batch, pay?  Each row's rate over that of the row before."""
    sources = workloads.random_sources(size, 256, 25)

    def rows(work: str, beams: tuple[int, ...], batches: tuple[int, ...]) -> None:
        candidates = []
        for beam in beams:
            for batch in batches:
                name = f"beam {beam}, batch {batch}"
                (one,) = workloads.translation(size, sources[:batch], beam=beam)
                candidates.append(Candidate(name, batch, one.run))
        timings = time_in_turn(candidates, rounds=ROUNDS)
        print_rows(work, "sentences/s", timings, [timings[0], *timings[:-1]])

    print("\n| what grows | to | rate | times the row before |\n| --- | --- | ---: | ---: |")
    rows(f"beam, {size}", (1, 2, 4, 8, 16), (64,))
    for beam in (1, 12):
        rows(f"batch, {size}", (beam,), (16, 32, 64, 128, 256))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    size = parser.parse_args().size
    torch.set_num_threads(1)
    torch.manual_seed(1)
    print("| work | who | rate | times the textbook |\n| --- | --- | ---: | ---: |")
    batches, words = workloads.batches_and_words(size, sentences=BATCH, updates=UPDATES)
    beside_textbook(f"training, {size}", "words/s", workloads.training(size, batches, words))
    sources = list(synthetic.corpus(16, synthetic.SIZES[size][1], mean_words=12).source)
    for beam in (1, 2, 12):
        candidates = workloads.translation(size, sources, beam=beam)
        candidates.append(workloads.one_at_a_time(size, sources, beam=beam))
        beside_textbook(f"translation, {size}, beam {beam}", "sentences/s", candidates)
    growth(size)


if __name__ == "__main__":
    main()
