"""Equations of the site as MathML, which browsers draw without a script or a network.

A Markdown extension: pymdownx.arithmatex finds `$...$` and `$$...$$`, as on GitHub; this converts them.
"""

import html
import re

from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor

MARKED = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def mathml(match: re.Match[str]) -> str:
    block = match[1] == "div"
    formula = convert(html.unescape(match[2]).strip(), display="block" if block else "inline")
    if unknown := re.search(r">(\\\w+)", formula):
        raise ValueError(
            f"latex2mathml does not know {unknown[1]} in {match[2]}: write it differently."
        )
    return f'<div class="equation">{formula}</div>' if block else formula


class Equations(Postprocessor):
    def run(self, text: str) -> str:
        return MARKED.sub(mathml, text)


class MathML(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.postprocessors.register(Equations(md), "mathml", 0)  # after raw HTML is put back


def makeExtension(**options: object) -> MathML:  # noqa: N802
    return MathML(**options)
