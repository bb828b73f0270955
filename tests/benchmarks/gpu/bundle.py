"""`make gpu-bundle`: a few megabytes with which any machine can check its GPU.

The text is that of a run's folder: Multi30k's or the demo's.  Numbers are computed here, on the CPU.
"""

import argparse
import shutil
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.gpu.common import FULL, SIDES, TINY, Bundle, Scale, Stage, id_files
from benchmarks.gpu.numbers import all_numbers
from seq2seq.io.token_ids import from_lengths, read_token_dataset, write_blocks
from seq2seq.runtime.logging import log, run
from seq2seq.training.checkpoint import vocabulary_size

CELLS = ("lstm", "gru", "rnn")


def make_bundle(data: Path, folder: Path, scale: Scale, *, text: str) -> Bundle:
    """Copy ids, vocabularies and references of ``data``, a run's folder, and compute on the CPU."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in ("train", "test"):
        for side in SIDES:
            ids = read_token_dataset(*id_files(data / "ids", split, side))
            write_blocks(*id_files(folder, split, side), [from_lengths(ids.words, ids.lengths)])
    for side in SIDES:
        shutil.copyfile(data / f"vocabulary/{side}.tsv", folder / f"{side}.tsv")
    shutil.copyfile(data / "tokens/test.target.txt", folder / "test.target.txt")
    words = tuple(vocabulary_size(folder / f"{side}.tsv") for side in SIDES)
    made = f"{text}; PyTorch {torch.__version__}, {torch.get_num_threads()} threads"
    bundle = Bundle(folder, scale, words, {}, made)  # type: ignore[arg-type]
    stage = Stage(bundle, torch.device("cpu"), folder / "bundle.log")
    bundle = replace(bundle, numbers=all_numbers(stage, CELLS))
    bundle.write()
    return bundle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="such as results/multi30k/data")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tiny", action="store_true", help="sizes of a rehearsal")
    given = parser.parse_args()
    scale = TINY if given.tiny else FULL
    make_bundle(given.data, given.output, scale, text=str(given.data))
    size = sum(path.stat().st_size for path in given.output.iterdir()) / 1e6
    log.info(f"Result: {given.output}, {size:.1f} MB; copy it and this checkout to a GPU's machine")


if __name__ == "__main__":
    run(main)
