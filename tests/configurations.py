"""The paper's configuration and the overlays, read and merged as Snakemake does."""

import copy
from pathlib import Path

import yaml

from seq2seq.config.loading import merge, read_settings

REPOSITORY = Path(__file__).resolve().parents[1]
PAPER = REPOSITORY / "config" / "config.yaml"
PAPER_CONFIG = yaml.safe_load(PAPER.read_text(encoding="utf-8"))
NO_OVERLAYS = {PAPER, PAPER.with_name("paper_results.yaml")}
OVERLAYS = sorted(set(PAPER.parent.glob("*.yaml")) - NO_OVERLAYS)


def merged(base, overlay):
    result = copy.deepcopy(base)
    merge(result, overlay)
    return result


def load(*files):
    return read_settings(map(str, files))


def line_of(beginning):
    """The line of the paper's configuration that begins so."""
    lines = PAPER.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))
