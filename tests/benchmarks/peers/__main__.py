"""`make bench-peers`: translation, training and scoring beside fairseq, OpenNMT-py and a tutorial.

One thread; networks of the same shape with random weights.  A batch of sentences of 25 words is
translated into 25 words each, so that all do the same number of steps.  The last column is the rate
over that of the faster of the two toolkits: the median over the rounds.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch

from benchmarks import scoring, synthetic, textbook
from benchmarks.contest import Contestant, hold
from benchmarks.peers import fairseq_peer, onmt_peer
from seq2seq.config.training import SegmentSettings
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.quantization import PRECISIONS, at_precision
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.training.batches import training_batches
from seq2seq.training.optimizers import make_optimizer

WORDS = 25
ENSEMBLE = 5
TOOLKITS = {"OpenNMT-py": onmt_peer.Peer, "fairseq": fairseq_peer.Peer}


def table(work: str, unit: str, contestants: list[Contestant], rounds: int) -> None:
    placings = hold(contestants, rounds=rounds)
    best = max((one for one in placings if one.name in TOOLKITS), key=lambda one: one.median)
    for one in placings:
        print(f"| {work} | {one.name} | {one.median:,.1f} {unit} | {one.times(best):.2f} |")


def translation(size: str, beam: int, *, members: int = 1, sentences: int, rounds: int) -> None:
    settings, vocabulary = synthetic.SIZES[size]
    random = np.random.default_rng(1)
    sources = list(random.integers(2, vocabulary, (sentences, WORDS)).astype(np.int32))
    plain = textbook.Textbook(settings, vocabulary)
    few = sources[: max(1, sentences // 16)]

    def ours(precision: str) -> Callable[[], None]:
        models = [at_precision(synthetic.model(size), precision) for _ in range(members)]
        limits = [WORDS] * sentences
        return lambda: void(beam_search(models, sources, beam=beam, max_words=limits))

    def toolkit(name: str) -> Callable[[], None]:
        peer = TOOLKITS[name](settings, vocabulary, members=members)
        return lambda: peer.translate(sources, beam=beam, words=WORDS)

    def one_by_one() -> None:
        for source in few:
            textbook.translate(plain, source, beam=beam, max_words=WORDS)

    contestants = [Contestant(f"ours, {p}", sentences, ours(p)) for p in PRECISIONS]
    contestants += [Contestant(name, sentences, toolkit(name)) for name in TOOLKITS]
    if members == 1:
        contestants.append(Contestant("one sentence at a time", len(few), one_by_one))
    by = f", ensemble of {members}" if members > 1 else ""
    table(f"translation, {size}{by}, beam {beam}", "sentences/s", contestants, rounds)


def training(size: str, *, sentences: int, rounds: int) -> None:
    settings, vocabulary = synthetic.SIZES[size]
    corpus = synthetic.corpus(10 * sentences, vocabulary)
    batches = list(
        training_batches(corpus, batch_size=sentences, seed=1, first_update=0, last_update=2)
    )
    words = sum(int((batch.targets_TB >= 0).sum()) for batch in batches)

    def ours(precision: str) -> Callable[[], None]:
        network = synthetic.beginning(size).make_network()
        network.compute_type = COMPUTE_TYPES[precision]
        network.use_sparse_embedding_gradients()
        segment = SegmentSettings(sentences, "sgd", 0.7, 5.0, precision, 0.5)  # type: ignore[arg-type]
        optimizer = make_optimizer(network, segment)

        def run() -> None:
            for batch in batches:
                network.loss(batch.source_TB, batch.inputs_TB, batch.targets_TB).backward()
                optimizer.update(batch.sentences)

        return run

    def toolkit(name: str) -> Callable[[], None]:
        peer = TOOLKITS[name](settings, vocabulary)
        return lambda: peer.train(batches)

    contestants = [Contestant(f"ours, {p}", words, ours(p)) for p in COMPUTE_TYPES]
    contestants += [Contestant(name, words, toolkit(name)) for name in TOOLKITS]
    plain = textbook.Textbook(settings, vocabulary)
    contestants.append(Contestant("textbook", words, lambda: textbook.train(plain, batches)))
    table(f"training, {size}", "words/s", contestants, rounds)


def rescoring(size: str, *, hypotheses: int, rounds: int) -> None:
    settings, vocabulary = synthetic.SIZES[size]
    peers = {name: toolkit(settings, vocabulary) for name, toolkit in TOOLKITS.items()}
    contestants = scoring.contestants(size, peers, sentences=1, hypotheses=hypotheses)
    table(f"scoring {hypotheses}-best, {size}", "hypotheses/s", contestants, rounds)


def void(result: object) -> None:
    """Only the time of a call is wanted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=synthetic.SIZES, default="small")
    parser.add_argument("--sentences", type=int, default=64, help="of a batch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hypotheses", type=int, default=300, help="of an n-best list")
    parser.add_argument(
        "--work", choices=["translation", "ensemble", "training", "scoring", "all"], default="all"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    given = {"sentences": arguments.sentences, "rounds": arguments.rounds}
    print("| work | who | rate | times the best toolkit |\n| --- | --- | ---: | ---: |")
    if arguments.work in ("training", "all"):
        training(arguments.size, **given)
    for beam in (1, 2, 12) if arguments.work in ("translation", "all") else ():
        translation(arguments.size, beam, **given)
    if arguments.work in ("ensemble", "all"):
        translation(arguments.size, 2, members=ENSEMBLE, **given)
    if arguments.work in ("scoring", "all"):
        rescoring(arguments.size, hypotheses=arguments.hypotheses, rounds=arguments.rounds)


if __name__ == "__main__":
    main()
