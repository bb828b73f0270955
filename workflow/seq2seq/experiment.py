"""What the workflow has to make for an experiment, told from its settings: names and paths, no jobs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from seq2seq.settings import Row, Settings, as_json

JOIN = "+"  # between the models of an ensemble, in the names of files


@dataclass(frozen=True)
class Experiment:
    settings: Settings

    @property
    def results(self) -> str:
        return f"results/{self.settings.experiment}"

    @property
    def last_segment(self) -> str:
        return f"{self.settings.train.segments:03d}"

    def segments(self) -> list[str]:
        """``001``, ``002`` and so on: the jobs of a training, one after the other."""
        return [f"{number:03d}" for number in range(1, self.settings.train.segments + 1)]

    def segment_settings(self, segment: str) -> str:
        return as_json(self.settings.train.segment(int(segment)))

    def epochs_at(self, segment: str) -> float:
        """Passes over the corpus when the segment has ended."""
        return int(segment) * self.settings.train.segment_epochs

    @property
    def rows(self) -> list[Row]:
        """All rows of all tables and the curves of the length plot."""
        tables = [row for rows in self.settings.tables.values() for row in rows]
        return [*tables, *self.settings.length_plot.curves]

    @property
    def trained_models(self) -> list[str]:
        """The models that some row needs, in the order of the configuration."""
        needed = {model for row in self.rows for model in row.models}
        return [model for model in self.settings.models if model in needed]

    def scores_of(self, rows: Iterable[Row]) -> list[str]:
        """The BLEU files of the rows that are run here."""
        return [path for row in rows if (path := self.score_of(row))]

    def score_of(self, row: Row) -> str | None:
        """The file of the row's BLEU; none for a row that is only quoted."""
        name = output_name(row)
        return f"{self.results}/evaluate/{name}.json" if name else None

    def hypotheses(self, output: str) -> str:
        """The file behind an output's name: the test set's hypotheses, best first."""
        if output.startswith("translations/"):
            return f"{self.results}/{output}.tsv"
        if output.startswith("rescore/"):
            return f"{self.results}/{output}.tsv.gz"
        return f"{self.results}/baseline/nbest.test.tsv.gz"

    def table_rows(self, table: str) -> str:
        """A table as JSON: each row's label, the paper's BLEU, and the file of ours."""
        rows = [
            {"system": row.system, "paper_bleu": row.paper_bleu, "score": self.score_of(row)}
            for row in self.settings.tables[table]
        ]
        return json.dumps(rows)

    def curves(self) -> list[str]:
        """The length plot's curves, as ``label=file``."""
        return [
            f"{row.system}={self.hypotheses(name)}"
            for row in self.settings.length_plot.curves
            if (name := output_name(row))
        ]

    def curve_files(self) -> list[str]:
        return [curve.partition("=")[2] for curve in self.curves()]


def output_name(row: Row) -> str | None:
    """Where a row's hypotheses and scores are kept, without folder and suffix."""
    if row.translate:
        return f"translations/{JOIN.join(row.translate.models)}.beam{row.translate.beam}"
    if row.rescore:
        return f"rescore/{JOIN.join(row.rescore.models)}"
    return f"baseline/{row.baseline}" if row.baseline else None
