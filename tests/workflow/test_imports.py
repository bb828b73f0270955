"""Who may import whom (docs: the house's directions), read from the code's import statements.

steps -> {corpus | smt | nn | evaluation | figures} -> core; sub-packages meet in files.
"""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "workflow" / "seq2seq"
LIBRARY = {"corpus", "smt", "nn", "evaluation", "figures"}
PROGRAMS = {"steps", "commands", "__main__"}  # above the library: nothing imports them
FILES = sorted(PACKAGE.rglob("*.py"))


def part(path):
    """The sub-package a file belongs to, or the module's own name in the core."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name(path):
    return str(path.relative_to(PACKAGE))


def imports(path):
    """Every module that a file imports, anywhere in it, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: write imports out in full"
            if node.module in ("seq2seq", "seq2seq.steps"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield ast.literal_eval(node.args[0])


def imported_parts(path):
    return {
        module.split(".")[1]
        for module in imports(path)
        if module.startswith("seq2seq.") and module != "seq2seq"
    }


def users_of(library):
    return {
        name(path)
        for path in FILES
        if any(f"{module}.".startswith(f"{library}.") for module in imports(path))
    }


def test_every_folder_of_the_package_is_known_here():
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert folders - PROGRAMS == LIBRARY | {"settings", "runtime"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_go_down_only(path):
    own, used = part(path), imported_parts(path)
    core = {part(file) for file in FILES} - LIBRARY - PROGRAMS
    if own in PROGRAMS:
        return
    allowed = core | {own} if own in LIBRARY else core
    assert used <= allowed


def test_no_step_imports_another_step():
    steps = [path for path in FILES if part(path) == "steps"]
    assert {name(path): imported_parts(path) & PROGRAMS for path in steps} == {
        name(path): set() for path in steps
    }


def test_the_core_has_no_circle():
    core = {part(path): imported_parts(path) for path in FILES if len(name(path).split("/")) == 1}
    order = []
    while core:
        free = [module for module, used in core.items() if not used & (core.keys() - {module})]
        assert free, f"these import one another: {sorted(core)}"
        order += free
        core = {module: used for module, used in core.items() if module not in free}


def test_only_networks_and_steps_know_torch():
    assert {path.split("/")[0] for path in users_of("torch")} <= {"nn", "steps", "commands"}


def test_processes_that_train_together_are_known_in_one_place():
    assert users_of("torch.distributed") <= {"training/distributed.py"}


def test_the_realizer_is_known_in_one_place():
    assert users_of("pyrealb") == {"corpus/embedded_forms.py"}


def test_pictures_are_drawn_in_one_place():
    assert {path.split("/")[0] for path in users_of("matplotlib")} == {"figures"}


def test_what_snakemake_imports_while_it_plans_is_standard_library_alone():
    planned = ["errors", "symbols", "files", "checks", "configuration", "experiment"]
    planned += [
        f"settings/{name}" for name in ("__init__", "data", "decoding", "evidence", "training")
    ]
    planned += ["corpus/catalogue", "corpus/catalogue_rows", "evaluation/ledger"]
    for module in planned:
        outside = {
            found.split(".")[0] for found in imports(PACKAGE / f"{module}.py")
        } - sys.stdlib_module_names
        assert outside <= {"seq2seq", "yaml"}, module


def test_raw_configuration_is_read_in_one_place():
    assert users_of("yaml") == {"configuration.py"}


def test_nothing_in_the_package_knows_snakemake():
    assert users_of("snakemake") == set()
