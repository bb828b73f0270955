"""The sentences of an SGML test set, as the shared tasks of WMT publish them.

These files are no XML: ``&`` stands bare, there are no entities.  So their few marks are looked for
and all else is text.
"""

import re
from collections.abc import Iterable, Iterator

from seq2seq.errors import UserError, at

SUFFIXES = (".sgm", ".sgml")
MOST_CHARACTERS = 100_000_000  # of a file, which is read whole; test sets have a million
_BLANKS = " \t\r\n"
_MARK = re.compile(r"<(?P<end>/?)(?P<tag>seg|doc)\b(?P<attributes>[^>]*)>", re.IGNORECASE)
_NAME = re.compile(r"\b(?:docid|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def segments(lines: Iterable[str], place: str) -> Iterator[str]:
    """The segments in the order of the file, without outer blanks, on one line each.

    Raises:
        UserError: a segment without end, in another, or twice in its document; with its line.
    """
    text = _joined(lines, place)
    begun: re.Match[str] | None = None
    documents: set[str] = set()
    names: set[str] = set()
    count = 0
    for mark in _MARK.finditer(text):
        if mark["tag"].lower() == "doc":
            names = set()
            if not mark["end"]:
                _note(mark, documents, "document", text, place)
        elif not mark["end"]:
            if begun is not None:
                raise _wrong(begun, "this segment does not end before the next begins", text, place)
            _note(mark, names, "segment", text, place)
            begun = mark
        elif begun is None:
            raise _wrong(mark, "a segment ends here that did not begin", text, place)
        else:
            count += 1
            yield _one_line(text[begun.end() : mark.start()])
            begun = None
    if begun is not None:
        raise _wrong(begun, "this segment does not end", text, place)
    if count == 0:
        raise UserError(f"{place}: holds no segments (`<seg id=...>`). Is it an SGML test set?")


def _joined(lines: Iterable[str], place: str) -> str:
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > MOST_CHARACTERS:
            raise UserError(
                f"{place}: more than {MOST_CHARACTERS:,} characters, a test set was expected. "
                "Give a large corpus as plain text."
            )
        kept.append(line)
    return "\n".join(kept)


def _note(mark: re.Match[str], known: set[str], what: str, text: str, place: str) -> None:
    """Refuse a name that is known already; marks without a name are let through."""
    if found := _NAME.search(mark["attributes"]):
        name = found[1] or found[2] or found[3] or ""
        if name in known:
            raise _wrong(mark, f"{what} `{name}` is given a second time", text, place)
        known.add(name)


def _wrong(mark: re.Match[str], problem: str, text: str, place: str) -> UserError:
    line = text.count("\n", 0, mark.start()) + 1
    return UserError(f"{at(place, line)}: {problem}. Fetch the file anew, or mend it.")


def _one_line(content: str) -> str:
    parts = (part.strip(_BLANKS) for part in content.split("\n"))
    return " ".join(part for part in parts if part)
