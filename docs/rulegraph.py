"""`make rulegraph`: Snakemake's graph of rules, readable.

Reads the dot of `snakemake --rulegraph` and writes dot. Rules have the colour of their stage. An edge
that a longer path implies is dropped: most files are also inputs of the certificate and the page.
"""

import re
import sys
from pathlib import Path

RULES = Path(__file__).resolve().parents[1] / "workflow" / "rules"
STAGES = {  # rule files, and the colour of their rules
    "data": ("corpus data vocabulary", "#dbeafe"),
    "baseline": ("language_model baseline", "#fde68a"),
    "training": ("train", "#fecaca"),
    "translation": ("translate", "#ddd6fe"),
    "rescoring": ("rescore", "#bbf7d0"),
    "evaluation": ("evaluate claims costs", "#e5e7eb"),
    "figures and page": ("figures report", "#fbcfe8"),
}
STYLE = """rankdir=TB; ranksep=0.3; nodesep=0.15;
  node [shape=box, style="filled,rounded", color="#64748b", fontname="Helvetica", fontsize=13];
  node [height=0.3, margin="0.14,0.03"];
  edge [color="#64748b", arrowsize=0.6];"""


def colours() -> dict[str, str]:
    """The colour of each rule by name."""
    found = {}
    for files, colour in STAGES.values():
        for name in files.split():
            text = (RULES / f"{name}.smk").read_text(encoding="utf-8")
            for rule in re.findall(r"^ *(?:use rule \w+ as|rule) (\w+)", text, re.MULTILINE):
                found[rule] = colour
    return found


def drawn(dot: str) -> str:
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)', dot, re.MULTILINE))
    following: dict[str, set[str]] = {name: set() for name in names.values()}
    for before, after in re.findall(r"^\s*(\d+) -> (\d+)", dot, re.MULTILINE):
        if names[after] != "all" and before != after:
            following[names[before]].add(names[after])

    def reached(rule: str) -> set[str]:
        return following[rule].union(*map(reached, following[rule]))

    fills = colours()
    lines = [f'{rule} [fillcolor="{fills[rule]}"];' for rule in following if rule != "all"]
    for rule, others in following.items():
        implied = set().union(*map(reached, others))
        lines += [f"{rule} -> {other};" for other in sorted(others - implied)]
    lines += [f'"{stage}" [fillcolor="{fill}", penwidth=0];' for stage, (_, fill) in STAGES.items()]
    return "\n  ".join(["digraph rules {", STYLE, *lines]) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(drawn(sys.stdin.read()))
