"""The paper's tables with our numbers beside its own, as TSV, Markdown, LaTeX and HTML.

A TSV is data and begins with its header; the others are read by people and begin with a note
that says what data the numbers come from.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DASH = "–"  # a number that there is not
_HEADER = ("System", "Paper", "This run", "95 % interval", "Difference")
_STYLE = (
    "body{font:15px sans-serif;margin:1.5em}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:bold;padding:.5em 0}"
    "th,td{padding:.3em .8em;border-bottom:1px solid #ddd;text-align:right}"
    "th:first-child{text-align:left;font-weight:normal}thead th{border-bottom:1px solid #000}"
)
_MARKDOWN = "\\`*_|<"
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",  # at the beginning of a row it would belong to the row before
    "]": "{]}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
}


@dataclass(frozen=True)
class OwnScore:
    """BLEU of our run in percent, in its 95 % interval."""

    bleu: float
    low: float
    high: float
    signature: str


@dataclass(frozen=True)
class Row:
    """A system with what the paper says of it and what we found, either of which may be missing."""

    system: str
    paper_bleu: float | None
    own: OwnScore | None


@dataclass(frozen=True)
class Table:
    """Rows in the paper's order, a title, and the note on the data."""

    title: str
    note: str
    rows: Sequence[Row]


def tsv_lines(table: Table) -> Iterator[str]:
    """One line a row; a missing number is an empty field."""
    yield "\t".join(("system", "paper_bleu", "bleu", "bleu_low", "bleu_high", "signature"))
    for row in table.rows:
        paper = "" if row.paper_bleu is None else f"{row.paper_bleu:.2f}"
        own = ["", "", "", ""] if row.own is None else _fields(row.own)
        yield "\t".join((_one_line(row.system), paper, *own))


def markdown_lines(table: Table) -> Iterator[str]:
    """The note, then a table; how BLEU was computed stands below."""
    yield _one_line(table.note)
    yield ""
    yield f"**{_one_line(table.title)}**"
    yield ""
    yield "| " + " | ".join(_HEADER) + " |"
    yield "|:---|---:|---:|:---:|---:|"
    for row in table.rows:
        yield "| " + " | ".join((markdown(_one_line(row.system)), *_numbers(row))) + " |"
    for signature in _signatures(table):
        yield ""
        yield f"BLEU: `{signature}`"


def latex_lines(table: Table) -> Iterator[str]:
    """A floating table for ``booktabs``; the note is its first comment and part of its caption."""
    note = _one_line(table.note)
    yield f"% {note}"
    yield r"% needs \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"  \centering"
    yield rf"  \caption{{{latex(_one_line(table.title))}. {latex(note)}}}"
    yield r"  \begin{tabular}{lrrcr}"
    yield r"    \toprule"
    yield "    " + " & ".join(map(latex, _HEADER)) + r" \\"
    yield r"    \midrule"
    for row in table.rows:
        numbers = [latex(number).replace("−", "$-$") for number in _numbers(row)]
        yield "    " + " & ".join((latex(_one_line(row.system)), *numbers)) + r" \\"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"
    for signature in _signatures(table):
        yield f"% BLEU: {signature}"


def html_lines(table: Table) -> Iterator[str]:
    """A page by itself, for the report: the note, the table, how BLEU was computed."""
    yield "<!DOCTYPE html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{_html(table.title)}</title>'
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<p>{_html(table.note)}</p>"
    yield f"<table><caption>{_html(table.title)}</caption>"
    yield (
        "<thead><tr>"
        + "".join(f'<th scope="col">{name}</th>' for name in _HEADER)
        + "</tr></thead>"
    )
    yield "<tbody>"
    for row in table.rows:
        numbers = "".join(f"<td>{number}</td>" for number in _numbers(row))
        yield f'<tr><th scope="row">{_html(row.system)}</th>{numbers}</tr>'
    yield "</tbody></table>"
    for signature in _signatures(table):
        yield f"<p>BLEU: <code>{_html(signature)}</code></p>"
    yield "</body></html>"


def latex(text: str) -> str:
    """Text with everything escaped that LaTeX would take for a command."""
    return "".join(_LATEX.get(character, character) for character in text)


def markdown(text: str) -> str:
    """Text with everything escaped that Markdown would take for markup, in a table too."""
    return "".join(f"\\{letter}" if letter in _MARKDOWN else letter for letter in text)


def _html(text: str) -> str:
    return html.escape(_one_line(text))


def _fields(own: OwnScore) -> list[str]:
    return [f"{own.bleu:.2f}", f"{own.low:.2f}", f"{own.high:.2f}", own.signature]


def _numbers(row: Row) -> list[str]:
    """The paper's BLEU, ours, its interval, and ours less the paper's, as they are printed."""
    paper = DASH if row.paper_bleu is None else f"{row.paper_bleu:.2f}"
    if row.own is None:
        return [paper, DASH, DASH, DASH]
    bleu, low, high, _ = _fields(row.own)
    difference = DASH
    if row.paper_bleu is not None:
        difference = f"{float(bleu) - float(paper):+.2f}".replace("-", "−")
    return [paper, bleu, f"{low}–{high}", difference]


def _signatures(table: Table) -> list[str]:
    return list(dict.fromkeys(row.own.signature for row in table.rows if row.own is not None))


def _one_line(text: str) -> str:
    for character in "\t\r\n":
        text = text.replace(character, " ")
    return text.strip()
