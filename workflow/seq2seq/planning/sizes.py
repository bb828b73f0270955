"""How much text an experiment has, told before any of it is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from seq2seq.config.schema import Settings
from seq2seq.special_tokens import SPLITS

# Moses tokens of a sentence, source and target: of section 3.1, the others counted.
WORDS = {"wmt": (25.2, 28.8), "multi30k": (13.0, 14.1), "embedded": (10.9, 11.1)}
KEPT = 0.93  # of the pairs drawn for the generated corpus; the others are duplicates or too long
UNKNOWN_PAIRS = 2_000_000  # of a corpus that the catalogue does not count: a sixth of Schwenk's


@dataclass(frozen=True)
class Sizes:
    """Sentence pairs of each split, those read to get the training pairs, and words in a sentence."""

    pairs: Mapping[str, int]
    read_pairs: int
    source_words: float
    target_words: float

    def read(self, split: str) -> int:
        return self.read_pairs if split == "train" else self.pairs[split]


def sizes_of(settings: Settings, known: Mapping[str, int | None]) -> Sizes:
    """The sizes of an experiment; ``known`` are the pairs of a corpus, where its catalogue has them."""
    data = settings.data
    if made := data.embedded:
        pairs = {"train": made.pairs, "dev": made.dev_pairs, "test": made.test_pairs}
        kept = round(KEPT * made.pairs)
        return Sizes(pairs | {"train": kept}, kept, *WORDS["embedded"])
    read = {
        split: sum(known.get(name) or UNKNOWN_PAIRS for name in data.corpora(split))
        for split in SPLITS
    }
    trained = min(read["train"], data.train_pairs or read["train"])
    family = "multi30k" if any(name.startswith("multi30k") for name in data.train) else "wmt"
    return Sizes(read | {"train": trained}, read["train"], *WORDS[family])
