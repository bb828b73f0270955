"""What all stages share: sizes, the bundle's text, the device, and records of what was measured."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.gpu.pretended import OnGPU, on_gpu
from seq2seq.config.training import ModelSettings
from seq2seq.errors import UserError
from seq2seq.io.token_ids import TokenDataset, read_token_dataset
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.batches import (
    DeviceBatch,
    ParallelDataset,
    make_device_batch,
    training_batches,
)

Numbers = dict[str, float]
SIDES = ("source", "target")


@dataclass(frozen=True)
class Scale:
    """Sizes; those of a rehearsal fit a CPU and a minute."""

    hidden: tuple[int, ...]  # gradients are compared at each
    search_hidden: int
    batch: int  # sentences
    updates: int  # whose losses are compared
    repeated_updates: int
    sentences: int  # that are translated and scored
    beams: tuple[int, ...]
    paper_hidden: int
    paper_words: tuple[int, int]  # source and target vocabulary
    paper_updates: dict[str, int]  # by precision
    batches: tuple[int, ...]  # of the comparison with nn.LSTM
    trained_hidden: int
    trained_epochs: float
    product_rows: int


FULL = Scale(
    hidden=(7, 256, 1000), search_hidden=256, batch=64, updates=20, repeated_updates=40, sentences=64,
    beams=(1, 12), paper_hidden=1000, paper_words=(160_000, 80_000),
    paper_updates={"bf16": 100, "fp32": 20}, batches=(64, 128, 256), trained_hidden=128,
    trained_epochs=3.0, product_rows=3456,
)  # fmt: skip
TINY = Scale(
    hidden=(7,), search_hidden=12, batch=8, updates=3, repeated_updates=4, sentences=4, beams=(1, 3),
    paper_hidden=8, paper_words=(40, 40), paper_updates={"bf16": 2, "fp32": 2}, batches=(4,),
    trained_hidden=8, trained_epochs=1.0, product_rows=64,
)  # fmt: skip


@dataclass(frozen=True)
class Bundle:
    """A folder with token ids, references as text, and what the CPU computed: ``numbers``."""

    folder: Path
    scale: Scale
    words: tuple[int, int]  # vocabulary sizes
    numbers: dict[str, Any]
    made: str

    def side(self, split: str, side: str) -> TokenDataset:
        return read_token_dataset(*id_files(self.folder, split, side))

    def corpus(self, order: str = "reversed", split: str = "train") -> ParallelDataset:
        return ParallelDataset(self.side(split, "source"), self.side(split, "target"), order)

    def write(self) -> None:
        described = asdict(self) | {"folder": ""}
        (self.folder / "bundle.json").write_text(json.dumps(described) + "\n", encoding="utf-8")


def read_bundle(folder: Path) -> Bundle:
    if not (folder / "bundle.json").is_file():
        raise UserError(f"{folder}: is not a bundle. Write one by `make gpu-bundle` and copy it.")
    found = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    sizes = {k: tuple(v) if isinstance(v, list) else v for k, v in found["scale"].items()}
    return Bundle(folder, Scale(**sizes), tuple(found["words"]), found["numbers"], found["made"])


def id_files(folder: Path, split: str, side: str) -> list[Path]:
    return [folder / f"{split}.{side}.{part}.npy" for part in ("words", "offsets")]


@dataclass(frozen=True)
class Stage:
    """Where a stage computes, what with, and the file of its records."""

    bundle: Bundle
    device: torch.device
    output: Path
    pretended: bool = False

    @property
    def scale(self) -> Scale:
        return self.bundle.scale

    def record(
        self,
        what: str,
        value: object,
        unit: str = "",
        *,
        repeats: int = 1,
        spread: float | None = None,
        tolerance: str = "",
        agrees: bool | None = None,
    ) -> None:
        """Append a line at once: it outlives the stage."""
        line = {"what": what, "value": value, "unit": unit, "repeats": repeats, "spread": spread}
        line |= {"tolerance": tolerance, "agrees": agrees}
        with self.output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def check(self, what: str, value: object, unit: str, agrees: bool, limit: object) -> None:
        self.record(what, value, unit, tolerance=str(limit), agrees=agrees)

    def compare(self, what: str, found: float, expected: float, *, relative: float) -> None:
        """Record how far a number is from the CPU's."""
        error = abs(found - expected) / max(abs(expected), 1e-30)
        self.check(what, error, "of the CPU's", error <= relative, relative)

    def place(self, network: nn.Module) -> Any:
        return on_gpu(network) if self.pretended else network.to(self.device)

    def wait(self) -> None:
        if self.device.type == "cuda" and not self.pretended:
            torch.cuda.synchronize()

    def times(self, run: Callable[[], object], repeats: int) -> list[float]:
        """Seconds of each repeat, after one to warm up."""
        found = []
        for _ in range(repeats + 1):
            self.wait()
            begin = time.perf_counter()
            run()
            self.wait()
            found.append(time.perf_counter() - begin)
        return found[1:]

    def rate(self, what: str, unit: str, amount: float, seconds: list[float]) -> float:
        """Record ``amount`` per second: the median, and the spread from lowest to highest."""
        return self.sample(what, unit, [amount / one for one in seconds])

    def sample(self, what: str, unit: str, values: list[float]) -> float:
        spread = max(values) - min(values)
        self.record(what, median(values), unit, repeats=len(values), spread=spread)
        return median(values)


def plain(value: Any) -> Any:
    """A tensor's value, also if it is on the pretended GPU."""
    return (value.inner if isinstance(value, OnGPU) else value).detach().cpu()


def make_network(
    cell: str,
    hidden: int,
    words: tuple[int, int],
    *,
    seed: int = 1,
    layers: int = 2,
    size: float = 0.08,
) -> EncoderDecoder:
    """Weights follow from the seed: the bundle needs none."""
    settings = ModelSettings(cell, layers, hidden, hidden, size, False, True)  # type: ignore[arg-type]
    network = EncoderDecoder(settings, source_words=words[0], target_words=words[1])
    network.initialize(initial_range=size, generator=torch.Generator().manual_seed(seed))
    return network


def device_batches(
    corpus: ParallelDataset, device: torch.device, *, batch: int, updates: int
) -> list[DeviceBatch]:
    order = training_batches(
        corpus, batch_size=batch, bucket_words=1, seed=1, first_update=0, last_update=updates
    )
    return [make_device_batch(one, device).to(device) for one in order]
