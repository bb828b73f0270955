"""The best that a choice from n-best lists could reach (the paper's Table 2, last row)."""

import argparse
from collections.abc import Iterator

from seq2seq.evaluation.counts import Reference
from seq2seq.evaluation.oracle import oracle_translations, sentence_bleu
from seq2seq.io.files import read_lines
from seq2seq.io.nbest import Hypothesis, read_hypotheses, write_hypotheses
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nbest", required=True, help="n-best lists, columnar")
    parser.add_argument("--reference-tokens", required=True, help="Moses tokens, one line each")
    parser.add_argument("--output", required=True, help="one translation a sentence, columnar")
    arguments = parser.parse_args()
    references = list(read_lines(arguments.reference_tokens))
    lists = watched(_lists(arguments.nbest), "oracle", total=len(references), unit="sentences")
    chosen = oracle_translations(lists, references)
    write_hypotheses(arguments.output, ("sentence_bleu",), _scored(chosen, references))
    say(f"{arguments.output}: the best of the lists for {len(references):,} sentences")


def _lists(path: str) -> Iterator[tuple[int, list[str]]]:
    for sentence, rows in read_hypotheses(path).by_sentence():
        yield sentence, [row.tokens for row in rows]


def _scored(chosen: Iterator[str], references: list[str]) -> Iterator[Hypothesis]:
    for sentence, (tokens, reference) in enumerate(zip(chosen, references, strict=True)):
        yield Hypothesis(sentence, 1, (sentence_bleu(tokens, Reference.of(reference)),), tokens)


if __name__ == "__main__":
    run(main)
