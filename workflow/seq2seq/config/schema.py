"""The configuration as frozen dataclasses, checked before any job starts.

``config/config.yaml`` is complete and the only home of defaults; what each key means stands there,
beside the section of the paper it comes from.  An overlay such as ``config/demo.yaml`` replaces some.
Relations between settings are checked here; how they are read is in ``configuration``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from seq2seq.config.data import (
    DataSettings,
    EmbeddedSettings,
    ShardSettings,
    VocabularySettings,
)
from seq2seq.config.decoding import (
    BaselineSettings,
    RescoreSettings,
    TranslateSettings,
)
from seq2seq.config.outputs import (
    AblationSettings,
    BleuVariantSettings,
    EvaluateSettings,
    ExampleSettings,
    LengthPlotSettings,
    PhrasePanelSettings,
    PhrasePlotSettings,
    RarityPlotSettings,
    RescoringChoice,
    Row,
    TranslationChoice,
)
from seq2seq.config.training import (
    ModelSettings,
    ModelVariantSettings,
    SegmentSettings,
    TrainSettings,
)
from seq2seq.config.validators import SettingError
from seq2seq.errors import did_you_mean

__all__ = [
    "AblationSettings",
    "BaselineSettings",
    "BleuVariantSettings",
    "DataSettings",
    "EmbeddedSettings",
    "EvaluateSettings",
    "ExampleSettings",
    "LengthPlotSettings",
    "ModelSettings",
    "ModelVariantSettings",
    "PhrasePanelSettings",
    "PhrasePlotSettings",
    "RarityPlotSettings",
    "RescoreSettings",
    "RescoringChoice",
    "Row",
    "SegmentSettings",
    "Settings",
    "ShardSettings",
    "TrainSettings",
    "TranslateSettings",
    "TranslationChoice",
    "VocabularySettings",
]


@dataclass(frozen=True)
class Settings:
    """The whole experiment."""

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
    evaluate: EvaluateSettings
    tables: dict[str, tuple[Row, ...]]
    ablation: AblationSettings
    length_plot: LengthPlotSettings
    rarity_plot: RarityPlotSettings
    phrase_plot: PhrasePlotSettings
    bleu_variants: BleuVariantSettings
    examples: ExampleSettings

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.experiment):
            raise SettingError(("experiment",), "must be a plain folder name, such as `paper`.")
        for key, names in (("models", self.models), ("tables", self.tables)):
            for name in names:
                if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
                    raise SettingError((key, name), "use letters, digits, `-` and `_` in its name.")
        for table, rows in self.tables.items():
            self._check_rows(rows, ("tables", table))
        self._check_rows(self.length_plot.curves, ("length_plot", "curves"))
        self._check_rows(self.rarity_plot.curves, ("rarity_plot", "curves"))
        self._check_rows(self.bleu_variants.systems, ("bleu_variants", "systems"))
        self._check_rows(self.examples.systems, ("examples", "systems"))
        if self.examples.table not in self.tables:
            raise SettingError(
                ("examples", "table"),
                f"is `{self.examples.table}`, which `tables:` does not have"
                f"{did_you_mean(self.examples.table, self.tables)}.",
            )
        self._check_model(self.phrase_plot.model, ("phrase_plot", "model"))
        for number, model in enumerate(self.ablation.models):
            self._check_model(model, ("ablation", "models", str(number)))

    def _check_model(self, model: str, key: tuple[str, ...]) -> None:
        if model not in self.models:
            raise SettingError(
                key,
                f"is `{model}`, which `models:` does not define{did_you_mean(model, self.models)}.",
            )

    def _check_rows(self, rows: Iterable[Row], key: tuple[str, ...]) -> None:
        for number, row in enumerate(rows):
            for model in row.models:
                if model not in self.models:
                    kind = "translate" if row.translate else "rescore"
                    raise SettingError(
                        (*key, str(number), kind, "models"),
                        f"row `{row.system}` needs model `{model}`, which `models:` does not "
                        f"define{did_you_mean(model, self.models)}.",
                    )
