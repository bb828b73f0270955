"""Scores the translations of the test set: BLEU as in the paper's tables, and beside it today's."""

import argparse
from dataclasses import asdict

from seq2seq.data.tokenizer import detokenize
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.score import score_translations
from seq2seq.io.files import read_parallel, write_json
from seq2seq.io.nbest import best_translations
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.reference_tokens, arguments.reference_text))
    references = Lines([tokens for tokens, _ in pairs], [text for _, text in pairs])
    hypotheses = best_translations(arguments.hypotheses, len(references.tokens))
    text = [detokenize(line, arguments.language) for line in hypotheses]
    score = score_translations(Lines(hypotheses, text), references, seed=arguments.seed)
    write_json(arguments.output, asdict(score))
    say(
        f"{arguments.output}: BLEU {score.bleu:.2f} ({score.bleu_low:.2f} to "
        f"{score.bleu_high:.2f}) on {score.sentences:,} sentences"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hypotheses", required=True, help="translations, columnar, of rank 1")
    parser.add_argument("--reference-tokens", required=True, help="Moses tokens, one line each")
    parser.add_argument("--reference-text", required=True, help="the same sentences as raw text")
    parser.add_argument("--language", required=True, help="target language, as in `fr`")
    parser.add_argument("--seed", required=True, type=int, help="draws the interval's samples")
    parser.add_argument("--output", required=True, help="scores, JSON")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
