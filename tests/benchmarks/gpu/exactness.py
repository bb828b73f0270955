"""Stages on whether a GPU computes what the CPU computed."""

import hashlib
import re
import time
from dataclasses import replace
from typing import Any

from benchmarks.gpu.bundle import CELLS
from benchmarks.gpu.common import Stage, make_network, plain
from benchmarks.gpu.numbers import ADAM, SGD, gradients, list_scores, losses, translations
from benchmarks.gpu.profiles import kernels
from seq2seq.model.device import use_exact_fp32
from seq2seq.training.checkpoint import Checkpoint, Fingerprint
from seq2seq.training.distributed import World
from seq2seq.training.trainer import train_segment


def fp32(stage: Stage) -> None:
    """Loss and gradients of each cell and size against the CPU, TF32 off; losses of some updates."""
    use_exact_fp32()
    for cell in CELLS:
        for hidden in stage.scale.hidden:
            expected = stage.bundle.numbers["gradients"][f"{cell} {hidden}"]
            found = gradients(stage, cell, hidden)
            what = f"{cell} of {hidden}: loss"
            stage.compare(what, found["loss"], expected["loss"], relative=1e-5)
            parameters = [name[:-5] for name in expected if name.endswith(" norm")]
            error, name = max(_error(found, expected, name) for name in parameters)
            what = f"{cell} of {hidden}: gradient, worst of {len(parameters)} ({name})"
            stage.check(what, error, "of its norm", error <= 1e-5, 1e-5)
    _compare_losses(stage, "fp32", relative=1e-4)


def _error(found: dict[str, float], expected: dict[str, float], name: str) -> tuple[float, str]:
    norm = max(expected[f"{name} norm"], 1e-30)
    kinds = ("norm", "product")
    return max(abs(found[f"{name} {k}"] - expected[f"{name} {k}"]) / norm for k in kinds), name


def _compare_losses(stage: Stage, precision: str, *, relative: float) -> None:
    found, expected = losses(stage, precision)[0], stage.bundle.numbers["losses"]
    errors = [abs(one / other - 1) for one, other in zip(found, expected, strict=True)]
    what = f"{precision}: loss per word of {len(found)} updates, worst"
    stage.check(what, max(errors), "of the CPU's fp32", max(errors) <= relative, relative)


def bf16(stage: Stage) -> None:
    """Losses in bf16 within 1 % of fp32's, and the kernels that ran: none may be of fp16."""
    use_exact_fp32()
    _compare_losses(stage, "bf16", relative=0.01)
    found = kernels(stage, lambda: losses(stage, "bf16"))
    for name, milliseconds, count in found.costliest:
        stage.record(f"kernel {name}", milliseconds, "ms", repeats=count)
    half = [one for one in found.names if re.search("(?i)fp16|half|h884|f16f16", one)]
    stage.check("kernels with fp16 in their name", len(half), "", not half, 0)


def search(stage: Stage) -> None:
    """Translations and list scores against the CPU's.  Rounding may decide between equals."""
    use_exact_fp32()
    for name, expected in stage.bundle.numbers["translations"].items():
        beam, members = (int(word) for word in name.replace(",", "").split() if word.isdigit())
        found = translations(stage, beam, members)
        same = [one[0] == other[0] for one, other in zip(found, expected, strict=True)]
        what, share = f"{name}: translations as on the CPU", sum(same) / len(same)
        stage.check(what, share, "", share >= 0.95, ">= 0.95")
        pairs = [(a[1], b[1]) for a, b, equal in zip(found, expected, same, strict=True) if equal]
        error = max((abs(a - b) / max(abs(b), 1.0) for a, b in pairs), default=0.0)
        what = f"{name}: their log probabilities"
        stage.check(what, error, "of the CPU's", error <= 1e-5, 1e-5)
    for by_trie in (True, False):
        found = list_scores(stage, by_trie=by_trie)
        expected = stage.bundle.numbers["scores"]
        error = max(abs(a / b - 1) for a, b in zip(found, expected, strict=True))
        what = f"{len(found)} hypotheses scored {'by trie' if by_trie else 'by pairs'}, worst"
        stage.check(what, error, "of the CPU's", error <= 1e-5, 1e-5)


def repeat(stage: Stage, *, deterministic: bool = False) -> None:
    """Are trainings the same bits twice, and after a restart?  Required if ``deterministic``."""
    use_exact_fp32()
    for optimizer in (SGD, replace(ADAM, learning_rate=0.001)):
        updates = stage.scale.repeated_updates
        settings = replace(optimizer, precision="bf16", deterministic=deterministic)
        times: list[float] = []
        first, second = (_trained_bits(stage, settings, [updates], times) for _ in range(2))
        resumed = _trained_bits(stage, settings, [updates // 2, updates - updates // 2], [])
        for what, other in (("twice", second), (f"resumed at {updates // 2}", resumed)):
            name = f"{settings.optimizer}: {updates} updates {what}, the same bits"
            required = {"tolerance": "the same", "agrees": first == other} if deterministic else {}
            stage.record(name, first == other, **required)
        each = [1000 * one / updates for one in times]
        stage.sample(
            f"{settings.optimizer}: an update, with what a segment begins with", "ms", each
        )


def _trained_bits(stage: Stage, settings: Any, parts: list[int], times: list[float]) -> str:
    """A digest of the weights after all parts, each a segment of its own."""
    bundle, size = stage.bundle, stage.scale.batch
    corpus = bundle.corpus()
    network = make_network("lstm", max(stage.scale.hidden[:2]), bundle.words)
    fingerprint = Fingerprint(network.settings, *bundle.words, "reversed", 1)
    state = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
    in_epoch = -(-len(corpus) // size)
    for number, updates in enumerate(parts):
        share = updates / in_epoch
        settings = replace(settings, batch_size=size, segment_epochs=share)
        begin = time.perf_counter()
        state = train_segment(
            *(replace(state, segment=number), corpus, settings),
            world=World(stage.device), record=lambda _: None,
        )  # fmt: skip
        times.append(time.perf_counter() - begin)
        moved = {name: plain(one).clone() for name, one in state.network.items()}
        slots = {name: plain(one).clone() for name, one in state.optimizer.items()}
        state = replace(state, network=moved, optimizer=slots)
    digest = hashlib.sha256()
    for name in sorted(state.network):
        digest.update(state.network[name].numpy().tobytes())
    return digest.hexdigest()
