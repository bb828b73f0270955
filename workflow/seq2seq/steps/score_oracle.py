"""Scores the best that a choice from n-best lists could reach (the paper's Table 2, last row)."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from seq2seq.corpus.tokens import detokenize
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.oracle import oracle_translations
from seq2seq.evaluation.score import score_translations
from seq2seq.files import read_parallel, write_json
from seq2seq.nbest import read_hypotheses
from seq2seq.program import run, say, watched


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.reference_tokens, arguments.reference_text))
    references = Lines([tokens for tokens, _ in pairs], [text for _, text in pairs])
    lists = watched(
        _lists(arguments.hypotheses), "oracle", total=len(references.tokens), unit="sentences"
    )
    hypotheses = list(oracle_translations(lists, references.tokens))
    text = [detokenize(line, arguments.language) for line in hypotheses]
    score = score_translations(Lines(hypotheses, text), references, seed=arguments.seed)
    write_json(arguments.output, asdict(score))
    say(f"{arguments.output}: oracle BLEU {score.bleu:.2f} on {score.sentences:,} sentences")


def _lists(path: str) -> Iterator[tuple[int, list[str]]]:
    for sentence, rows in read_hypotheses(path).by_sentence():
        yield sentence, [row.tokens for row in rows]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hypotheses", required=True, help="n-best lists, columnar")
    parser.add_argument("--reference-tokens", required=True, help="Moses tokens, one line each")
    parser.add_argument("--reference-text", required=True, help="the same sentences as raw text")
    parser.add_argument("--language", required=True, help="target language, as in `fr`")
    parser.add_argument("--seed", required=True, type=int, help="draws the interval's samples")
    parser.add_argument("--output", required=True, help="scores, JSON")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
