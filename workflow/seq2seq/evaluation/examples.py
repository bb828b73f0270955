"""Translations to be read: which sentences, how good each is, which words the reference lacks.

The paper's Table 3 shows three long sentences of its test set.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seq2seq.evaluation.counts import Reference, tokens_of
from seq2seq.evaluation.oracle import sentence_bleu


@dataclass(frozen=True)
class TestSet:
    """Sentence by sentence: the source as text, its length in tokens, the reference's tokens."""

    sources: Sequence[str]
    source_lengths: Sequence[int]
    references: Sequence[str]


@dataclass(frozen=True)
class Choice:
    """Line numbers (from 0) of test sentences, and those of the wanted texts that none of them has."""

    lines: tuple[int, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A token of a translation, and whether the reference has it too (as many times)."""

    token: str
    in_reference: bool


@dataclass(frozen=True)
class Output:
    """A system's translation of one sentence; smoothed BLEU of the sentence in percent."""

    system: str
    words: tuple[Word, ...]
    bleu: float


@dataclass(frozen=True)
class Shown:
    """A test sentence by its line number (from 0), as text and as tokens, with its translations."""

    line: int
    source: str
    source_length: int
    reference: str
    outputs: tuple[Output, ...]


def choose_sentences(test_set: TestSet, wanted: Sequence[str]) -> Choice:
    """The first sentence with each wanted text; if there is none at all, as many of the longest.

    Blanks, punctuation and case do not count, so that tokens are found as well as text.
    """
    letters = [_letters(source) for source in test_set.sources]
    places = {
        text: next((k for k, line in enumerate(letters) if _letters(text) in line), None)
        for text in wanted
    }
    found = tuple(place for place in places.values() if place is not None)
    missing = tuple(text for text, place in places.items() if place is None)
    if found:
        return Choice(found, missing)
    lengths = test_set.source_lengths
    longest = sorted(range(len(lengths)), key=lambda line: (-lengths[line], line))
    return Choice(tuple(longest[: len(wanted)]), missing)


def show_sentences(
    test_set: TestSet, lines: Iterable[int], systems: Mapping[str, Sequence[str]]
) -> Iterator[Shown]:
    """The sentences of ``lines``, each with every system's translation (tokens, by line)."""
    for line in lines:
        reference = test_set.references[line]
        counted = Reference.of(reference)
        outputs = []
        for system, translations in systems.items():
            words = compared(translations[line], reference)
            outputs.append(Output(system, words, sentence_bleu(translations[line], counted)))
        yield Shown(
            line=line,
            source=test_set.sources[line],
            source_length=test_set.source_lengths[line],
            reference=reference,
            outputs=tuple(outputs),
        )


def compared(hypothesis: str, reference: str) -> tuple[Word, ...]:
    """The translation's words; one that comes more often than in the reference is left over."""
    left = Counter(tokens_of(reference))
    words = []
    for token in tokens_of(hypothesis):
        words.append(Word(token, left[token] > 0))
        left[token] -= 1
    return tuple(words)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
