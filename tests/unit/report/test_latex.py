"""Any table as LaTeX."""

from seq2seq.report.html import Page
from seq2seq.report.latex import latex_page

PAGE = Page(
    title="50 % of it",
    note="not the\npaper's data",
    header=("Model", "Kind", "BLEU"),
    rows=[("a_1", "[x]", "−0.5 & more"), ("b", "y", "1")],
    text_columns=frozenset({0, 1}),
    remarks=["mind this"],
    codes=[("BLEU", "tok:none")],
)


def test_text_stands_left_numbers_right_and_the_note_first():
    lines = list(latex_page(PAGE))
    assert lines[0] == "% not the paper's data"
    assert r"  \caption{50 \% of it. not the paper's data}" in lines
    assert r"  \begin{tabular}{llr}" in lines
    assert lines[-2:] == ["% mind this", "% BLEU: tok:none"]


def test_every_row_has_all_its_cells_and_nothing_that_latex_would_take_for_a_command():
    lines = list(latex_page(PAGE))
    inside = lines[lines.index(r"    \midrule") + 1 : lines.index(r"    \bottomrule")]
    assert inside == [r"    a\_1 & {[}x{]} & $-$0.5 \& more \\", r"    b & y & 1 \\"]
