"""Read the sentences of an SGML test set, as the WMT shared tasks publish them.

These files are not XML: ``&`` is literal and there are no entities.  We look for a few tags only.
"""

import re
from collections.abc import Iterable, Iterator

from seq2seq.errors import UserError, location

SUFFIXES = (".sgm", ".sgml")
MOST_CHARACTERS = 100_000_000  # files are read whole; test sets have about a million
_BLANKS = " \t\r\n"
_TAG = re.compile(r"<(?P<end>/?)(?P<tag>seg|doc)\b(?P<attributes>[^>]*)>", re.IGNORECASE)
_ID = re.compile(r"\b(?:docid|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def segments(lines: Iterable[str], place: str) -> Iterator[str]:
    """The segments in file order, each stripped and on one line.

    Raises:
        UserError: an unclosed or nested segment, or an id twice in its document; with the line.
    """
    text = _read_whole(lines, place)

    def wrong(tag: re.Match[str], problem: str) -> UserError:
        line = text.count("\n", 0, tag.start()) + 1
        return UserError(f"{location(place, line)}: {problem}. Download the file again, or fix it.")

    def check_unique(tag: re.Match[str], known: set[str], kind: str) -> None:
        if found := _ID.search(tag["attributes"]):
            name = found[1] or found[2] or found[3] or ""
            if name in known:
                raise wrong(tag, f"{kind} `{name}` appears twice")
            known.add(name)

    opening: re.Match[str] | None = None
    documents: set[str] = set()
    names: set[str] = set()
    count = 0
    for tag in _TAG.finditer(text):
        if tag["tag"].lower() == "doc":
            names = set()
            if not tag["end"]:
                check_unique(tag, documents, "document")
        elif not tag["end"]:
            if opening is not None:
                raise wrong(opening, "this segment does not end before the next begins")
            check_unique(tag, names, "segment")
            opening = tag
        elif opening is None:
            raise wrong(tag, "a segment ends here that did not begin")
        else:
            count += 1
            parts = (part.strip(_BLANKS) for part in text[opening.end() : tag.start()].split("\n"))
            yield " ".join(filter(None, parts))
            opening = None
    if opening is not None:
        raise wrong(opening, "this segment does not end")
    if count == 0:
        raise UserError(f"{place}: holds no segments (`<seg id=...>`). Give an SGML test set.")


def _read_whole(lines: Iterable[str], place: str) -> str:
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > MOST_CHARACTERS:
            raise UserError(
                f"{place}: more than {MOST_CHARACTERS:,} characters, too long for a test set. Give a "
                "large corpus as plain text."
            )
        kept.append(line)
    return "\n".join(kept)
