"""Translate raw text with a trained model or an ensemble, one output line per input line.

Lines are tokenized like the model's training text, translated by beam search, and detokenized.
Several models form an ensemble that averages their probabilities.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from seq2seq.commands.streams import chunks, lines_of, print_lines
from seq2seq.config.decoding import PAPER_SEARCH, TranslateSettings
from seq2seq.config.loading import build
from seq2seq.errors import UserError
from seq2seq.runtime.command_line import Count, ModelFolders, NonNegative, Stream, command_app

if TYPE_CHECKING:  # PyTorch and the tokenizer take a second, which --help need not wait for
    from seq2seq.commands.models import Ensemble
    from seq2seq.inference.beam_search import Translation
    from seq2seq.inference.scoring import TokenIds

_BATCHES_AT_ONCE = 4  # enough to form batches of similar length

app = command_app("translate")


@app.default
def translate(
    input: Stream = "-",
    /,
    *,
    model: ModelFolders,
    beam: Count = 12,
    nbest: Count = 1,
    format: Literal["text", "json"] = "text",
    batch_size: Count = 64,
    max_words_factor: NonNegative = 2.0,
    length_penalty: NonNegative = 0.0,
    unknown_words: Literal["allowed", "forbidden"] = "allowed",
    precision: Literal["fp32", "bf16", "int8"] = "fp32",
) -> None:
    """Translate raw text, one sentence per line; an empty line stays empty.

    With --format json each output line is an object with `line`, `source`, `models` and
    `translations`, best first, each with `text`, `tokens`, `log_probability`,
    `model_log_probabilities` (one per model) and `complete` (false: cut at the length limit).

    Args:
        input: raw text; - is standard input.
        model: model folder such as results/demo/models/reversed-1; repeat it for an ensemble.
        beam: beam size.
        nbest: translations per line, with --format json.
        batch_size: lines translated at once; it does not change the translations.
        max_words_factor: a translation is cut at this factor times the source words, plus 10.
        length_penalty: log p is divided by ((5 + words) / 6) ^ penalty; the paper uses none.
        unknown_words: whether UNK may occur in a translation.
        precision: of matrix products; bf16 and int8 round more and can be faster on a CPU.
    """
    if nbest > beam:
        raise UserError(f"--nbest {nbest} needs a --beam of at least {nbest}, got {beam}.")
    if nbest > 1 and format == "text":
        raise UserError("--nbest needs --format json: text has one output line per input line.")
    settings: TranslateSettings = build(
        TranslateSettings,
        vars(PAPER_SEARCH)
        | {
            "batch_size": batch_size,
            "max_words_factor": max_words_factor,
            "length_penalty": length_penalty,
            "unknown_words": unknown_words,
            "precision": precision,
        },
    )
    from seq2seq.commands.models import load_ensemble

    ensemble = load_ensemble(model).at_precision(precision)
    interactive = input == "-" and sys.stdin.isatty()
    done = 0
    for lines in chunks(lines_of(input), 1 if interactive else _BATCHES_AT_ONCE * batch_size):
        sources = [ensemble.source_ids(ensemble.tokenize(line)) for line in lines]
        found = _translations(ensemble, sources, settings, beam=beam, nbest=nbest)
        if format == "text":
            print_lines(ensemble.text(best[0].words) for best in found)
        else:
            print_lines(_records(lines, sources, found, ensemble, first=done + 1))
        done += len(lines)


def _translations(
    ensemble: "Ensemble",
    sources: Sequence["TokenIds"],
    settings: TranslateSettings,
    *,
    beam: int,
    nbest: int,
) -> list[list["Translation"]]:
    """Up to ``nbest`` translations of each source; an empty source has an empty one."""
    from seq2seq.inference.beam_search import Translation, translate_sentences

    found = [[Translation(words=(), log_probability=0.0, complete=True)] for _ in sources]
    filled = [number for number, source in enumerate(sources) if len(source)]
    if filled:
        some = [sources[number] for number in filled]
        translated = translate_sentences(ensemble.models, some, settings, beam=beam, nbest=nbest)
        for number, translations in zip(filled, translated.values(), strict=True):
            found[number] = translations[:nbest]
    return found


def _records(
    lines: Sequence[str],
    sources: Sequence["TokenIds"],
    found: Sequence[Sequence["Translation"]],
    ensemble: "Ensemble",
    *,
    first: int,
) -> Iterator[str]:
    words = [[one.words for one in translations] for translations in found]
    scores = iter(ensemble.scores_of_translations(sources, words))
    for number, (line, translations) in enumerate(zip(lines, found, strict=True), start=first):
        record = {
            "line": number,
            "source": line,
            "models": [model.name for model in ensemble.models],
            "translations": [
                {
                    "text": ensemble.text(one.words),
                    "tokens": " ".join(ensemble.target.decode(one.words)),
                    "log_probability": one.log_probability,
                    "model_log_probabilities": next(scores),
                    "complete": one.complete,
                }
                for one in translations
            ],
        }
        yield json.dumps(record, ensure_ascii=False)
