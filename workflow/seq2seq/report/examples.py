"""Translations to read: the paper's Table 3, and sentences to browse on the results page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from seq2seq.evaluation.bleu import Reference, sentence_bleu, tokens_of
from seq2seq.io.files import read_lines, read_parallel
from seq2seq.report.table import TWO_TEXTS, Table


@dataclass(frozen=True)
class TestSet:
    """By sentence: the source as text, its length in tokens, the reference's tokens."""

    sources: Sequence[str]
    source_lengths: Sequence[int]
    references: Sequence[str]


@dataclass(frozen=True)
class Run:
    """Neighbouring words of a translation: the reference has all of them, or none."""

    text: str
    in_reference: bool


@dataclass(frozen=True)
class SystemOutput:
    """A system's translation of one sentence; smoothed sentence BLEU in percent."""

    system: str
    runs: tuple[Run, ...]
    bleu: float


@dataclass(frozen=True)
class Example:
    """A test sentence with its line number (from 0), as text and as tokens, and its translations."""

    line: int
    source: str
    source_length: int
    reference: str
    translations: tuple[SystemOutput, ...]


def read_test_set(source_text: Path, source_tokens: Path, reference_tokens: Path) -> TestSet:
    pairs = list(read_parallel(source_text, reference_tokens))
    lengths = [len(tokens_of(line)) for line in read_lines(source_tokens)]
    return TestSet([source for source, _ in pairs], lengths, [reference for _, reference in pairs])


def choose_sentences(test_set: TestSet, wanted: Sequence[str]) -> tuple[list[int], list[str]]:
    """Lines of the first sentence with each wanted text, and the texts that were not found.

    If none is found, as many of the longest sentences.  Spaces, punctuation and case are ignored, so
    a text is found in tokens as well.
    """
    letters = [_letters(source) for source in test_set.sources]
    lines = {
        text: next((k for k, line in enumerate(letters) if _letters(text) in line), None)
        for text in wanted
    }
    missing = [text for text, line in lines.items() if line is None]
    found = [line for line in lines.values() if line is not None]
    lengths = test_set.source_lengths
    longest = sorted(range(len(lengths)), key=lambda line: (-lengths[line], line))
    return found or longest[: len(wanted)], missing


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def read_examples(
    test_set: TestSet, lines: Iterable[int], systems: Mapping[str, Sequence[str]]
) -> Iterator[Example]:
    """The sentences of ``lines`` with every system's translation (tokens, by line)."""
    for line in lines:
        reference = test_set.references[line]
        counted = Reference.of(reference)
        translations = tuple(
            SystemOutput(name, compared(own[line], reference), sentence_bleu(own[line], counted))
            for name, own in systems.items()
        )
        length = test_set.source_lengths[line]
        yield Example(line, test_set.sources[line], length, reference, translations)


def compared(hypothesis: str, reference: str) -> tuple[Run, ...]:
    """The translation's words; of a word that occurs too often, the last occurrences are wrong."""
    left = Counter(tokens_of(reference))
    words = []
    for token in tokens_of(hypothesis):
        words.append((token, left[token] > 0))
        left[token] -= 1
    return tuple(
        Run(" ".join(token for token, _ in run), known)
        for known, run in groupby(words, key=lambda word: word[1])
    )


def examples_table(examples: Sequence[Example], *, missing: Sequence[str], note: str) -> Table:
    """As the paper's Table 3: the model's output, then the truth; ``missing`` were not found."""
    rows = []
    for one in examples:
        rows.append([f"Source {one.line + 1}", one.source, ""])
        for output in one.translations:
            text = " ".join(run.text for run in output.runs)
            rows.append([output.system, text, f"{output.bleu:.1f}"])
        rows.append(["Truth", one.reference, ""])
    remarks = ["A sentence's number is its line in the test set."]
    if missing:
        texts = "; ".join(f"“{text}”" for text in missing)
        absent = f"The test set has no sentence with: {texts}."
        other = "If it has none of the paper's sentences, its longest are shown."
        remarks.insert(0, f"{absent} {other}")
    title, header = "Long sentences and their translations", ("Type", "Sentence", "BLEU")
    columns = ("type", "sentence", "bleu")
    return Table(title, note, header, rows, columns, text_columns=TWO_TEXTS, remarks=remarks)
