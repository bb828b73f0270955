"""The house rules of the code: its size, its layers, no unused code, no class name twice.

A number here may be raised only with a decision in docs/decisions/.
"""

import ast
import keyword
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "workflow" / "seq2seq"
MODULES = sorted(PACKAGE.rglob("*.py"))
PACKAGE_LINES, PACKAGE_FILES, TEST_LINES = 17_430, 137, 20_050
FOLDER_FILES, MODULE_LINES, RULE_FILE_LINES, STEP_LINES = 15, 300, 200, 40


def lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def test_the_package_and_its_tests_keep_their_size():
    assert sum(map(lines, MODULES)) <= PACKAGE_LINES
    assert len(MODULES) <= PACKAGE_FILES
    tests = set((REPOSITORY / "tests").rglob("*.py"))
    benchmarks = set((REPOSITORY / "tests" / "benchmarks").rglob("*.py"))
    assert sum(map(lines, tests - benchmarks)) <= TEST_LINES


def test_no_folder_module_or_rule_file_is_too_large():
    folders = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert {name(f): n for f, n in folders.items() if n > FOLDER_FILES} == {}
    assert {name(p): lines(p) for p in MODULES if lines(p) > MODULE_LINES} == {}
    rules = sorted((REPOSITORY / "workflow/rules").glob("*.smk"))
    assert {name(p): lines(p) for p in rules if lines(p) > RULE_FILE_LINES} == {}


def test_a_step_is_short():
    """Its body: signature and help text are its command line."""
    long = {}
    for path in (PACKAGE / "steps").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                length = (node.end_lineno or 0) - first.lineno + 1
                if length > STEP_LINES:
                    long[node.name] = length
    assert long == {}


def test_no_public_class_has_the_name_of_another():
    names = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [each for each, count in names.items() if count > 1] == []


def run(program: str, *arguments: object) -> None:
    ended = subprocess.run(
        [Path(sys.executable).parent / program, *map(str, arguments)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_no_layer_imports_a_higher_one():
    run("lint-imports")  # the contracts are in pyproject.toml


def test_nothing_is_unused(tmp_path):
    """Rules and templates use the package too; pyproject.toml names what files and libraries use."""
    users = [
        REPOSITORY / "Snakefile",
        *(REPOSITORY / "workflow").rglob("*.smk"),
        *(REPOSITORY / "workflow").rglob("*.j2"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in users)
    used = sorted(set(re.findall(r"[A-Za-z_]\w+", text)) - set(keyword.kwlist))
    (tmp_path / "used.py").write_text("\n".join(used), encoding="utf-8")
    run("vulture", PACKAGE, tmp_path / "used.py")
