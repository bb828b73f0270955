"""The files that an experiment needs, derived from its settings: names and paths, no jobs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

from seq2seq.config.loading import as_json
from seq2seq.config.outputs import SystemRow
from seq2seq.config.schema import Settings
from seq2seq.config.training import ModelVariantSettings

PRESENTATION_KEYS = frozenset(
    {
        *("shards", "length_plot", "rarity_plot", "phrase_plot", "bleu_variants", "examples"),
        *("ladder", "precision_check"),
    }
)
JOIN = "+"  # between the models of an ensemble, in file names
# The paper's test set, in either order.  Numbers quoted from the paper hold only here.
PAPER_TEST_SETS = frozenset({"newstest2014", "newstest2014-filtered", "schwenk-newstest2014"})
_PAGE_DATA = {  # by optional result: what the results page reads of that job
    "figures/phrases.svg": ("figures/phrases.tsv", "figures/phrases.json"),
    "figures/lengths.svg": ("figures/lengths.tsv", "figures/lengths.json"),
    "figures/rarity.svg": ("figures/rarity.tsv",),
    "tables/bleu_variants.tsv": ("tables/bleu_variants.tsv",),
    "tables/rescoring.tsv": ("tables/rescoring.tsv", "tables/rescoring_points.tsv"),
    "tables/ablation.tsv": ("tables/ablation.tsv", "tables/ablation_effects.tsv"),
    "tables/precision.tsv": ("tables/precision.tsv",),
}
MEASUREMENTS = frozenset({"figures/phrases.json"})  # files whose numbers claims may use


@dataclass(frozen=True)
class ClaimInputs:
    """Files for the operands of the testable claims, as ``operand=file`` or paths."""

    outputs: list[str]
    log_probabilities: list[str]
    measurements: list[str]
    quoted: list[str]

    @property
    def files(self) -> list[str]:
        named = (pair.partition("=")[2] for pair in (*self.outputs, *self.measurements))
        return list(dict.fromkeys((*named, *self.log_probabilities)))


@dataclass(frozen=True)
class Experiment:
    """``prefix`` is a folder for everything, with a slash: that of a Snakemake module."""

    settings: Settings
    prefix: str = ""

    @property
    def results(self) -> str:
        return f"{self.prefix}results/{self.settings.experiment}"

    @property
    def numbers(self) -> str:
        """The settings that change results, as JSON: all but those of figures and shards."""
        settings = json.loads(as_json(self.settings))
        kept = {name: settings[name] for name in settings if name not in PRESENTATION_KEYS}
        return json.dumps(kept)

    @cached_property
    def variants(self) -> dict[str, ModelVariantSettings]:
        """All models that can be trained: of ``models:``, the ladder, and the check of precision."""
        rungs = {rung.name: rung.variant for rung in self.settings.ladder.rungs}
        check = self.settings.precision_check
        if check.epochs:
            rungs[check.control] = replace(self.settings.models[check.model], precision="fp32")
        return self.settings.models | rungs

    def model_settings(self, model: str) -> str:
        return as_json(self.variants[model].network(self.settings.model))

    @property
    def ladder_segments(self) -> list[str]:
        """After which the ladder's trainings are scored on dev."""
        checked = self.settings.ladder.check_epochs
        *earlier, last = self.segments()
        return [*(one for one in earlier if self.epochs_at(one) in checked), last]

    def dev_beam(self, model: str, segment: str) -> int:
        """The beam size for BLEU on dev: the ladder's for its finished trainings."""
        finished = segment == self.segments()[-1] and model not in self.settings.models
        return self.settings.ladder.beam if finished else self.settings.train.dev_beam

    @property
    def tables(self) -> list[str]:
        return [name for name, rows in self.settings.tables.items() if rows]

    @property
    def optional_results(self) -> list[str]:
        """One output file of each job that runs only if the configuration has rows for it."""
        settings = self.settings
        files = {
            "figures/phrases.svg": settings.phrase_plot.panels,
            "figures/lengths.svg": settings.length_plot.curves,
            "figures/rarity.svg": settings.rarity_plot.curves,
            "tables/bleu_variants.tsv": settings.bleu_variants.systems,
            "tables/table3.md": settings.examples.systems and settings.examples.sentences,
            "tables/rescoring.tsv": self.rescorings,
            "tables/ablation.tsv": settings.ablation.models,
            "tables/precision.tsv": settings.precision_check.epochs,
        }
        return [f"{self.results}/{file}" for file, rows in files.items() if rows]

    @property
    def on_paper_test_set(self) -> bool:
        """Whether BLEU may be compared with the paper's."""
        test = self.settings.data.corpora("test")
        return len(test) == 1 and test[0] in PAPER_TEST_SETS

    @property
    def compared(self) -> list[SystemRow]:
        """The systems whose translations the results page shows: ours, and the baseline."""
        baselines = [row for row in self.rows if row.baseline == "best"]
        own = [row for row in self.settings.examples.systems if row.models]
        return [*own[:1], *baselines[:1]] if own else []

    @property
    def translation_files(self) -> list[str]:
        """Sources as text and tokens, references, and the outputs of ``compared``."""
        if not self.compared:
            return []
        names = ("text/test.source", "tokens/test.source", "tokens/test.target")
        data = [f"{self.results}/data/{name}.txt" for name in names]
        return [*data, *self.output_files(self.compared)]

    @property
    def page_files(self) -> list[str]:
        """What the results page reads, relative to the results folder."""
        tables = ["claims", "deviations", "corpus", "perplexity", "parameters", "speed", "costs"]
        tables += [f"{table}.significance" for table in self.tables]
        tables += ["composition"] if self.settings.data.by_corpus else []
        svgs = [path.removeprefix(f"{self.results}/") for path in self.optional_results]
        optional = [file for name in svgs for file in _PAGE_DATA.get(name, ())]
        listed = [row for rows in self.settings.tables.values() for row in rows]
        scored = self.scores_of(each for row in listed for each in (row, *row.repetitions))
        inside = [path.removeprefix(f"{self.results}/") for path in scored + self.translation_files]
        return [
            *dict.fromkeys(inside),
            *(f"models/{model}/metrics.jsonl" for model in self.trained_models),
            *(f"tables/{name}.tsv" for name in tables),
            *("certificate.json", *optional),
        ]

    def label(self, row: SystemRow) -> str:
        """A row's name; the N of ``N-best`` in it is the size of this run's lists."""
        return row.system.replace("N-best", f"{self.settings.baseline.nbest_size}-best")

    def segments(self) -> list[str]:
        """``001``, ``002`` and so on: the jobs of a training, in order."""
        return [f"{number:03d}" for number in range(1, self.settings.train.segments + 1)]

    def segment_settings(self, model: str, segment: str) -> str:
        settings = self.settings.train.segment(int(segment))
        precision = self.variants[model].precision or settings.precision
        return as_json(replace(settings, precision=precision))

    def first_segments(self, epochs: float) -> list[str]:
        return [one for one in self.segments() if self.epochs_at(one) <= epochs]

    def epochs_at(self, segment: str) -> float:
        """Epochs trained at the end of the segment."""
        return round(int(segment) * self.settings.train.segment_epochs, 9)

    @property
    def listed_rows(self) -> list[SystemRow]:
        """The rows of all tables and of all figures."""
        settings = self.settings
        tables = [row for rows in settings.tables.values() for row in rows]
        plots = (*settings.length_plot.curves, *settings.rarity_plot.curves)
        shown = (*settings.bleu_variants.systems, *settings.examples.systems)
        return [*tables, *settings.ablation.rows, *plots, *shown]

    @cached_property
    def rows(self) -> list[SystemRow]:
        """The listed rows, with each of their seeds."""
        return [each for row in self.listed_rows for each in (row, *row.repetitions[1:])]

    @property
    def trained_models(self) -> list[str]:
        """The models that some row needs, in the order of the configuration."""
        needed = {model for row in self.rows for model in row.models}
        if self.settings.phrase_plot.panels:
            needed.add(self.settings.phrase_plot.model)
        return [model for model in self.settings.models if model in needed]

    @property
    def rescorings(self) -> list[str]:
        """The ensembles whose weights are tuned and swept, by their names in files."""
        names = (JOIN.join(row.rescore.models) for row in self.listed_rows if row.rescore)
        return list(dict.fromkeys(names))

    @property
    def rescoring_models(self) -> list[str]:
        return list(dict.fromkeys(name for one in self.rescorings for name in one.split(JOIN)))

    @property
    def tuning_splits(self) -> list[str]:
        """Where to tune the rescoring weight: nowhere if a user's lists cover only the test set."""
        baseline = self.settings.baseline
        return [] if baseline.nbest and not baseline.nbest_dev else ["dev"]

    def scores_of(self, rows: Iterable[SystemRow]) -> list[str]:
        """The BLEU files of the rows that are not only quoted."""
        return [path for row in rows if (path := self.score_of(row))]

    def score_of(self, row: SystemRow) -> str | None:
        name = output_name(row)
        return f"{self.results}/evaluate/{name}.json" if name else None

    def hypotheses(self, output: str) -> str:
        """The file of an output: the test set's hypotheses, best first."""
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
                "system": self.label(row),
                "paper_bleu": row.paper_bleu,
                "score": self.score_of(row),
                "seeds": self.scores_of(row.repetitions),
            }
            for row in self.settings.tables[table]
        ]
        return json.dumps(rows)

    def outputs(self, rows: Iterable[SystemRow]) -> list[str]:
        """The hypotheses of the rows that are not only quoted, as ``label=file``."""
        named = ((self.label(row), output_name(row)) for row in rows)
        return [f"{system}={self.hypotheses(name)}" for system, name in named if name]

    def output_files(self, rows: Iterable[SystemRow]) -> list[str]:
        return [output.partition("=")[2] for output in self.outputs(rows)]

    @property
    def made(self) -> list[str]:
        """The names of all outputs that some row needs."""
        return list(dict.fromkeys(name for row in self.rows if (name := output_name(row))))

    @property
    def text_files(self) -> dict[str, str]:
        """Outputs by the names of their text files in ``translations/``, without suffix."""
        return {name.removeprefix("translations/").replace("/", "-"): name for name in self.made}

    def claim_inputs(self, claims: Iterable[Sequence[str]]) -> ClaimInputs:
        """The files for claims with these operands; a claim alone never starts a job."""
        testable = [operands for operands in claims if all(map(self._is_available, operands))]
        made, models = self.made, set(self.trained_models)
        known = [*made, *self.trained_models]
        named = (operand for each in testable for operand in each)
        operands = list(dict.fromkeys(m for each in named for m in arm(each, known) or [each]))
        measured = {name: name.partition("#")[0] for name in operands if "#" in name}
        log_probabilities = f"{self.results}/evaluate/log_probabilities.tsv"
        return ClaimInputs(
            outputs=[f"{name}={self.hypotheses(name)}" for name in operands if name in made],
            log_probabilities=[log_probabilities] if models.intersection(operands) else [],
            measurements=[f"{name}={self.results}/{file}" for name, file in measured.items()],
            quoted=list(filter(_is_number, operands)),
        )

    def _is_available(self, operand: str) -> bool:
        if _is_number(operand):
            return self.on_paper_test_set
        if "#" in operand:
            made = bool(self.settings.phrase_plot.panels)
            return made and operand.partition("#")[0] in MEASUREMENTS
        return bool(arm(operand, [*self.made, *self.trained_models]))


def arm(operand: str, names: Iterable[str]) -> list[str]:
    """The systems that an operand of a claim names; ``[1-9]`` in it stands for a seed."""
    return [name for name in names if fnmatchcase(name, operand)]


def output_name(row: SystemRow) -> str | None:
    """The name of a row's hypotheses and scores, without folder and suffix."""
    if row.translate:
        least = row.translate.min_words
        other = "" if least is None else f"-min{least}"
        return f"translations/{JOIN.join(row.translate.models)}.beam{row.translate.beam}{other}"
    if row.rescore:
        return f"rescore/{JOIN.join(row.rescore.models)}"
    return f"baseline/{row.baseline}" if row.baseline else None


def _is_number(operand: str) -> bool:
    return operand.replace(".", "", 1).isdigit()
