"""Settings of the outputs: rows of tables and curves of figures."""

from dataclasses import dataclass, replace
from typing import Literal

from seq2seq.config.validators import AtLeastTwo, NotEmpty, NotNegative, Positive, SettingError


@dataclass(frozen=True)
class EvaluateSettings:
    seed: NotNegative[int]
    perplexity_ignore: tuple[Literal["<EOS>", "UNK"], ...]
    bucket_size: Positive[int]


@dataclass(frozen=True)
class TranslationChoice:
    """Beam search by one model or an ensemble; ``min_words`` replaces that of ``translate:``."""

    models: NotEmpty[str]
    beam: Positive[int]
    min_words: NotNegative[int] | None = None


@dataclass(frozen=True)
class RescoringChoice:
    """The baseline's n-best lists, reranked by one or more models."""

    models: NotEmpty[str]


@dataclass(frozen=True)
class SystemRow:
    """A system in a table, or a curve of a figure: made in one of three ways, or only quoted.

    ``seeds`` are models that differ from the row's model only in their seed; they give its spread.
    Rows are written by hand, so they alone have defaults.
    """

    system: str
    paper_bleu: float | None = None
    translate: TranslationChoice | None = None
    rescore: RescoringChoice | None = None
    baseline: Literal["best", "oracle"] | None = None
    seeds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if set(self.system) & set("=\t\n"):
            raise SettingError(("system",), "must not contain `=`, a tab or a newline.")
        made = [name for name in ("translate", "rescore", "baseline") if getattr(self, name)]
        if len(made) > 1:
            raise SettingError((made[1],), f"row `{self.system}` has {made[0]} too. Keep one.")
        choice = self.translate or self.rescore
        if self.seeds and (choice is None or len(choice.models) > 1):
            raise SettingError(("seeds",), "needs `translate` or `rescore` with a single model.")

    @property
    def models(self) -> tuple[str, ...]:
        choice = self.translate or self.rescore
        return (*choice.models, *self.seeds) if choice else ()

    @property
    def repetitions(self) -> tuple["SystemRow", ...]:
        """The row with its own and each other seed; none without ``seeds``."""
        return tuple(
            SystemRow(
                self.system,
                translate=self.translate and replace(self.translate, models=(model,)),
                rescore=self.rescore and RescoringChoice((model,)),
            )
            for model in self.models
            if self.seeds
        )


@dataclass(frozen=True)
class AblationSettings:
    """Models that differ in cell, depth or source order; without any there is no table."""

    models: tuple[str, ...]
    beam: Positive[int]
    length_buckets: AtLeastTwo[int]

    def __post_init__(self) -> None:
        for model in self.models:
            if self.models.count(model) > 1:
                raise SettingError(("models",), f"lists `{model}` twice. Keep one.")

    @property
    def rows(self) -> tuple[SystemRow, ...]:
        choices = {model: TranslationChoice((model,), self.beam) for model in self.models}
        return tuple(SystemRow(model, translate=choice) for model, choice in choices.items())


@dataclass(frozen=True)
class LengthPlotSettings:
    bucket_size: Positive[int]
    slope_max_length: Positive[int]
    curves: tuple[SystemRow, ...]


@dataclass(frozen=True)
class RarityPlotSettings:
    bucket_size: Positive[int]
    curves: tuple[SystemRow, ...]


@dataclass(frozen=True)
class PhrasePanelSettings:
    """For each meaning, phrases in the same constructions; if not ``drawn``, for the tests alone."""

    title: str
    voices: tuple[Literal["active", "passive"], ...]
    meanings: tuple[tuple[str, ...], ...]
    drawn: bool = True

    def __post_init__(self) -> None:
        if len(self.meanings) < 2:
            raise SettingError(("meanings",), "must list at least two, to compare them.")
        for number, phrases in enumerate(self.meanings):
            if len(phrases) != len(self.voices):
                raise SettingError(
                    ("meanings", str(number)),
                    f"must have as many phrases as `voices` ({len(self.voices)}), got {len(phrases)}.",
                )


@dataclass(frozen=True)
class PhrasePlotSettings:
    model: str
    panels: tuple[PhrasePanelSettings, ...]

    def __post_init__(self) -> None:
        titles = [panel.title for panel in self.panels]
        if len(set(titles)) < len(titles):
            raise SettingError(("panels",), "must have different titles.")


@dataclass(frozen=True)
class BleuVariantSettings:
    systems: tuple[SystemRow, ...]


@dataclass(frozen=True)
class ExampleSettings:
    """``sentences`` are excerpts that identify the test sentences of Table 3; none, no table."""

    sentences: tuple[str, ...]
    systems: tuple[SystemRow, ...]


@dataclass(frozen=True)
class PrecisionCheckSettings:
    """One model is trained in fp32 too, from the same weights and with the same batches."""

    model: str
    epochs: NotNegative[float]

    @property
    def control(self) -> str:
        return f"{self.model}-fp32"
