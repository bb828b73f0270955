"""Stages on speed: the device, the paper's size beside plain PyTorch, search and scoring."""

import platform
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks import synthetic, textbook
from benchmarks.gpu.common import Stage, device_batches
from benchmarks.gpu.numbers import SGD
from benchmarks.gpu.profiles import kernels
from seq2seq.config.training import ModelSettings, count_parameters
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TrainedModel, log_probabilities
from seq2seq.model.device import COMPUTE_TYPES, device_name, use_exact_fp32
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.optimizers import make_optimizer

_QUERY = "name,driver_version,memory.total,power.limit,clocks.sm,clocks.max.sm,clocks.mem"


def device(stage: Stage) -> None:
    """Names, versions, flags, clocks; products and copies per second."""
    use_exact_fp32()
    stage.record("device", device_name(stage.device))
    versions = f"{platform.python_version()}, {torch.__version__}, {torch.version.cuda}"
    stage.record("Python, PyTorch, CUDA", versions)
    stage.record("host", f"{platform.machine()}, {torch.get_num_threads()} threads")
    if stage.device.type == "cuda":
        card = f"{torch.backends.cudnn.version()}, {torch.cuda.get_device_capability()}"
        stage.record("cuDNN, compute capability", card)
        command = ["nvidia-smi", f"--query-gpu={_QUERY}", "--format=csv,noheader"]
        told = subprocess.run(command, capture_output=True, text=True)
        stage.record(_QUERY, told.stdout.strip() or told.stderr.strip())
    matmul, rnn = torch.backends.cuda.matmul, torch.backends.cudnn.rnn
    flags = f"{matmul.fp32_precision}, {rnn.fp32_precision}"
    stage.record("fp32_precision of matmul and of cuDNN's RNN", flags)
    for precision in COMPUTE_TYPES:
        products(stage, precision)
    host = torch.empty(1 << (26 if stage.device.type == "cuda" else 20), dtype=torch.uint8)
    inside = host.to(stage.device)
    if stage.device.type == "cuda":
        host = host.pin_memory()
    copies: dict[str, Callable[[], object]] = {
        "copy within the device": inside.clone,
        "copy from the host": lambda: inside.copy_(host, non_blocking=True),
    }
    for what, copy in copies.items():
        stage.rate(what, "GB/s", host.numel() / 1e9, stage.times(copy, 5))


def products(stage: Stage, precision: str) -> float:
    """TFLOP/s of the softmax's product at the paper's size, and of one step of a layer."""
    rows, dtype = stage.scale.product_rows, COMPUTE_TYPES[precision]
    hidden, words = stage.scale.paper_hidden, stage.scale.paper_words[1]
    fastest = 0.0
    for name, shape in (
        ("softmax", (rows, hidden, words)),
        ("layer's step", (128, hidden, 4 * hidden)),
    ):
        a, b = (
            torch.randn(size, device=stage.device, dtype=dtype)
            for size in (shape[:2], shape[:0:-1])
        )
        seconds = stage.times(lambda a=a, b=b: a @ b.t(), 5)  # type: ignore[misc]
        what = f"product of the {name}, {' x '.join(map(str, shape))}, {precision}"
        fastest = max(fastest, stage.rate(what, "TFLOP/s", 2 * np.prod(shape) / 1e12, seconds))
    return fastest


def _paper(stage: Stage) -> tuple[ModelSettings, EncoderDecoder]:
    settings = replace(
        synthetic.PAPER,
        hidden_size=stage.scale.paper_hidden,
        embedding_size=stage.scale.paper_hidden,
    )
    source, target = stage.scale.paper_words
    with torch.device(stage.device):
        network = EncoderDecoder(settings, source_words=source, target_words=target)
    generator = torch.Generator(stage.device).manual_seed(1)
    network.initialize(initial_range=0.08, generator=generator)
    return settings, network


def _updates(network: EncoderDecoder, precision: str, batches: list[Any]) -> Callable[[], None]:
    network.compute_type = COMPUTE_TYPES[precision]
    network.use_sparse_embedding_gradients()
    optimizer = make_optimizer(network, SGD)

    def run() -> None:
        for batch in batches:
            network.loss_at(
                batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N
            ).backward()
            optimizer.update(batch.sentences)

    return run


