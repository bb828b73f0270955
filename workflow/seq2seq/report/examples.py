"""Pages of translations: the paper's Table 3, and the whole test set to browse, in one file offline.

The browser's page needs no script to be read; a small one filters and sorts it.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from seq2seq.evaluation.examples import Shown, Word
from seq2seq.report.table import Table, escape
from seq2seq.report.translation_browser import HEAD, SCRIPT


def examples_table(sentences: Sequence[Shown], *, missing: Sequence[str], note: str) -> Table:
    """As the paper's Table 3: what the model wrote, then the truth; ``missing`` were looked for."""
    rows = []
    for shown in sentences:
        rows.append([f"Source {shown.line + 1}", shown.source, ""])
        for output in shown.outputs:
            written = " ".join(word.token for word in output.words)
            rows.append([output.system, written, f"{output.bleu:.1f}"])
        rows.append(["Truth", shown.reference, ""])
    return Table(
        title="Long sentences and their translations",
        note=note,
        header=["Type", "Sentence", "BLEU"],
        rows=rows,
        columns=["type", "sentence", "bleu"],
        data=rows,
        text_columns=frozenset({0, 1}),
        remarks=[*_lacking(missing), "A sentence's number is its line in the test set."],
    )


def browser_lines(
    sentences: Sequence[Shown], *, note: str, languages: Sequence[str]
) -> Iterator[str]:
    """A page of HTML with every sentence; ``languages`` are codes, the source's and the target's."""
    systems = [output.system for output in sentences[0].outputs] if sentences else []
    yield from HEAD.split("\n")
    yield f"<p>{escape(note)}</p>"
    yield from _controls(systems)
    yield "<main>"
    for shown in sentences:
        yield from _article(shown, *languages)
    yield "</main>"
    yield "<script>"
    yield from SCRIPT.split("\n")
    yield "</script></body></html>"


def _lacking(missing: Sequence[str]) -> list[str]:
    if not missing:
        return []
    texts = "; ".join(f"“{text}”" for text in missing)
    return [
        f"The test set has no sentence with: {texts}. Where it has none of the paper's sentences, "
        "its longest are shown."
    ]


def _controls(systems: Sequence[str]) -> Iterator[str]:
    options = "".join(f'<option value="{k}">{escape(s)}</option>' for k, s in enumerate(systems))
    yield '<form hidden><label>Find <input type="search" id="find"></label>'
    yield (
        '<label>Sort by <select id="by"><option value="line">line of the test set</option>'
        '<option value="length">source length</option>'
        '<option value="bleu">BLEU</option></select></label>'
    )
    yield f'<label>of <select id="of">{options}</select></label>'
    yield f'<label>less that of <select id="less"><option value="">–</option>{options}</select></label>'
    yield '<label><input type="checkbox" id="down"> highest first</label>'
    yield '<output id="count" aria-live="polite"></output></form>'


def _article(shown: Shown, source_language: str, target_language: str) -> Iterator[str]:
    scores = " ".join(f"{output.bleu:.1f}" for output in shown.outputs)
    yield (
        f'<article data-line="{shown.line + 1}" data-length="{shown.source_length}" '
        f'data-bleu="{scores}">'
    )
    yield f"<h2>{shown.line + 1}</h2>"
    yield f'<p class="s" lang="{escape(source_language)}">{escape(shown.source)}</p>'
    yield f'<p class="r" lang="{escape(target_language)}">{escape(shown.reference)}</p><dl>'
    for output in shown.outputs:
        yield (
            f"<dt>{escape(output.system)} <b>{output.bleu:.1f}</b></dt>"
            f'<dd lang="{escape(target_language)}">{_marked(output.words)}</dd>'
        )
    yield "</dl></article>"


def _marked(words: Sequence[Word]) -> str:
    """The words; runs of such as are not in the reference are marked together."""
    parts = []
    for known, run in groupby(words, key=lambda word: word.in_reference):
        text = escape(" ".join(word.token for word in run))
        parts.append(text if known else f"<mark>{text}</mark>")
    return " ".join(parts)
