"""Tables for people: one builder for Markdown and for a page of HTML that works by itself.

A page says first what data its numbers come from.  Numbers stand to the right, text to the left;
on a narrow screen the table scrolls, not the page.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MARKDOWN = "\\`*_|<"
_STYLE = (
    "body{font:15px sans-serif;margin:1.5em;color:#000;background:#fff}"
    ".wide{overflow-x:auto}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:bold;padding:.5em 0}"
    "th,td{padding:.3em .8em;border-bottom:1px solid #ddd;text-align:right;vertical-align:top}"
    "th:first-child,.text{text-align:left}tbody th{font-weight:normal}"
    "thead th{border-bottom:1px solid #000}"
    "@media(max-width:32em){body{font-size:12px;margin:.6em}th,td{padding:.25em .35em}"
    "code{overflow-wrap:anywhere}}"
)


@dataclass(frozen=True)
class Page:
    """A table as it is printed: cells are text; ``text_columns`` count from 0.

    ``codes`` stand below, each after its name, such as a score's signature.
    """

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    text_columns: frozenset[int] = frozenset({0})
    remarks: Sequence[str] = ()
    codes: Sequence[tuple[str, str]] = ()


def markdown_page(page: Page) -> Iterator[str]:
    """The note, then the table, then the remarks."""
    yield one_line(page.note)
    yield ""
    yield f"**{one_line(page.title)}**"
    yield ""
    yield "| " + " | ".join(page.header) + " |"
    marks = (":---" if column in page.text_columns else "---:" for column in _columns(page))
    yield "|" + "|".join(marks) + "|"
    for row in page.rows:
        yield "| " + " | ".join(markdown(one_line(cell)) for cell in row) + " |"
    for remark in page.remarks:
        yield ""
        yield one_line(remark)
    for name, code in page.codes:
        yield ""
        yield f"{name}: `{code}`"


def html_page(page: Page) -> Iterator[str]:
    """A page by itself, for the report; the first cell of a row is its heading."""
    yield "<!DOCTYPE html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{escape(page.title)}</title>'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<p>{escape(page.note)}</p>"
    yield f'<div class="wide"><table><caption>{escape(page.title)}</caption>'
    yield "<thead><tr>" + "".join(_headings(page)) + "</tr></thead>"
    yield "<tbody>"
    for row in page.rows:
        cells = "".join(
            f"<td{_class(page, column)}>{escape(cell)}</td>"
            for column, cell in enumerate(row)
            if column
        )
        yield f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
    yield "</tbody></table></div>"
    for remark in page.remarks:
        yield f"<p>{escape(remark)}</p>"
    for name, code in page.codes:
        yield f"<p>{escape(name)}: <code>{escape(code)}</code></p>"
    yield "</body></html>"


def tsv_page(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Data: a header and one line a row, nothing else."""
    for row in (header, *rows):
        yield "\t".join(map(one_line, row))


def markdown(text: str) -> str:
    """Text with everything escaped that Markdown would take for markup, in a table too."""
    return "".join(f"\\{letter}" if letter in _MARKDOWN else letter for letter in text)


def escape(text: str) -> str:
    """Text on one line with everything escaped that HTML would take for markup."""
    return html.escape(one_line(text))


def one_line(text: str) -> str:
    for character in "\t\r\n":
        text = text.replace(character, " ")
    return text.strip()


def _columns(page: Page) -> range:
    return range(len(page.header))


def _headings(page: Page) -> Iterator[str]:
    for column, name in enumerate(page.header):
        yield f'<th scope="col"{_class(page, column)}>{escape(name)}</th>'


def _class(page: Page, column: int) -> str:
    return ' class="text"' if column in page.text_columns and column else ""
