"""What the documents tell a newcomer to type or to open is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from seq2seq.config.loading import build
from seq2seq.config.outputs import SystemRow

REPOSITORY = Path(__file__).resolve().parents[2]
README = REPOSITORY / "README.md"
DOCUMENTS = [
    *sorted(REPOSITORY.glob("*.md")),
    *(path for folder in ("config", "docs", "results")
      for path in sorted((REPOSITORY / folder).glob("*.md"))),
    *sorted((REPOSITORY / "docs").glob("*/*.md")),
]  # fmt: skip

pytestmark = pytest.mark.skipif(not README.is_file(), reason="needs README.md, not yet written")


def code_of(path):
    """What stands in fences and between backquotes."""
    text = path.read_text(encoding="utf-8")
    fences = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*fences, *re.findall(r"`([^`\n]+)`", text)])


def targets():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))


def name(path):
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_make_command_is_a_target(path):
    assert set(re.findall(r"\bmake ([a-z0-9-]+)", code_of(path))) <= targets()


def test_the_main_commands_are_in_the_readme():
    assert {"demo", "test", "multi30k"} <= set(re.findall(r"\bmake ([a-z0-9-]+)", code_of(README)))


def test_make_help_lists_every_command():
    if shutil.which("make") is None:
        pytest.skip("needs make")
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert listed.returncode == 0, listed.stderr
    assert {line.split(" ")[0] for line in listed.stdout.strip().split("\n")} == targets()


def anchors(path):
    """Of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_to_a_file_leads_to_one(path):
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    for link in links:
        if not re.match(r"[a-z]+:", link):
            file, _, anchor = link.partition("#")
            target = path.parent / file if file else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_the_site_lists_every_page():
    text = (REPOSITORY / "zensical.toml").read_text(encoding="utf-8")
    listed = re.findall(r'"([\w./-]+\.md)"', text)
    assert sorted(listed) == sorted(map(name, DOCUMENTS))


def test_the_graph_of_rules_has_only_rules_that_exist():
    drawn = re.findall(r">(\w+_\w+)</text>", (REPOSITORY / "docs/images/rulegraph.svg").read_text())
    files = (REPOSITORY / "workflow/rules").glob("*.smk")
    rules = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert len(drawn) > 40
    for rule in drawn:
        assert re.search(rf"\brule {rule}:|\bas {rule} with:", rules), f"{rule}: make rulegraph"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_file_named_is_there(path):
    named = re.findall(r"\b(?:config|workflow|envs|tests|docs)/[\w./-]+", code_of(path))
    for file in named:
        assert list(REPOSITORY.glob(file.rstrip("/."))), file


def test_the_row_that_the_readme_shows_is_a_row():
    blocks = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    rows = [row for block in blocks for row in yaml.safe_load(block) if "system" in row]
    assert rows
    for row in rows:
        assert build(SystemRow, row).translate
