"""Names of curves: how a figure is told what to draw, and what to call it."""

from dataclasses import dataclass

from seq2seq.errors import UserError


@dataclass(frozen=True)
class LabelledFile:
    """A curve's name in the legend, and the file that its numbers come from."""

    label: str
    path: str


def labelled_file(text: str) -> LabelledFile:
    """Reads ``LABEL=FILE``; a label holds no ``=``, a file may.

    Raises:
        UserError: there is no ``=``, or nothing on one side of it.
    """
    label, _, path = text.partition("=")
    if not label or not path:
        raise UserError(f"`{text}` names no curve: `LABEL=FILE` was expected.")
    return LabelledFile(label, path)
