"""Writes the run's certificate, which `seq2seq verify` checks: what was made, of what, and scores."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seq2seq.evaluation.environment import code_at, package_versions, this_machine
from seq2seq.evaluation.manifest import (
    FORMAT,
    References,
    fingerprint,
    seeds_of,
    settings_digest,
)
from seq2seq.evaluation.throughput import places_of
from seq2seq.io.files import read_json, write_json
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    arguments = _arguments()
    folder = Path(arguments.output).parent
    outputs = {
        file.label: _relative(file.path, folder) for file in map(labelled_file, arguments.outputs)
    }
    references = [
        _relative(path, folder) for path in (arguments.reference_tokens, arguments.reference_text)
    ]
    scores = {name: folder / "evaluate" / f"{name}.json" for name in outputs}
    files = dict.fromkeys((*arguments.files, *arguments.metrics, *map(str, scores.values())))
    files |= dict.fromkeys(str(folder / path) for path in (*references, *outputs.values()))
    certificate: dict[str, Any] = {
        "format": FORMAT,
        "experiment": arguments.settings["experiment"],
        "code": asdict(code_at(Path(__file__).parent)),
        "configuration": arguments.settings,
        "configuration_sha256": settings_digest(arguments.settings),
        "seeds": seeds_of(arguments.settings),
        "packages": package_versions(),
        "machine": asdict(this_machine()),
        "trained_on": places_of(arguments.metrics),
        "references": asdict(References(*references)),
        "outputs": {
            name: {"hypotheses": path, "score": read_json(scores[name])}
            for name, path in outputs.items()
        },
        "files": {
            _relative(path, folder): fingerprint(Path(path))
            for path in watched(sorted(files), "checksums", total=len(files), unit="files")
        },
    }
    write_json(arguments.output, certificate)
    say(f"{arguments.output}: {len(outputs)} outputs, {len(files)} files")


def _relative(path: str, folder: Path) -> str:
    return str(Path(path).relative_to(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, type=json.loads, help="of the whole run")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-text", required=True, help="of the test set")
    parser.add_argument("--outputs", nargs="*", default=[], metavar="NAME=FILE", help="hypotheses")
    parser.add_argument("--metrics", nargs="*", default=[], help="of the models' trainings")
    parser.add_argument(
        "--files", nargs="*", default=[], help="what else shall be proved unchanged"
    )
    parser.add_argument("--output", required=True, help="the certificate, in the results folder")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
