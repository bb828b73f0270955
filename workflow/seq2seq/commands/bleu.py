"""Score raw translations: BLEU as in 2014 (plain Moses tokens, cased) and sacreBLEU."""

from seq2seq.commands.streams import lines_of, stream_name
from seq2seq.data.tokenizer import tokenize
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Lines, bleu_report
from seq2seq.runtime.command_line import Stream, command_app

app = command_app("bleu")


@app.default
def bleu(*hypotheses: Stream, reference: Stream, language: str = "fr") -> None:
    """Print both scores of each file; line k of a file must translate line k of the reference.

    Args:
        hypotheses: raw text; - is standard input.
        reference: raw text; - is standard input.
        language: of the text.
    """
    if not hypotheses:
        raise UserError("Name at least one file of translations.")
    if [reference, *hypotheses].count("-") > 1:
        raise UserError("Standard input can be read only once: give `-` for one file at most.")
    truth, *systems = (_named(path, language) for path in (reference, *hypotheses))
    print("\n".join(bleu_report(systems, truth)))


def _named(path: str, language: str) -> tuple[str, Lines]:
    text = list(lines_of(path))
    return stream_name(path), Lines([tokenize(line, language) for line in text], text, language)
