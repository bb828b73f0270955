"""The models' weights by their place in the paper's sum (section 3.4): 384M = 160 + 80 + 80 + 64."""

import argparse
from pathlib import Path

from seq2seq.io.files import read_json, write_lines
from seq2seq.report.html import Page, html_page, tsv_page
from seq2seq.runtime.logging import run, say

PAPER = {
    "source_embedding": 160_000_000,
    "target_embedding": 80_000_000,
    "softmax": 80_000_000,
    "recurrent": 64_000_000,
    "total": 384_000_000,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="*", default=[], help="their descriptions, model.json")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    names: dict[tuple[int, ...], list[str]] = {}
    for path in arguments.models:
        counts = read_json(path)["parameters"]
        key = tuple(counts[part] for part in PAPER)
        names.setdefault(key, []).append(Path(path).parent.name)
    header = ("part", "paper", *(" ".join(models) for models in names.values()))
    rows = [
        (part, str(paper), *(str(counts[place]) for counts in names))
        for place, (part, paper) in enumerate(PAPER.items())
    ]
    page = Page("Weights, part by part", arguments.note, header, [_grouped(row) for row in rows])
    write_lines(arguments.tsv, tsv_page(header, rows))
    write_lines(arguments.html, html_page(page))
    totals = ", ".join(f"{counts[-1]:,}" for counts in names)
    say(f"{arguments.tsv}: {totals or 'no'} parameters; the paper has {PAPER['total']:,}")


def _grouped(row: tuple[str, ...]) -> list[str]:
    """Digits in groups of three, and words for names."""
    return [row[0].replace("_", " "), *(f"{int(number):,}" for number in row[1:])]


if __name__ == "__main__":
    run(main)