def paper(stage: Stage) -> None:
    """Updates of the paper's model on sentences of news' lengths; the row of config/devices.tsv."""
    use_exact_fp32()
    on_gpu, gflops = stage.device.type == "cuda", {}
    settings, network = _paper(stage)
    source, target = stage.scale.paper_words
    size = count_parameters(settings, source_words=source, target_words=target)
    corpus = synthetic.corpus(128 * 10, min(source, target), mean_words=27)
    sentences = 128 if on_gpu else stage.scale.batch
    for precision, updates in stage.scale.paper_updates.items():
        batches = device_batches(corpus, stage.device, batch=sentences, updates=min(updates, 10))
        run = _updates(network, precision, batches)
        seconds = stage.times(run, max(updates // len(batches), 1))
        words = [sum(getattr(b, f"{side}_words") for b in batches) for side in ("source", "target")]
        flops = words[0] * size.source_word_flops + words[1] * size.target_word_flops
        each = [1000 * one / len(batches) for one in seconds]
        stage.sample(f"{precision}: an update of {sentences} sentences", "ms", each)
        stage.rate(f"{precision}: words of both languages", "words/s", sum(words), seconds)
        what = f"{precision}: arithmetic of the model"
        reached = stage.rate(what, "TFLOP/s", flops / 1e12, seconds)
        gflops[precision] = 1000 * reached
        share = reached / products(stage, precision)
        stage.record(f"{precision}: share of the fastest product", share)
        found, count = kernels(stage, run), len(batches)
        stage.record(f"{precision}: launches", found.launches / count, "per update")
        stage.record(f"{precision}: synchronizations", found.synchronizations / count, "per update")
        for name, milliseconds, calls in found.costliest:
            what = f"{precision}: {name}"
            stage.record(what, milliseconds / count, "ms per update", repeats=calls)
    if on_gpu:
        stage.record("peak memory of the device", torch.cuda.max_memory_allocated() / 2**30, "GiB")
    row = f"{device_name(stage.device)}\t{gflops['fp32']:.4g}\t{gflops['bf16']:.4g}"
    stage.record("row of config/devices.tsv: device, fp32_gflops, bf16_gflops", row)


def yardstick(stage: Stage) -> None:
    """nn.LSTM, nn.Linear and cross-entropy beside ours, A B A B, at the paper's size."""
    settings, network = _paper(stage)
    vocabulary = stage.scale.paper_words[1]
    corpus = synthetic.corpus(max(stage.scale.batches) * 4, vocabulary, mean_words=27)
    with torch.device(stage.device):
        theirs = textbook.Textbook(settings, vocabulary)
        network.source_embedding = nn.Embedding(vocabulary, settings.embedding_size)
    for sentences in stage.scale.batches:  # on a CPU, plain PyTorch stays in fp32
        batches = device_batches(corpus, stage.device, batch=sentences, updates=4)
        words = sum(batch.source_words + batch.target_words for batch in batches)
        ways = {"ours, bf16": _updates(network, "bf16", batches)}
        for name, dtype in (("fp16", torch.float16), ("bf16", torch.bfloat16)):
            plain = _plain_updates(theirs, batches, dtype, stage.device.type)
            ways[f"plain PyTorch, {name}"] = plain
        try:
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(3):
                for way, run in ways.items():
                    taken[way] += stage.times(run, 1)
        except RuntimeError as error:  # all logits at once may not fit
            stage.record(f"batch of {sentences}: {str(error).splitlines()[0][:80]}", None)
            continue
        for way, seconds in taken.items():
            stage.rate(f"{way}, batch of {sentences}", "words/s", words, seconds)


def _plain_updates(
    network: textbook.Textbook, batches: list[Any], dtype: torch.dtype, kind: str
) -> Callable[[], None]:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler(kind, enabled=dtype == torch.float16 and kind == "cuda")

    def run() -> None:
        for batch in batches:
            optimizer.zero_grad()
            with torch.autocast(kind, dtype, enabled=kind == "cuda"):
                logits = network(batch.source_TB, batch.inputs_TB).flatten(0, 1)[batch.place_N]
                loss = nn.functional.cross_entropy(logits.float(), batch.targets_N, reduction="sum")
            scaler.scale(loss / batch.sentences).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            scaler.step(optimizer)
            scaler.update()

    return run


def rates(stage: Stage) -> None:
    """Search by beam size, its cost per word, and scoring of a list, at the paper's size."""
    use_exact_fp32()
    model = TrainedModel("paper", _paper(stage)[1].eval(), "reversed")
    words, random = stage.scale.paper_words, np.random.default_rng(1)
    length, count = 25, stage.scale.sentences
    sources = list(random.integers(2, words[0], (count, length)).astype(np.int32))
    targets = list(random.integers(2, words[1], (count * 8, length)).astype(np.int32))
    index = np.arange(len(targets)) % count
    for precision in ("fp32", "bf16"):
        chosen = at_precision(model, precision)
        for beam in stage.scale.beams:
            limits = {"beam": beam, "max_words": [length] * count}
            seconds = stage.times(partial(beam_search, [chosen], sources, **limits), 3)
            what = f"search, beam {beam}, {precision}"
            stage.rate(what, "sentences/s", count, seconds)
            stage.sample(f"{what}: a word", "ms", [1000 * one / length for one in seconds])
        for way in (trie_log_probabilities, log_probabilities):
            scoring = partial(way, chosen, sources, targets, index, batch_size=512)
            seconds = stage.times(scoring, 3)
            stage.rate(f"{way.__name__}, {precision}", "hypotheses/s", len(targets), seconds)
