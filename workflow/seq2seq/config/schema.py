"""The configuration as frozen dataclasses, checked before any job starts.

``config/config.yaml`` is complete and the only home of defaults; it explains each key, with the section
of the paper.  Overlays such as ``config/demo.yaml`` replace some keys.  This module checks relations
between sections; ``loading`` reads the files.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from seq2seq.config import outputs
from seq2seq.config.data import DataSettings, ShardSettings, VocabularySettings
from seq2seq.config.decoding import BaselineSettings, RescoreSettings, TranslateSettings
from seq2seq.config.ladder import LadderSettings
from seq2seq.config.training import ModelSettings, ModelVariantSettings, TrainSettings
from seq2seq.config.validators import SettingError
from seq2seq.errors import did_you_mean


@dataclass(frozen=True)
class Settings:
    experiment: str
    shards: ShardSettings
    data: DataSettings
    vocabulary: VocabularySettings
    model: ModelSettings
    models: dict[str, ModelVariantSettings]
    train: TrainSettings
    translate: TranslateSettings
    baseline: BaselineSettings
    rescore: RescoreSettings
    evaluate: outputs.EvaluateSettings
    tables: dict[str, tuple[outputs.SystemRow, ...]]
    ablation: outputs.AblationSettings
    length_plot: outputs.LengthPlotSettings
    rarity_plot: outputs.RarityPlotSettings
    phrase_plot: outputs.PhrasePlotSettings
    bleu_variants: outputs.BleuVariantSettings
    examples: outputs.ExampleSettings
    ladder: LadderSettings
    precision_check: outputs.PrecisionCheckSettings

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.experiment):
            raise SettingError(("experiment",), "must be a plain folder name, such as `paper`.")
        for key, names in (("models", self.models), ("tables", self.tables)):
            for name in names:
                if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
                    raise SettingError((key, name), "use only letters, digits, `-` and `_`.")
        for table, rows in self.tables.items():
            self._check_rows(rows, ("tables", table))
        self._check_rows(self.length_plot.curves, ("length_plot", "curves"))
        self._check_rows(self.rarity_plot.curves, ("rarity_plot", "curves"))
        self._check_rows(self.bleu_variants.systems, ("bleu_variants", "systems"))
        self._check_rows(self.examples.systems, ("examples", "systems"))
        if self.phrase_plot.panels:
            self._check_model(self.phrase_plot.model, ("phrase_plot", "model"))
        for number, model in enumerate(self.ablation.models):
            self._check_model(model, ("ablation", "models", str(number)))
        if self.precision_check.epochs:
            self._check_precision_check()
        if self.ladder.bounds:
            self._check_model(self.ladder.bounded_model, ("ladder", "bounded_model"))

    def _check_precision_check(self) -> None:
        check, train = self.precision_check, self.train
        self._check_model(check.model, ("precision_check", "model"))
        if check.epochs > train.epochs or check.epochs < train.segment_epochs:
            raise SettingError(
                ("precision_check", "epochs"),
                f"must be 0, or from train.segment_epochs ({train.segment_epochs:g}) to train.epochs "
                f"({train.epochs:g}), got {check.epochs:g}.",
            )

    def _check_rows(self, rows: Iterable[outputs.SystemRow], key: tuple[str, ...]) -> None:
        for number, row in enumerate(rows):
            kind = "translate" if row.translate else "rescore"
            for model in row.models:
                self._check_model(model, (*key, str(number), kind, "models"))

    def _check_model(self, model: str, key: tuple[str, ...]) -> None:
        if model not in self.models:
            near = did_you_mean(model, self.models)
            raise SettingError(key, f"needs `{model}`, which `models:` does not define{near}.")
