"""Plots phrases on the principal plane of their encodings (the paper's Figure 2), and tests them."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from seq2seq.evaluation.phrase_distances import (
    PanelFinding,
    compare_panels,
    joint_test,
    principal_plane,
)
from seq2seq.evaluation.phrase_file import EncodedPhrases, read_encoded
from seq2seq.io.files import write_json, write_lines
from seq2seq.report.phrase_map import Panel, Point, draw_phrases, table_lines
from seq2seq.report.style import save
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    encoded = read_encoded(arguments.phrases)
    findings = compare_panels(encoded, seed=arguments.seed)
    panels = [_panel(encoded, finding) for finding in findings]
    joint = joint_test(findings, seed=arguments.seed)
    note = f"{arguments.note} All panels together: p = {joint.p_value:.2g}."
    figure = draw_phrases(panels, note=note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, table_lines(panels))
    write_json(arguments.json, _numbers(encoded, findings, asdict(joint)))
    say(f"{arguments.svg}: {len(encoded.phrases)} phrases, p = {joint.p_value:.3g} in all panels")


def _panel(encoded: EncodedPhrases, finding: PanelFinding) -> Panel:
    rows = encoded.panels()[finding.panel]
    plane = principal_plane(encoded.states[rows])
    points = [
        Point(phrase.text, phrase.meaning, phrase.voice, phrase.unknown, float(x), float(y))
        for phrase, (x, y) in zip(
            [encoded.phrases[row] for row in rows], plane.coordinates, strict=True
        )
    ]
    return Panel(finding.panel, finding.in_words(), points, plane.shares)


def _numbers(
    encoded: EncodedPhrases, findings: Sequence[PanelFinding], joint: dict[str, Any]
) -> dict[str, Any]:
    return {
        "model": encoded.model,
        "numbers": encoded.states.shape[1],
        "panels": [finding.as_numbers() for finding in findings],
        "all_panels": joint,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrases", required=True, help="of encode_phrases")
    parser.add_argument("--seed", required=True, type=int, help="of the test, where it has to draw")
    parser.add_argument("--note", default="", help="says what data this is")
    for kind in ("svg", "png", "tsv", "json"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
