"""Settings of search, of the phrase-based baseline and of rescoring."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

from seq2seq.config.validators import SettingError, not_negative, positive


@dataclass(frozen=True)
class TranslateSettings:
    batch_size: int
    max_words_factor: float
    max_words_constant: int
    min_words: int
    finished: Literal["shrink_beam", "keep_width"]
    ensemble_mean: Literal["arithmetic", "geometric"]
    length_penalty: float
    unknown_words: Literal["allowed", "forbidden"]
    precision: Literal["fp32", "bf16", "int8"]

    def __post_init__(self) -> None:
        positive(self, "batch_size", "max_words_factor", "max_words_constant")
        not_negative(self, "min_words", "length_penalty")


@dataclass(frozen=True)
class BaselineSettings:
    nbest: str | None
    nbest_source: str | None
    training_pairs: int | None
    alignment_iterations: int
    null_probability: float
    dirichlet_alpha: float
    max_phrase_length: int
    phrase_table_limit: int
    lm_order: int
    ttable_limit: int
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
            raise SettingError(("nbest_source",), "is set without `nbest`. Set both.")
        numbers = (f.name for f in dataclasses.fields(self) if f.type != (str | None))
        positive(self, *(name for name in numbers if name not in may_be_zero))
        if self.null_probability >= 1:
            raise SettingError(
                ("null_probability",), f"must be between 0 and 1, got {self.null_probability}."
            )


@dataclass(frozen=True)
class RescoreSettings:
    weight: float
    tune_sentences: int
    batch_size: int

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise SettingError(("weight",), f"must be between 0 and 1, got {self.weight}.")
        positive(self, "tune_sentences", "batch_size")
