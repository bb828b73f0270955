"""What is timed: training on synthetic batches, translation, and scoring of n-best lists."""

import heapq
from collections.abc import Callable

import numpy as np

from benchmarks import synthetic, textbook
from benchmarks.timing import Candidate
from seq2seq.config.training import SegmentSettings
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TokenIds, log_probabilities
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.training.batches import Batch, training_batches
from seq2seq.training.optimizers import make_optimizer

PAIRS_AT_ONCE = 50  # for those who score pair by pair
PHRASES, OPTIONS, PHRASE_WORDS = 12, 4, 2


def batches_and_words(size: str, *, sentences: int, updates: int) -> tuple[list[Batch], int]:
    """Batches of a synthetic corpus, and their target words without padding."""
    corpus = synthetic.corpus(2000, synthetic.SIZES[size][1])
    batches = list(
        training_batches(
            corpus,
            batch_size=sentences,
            bucket_words=1,
            seed=1,
            first_update=0,
            last_update=updates,
        )
    )
    return batches, sum(int((batch.targets_TB >= 0).sum()) for batch in batches)


def training(size: str, batches: list[Batch], words: int) -> list[Candidate]:
    """Our training in each precision, and the textbook's."""

    def ours(precision: str) -> Callable[[], object]:
        network = synthetic.beginning(size).make_network()
        network.compute_type = COMPUTE_TYPES[precision]
        network.use_sparse_embedding_gradients()
        numbers = batches[0].sentences, 1, "sgd", 0.7, 5.0, precision, 0.5
        segment = SegmentSettings(*numbers, deterministic=False, all_reduce="fp32", dropout=0.0)  # type: ignore[arg-type]
        optimizer = make_optimizer(network, segment)

        def run() -> None:
            for batch in batches:
                network.loss(batch.source_TB, batch.inputs_TB, batch.targets_TB).backward()
                optimizer.update(batch.sentences)

        return run

    plain = textbook.Textbook(*synthetic.SIZES[size])
    return [
        *(Candidate(f"ours, {p}", words, ours(p)) for p in COMPUTE_TYPES),
        Candidate("textbook, fp32", words, lambda: textbook.train(plain, batches)),
    ]


def translation(
    size: str,
    sources: list[TokenIds],
    *,
    beam: int,
    precisions: tuple[str, ...] = ("fp32",),
    members: int = 1,
) -> list[Candidate]:
    """Our search in each precision, into as many words as the source has."""
    limits = [len(source) for source in sources]

    def ours(precision: str) -> Callable[[], object]:
        models = [at_precision(synthetic.model(size), precision) for _ in range(members)]
        return lambda: beam_search(models, sources, beam=beam, max_words=limits)

    return [Candidate(f"ours, {p}", len(sources), ours(p)) for p in precisions]


def one_at_a_time(size: str, sources: list[TokenIds], *, beam: int) -> Candidate:
    """The textbook's search."""
    plain = textbook.Textbook(*synthetic.SIZES[size])

    def run() -> None:
        for source in sources:
            textbook.translate(plain, source, beam=beam, max_words=len(source))

    return Candidate("textbook, fp32", len(sources), run)


def random_sources(size: str, sentences: int, words: int) -> list[TokenIds]:
    """Sentences of one length, as in the batches of a sorted test set."""
    random = np.random.default_rng(1)
    return list(random.integers(2, synthetic.SIZES[size][1], (sentences, words)).astype(np.int32))


def nbest_list(vocabulary: int, hypotheses: int, generator: np.random.Generator) -> list[TokenIds]:
    """The best combinations of phrases' translations, best first: many share their first words."""
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


def scoring(size: str, source: TokenIds, hypotheses: list[TokenIds]) -> list[Candidate]:
    """Our prefix trie in fp32 and bf16, and our scoring pair by pair."""
    index = np.zeros(len(hypotheses), np.int64)

    def by(score: Callable[..., object], precision: str, at_once: int) -> Callable[[], object]:
        model = at_precision(synthetic.model(size), precision)
        return lambda: score(model, [source], hypotheses, index, batch_size=at_once)

    amount = len(hypotheses)
    return [
        *(
            Candidate(f"ours, {p}", amount, by(trie_log_probabilities, p, amount))
            for p in ("fp32", "bf16")
        ),
        Candidate("ours, pairs", amount, by(log_probabilities, "fp32", PAIRS_AT_ONCE)),
    ]
