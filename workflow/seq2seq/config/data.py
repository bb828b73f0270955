"""Settings of the corpus and its vocabularies."""

from dataclasses import dataclass
from typing import Literal

from seq2seq.config.validators import SettingError, not_empty, not_negative, positive


@dataclass(frozen=True)
class DemoCorpusSettings:
    seed: int
    pairs: int
    dev_pairs: int
    test_pairs: int
    max_words: int

    def __post_init__(self) -> None:
        positive(self, "pairs", "dev_pairs", "test_pairs", "max_words")


@dataclass(frozen=True)
class FilterSettings:
    """``max_tokens`` limits either side, ``max_length_ratio`` the longer side over the shorter.

    ``min_latin_share`` is a share of the letters of each side.  ``None`` switches a filter off.
    """

    max_tokens: int
    max_length_ratio: float | None
    min_latin_share: float | None
    drop_duplicates: bool


@dataclass(frozen=True)
class PreparationSettings(FilterSettings):
    """The settings that decide which pairs are trained on."""

    drop_test_sentences: bool
    selection: Literal["all", "first", "sample", "cross_entropy"]
    train_pairs: int | None
    seed: int


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
        names: tuple[str, ...] = getattr(self, split)
        return names

    def __post_init__(self) -> None:
        positive(self, "max_tokens", "train_pairs", "max_length_ratio", "min_latin_share")
        not_negative(self, "seed")
        if (self.selection == "all") != (self.train_pairs is None):
            raise SettingError(
                ("train_pairs",),
                f"is {self.train_pairs} with `selection: {self.selection}`. Give a number of pairs, "
                "or null and `selection: all`.",
            )
        if self.demo_corpus is None:
            not_empty(self, "train", "dev", "test")


@dataclass(frozen=True)
class PieceSettings:
    """Settings of both vocabularies, without their sizes."""

    kind: Literal["words", "unigram", "bpe"]
    sample_sentences: int
    seed: int


@dataclass(frozen=True)
class VocabularySettings(PieceSettings):
    source_words: int
    target_words: int

    def __post_init__(self) -> None:
        positive(self, "sample_sentences")
        not_negative(self, "seed")
        for name in ("source_words", "target_words"):
            if getattr(self, name) < 3:
                raise SettingError((name,), "must be >= 3, for UNK, <EOS> and a word.")


@dataclass(frozen=True)
class ShardSettings:
    """Number of jobs per stage; no result depends on it."""

    text: int
    translate: int
    score: int

    def __post_init__(self) -> None:
        positive(self, "text", "translate", "score")
