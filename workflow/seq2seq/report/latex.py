"""Any table for people as LaTeX, beside the Markdown and HTML of ``pages``."""

from collections.abc import Iterator, Sequence

from seq2seq.report.html import Page, one_line
from seq2seq.report.table import latex


def latex_page(page: Page) -> Iterator[str]:
    """A floating table for ``booktabs``: the note is its first comment and part of its caption."""
    note = one_line(page.note)
    columns = ("l" if column in page.text_columns else "r" for column in range(len(page.header)))
    yield f"% {note}"
    yield r"% needs \usepackage{booktabs}"
    yield r"\begin{table}"
    yield r"  \centering"
    yield rf"  \caption{{{latex(one_line(page.title))}. {latex(note)}}}"
    yield rf"  \begin{{tabular}}{{{''.join(columns)}}}"
    yield r"    \toprule"
    yield _row(page.header)
    yield r"    \midrule"
    yield from map(_row, page.rows)
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"
    for remark in page.remarks:
        yield f"% {one_line(remark)}"
    for name, code in page.codes:
        yield f"% {name}: {code}"


def _row(cells: Sequence[str]) -> str:
    printed = (latex(one_line(cell)).replace("−", "$-$") for cell in cells)
    return "    " + " & ".join(printed) + r" \\"
