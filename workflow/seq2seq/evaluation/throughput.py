"""Words a second in training, and where: of the records that trainings leave in ``metrics.jsonl``.

The paper counts English and French words together (section 3.5: 1,700 a second on one GPU, 6,300 on
eight).  A training counts target words, with ``<EOS>``; the corpus says how many words of both
languages go with them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines

UNKNOWN = "not recorded"


@dataclass(frozen=True)
class TrainingPlace:
    """What a segment was trained on and by."""

    device: str
    torch: str


@dataclass(frozen=True)
class Speed:
    """A model's training on one device; ``target_words`` count ``<EOS>``."""

    device: str
    target_words: int
    seconds: float

    @property
    def target_words_per_second(self) -> float:
        return self.target_words / self.seconds


def speeds_of(metrics: str | Path) -> list[Speed]:
    """The sums of a training's records, device by device in the order of their first use."""
    words: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for record in _records(metrics):
        device = record.get("device", UNKNOWN)
        words[device] = words.get(device, 0) + record["words"]
        seconds[device] = seconds.get(device, 0.0) + record["seconds"]
    return [Speed(device, words[device], seconds[device]) for device in words if seconds[device]]


def places_of(metrics: Iterable[str | Path]) -> list[dict[str, str]]:
    """Every device and version of PyTorch that some training has used, each once."""
    places = [
        TrainingPlace(record.get("device", UNKNOWN), record.get("torch", UNKNOWN))
        for path in metrics
        for record in _records(path)
    ]
    return [asdict(place) for place in dict.fromkeys(places)]


def words_of_both(source_tokens: int, target_tokens: int, pairs: int) -> float:
    """Words of both languages for each target word as a training counts it."""
    return (source_tokens + target_tokens) / (target_tokens + pairs)


def _records(path: str | Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_lines(path), start=1):
        try:
            record = json.loads(line)
            if record["kind"] == "train":
                record["words"] + record["seconds"]
                yield record
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{location(path, number)}: not a training's record ({error}). Make it anew."
            ) from error
