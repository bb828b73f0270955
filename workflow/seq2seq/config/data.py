"""Settings of the corpus and its vocabularies."""

from dataclasses import dataclass
from typing import Literal

from seq2seq.config.validators import SettingError, not_negative, positive


@dataclass(frozen=True)
class EmbeddedSettings:
    seed: int
    pairs: int
    dev_pairs: int
    test_pairs: int
    max_words: int

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
    tokenizer: Literal["moses", "none"]
    max_tokens: int
    max_length_ratio: float | None
    min_latin_share: float | None
    drop_duplicates: bool
    drop_test_sentences: bool
    selection: Literal["all", "first", "sample", "cross_entropy"]
    train_pairs: int | None
    seed: int

    def corpora(self, split: str) -> tuple[str, ...]:
        names: tuple[str, ...] = getattr(self, split)
        return names

    def __post_init__(self) -> None:
        positive(self, "max_tokens", "train_pairs", "max_length_ratio", "min_latin_share")
        not_negative(self, "seed")
        if (self.selection == "all") != (self.train_pairs is None):
            raise SettingError(
                ("train_pairs",),
                f"is {self.train_pairs}, with `selection: {self.selection}`: give a number of pairs, "
                "or null and `selection: all`.",
            )
        if self.embedded is None:
            for split in ("train", "dev", "test"):
                if not self.corpora(split):
                    raise SettingError((split,), "names no corpus of config/corpora.tsv.")


@dataclass(frozen=True)
class PieceSettings:
    """What a vocabulary is made of, but for its size."""

    kind: Literal["words", "unigram", "bpe"]
    sample_sentences: int
    seed: int


@dataclass(frozen=True)
class VocabularySettings:
    kind: Literal["words", "unigram", "bpe"]
    source_words: int
    target_words: int
    sample_sentences: int
    seed: int

    def __post_init__(self) -> None:
        positive(self, "sample_sentences")
        not_negative(self, "seed")
        for name in ("source_words", "target_words"):
            if getattr(self, name) < 3:
                raise SettingError((name,), "must leave room for UNK, <EOS> and a word: 3 or more.")


@dataclass(frozen=True)
class ShardSettings:
    """Into how many jobs a stage is cut; no result depends on it."""

    text: int
    translate: int
    score: int

    def __post_init__(self) -> None:
        positive(self, "text", "translate", "score")
