"""What the workflow has to make for an experiment, told from its settings: names and paths, no jobs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seq2seq.config.loading import as_json
from seq2seq.config.schema import Row, Settings

PRESENTATION_KEYS = frozenset(
    {"shards", "length_plot", "rarity_plot", "phrase_plot", "bleu_variants", "examples"}
)
JOIN = "+"  # between the models of an ensemble, in the names of files
# The test set of the paper, in either order: numbers that the paper quotes hold here alone.
PAPER_TEST_SETS = frozenset({"newstest2014", "newstest2014-filtered", "schwenk-newstest2014"})
MEASUREMENTS = frozenset({"figures/phrases.json"})  # numbers that claims may call for


@dataclass(frozen=True)
class ClaimInputs:
    """What tells the operands of the claims that can be tested: as ``operand=file``, or files."""

    outputs: list[str]
    log_probabilities: list[str]
    measurements: list[str]
    quoted: list[str]

    @property
    def files(self) -> list[str]:
        """Each file once."""
        named = (pair.partition("=")[2] for pair in (*self.outputs, *self.measurements))
        return list(dict.fromkeys((*named, *self.log_probabilities)))


@dataclass(frozen=True)
class Experiment:
    settings: Settings

    @property
    def results(self) -> str:
        return f"results/{self.settings.experiment}"

    @property
    def numbers(self) -> str:
        """The settings that numbers depend on, as JSON: all but those of figures and shards."""
        settings = json.loads(as_json(self.settings))
        return json.dumps(
            {name: settings[name] for name in settings if name not in PRESENTATION_KEYS}
        )

    def model_settings(self, model: str) -> str:
        """The network of one of the models, as JSON."""
        return as_json(self.settings.models[model].network(self.settings.model))

    @property
    def tables(self) -> list[str]:
        """The tables that have rows, by name."""
        return [name for name, rows in self.settings.tables.items() if rows]

    @property
    def optional_results(self) -> list[str]:
        """What is made only where the configuration has rows for it: a file of each job."""
        settings = self.settings
        files = {
            "figures/lengths.svg": settings.length_plot.curves,
            "figures/rarity.svg": settings.rarity_plot.curves,
            "figures/bleu_variants.svg": settings.bleu_variants.systems,
            "tables/translations.html": settings.examples.systems,
            "figures/rescoring.svg": self.rescorings,
            "tables/ablation.tsv": settings.ablation.models,
        }
        return [f"{self.results}/{file}" for file, rows in files.items() if rows]

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
        return round(int(segment) * self.settings.train.segment_epochs, 9)

    @property
    def rows(self) -> list[Row]:
        """All rows of all tables, with each of their seeds, and of all that is drawn and shown."""
        tables = [
            each
            for rows in self.settings.tables.values()
            for row in rows
            for each in (row, *row.repetitions[1:])
        ]
        plots = (*self.settings.length_plot.curves, *self.settings.rarity_plot.curves)
        shown = (*self.settings.bleu_variants.systems, *self.settings.examples.systems)
        return [*tables, *self.settings.ablation.rows, *plots, *shown]

    @property
    def trained_models(self) -> list[str]:
        """The models that some row needs, in the order of the configuration."""
        needed = {model for row in self.rows for model in row.models}
        needed.add(self.settings.phrase_plot.model)
        return [model for model in self.settings.models if model in needed]

    @property
    def rescorings(self) -> list[str]:
        """The combinations of models that rescore, each once, as in the names of files."""
        return list(
            dict.fromkeys(JOIN.join(row.rescore.models) for row in self.rows if row.rescore)
        )

    @property
    def rescoring_models(self) -> list[str]:
        """The models that score n-best lists."""
        return list(dict.fromkeys(name for one in self.rescorings for name in one.split(JOIN)))

    @property
    def tuning_splits(self) -> list[str]:
        """Where the weight of rescoring is tuned: nowhere, if the lists are a user's, of test alone."""
        return [] if self.settings.baseline.nbest else ["dev"]

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
        lists = "oracle" if output == "baseline/oracle" else "nbest"
        return f"{self.results}/baseline/{lists}.test.tsv.gz"

    def table_rows(self, table: str) -> str:
        """A table as JSON: each row's label, the paper's BLEU, and the file of ours."""
        rows = [
            {
                "system": row.system,
                "paper_bleu": row.paper_bleu,
                "score": self.score_of(row),
                "seeds": self.scores_of(row.repetitions),
            }
            for row in self.settings.tables[table]
        ]
        return json.dumps(rows)

    def outputs(self, rows: Iterable[Row]) -> list[str]:
        """The hypotheses of the rows that are run here, as ``label=file``."""
        return [
            f"{row.system}={self.hypotheses(name)}" for row in rows if (name := output_name(row))
        ]

    def output_files(self, rows: Iterable[Row]) -> list[str]:
        return [output.partition("=")[2] for output in self.outputs(rows)]

    @property
    def made(self) -> list[str]:
        """The names of all outputs that some row needs, each once."""
        return list(dict.fromkeys(name for row in self.rows if (name := output_name(row))))

    @property
    def made_outputs(self) -> list[str]:
        """All of them as ``name=file``."""
        return [f"{name}={self.hypotheses(name)}" for name in self.made]

    @property
    def made_files(self) -> list[str]:
        """The files of all outputs, each once."""
        return list(dict.fromkeys(self.hypotheses(name) for name in self.made))

    def claim_inputs(self, claims: Iterable[Sequence[str]]) -> ClaimInputs:
        """What there is for claims of these operands; nothing is made for a claim alone."""
        testable = [operands for operands in claims if all(map(self._is_told, operands))]
        operands = list(dict.fromkeys(operand for each in testable for operand in each))
        made, models = self.made, self.trained_models
        places = [operand for operand in operands if "#" in operand]
        return ClaimInputs(
            outputs=[f"{name}={self.hypotheses(name)}" for name in operands if name in made],
            log_probabilities=(
                [f"{self.results}/evaluate/log_probabilities.tsv"]
                if any(name in models for name in operands)
                else []
            ),
            measurements=[f"{place}={self.results}/{place.partition('#')[0]}" for place in places],
            quoted=[operand for operand in operands if _is_number(operand)],
        )

    def _is_told(self, operand: str) -> bool:
        if _is_number(operand):
            return (
                len(self.settings.data.test) == 1 and self.settings.data.test[0] in PAPER_TEST_SETS
            )
        if "#" in operand:
            return operand.partition("#")[0] in MEASUREMENTS
        return operand in self.made or operand in self.trained_models


def output_name(row: Row) -> str | None:
    """Where a row's hypotheses and scores are kept, without folder and suffix."""
    if row.translate:
        return f"translations/{JOIN.join(row.translate.models)}.beam{row.translate.beam}"
    if row.rescore:
        return f"rescore/{JOIN.join(row.rescore.models)}"
    return f"baseline/{row.baseline}" if row.baseline else None


def _is_number(operand: str) -> bool:
    return operand.replace(".", "", 1).isdigit()
