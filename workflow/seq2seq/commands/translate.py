"""Translates raw text: every line of the input becomes a line of the output, an empty one too.

Lines are tokenized as the model's training text was, translated by beam search, and detokenized.
Several models translate together: the next word has the mean of their probabilities.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seq2seq.commands.models import Ensemble, load_ensemble, word_numbers
from seq2seq.commands.streams import chunks, lines_of, print_lines
from seq2seq.config.decoding import TranslateSettings
from seq2seq.data.tokenizer import detokenize, tokenize
from seq2seq.errors import UserError
from seq2seq.inference.hypotheses import Translation
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.quantization import PRECISIONS
from seq2seq.inference.scoring import TokenIds
from seq2seq.inference.translate import translate_sentences
from seq2seq.runtime.logging import run

_BATCHES_AT_ONCE = 4  # enough for batches of sentences of about one length
_EMPTY = Translation(words=(), log_probability=0.0, complete=True)  # of an empty line


@dataclass(frozen=True)
class Search:
    beam: int
    nbest: int
    settings: TranslateSettings


def main() -> None:
    arguments = _arguments()
    search = _search(arguments)
    ensemble = load_ensemble(arguments.model).at_precision(arguments.precision)
    interactive = arguments.input == "-" and sys.stdin.isatty()
    size = 1 if interactive else _BATCHES_AT_ONCE * arguments.batch_size
    done = 0
    for lines in chunks(lines_of(arguments.input), size):
        sources = [word_numbers(_tokens(line, ensemble), ensemble.source) for line in lines]
        found = _translations(ensemble, sources, search)
        if arguments.format == "text":
            print_lines(_text(best[0], ensemble) for best in found)
        else:
            scores = _scores_by_model(ensemble, sources, found)
            print_lines(_records(lines, found, scores, ensemble, first=done + 1))
        done += len(lines)


def _tokens(line: str, ensemble: Ensemble) -> str:
    return tokenize(line, ensemble.languages.source)


def _translations(
    ensemble: Ensemble, sources: Sequence[TokenIds], search: Search
) -> list[list[Translation]]:
    """As many of each as are wanted, if the beam has found as many; one of an empty line."""
    filled = [number for number, source in enumerate(sources) if len(source)]
    found = [[_EMPTY] for _ in sources]
    if filled:
        translated = translate_sentences(
            ensemble.models,
            [sources[number] for number in filled],
            search.settings,
            beam=search.beam,
            nbest=search.nbest,
        )
        for number, translations in zip(filled, translated, strict=True):
            found[number] = translations[: search.nbest]
    return found


def _text(translation: Translation, ensemble: Ensemble) -> str:
    tokens = " ".join(ensemble.target.decode(translation.words))
    return detokenize(tokens, ensemble.languages.target)


def _scores_by_model(
    ensemble: Ensemble, sources: Sequence[TokenIds], found: Sequence[Sequence[Translation]]
) -> Iterator[list[float]]:
    """Each translation's log probability by each model alone, ``<EOS>`` included, in their order."""
    words = [np.array(one.words, dtype=np.int32) for several in found for one in several]
    source_index = np.repeat(np.arange(len(found)), [len(several) for several in found])
    by_model = [
        trie_log_probabilities(model, sources, words, source_index, batch_size=len(words))
        for model in ensemble.models
    ]
    scores = np.stack(by_model, axis=1)
    scores[[len(sources[owner]) == 0 for owner in source_index.tolist()]] = _EMPTY.log_probability
    return iter(scores.tolist())


def _records(
    lines: Sequence[str],
    found: Sequence[Sequence[Translation]],
    scores: Iterator[list[float]],
    ensemble: Ensemble,
    *,
    first: int,
) -> Iterator[str]:
    for number, (line, translations) in enumerate(zip(lines, found, strict=True), start=first):
        record = {
            "line": number,
            "source": line,
            "models": ensemble.names,
            "translations": [
                {
                    "text": _text(one, ensemble),
                    "tokens": " ".join(ensemble.target.decode(one.words)),
                    "log_probability": one.log_probability,
                    "model_log_probabilities": next(scores),
                    "complete": one.complete,
                }
                for one in translations
            ],
        }
        yield json.dumps(record, ensure_ascii=False)


def _search(arguments: argparse.Namespace) -> Search:
    for name in ("beam", "nbest", "batch_size"):
        if getattr(arguments, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} must be 1 or more.")
    if arguments.nbest > arguments.beam:
        raise UserError(
            f"--nbest {arguments.nbest} is more than --beam {arguments.beam} can find: give a "
            "beam at least as wide."
        )
    if arguments.length_penalty < 0:
        raise UserError("--length-penalty must not be below 0.")
    if arguments.nbest > 1 and arguments.format == "text":
        raise UserError("--nbest needs --format json: text has one line for each line.")
    settings = TranslateSettings(
        batch_size=arguments.batch_size,
        max_words_factor=arguments.max_words_factor,
        max_words_constant=10,
        min_words=0,
        finished="shrink_beam",
        ensemble_mean="arithmetic",
        length_penalty=arguments.length_penalty,
        unknown_words=arguments.unknown_words,
        precision=arguments.precision,
    )
    return Search(arguments.beam, arguments.nbest, settings)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="JSON: one object a line with `line`, `source`, `models` and `translations`, best "
        "first, each with `text`, `tokens`, `log_probability`, `model_log_probabilities` (each "
        "model's own, in the order of `models`) and `complete` (false: cut at the length limit).",
    )
    add = parser.add_argument
    add("--model", type=Path, action="append", required=True, metavar="DIR",
        help="a folder such as results/demo/models/reversed-1; repeat it for an ensemble")  # fmt: skip
    add("--beam", type=int, default=12, help="partial translations kept; 12, as in the paper")
    add("--nbest", type=int, default=1, metavar="N", help="translations of a line, in JSON; 1")
    add("--format", choices=["text", "json"], default="text", help="of the output; text")
    add("--batch-size", type=int, default=64, metavar="N",
        help="lines translated at once; changes no translation; 64")  # fmt: skip
    add("--max-words-factor", type=float, default=2.0, metavar="X",
        help="a translation is cut at X times the words of its line, and 10; 2")  # fmt: skip
    add("--length-penalty", type=float, default=0.0, metavar="X",
        help="log p is divided by ((5 + words) / 6) ^ X; 0, as in the paper, is none")  # fmt: skip
    add("--unknown-words", choices=["allowed", "forbidden"], default="allowed",
        help="whether UNK may stand in a translation; allowed, as in the paper")  # fmt: skip
    add("--precision", choices=PRECISIONS, default="fp32",
        help="of the products; bf16 and int8 are faster on a CPU and round more; fp32")  # fmt: skip
    add("input", nargs="?", default="-", metavar="INPUT",
        help="raw text, a sentence a line; standard input if not given")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
