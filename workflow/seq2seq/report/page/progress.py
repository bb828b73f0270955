"""What of an experiment is done, running and to come, from the files in its results folder."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seq2seq.config.experiment import Experiment, output_name
from seq2seq.config.outputs import SystemRow
from seq2seq.io.files import read_lines

_NEWEST = 3  # logs whose last line is shown
_SILENT = 120.0  # seconds; a training logs every ten
_LOGS = {"translations": "translate/{}.*", "rescore": "rescore/rescore_nbest.{}.*"}


@dataclass(frozen=True)
class Part:
    """A part of the run; ``done`` of ``total`` steps, and the seconds since it last logged."""

    name: str
    done: int
    total: int
    silence: float | None = None

    @property
    def state(self) -> str:
        if self.done == self.total:
            return "done"
        if self.silence is not None and self.silence < _SILENT:
            return "running"
        return "begun" if self.done or self.silence is not None else "to come"


@dataclass(frozen=True)
class LogLine:
    """The last line of a log, and the seconds since it was written."""

    name: str
    line: str
    age: float


def parts(experiment: Experiment, folder: Path) -> Iterator[Part]:
    """The corpus, each training, each system of the tables, and what is drawn from them."""
    yield _part(folder, "corpus and vocabulary", ["tables/corpus.tsv"], "data/*")
    if any(row.rescore or row.baseline for row in experiment.rows):
        yield _part(folder, "phrase-based baseline", ["baseline/nbest.test.tsv.gz"], "baseline/*")
    for model in experiment.trained_models:
        segments = [f"train/{model}/{each}.train.jsonl" for each in experiment.segments()]
        yield _part(folder, f"training {model}", segments, f"train/{model}/*")
    systems: dict[str | None, SystemRow] = {}
    for row in (row for rows in experiment.settings.tables.values() for row in rows):
        systems.setdefault(output_name(row), row)
    for name, row in systems.items():
        if name:  # else the row is only quoted
            kind, _, stem = name.partition("/")
            logs = _LOGS.get(kind, "evaluate/baseline/{}.*").format(stem)
            yield _part(folder, experiment.label(row), [f"evaluate/{name}.json"], logs)
    rest = [file for file in experiment.page_files if file.startswith(("tables/", "figures/"))]
    yield _part(folder, "tables and figures", rest, "report/*")


def _part(folder: Path, name: str, files: Sequence[str], logs: str) -> Part:
    done = sum((folder / file).is_file() for file in files)
    written = [path.stat().st_mtime for path in folder.glob(f"logs/{logs}") if path.is_file()]
    return Part(name, done, len(files), time.time() - max(written) if written else None)


def newest_logs(folder: Path) -> list[LogLine]:
    """The last lines of the logs that were written last."""
    logs = sorted(folder.glob("logs/**/*.log"), key=lambda path: -path.stat().st_mtime)
    found = []
    for path in logs[:_NEWEST]:
        lines = [line.strip() for line in read_lines(path) if line.strip()]
        age = time.time() - path.stat().st_mtime
        found.append(LogLine(str(path.relative_to(folder)), lines[-1] if lines else "", age))
    return found
