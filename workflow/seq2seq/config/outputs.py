"""Settings of what is shown: the rows of tables, the curves of figures."""

from dataclasses import dataclass
from typing import Literal

from seq2seq.config.validators import SettingError, not_negative, positive


@dataclass(frozen=True)
class EvaluateSettings:
    seed: int
    perplexity_ignore: tuple[Literal["<EOS>", "UNK"], ...]
    bucket_size: int
    comet: str | None

    def __post_init__(self) -> None:
        not_negative(self, "seed")
        positive(self, "bucket_size")


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
    """A system of a table or a curve of a figure; one of the three that make it, none if quoted.

    ``seeds`` are models that differ from the row's one in their seed alone: they tell its spread.
    The only settings with defaults: rows are written by hand, and three lines shall do.
    """

    system: str
    paper_bleu: float | None = None
    translate: TranslationChoice | None = None
    rescore: RescoringChoice | None = None
    baseline: Literal["best", "oracle"] | None = None
    seeds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if set(self.system) & set("=\t\n"):
            raise SettingError(("system",), "must hold no `=`, no tab and no end of line.")
        made = [name for name in ("translate", "rescore", "baseline") if getattr(self, name)]
        if len(made) > 1:
            raise SettingError((made[1],), f"row `{self.system}` already says {made[0]}: keep one.")
        if self.seeds and (self.translate is None or len(self.translate.models) > 1):
            raise SettingError(("seeds",), "goes with `translate` by a single model.")

    @property
    def models(self) -> tuple[str, ...]:
        choice = self.translate or self.rescore
        return (*choice.models, *self.seeds) if choice else ()

    @property
    def repetitions(self) -> tuple["Row", ...]:
        """The row itself and then with each other seed, where it names any."""
        if not self.seeds or self.translate is None:
            return ()
        beam = self.translate.beam
        return tuple(
            Row(self.system, translate=TranslationChoice((model,), beam))
            for model in (*self.translate.models, *self.seeds)
        )


@dataclass(frozen=True)
class AblationSettings:
    """Single models that differ in cell, depth or order of the source; of none there is no table."""

    models: tuple[str, ...]
    beam: int
    length_buckets: int

    def __post_init__(self) -> None:
        positive(self, "beam")
        if len(set(self.models)) < len(self.models):
            raise SettingError(("models",), "names a model twice.")
        if self.length_buckets < 2:
            raise SettingError(
                ("length_buckets",), f"is {self.length_buckets}, 2 or more are needed."
            )

    @property
    def rows(self) -> tuple[Row, ...]:
        """Each model alone, as a row of a table would have it."""
        return tuple(
            Row(model, translate=TranslationChoice((model,), self.beam)) for model in self.models
        )


@dataclass(frozen=True)
class LengthPlotSettings:
    bucket_size: int
    slope_max_length: int
    curves: tuple[Row, ...]

    def __post_init__(self) -> None:
        positive(self, "bucket_size", "slope_max_length")


@dataclass(frozen=True)
class RarityPlotSettings:
    bucket_size: int
    curves: tuple[Row, ...]

    def __post_init__(self) -> None:
        positive(self, "bucket_size")


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
class BleuVariantSettings:
    systems: tuple[Row, ...]


@dataclass(frozen=True)
class ExampleSettings:
    """``sentences`` are words of the test sentences to show, one entry for each."""

    sentences: tuple[str, ...]
    systems: tuple[Row, ...]
    table: str

    def __post_init__(self) -> None:
        if not self.sentences:
            raise SettingError(("sentences",), "names no sentence.")
