"""Settings of search, of the phrase-based baseline and of rescoring."""

from dataclasses import dataclass
from typing import Annotated, Literal

from seq2seq.config.validators import AtLeastTwo, Bound, NotNegative, Positive, SettingError, Share


@dataclass(frozen=True)
class TranslateSettings:
    batch_size: Positive[int]
    max_words_factor: Positive[float]
    max_words_constant: Positive[int]
    min_words: NotNegative[int]
    finished: Literal["shrink_beam", "keep_width"]
    ensemble_mean: Literal["arithmetic", "geometric"]
    length_penalty: NotNegative[float]
    unknown_words: Literal["allowed", "forbidden"]
    precision: Literal["fp32", "bf16", "int8"]


PAPER_SEARCH = TranslateSettings(
    batch_size=1,
    max_words_factor=2.0,
    max_words_constant=10,
    min_words=0,
    finished="shrink_beam",
    ensemble_mean="arithmetic",
    length_penalty=0.0,
    unknown_words="allowed",
    precision="fp32",
)


Reordering = Literal["msd-bidirectional-fe", "distance"]
DISTANCE: Reordering = "distance"


@dataclass(frozen=True)
class BaselineSettings:
    nbest: str | None
    nbest_dev: str | None
    nbest_source: str | None
    training_pairs: Positive[int] | None
    alignments: str | None
    alignment_iterations: Positive[int]
    null_probability: Annotated[
        float, Bound(lambda value: 0 < value < 1, "must be between 0 and 1, got {}.")
    ]
    dirichlet_alpha: Positive[float]
    max_phrase_length: Positive[int]
    phrase_table_limit: Positive[int]
    arpa: str | None
    lm_order: Positive[int]
    lm_prune_order: AtLeastTwo[int] | None
    ttable_limit: Positive[int]
    stack_size: Positive[int]
    pop_limit: Positive[int]
    distortion_limit: NotNegative[int]
    reordering: Reordering
    nbest_size: Positive[int]
    tune_sentences: Positive[int]
    tune_nbest_size: Positive[int]
    tune_rounds: Positive[int]
    tune_starts: Positive[int]
    seed: NotNegative[int]

    def __post_init__(self) -> None:
        if self.nbest_source and not self.nbest:
            raise SettingError(("nbest_source",), "is set without `nbest`. Set both.")
        if self.nbest_dev and not self.nbest:
            raise SettingError(("nbest_dev",), "is set without `nbest`. Set both.")
        if self.alignments and self.training_pairs is not None:
            raise SettingError(
                ("alignments",), "is of all training pairs. Set `training_pairs` to null."
            )


@dataclass(frozen=True)
class RescoreSettings:
    weight: Share[float]
    tune_sentences: Positive[int]
    batch_size: Positive[int]
