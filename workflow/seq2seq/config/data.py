"""Settings of the corpus and its vocabularies."""

from dataclasses import dataclass
from typing import Annotated, Literal

from seq2seq.config.validators import Bound, NotNegative, Positive, SettingError
from seq2seq.errors import did_you_mean

VocabularySize = Annotated[
    int, Bound(lambda words: words >= 3, "must be >= 3, for UNK, <EOS> and a word.")
]
WordShare = Annotated[float, Bound(lambda x: 0 < x <= 1, "must be `all` or in (0, 1], got {}.")]


@dataclass(frozen=True)
class DemoCorpusSettings:
    seed: int
    pairs: Positive[int]
    dev_pairs: Positive[int]
    test_pairs: Positive[int]
    max_words: Positive[int]


@dataclass(frozen=True)
class LocalFiles:
    """Your own corpus: a file per side with a sentence per line, plain or compressed, or SGML."""

    source: str
    target: str


@dataclass(frozen=True)
class LocalTable:
    """Your own corpus: two columns of a tab-separated file, counted from 1."""

    tsv: str
    source: Positive[int]
    target: Positive[int]


@dataclass(frozen=True)
class LocalZip:
    """Your own zip in Moses format, as OPUS has them; a side is an ending, ``None`` the language."""

    zip: str
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class HubDataset:
    """A dataset of the Hugging Face Hub, or a folder of one; needs the package `datasets`.

    A side is a key of its rows' column `translation`, or else a column; ``None`` is the language.
    """

    hf: str
    revision: str
    subset: str | None = None
    split: str = "train"
    source: str | None = None
    target: str | None = None

    @property
    def name(self) -> str:
        return self.hf

    @property
    def pairs(self) -> None:
        """Their number is unknown before they are read."""


@dataclass(frozen=True)
class HeldOut:
    """A dev or test set drawn from the training corpora; ``from_`` is ``from`` in a file."""

    from_: Literal["train"]
    sentences: Positive[int]


CorpusName = str | LocalFiles | LocalTable | LocalZip | HubDataset


@dataclass(frozen=True)
class FilterSettings:
    """``max_tokens`` limits either side, ``max_length_ratio`` the longer side over the shorter.

    ``min_script_share`` is the share, among a side's letters, of those of its language's script.
    ``None`` switches a filter off.
    """

    max_tokens: Positive[int]
    max_length_ratio: Positive[float] | None
    min_script_share: Positive[float] | None
    drop_duplicates: bool
    source_language: str
    target_language: str


@dataclass(frozen=True)
class WordShares:
    """Select in each corpus: its best pairs, up to a share of its target words."""

    method: Literal["cross_entropy"]
    share_of_words: dict[str, WordShare | Literal["all"]]  # ``others``: corpora without their own

    def share(self, corpus: str) -> float:
        share = self.share_of_words.get(corpus, self.share_of_words["others"])
        return 1.0 if isinstance(share, str) else share


@dataclass(frozen=True)
class PreparationSettings(FilterSettings):
    """The settings that decide which pairs are trained on."""

    drop_test_sentences: bool
    selection: Literal["all", "first", "sample", "cross_entropy"] | WordShares
    train_pairs: Positive[int] | None
    seed: NotNegative[int]


@dataclass(frozen=True)
class DataSettings(PreparationSettings):
    description: str
    mirror: str | None
    demo_corpus: DemoCorpusSettings | None
    train: tuple[CorpusName, ...]
    dev: tuple[CorpusName, ...] | HeldOut
    test: tuple[CorpusName, ...] | HeldOut
    tokenizer: Literal["moses", "none", "blanks"]

    def corpora(self, split: str) -> tuple[CorpusName, ...]:
        """The corpora of a split; none if it is drawn from train."""
        chosen = getattr(self, split)
        return () if isinstance(chosen, HeldOut) else chosen

    @property
    def by_corpus(self) -> bool:
        """Whether pairs are selected in each corpus by itself."""
        return isinstance(self.selection, WordShares)

    @property
    def held_out(self) -> dict[str, int]:
        """The splits that are drawn from train, with their numbers of sentences."""
        drawn = {split: getattr(self, split) for split in ("dev", "test")}
        return {split: one.sentences for split, one in drawn.items() if isinstance(one, HeldOut)}

    def __post_init__(self) -> None:
        chosen = self.selection if isinstance(self.selection, str) else "share_of_words"
        if (chosen in ("all", "share_of_words")) != (self.train_pairs is None):
            raise SettingError(
                ("train_pairs",),
                f"is {self.train_pairs} with `selection: {chosen}`. Give null with `all` or "
                "`share_of_words`, and a number of pairs with another selection.",
            )
        for split in ("train", "dev", "test"):
            if self.demo_corpus and getattr(self, split):
                raise SettingError(
                    (split,),
                    "is set beside `data.demo_corpus`, which generates all three. Set this to [], or "
                    "`data.demo_corpus` to null.",
                )
            if not self.demo_corpus and not getattr(self, split):
                raise SettingError((split,), "is empty. List at least one.")
        if isinstance(self.selection, WordShares):
            shares, names = self.selection.share_of_words, [*map(str, self.train), "others"]
            problem = "is missing. Give the share of all corpora without their own, or `all`."
            for name in sorted({"others", *shares} - (set(shares) & set(names))):
                if name in shares:
                    near = did_you_mean(name, names)
                    problem = f"is not in `data.train`{near}. Add it, or set `selection: all`."
                raise SettingError(("selection", "share_of_words", name), problem)
            if self.held_out:
                raise SettingError(("selection",), "must be a word if dev or test is drawn: `all`.")


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
