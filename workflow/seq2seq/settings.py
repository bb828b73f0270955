"""The configuration as frozen dataclasses, checked before any job starts.

``config/config.yaml`` is complete and the only home of defaults; what each key means stands there,
beside the section of the paper it comes from.  An overlay such as ``config/demo.yaml`` replaces some.
Relations between settings are checked here; how they are read is in ``configuration``.
"""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from seq2seq.checks import SettingError, not_negative, positive
from seq2seq.errors import did_you_mean


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


@dataclass(frozen=True)
class EmbeddedSettings:
    seed: int
    pairs: int
    dev_pairs: int
    test_pairs: int
    max_words: int
    lexicon: Literal["micro", "small", "full"]

    def __post_init__(self) -> None:
        positive(self, "pairs", "dev_pairs", "test_pairs", "max_words")


@dataclass(frozen=True)
class DataSettings:
    description: str
    source_language: str
    target_language: str
    mirror: str | None
    embedded: EmbeddedSettings | None
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    max_tokens: int
    max_length_ratio: float | None
    train_pairs: int | None
    seed: int

    def corpora(self, split: str) -> tuple[str, ...]:
        names: tuple[str, ...] = getattr(self, split)
        return names

    def __post_init__(self) -> None:
        positive(self, "max_tokens", "train_pairs", "max_length_ratio")
        not_negative(self, "seed")
        if self.embedded is None:
            for split in ("train", "dev", "test"):
                if not self.corpora(split):
                    raise SettingError((split,), "names no corpus of config/corpora.tsv.")


@dataclass(frozen=True)
class VocabularySettings:
    source_words: int
    target_words: int

    def __post_init__(self) -> None:
        for name in ("source_words", "target_words"):
            if getattr(self, name) < 3:
                raise SettingError((name,), "must leave room for UNK, <EOS> and a word: 3 or more.")


@dataclass(frozen=True)
class ModelSettings:
    cell: Literal["lstm", "gru", "rnn"]
    layers: int
    hidden_size: int
    embedding_size: int
    initial_range: float

    def __post_init__(self) -> None:
        positive(self, "layers", "hidden_size", "embedding_size", "initial_range")


@dataclass(frozen=True)
class MemberSettings:
    """One trained model: what tells it from the others."""

    seed: int
    source_order: Literal["forward", "reversed"]

    def __post_init__(self) -> None:
        not_negative(self, "seed")


@dataclass(frozen=True)
class SegmentSettings:
    """What one segment of a training uses, and nothing that only others do."""

    batch_size: int
    optimizer: Literal["sgd", "adam"]
    learning_rate: float
    clip_norm: float
    precision: Literal["fp32", "bf16"]
    segment_epochs: float


