"""What a CPU and a GPU must agree on.  The bundle has these numbers by a CPU, the stages by a GPU."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.common import Numbers, Stage, device_batches, make_network, plain
from seq2seq.config.decoding import PAPER_SEARCH
from seq2seq.config.training import SegmentSettings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.scoring import TokenIds, TrainedModel, log_probabilities, perplexity
from seq2seq.io.files import read_lines
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.training.checkpoint import Checkpoint, Fingerprint
from seq2seq.training.distributed import World
from seq2seq.training.optimizers import make_optimizer
from seq2seq.training.trainer import train_segment

SGD = SegmentSettings(
    batch_size=64, bucket_words=1, optimizer="sgd", learning_rate=0.7, clip_norm=5.0, precision="fp32",
    segment_epochs=1.0, deterministic=False, all_reduce="fp32", dropout=0.0,
)  # fmt: skip
ADAM = replace(SGD, optimizer="adam", learning_rate=0.002)
HYPOTHESES = 12  # of a list


def gradients(stage: Stage, cell: str, hidden: int) -> Numbers:
    """The loss of a batch; of each parameter's gradient the norm, and the product with random numbers.

    The latter shows the error of the whole gradient, relative to its norm.
    """
    network = stage.place(make_network(cell, hidden, stage.bundle.words))
    (batch,) = device_batches(
        stage.bundle.corpus(), stage.device, batch=stage.scale.batch, updates=1
    )
    loss = network.loss_at(batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N)
    loss.backward()
    found = {"loss": float(plain(loss))}
    for name, parameter in network.named_parameters():
        gradient = plain(parameter.grad).double()
        random = torch.randn(gradient.shape, generator=torch.Generator().manual_seed(2))
        found[f"{name} norm"] = float(gradient.norm())
        found[f"{name} product"] = float((gradient * random).sum())
    return found


def losses(stage: Stage, precision: str) -> tuple[list[float], list[int]]:
    """The loss per word of each of the first updates by SGD, and the words."""
    network = stage.place(make_network("lstm", max(stage.scale.hidden[:2]), stage.bundle.words))
    network.compute_type = COMPUTE_TYPES[precision]
    network.use_sparse_embedding_gradients()
    optimizer, found = make_optimizer(network, SGD), []
    sizes = {"batch": stage.scale.batch, "updates": stage.scale.updates}
    batches = device_batches(stage.bundle.corpus(), stage.device, **sizes)
    for batch in batches:
        loss = network.loss_at(batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N)
        loss.backward()
        optimizer.update(batch.sentences)
        found.append(loss.detach())
    words = [batch.target_words for batch in batches]
    return [float(plain(one)) / count for one, count in zip(found, words, strict=True)], words


def models(stage: Stage, count: int) -> list[TrainedModel]:
    """Random networks of large weights, so that words differ clearly in probability."""
    hidden, words = stage.scale.search_hidden, stage.bundle.words
    return [
        TrainedModel(
            f"random-{seed}",
            stage.place(make_network("lstm", hidden, words, seed=seed, size=0.8)),
            "reversed",
        )
        for seed in range(1, count + 1)
    ]


def sentences(stage: Stage) -> list[TokenIds]:
    return list(stage.bundle.side("test", "source"))[: stage.scale.sentences]


def translations(stage: Stage, beam: int, members: int) -> list[list[Any]]:
    """Words and log probability of each sentence's best translation."""
    settings = replace(PAPER_SEARCH, batch_size=stage.scale.sentences, max_words_factor=1.0)
    found = translate_sentences(models(stage, members), sentences(stage), settings, beam=beam)
    return [[list(best[0].words), best[0].log_probability] for best in found.values()]


def lists(stage: Stage) -> tuple[list[TokenIds], np.ndarray]:
    """For each sentence its reference and others that share its first words, as n-best lists do."""
    random, found, index = np.random.default_rng(1), [], []
    for number, reference in enumerate(
        list(stage.bundle.side("test", "target"))[: stage.scale.sentences]
    ):
        for _ in range(HYPOTHESES):
            changed = np.array(reference, dtype=np.int32)
            cut = int(random.integers(0, len(changed) + 1))
            changed[cut:] = random.integers(2, stage.bundle.words[1], len(changed) - cut)
            found.append(changed)
            index.append(number)
    return found, np.array(index)


def list_scores(stage: Stage, *, by_trie: bool) -> list[float]:
    score = trie_log_probabilities if by_trie else log_probabilities
    (model,), (hypotheses, index) = models(stage, 1), lists(stage)
    return score(model, sentences(stage), hypotheses, index, batch_size=64).tolist()


def trained(stage: Stage, order: str) -> Numbers:
    """Train a small model on the bundle's text; perplexity and greedy BLEU of its test set."""
    bundle, scale = stage.bundle, stage.scale
    network = make_network("lstm", scale.trained_hidden, bundle.words, size=0.12)
    fingerprint = Fingerprint(network.settings, *bundle.words, order, 1)
    before = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
    settings = replace(ADAM, segment_epochs=scale.trained_epochs)
    after = train_segment(
        *(before, bundle.corpus(order), settings), world=World(stage.device), record=lambda _: None
    )
    model = TrainedModel(order, after.make_network().to(stage.device).eval(), order)
    sources, targets = (list(bundle.side("test", side)) for side in ("source", "target"))
    vocabulary = read_vocabulary(bundle.folder / "target.tsv")
    found = translate_sentences([model], sources, replace(PAPER_SEARCH, batch_size=64), beam=1)
    hypotheses = [" ".join(vocabulary.decode(best[0].words)) for best in found.values()]
    references = list(read_lines(bundle.folder / "test.target.txt"))
    return {
        "perplexity": perplexity(model, sources, targets, batch_size=64),
        "BLEU": bleu_of_tokens(hypotheses, references).score,
    }


def all_numbers(stage: Stage, cells: Sequence[str]) -> dict[str, Any]:
    """Everything that the stages compare with."""
    hidden, beams = stage.scale.hidden, stage.scale.beams
    return {
        "gradients": {f"{c} {h}": gradients(stage, c, h) for c in cells for h in hidden},
        "losses": losses(stage, "fp32")[0],
        "translations": {
            f"beam {beam}, {members} models": translations(stage, beam, members)
            for beam, members in ((beams[0], 1), (beams[1], 1), (beams[0], 2))
        },
        "scores": list_scores(stage, by_trie=False),
        "trained": {order: trained(stage, order) for order in ("forward", "reversed")},
    }
