"""The paper's tables with our numbers beside its own, as TSV, Markdown, LaTeX and HTML.

A TSV is data and begins with its header; the others are read by people and begin with a note
that says what data the numbers come from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seq2seq.report.html import Page, html_page, markdown_page, one_line

DASH = "–"  # a number that there is not
_HEADER = ("System", "Paper", "This run", "95 % interval", "Difference")
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
    """A system with what the paper says of it and what we found, either of which may be missing.

    ``remark`` stands below the table, after the system's name.
    """

    system: str
    paper_bleu: float | None
    own: OwnScore | None
    remark: str = ""


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
        yield "\t".join((one_line(row.system), paper, *own))


def markdown_lines(table: Table) -> Iterator[str]:
    """The note, then a table; how BLEU was computed stands below."""
    return markdown_page(_page(table))


def latex_lines(table: Table) -> Iterator[str]:
    """A floating table for ``booktabs``; the note is its first comment and part of its caption."""
    note = one_line(table.note)
    yield f"% {note}"
    yield r"% needs \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"  \centering"
    yield rf"  \caption{{{latex(one_line(table.title))}. {latex(note)}}}"
    yield r"  \begin{tabular}{lrrcr}"
    yield r"    \toprule"
    yield "    " + " & ".join(map(latex, _HEADER)) + r" \\"
    yield r"    \midrule"
    for row in table.rows:
        numbers = [latex(number).replace("−", "$-$") for number in _numbers(row)]
        yield "    " + " & ".join((latex(one_line(row.system)), *numbers)) + r" \\"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"
    for remark in _remarks(table):
        yield f"% {remark}"
    for signature in _signatures(table):
        yield f"% BLEU: {signature}"


def html_lines(table: Table) -> Iterator[str]:
    """A page by itself, for the report: the note, the table, how BLEU was computed."""
    return html_page(_page(table))


def latex(text: str) -> str:
    """Text with everything escaped that LaTeX would take for a command."""
    return "".join(_LATEX.get(character, character) for character in text)


def _page(table: Table) -> Page:
    return Page(
        title=table.title,
        note=table.note,
        header=_HEADER,
        rows=[(row.system, *_numbers(row)) for row in table.rows],
        remarks=_remarks(table),
        codes=[("BLEU", signature) for signature in _signatures(table)],
    )


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


def _remarks(table: Table) -> list[str]:
    return [f"{one_line(row.system)}: {row.remark}" for row in table.rows if row.remark]


def _signatures(table: Table) -> list[str]:
    return list(dict.fromkeys(row.own.signature for row in table.rows if row.own is not None))
