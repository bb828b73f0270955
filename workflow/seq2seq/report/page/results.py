"""The results page of a run: its numbers in the order of a paper's results section, as one file.

It is built from what the results folder has.  What is missing is listed on the page, so that a
training of days can be looked at before it ends.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.config.experiment import Experiment, output_name
from seq2seq.config.outputs import SystemRow
from seq2seq.evaluation.claims import VERDICTS
from seq2seq.io.files import read_json
from seq2seq.io.nbest import best_translations
from seq2seq.report.bleu_table import System, gains, spread_remark
from seq2seq.report.examples import Example, TestSet, choose_sentences, read_examples, read_test_set
from seq2seq.report.page import figures
from seq2seq.report.page.charts import scale
from seq2seq.report.page.progress import newest_logs, parts
from seq2seq.report.table import render

Record = dict[str, str]
# A small corpus, network or training matters more than a batch size: these deviations come first.
_WEIGHTIEST = (
    *("data.demo_corpus", "data.train", "data.train_pairs", "data.test", "model.hidden_size"),
    *("model.layers", "train.epochs", "vocabulary.target_words", "train.optimizer"),
    *("baseline.nbest_size", "baseline.nbest", "baseline.training_pairs", "hardware"),
)
_OTHER_DATA = "NOT THE PAPER'S DATA: "  # so begins a description; the page says it in a banner
_BROWSER_BYTES = 1_800_000  # the whole page stays below 3 MB
_MARKUP_BYTES = 800  # per sentence, about


@dataclass(frozen=True)
class ResultsFolder:
    """An experiment's files, named from this folder or from the working directory."""

    experiment: Experiment
    folder: Path

    def find(self, name: str) -> Path | None:
        path = self.folder / name.removeprefix(f"{self.experiment.results}/")
        return path if path.is_file() else None

    @property
    def missing(self) -> list[str]:
        return [name for name in self.experiment.page_files if not self.find(name)]

    def records(self, name: str) -> list[Record]:
        """The rows of a table as text; none if it is missing."""
        path = self.find(name)
        if path is None:
            return []
        table = pd.read_csv(path, sep="\t", quoting=3, dtype=str, keep_default_na=False)
        return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

    def numbers(self, name: str) -> Any:
        path = self.find(name)
        return read_json(path) if path else None


def results_page(
    experiment: Experiment, folder: Path, *, every: float | None = None
) -> tuple[list[str], list[str]]:
    """The lines of the page, reloaded ``every`` so many seconds, and the files that it misses."""
    results = ResultsFolder(experiment, folder)
    missing = results.missing
    live = {
        "every": every,
        "parts": list(parts(experiment, folder)) if missing else [],
        "logs": newest_logs(folder) if every else [],
    }
    values = page_values(results) | translations(results) | live
    return render("page/results.html.j2", missing=missing, **values), missing


def page_values(results: ResultsFolder) -> dict[str, Any]:
    """What the templates print, by name; they read other tables by themselves."""
    settings, claims = results.experiment.settings, results.records("tables/claims.tsv")
    strips = claim_strips(claims)
    models = [settings.models[name] for name in results.experiment.trained_models]
    cells = {model.network(settings.model).cell for model in models}
    curves = figures.read_curves(results.experiment, results.folder)
    costs = results.records("tables/costs.tsv")
    totals = [row["seconds"] for row in costs if row["stage"] == "all"]
    return {
        "results": results,
        "figures": figures,
        "settings": settings,
        "experiment": results.experiment,
        "other_data": settings.data.description.startswith(_OTHER_DATA),
        "data_name": settings.data.description.removeprefix(_OTHER_DATA),
        "kind": "LSTM" if cells == {"lstm"} else "network",
        "comparable": results.experiment.on_paper_test_set,
        "tables": list(bleu_tables(results)),
        "claims": strips,
        "verdicts": Counter(claim["verdict"] for claim in claims),
        "outside": Counter(claim["outside"] for claim in strips),
        "curves": figures.learning_panels(curves),
        "deviations": sorted(results.records("tables/deviations.tsv"), key=_weight),
        "seconds": float(totals[0]) if totals else None,
        "by_way": by_way(results.records("tables/bleu_variants.tsv")),
    }


