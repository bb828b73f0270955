"""A training as a chain of segments, run by the steps' command lines in one folder."""

import json
from dataclasses import asdict
from pathlib import Path

from run_step import run_step
from tiny_models import model_settings, random_corpus, segment_settings
from token_files import write_token_dataset


class SegmentChain:
    """A corpus of random words with its vocabularies; ``model`` and ``seed`` are of the training."""

    def __init__(self, folder: Path, *, pairs: int = 40) -> None:
        self.folder, self.model, self.seed = folder, model_settings(), 1
        self.settings = segment_settings()
        corpus = random_corpus(pairs)
        for side, sentences, words in (("source", corpus.source, 9), ("target", corpus.target, 5)):
            self.write_ids(side, [sentence.tolist() for sentence in sentences])
            self.write_vocabulary(side, words)

    def write_ids(self, side: str, sentences: list[list[int]]) -> None:
        write_token_dataset(*self._ids(side), sentences)

    def write_vocabulary(self, side: str, words: int) -> None:
        lines = [f"{side}{number}\t1\n" for number in range(words)]
        (self.folder / f"{side}.tsv").write_text("word\tcount\n" + "".join(lines))

    def checkpoint(self, segment: int) -> Path:
        return self.folder / f"{segment:03d}.safetensors"

    def metrics(self, segment: int) -> Path:
        return self.folder / f"{segment:03d}.train.jsonl"

    def begin(self) -> None:
        run_step("train", "initialize-model", *self._common(), "--output", self.checkpoint(0))

    def train(self, segment: int) -> None:
        """From the checkpoint before to that of ``segment``."""
        run_step(
            *("train", "train-segment", *self._common()),
            *("--settings", json.dumps(asdict(self.settings))),
            *("--checkpoint", self.checkpoint(segment - 1)),
            *("--output", self.checkpoint(segment), "--metrics", self.metrics(segment)),
        )

    def _ids(self, side: str) -> list[Path]:
        return [self.folder / f"{side}.{part}.npy" for part in ("words", "offsets")]

    def _common(self) -> list[object]:
        arguments: list[object] = ["--model", json.dumps(asdict(self.model)), "--seed", self.seed]
        arguments += ["--source-order", "reversed"]
        for side in ("source", "target"):
            arguments += [f"--{side}-vocabulary", self.folder / f"{side}.tsv"]
            arguments += [f"--{side}", *self._ids(side)]
        return arguments
