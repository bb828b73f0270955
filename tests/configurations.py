"""The paper's configuration and the overlays, read and merged as Snakemake does."""

from pathlib import Path

import yaml

from seq2seq.config.loading import load_settings

REPOSITORY = Path(__file__).resolve().parents[1]
PAPER = REPOSITORY / "config" / "config.yaml"
PAPER_CONFIG = yaml.safe_load(PAPER.read_text(encoding="utf-8"))
NO_OVERLAYS = {PAPER, PAPER.with_name("paper_results.yaml")}
OVERLAYS = sorted(set(PAPER.parent.glob("*.yaml")) - NO_OVERLAYS)


def merged(base, overlay):
    """As Snakemake merges: mapping into mapping, all else replaced."""
    result = dict(base)
    for key, value in overlay.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def load(*files):
    config = {}
    for file in files:
        content = PAPER_CONFIG if file == PAPER else yaml.safe_load(file.read_text("utf-8"))
        config = merged(config, content)
    return load_settings(config, map(str, files))


def line_of(beginning):
    """The line of the paper's configuration that begins so."""
    lines = PAPER.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))