def bleu_tables(results: ResultsFolder) -> Iterator[dict[str, Any]]:
    """The paper's tables: systems, gains over the baseline, steps, and a scale for all numbers."""
    experiment = results.experiment
    for name in experiment.tables:
        rows = experiment.settings.tables[name]
        systems = [_system(results, row) for row in rows]
        shown = [value for system in systems for value in _numbers(system)]
        reference, found = gains(systems)
        yield {
            "name": name,
            "rows": list(zip(systems, found, map(output_name, rows), strict=True)),
            "reference": reference,
            "scale": scale(shown),
            "remarks": [spread_remark(system) for system in systems if len(system.seeds) > 1],
            "steps": results.records(f"tables/{name}.significance.tsv"),
        }


def _system(results: ResultsFolder, row: SystemRow) -> System:
    experiment = results.experiment
    name, repetitions = experiment.score_of(row), experiment.scores_of(row.repetitions)
    seeds = [score["bleu"] for path in repetitions if (score := results.numbers(path))]
    score = results.numbers(name) if name else None
    pending = bool(name) and score is None
    return System(experiment.label(row), row.paper_bleu, score, seeds, pending)


def _numbers(system: System) -> list[float]:
    paper = [] if system.paper_bleu is None else [system.paper_bleu]
    score = system.score or {}
    return [*paper, *system.seeds, *(score[key] for key in ("bleu_low", "bleu_high") if score)]


def claim_strips(claims: Sequence[Record]) -> list[dict[str, Any]]:
    """Each claim with its numbers, and a scale for them if it was measured."""
    names = (
        *("value", "low", "high", "paper_value", "threshold"),
        *("effect_share", "p_value", "p_holm", "power", "effect_to_find"),
    )
    read: list[dict[str, Any]] = [
        claim | {name: float(text) if (text := claim.get(name)) else None for name in names}
        for claim in claims
    ]
    for claim in read:
        drawn = [claim[name] for name in names[:5] if claim[name] is not None]
        claim["scale"] = scale(drawn, count=3) if claim["value"] is not None else None
        claim["outside"] = _outside(claim) if claim["verdict"] == VERDICTS[3] else ""
    return read


def _outside(claim: Mapping[str, Any]) -> str:
    """On which side of the threshold the whole interval lies, if it does."""
    low, high, threshold = claim["low"], claim["high"], claim["threshold"]
    if low is None:
        return ""
    return "above" if low > threshold else "below" if high < threshold else ""


def _weight(deviation: Mapping[str, str]) -> int:
    key = deviation["key"]
    return _WEIGHTIEST.index(key) if key in _WEIGHTIEST else len(_WEIGHTIEST)


def by_way(rows: Sequence[Record]) -> tuple[list[str], list[list[str]]]:
    """Systems, and a row of scores for each way of scoring."""
    systems = list(dict.fromkeys(row["system"] for row in rows))
    scores = {(row["way"], row["system"]): row["score"] for row in rows}
    ways = dict.fromkeys(row["way"] for row in rows)
    return systems, [[way, *(scores[way, each] for each in systems)] for way in ways]


def translations(results: ResultsFolder) -> dict[str, Any]:
    """Table 3, and the sentences to browse: ours, the baseline's and the reference."""
    experiment = results.experiment
    found: dict[str, Any] = {"table3": [], "absent": [], "browser": [], "of": 0}
    files = [path for name in experiment.translation_files if (path := results.find(name))]
    if not files or len(files) < len(experiment.translation_files):
        return found
    test_set = read_test_set(*files[:3])
    count = len(test_set.sources)
    outputs = zip(map(experiment.label, experiment.compared), files[3:], strict=True)
    systems = {label: best_translations(file, count) for label, file in outputs}
    chosen, absent = choose_sentences(test_set, experiment.settings.examples.sentences)
    lines = range(0, count, _step(test_set, len(systems)))
    return {
        "table3": list(read_examples(test_set, chosen, systems)),
        "absent": absent,
        "browser": [_with_gain(each) for each in read_examples(test_set, lines, systems)],
        "of": count,
    }


def _step(test_set: TestSet, systems: int) -> int:
    """One of how many sentences is shown, evenly spaced, so that the page keeps its size."""
    reference = sum(len(line.encode()) for line in test_set.references)
    text = sum(len(line.encode()) for line in test_set.sources) + (1 + systems) * reference
    size = text + _MARKUP_BYTES * len(test_set.sources)
    return 1 + int(size / _BROWSER_BYTES)


def _with_gain(example: Example) -> tuple[Example, float]:
    """The sentence BLEU of the first system minus that of the second."""
    scores = [output.bleu for output in example.translations]
    return example, scores[0] - scores[1] if len(scores) > 1 else scores[0]