@dataclass(frozen=True)
class TrainSettings:
    epochs: float
    segment_epochs: float
    batch_size: int
    optimizer: Literal["sgd", "adam"]
    learning_rate: float
    halve_from_epoch: float
    halve_every_epochs: float
    clip_norm: float
    precision: Literal["fp32", "bf16"]

    def __post_init__(self) -> None:
        positive(self, *(f.name for f in dataclasses.fields(self) if f.type in (int, float)))
        for name in ("epochs", "halve_from_epoch", "halve_every_epochs"):
            if _exact(getattr(self, name)) % _exact(self.segment_epochs):
                raise SettingError(
                    (name,),
                    f"is {getattr(self, name)}, not a multiple of train.segment_epochs "
                    f"({self.segment_epochs}): the learning rate is fixed within a segment.",
                )

    @property
    def segments(self) -> int:
        return int(_exact(self.epochs) / _exact(self.segment_epochs))

    def segment(self, number: int) -> SegmentSettings:
        """The settings of segment ``number`` (from 1), its learning rate halved as often as due."""
        begin = (number - 1) * _exact(self.segment_epochs)
        since = begin - _exact(self.halve_from_epoch)
        halvings = 0 if since < 0 else int(since // _exact(self.halve_every_epochs)) + 1
        return SegmentSettings(
            batch_size=self.batch_size,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate / 2**halvings,
            clip_norm=self.clip_norm,
            precision=self.precision,
            segment_epochs=self.segment_epochs,
        )


@dataclass(frozen=True)
class TranslateSettings:
    batch_size: int
    max_words_factor: float
    max_words_constant: int
    dev_beam: int

    def __post_init__(self) -> None:
        positive(self, "batch_size", "max_words_factor", "max_words_constant", "dev_beam")


@dataclass(frozen=True)
class BaselineSettings:
    nbest: str | None
    nbest_source: str | None
    training_pairs: int | None
    alignment_iterations: int
    null_probability: float
    concentration: float
    max_phrase_length: int
    table_options: int
    lm_order: int
    options: int
    stack_size: int
    pop_limit: int
    distortion_limit: int
    nbest_size: int
    tune_sentences: int
    tune_nbest_size: int
    tune_rounds: int
    tune_starts: int
    seed: int

    def __post_init__(self) -> None:
        may_be_zero = ("distortion_limit", "seed")
        not_negative(self, *may_be_zero)
        if self.nbest_source and not self.nbest:
            raise SettingError(("nbest_source",), "is given without baseline.nbest: give the list.")
        numbers = (f.name for f in dataclasses.fields(self) if f.type != (str | None))
        positive(self, *(name for name in numbers if name not in may_be_zero))
        if self.null_probability >= 1:
            raise SettingError(
                ("null_probability",),
                f"is {self.null_probability}, a share between 0 and 1 is needed.",
            )


@dataclass(frozen=True)
class RescoreSettings:
    weight: float
    tune_sentences: int
    batch_size: int

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise SettingError(("weight",), f"is {self.weight}, a share between 0 and 1 is needed.")
        positive(self, "tune_sentences", "batch_size")


@dataclass(frozen=True)
class EvaluateSettings:
    seed: int
    group_size: int

    def __post_init__(self) -> None:
        not_negative(self, "seed")
        positive(self, "group_size")


@dataclass(frozen=True)
class TranslationChoice:
    """The outputs of one or more models, their probabilities averaged, by one beam size."""

    models: tuple[str, ...]
    beam: int

    def __post_init__(self) -> None:
        positive(self, "beam")
        if not self.models:
            raise SettingError(("models",), "names no model.")


@dataclass(frozen=True)
class RescoringChoice:
    """The baseline's n-best lists in the order that one or more models give them."""

    models: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.models:
            raise SettingError(("models",), "names no model.")


@dataclass(frozen=True)
class Row:
    """A system of a table or a curve of a figure; at most one of the last three, or none if quoted.

    The only settings with defaults: rows are written by hand, and three lines shall do.
    """

    system: str
    paper_bleu: float | None = None
    translate: TranslationChoice | None = None
    rescore: RescoringChoice | None = None
    baseline: Literal["best", "oracle"] | None = None

    def __post_init__(self) -> None:
        if set(self.system) & set("=\t\n"):
            raise SettingError(("system",), "must hold no `=`, no tab and no end of line.")
        made = [name for name in ("translate", "rescore", "baseline") if getattr(self, name)]
        if len(made) > 1:
            raise SettingError((made[1],), f"row `{self.system}` already says {made[0]}: keep one.")

    @property
    def models(self) -> tuple[str, ...]:
        choice = self.translate or self.rescore
        return choice.models if choice else ()


@dataclass(frozen=True)
class LengthPlotSettings:
    group_size: int
    slope_below: int
    curves: tuple[Row, ...]

    def __post_init__(self) -> None:
        positive(self, "group_size", "slope_below")


@dataclass(frozen=True)
class RarityPlotSettings:
    group_size: int
    curves: tuple[Row, ...]

    def __post_init__(self) -> None:
        positive(self, "group_size")


@dataclass(frozen=True)
class PhrasePanelSettings:
    """Phrases of the same constructions, in the same order, for each of several meanings."""

    title: str
    voices: tuple[Literal["active", "passive"], ...]
    meanings: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if len(self.meanings) < 2:
            raise SettingError(("meanings",), "holds fewer than two, so nothing can be compared.")
        for number, phrases in enumerate(self.meanings):
            if len(phrases) != len(self.voices):
                raise SettingError(
                    ("meanings", str(number)),
                    f"has {len(phrases)} phrases, as many as `voices` ({len(self.voices)}) are "
                    "needed.",
                )


@dataclass(frozen=True)
class PhrasePlotSettings:
    model: str
    panels: tuple[PhrasePanelSettings, ...]

    def __post_init__(self) -> None:
        if not self.panels:
            raise SettingError(("panels",), "holds no panel.")
        titles = [panel.title for panel in self.panels]
        if len(set(titles)) < len(titles):
            raise SettingError(("panels",), "two panels have one title.")


@dataclass(frozen=True)
class BridgeSettings:
    systems: tuple[Row, ...]


@dataclass(frozen=True)
class ShowSettings:
    """``sentences`` are words of the test sentences to show, one entry for each."""

    sentences: tuple[str, ...]
    systems: tuple[Row, ...]
    table: str

    def __post_init__(self) -> None:
        if not self.sentences:
            raise SettingError(("sentences",), "names no sentence.")


@dataclass(frozen=True)
class Settings:
    """The whole experiment."""

    experiment: str
    data: DataSettings
    vocabulary: VocabularySettings
    model: ModelSettings
    models: dict[str, MemberSettings]
    train: TrainSettings
    translate: TranslateSettings
    baseline: BaselineSettings
    rescore: RescoreSettings
    evaluate: EvaluateSettings
    tables: dict[str, tuple[Row, ...]]
    length_plot: LengthPlotSettings
    rarity_plot: RarityPlotSettings
    phrase_plot: PhrasePlotSettings
    bridge: BridgeSettings
    show: ShowSettings

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
        self._check_rows(self.bridge.systems, ("bridge", "systems"))
        self._check_rows(self.show.systems, ("show", "systems"))
        if self.show.table not in self.tables:
            raise SettingError(
                ("show", "table"),
                f"is `{self.show.table}`, which `tables:` does not have"
                f"{did_you_mean(self.show.table, self.tables)}.",
            )
        if (model := self.phrase_plot.model) not in self.models:
            raise SettingError(
                ("phrase_plot", "model"),
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
