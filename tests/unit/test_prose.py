"""Plain prose: phrases that a native reader parses twice do not come back."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BANNED = {
    r"\banew\b": "again, or: delete it and rerun",
    r"\b(is|are) told\b": "say it plainly: reported, listed, given",
    r"\botherwise than\b": "differently from",
    r"\bof today\b|\btoday's\b": "current",
    r"(words|sentences|tokens|hypotheses|lines|updates|bytes|pairs) a second\b": "per second",
    r"\bits? kin\b|\band their kin\b": "and similar",
    r"\bstands? (beside|below|above|there|in place)\b": "is beside, is below",
    r"\bword numbers?\b": "token ids",
    r"\bcould not be had\b|\bcan be had\b": "is not available",
    r"\bwhat was found\b.*\bfound\b": "name the thing",
}
READ = [
    *(REPOSITORY / "workflow").rglob("*.py"),
    *(REPOSITORY / "workflow").rglob("*.smk"),
    *(REPOSITORY / "workflow").rglob("*.rst"),
    *(REPOSITORY / "workflow").rglob("*.j2"),
    *(REPOSITORY / "config").glob("*"),
    *REPOSITORY.glob("*.md"),
    *(REPOSITORY / "docs").rglob("*.md"),
    REPOSITORY / "Makefile",
]


@pytest.mark.parametrize("path", READ, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_prose_is_plain(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    found = [
        f"line {number}: {match[0]!r}; better: {better}"
        for number, line in enumerate(lines, start=1)
        for pattern, better in BANNED.items()
        if (match := re.search(pattern, line, re.IGNORECASE))
    ]
    assert found == []
