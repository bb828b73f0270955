"""Settings of the corpus and its vocabularies."""

from dataclasses import dataclass
from typing import Annotated, Literal

from seq2seq.config.validators import Bound, NotNegative, Positive, SettingError

VocabularySize = Annotated[
    int, Bound(lambda words: words >= 3, "must be >= 3, for UNK, <EOS> and a word.")
]


@dataclass(frozen=True)
class DemoCorpusSettings:
    seed: int
    pairs: Positive[int]
    dev_pairs: Positive[int]
    test_pairs: Positive[int]
    max_words: Positive[int]


@dataclass(frozen=True)
class FilterSettings:
    """``max_tokens`` limits either side, ``max_length_ratio`` the longer side over the shorter.

    ``min_latin_share`` is a share of the letters of each side.  ``None`` switches a filter off.
    """

    max_tokens: Positive[int]
    max_length_ratio: Positive[float] | None
    min_latin_share: Positive[float] | None
    drop_duplicates: bool


@dataclass(frozen=True)
class PreparationSettings(FilterSettings):
    """The settings that decide which pairs are trained on."""

    drop_test_sentences: bool
    selection: Literal["all", "first", "sample", "cross_entropy"]
    train_pairs: Positive[int] | None
    seed: NotNegative[int]


@dataclass(frozen=True)
class DataSettings(PreparationSettings):
    description: str
    source_language: str
    target_language: str
    mirror: str | None
    demo_corpus: DemoCorpusSettings | None
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    tokenizer: Literal["moses", "none"]

    def corpora(self, split: str) -> tuple[str, ...]:
        return getattr(self, split)

    def __post_init__(self) -> None:
        if (self.selection == "all") != (self.train_pairs is None):
            raise SettingError(
                ("train_pairs",),
                f"is {self.train_pairs} with `selection: {self.selection}`. Give a number of pairs, "
                "or null and `selection: all`.",
            )
        if self.demo_corpus is None:
            for split in ("train", "dev", "test"):
                if not self.corpora(split):
                    raise SettingError((split,), "is empty. List at least one.")


@dataclass(frozen=True)
class PieceSettings:
    """Settings of both vocabularies, without their sizes."""

    kind: Literal["words", "unigram", "bpe"]
    sample_sentences: Positive[int]
    seed: NotNegative[int]


@dataclass(frozen=True)
class VocabularySettings(PieceSettings):
    source_words: VocabularySize
    target_words: VocabularySize


@dataclass(frozen=True)
class ShardSettings:
    """Number of jobs per stage; no result depends on it."""

    text: Positive[int]
    translate: Positive[int]
    score: Positive[int]
