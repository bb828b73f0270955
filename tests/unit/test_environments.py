"""The environments of envs/: pinned to what `make` installs, and with all that their rules import."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "workflow" / "seq2seq"
ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))
LOCK = dict(
    line.split("==")
    for line in (REPOSITORY / "requirements.lock").read_text("utf-8").split("\n")
    if "==" in line and not line.startswith("#")
)
ON_PYPI = {"pytorch": "torch"}
BROUGHT_ALONG = {"urllib3": "requests"}  # imported, and a dependency of what is named
SPEC = re.compile(r"(?P<name>[a-z0-9_-]+)=(?P<version>[0-9.]+)(?P<build>=[a-z0-9_*]+)?")
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", re.MULTILINE | re.DOTALL)
each = pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)


def dependencies(path: Path) -> tuple[list[str], list[str]]:
    """Those of conda and those of pip."""
    entries = yaml.safe_load(path.read_text("utf-8"))["dependencies"]
    pip = [name for entry in entries if isinstance(entry, dict) for name in entry["pip"]]
    return [entry for entry in entries if isinstance(entry, str)], pip


def pins(path: Path) -> dict[str, str]:
    """Packages by their names on PyPI, with their versions."""
    conda, pip = dependencies(path)
    found = {
        SPEC.fullmatch(spec)["name"]: SPEC.fullmatch(spec)["version"]
        for spec in conda
        if spec != "pip"
    }
    found |= dict(spec.split("==") for spec in pip)
    return {ON_PYPI.get(name, name): version for name, version in found.items()}


@each
def test_an_environment_names_its_channels_and_pins_everything(path):
    content = yaml.safe_load(path.read_text("utf-8"))
    assert content.keys() == {"channels", "dependencies"}
    assert content["channels"] == ["conda-forge", "nodefaults"]
    conda, pip = dependencies(path)
    assert all(SPEC.fullmatch(spec) or spec == "pip" for spec in conda), conda
    assert all(re.fullmatch(r"[a-z0-9_-]+==[0-9.]+", spec) for spec in pip), pip


@each
def test_pins_are_those_of_the_lock_file(path):
    own = pins(path)
    assert own.pop("python") == "3.11"
    assert own == {name: LOCK[name] for name in own}


def test_pytorch_is_a_build_for_gpus():
    conda, _ = dependencies(REPOSITORY / "envs/torch.yaml")
    assert [spec for spec in conda if spec.startswith("pytorch=")] == [
        f"pytorch={LOCK['torch']}=cuda*"
    ]


def imports(path: Path, seen: set[Path]) -> Iterator[str]:
    """The packages outside the standard library that a module needs when it is imported."""
    seen.add(path)
    for node in ast.parse(path.read_text("utf-8")).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if not name.startswith("seq2seq"):
                yield name.partition(".")[0]
                continue
            place = PACKAGE.parent / name.replace(".", "/")
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if file.is_file() and file not in seen:
                    yield from imports(file, seen)


def rules() -> Iterator[tuple[str, str]]:
    for path in sorted((REPOSITORY / "workflow/rules").glob("*.smk")):
        for name, text in RULE.findall(path.read_text("utf-8")):
            if environment := re.search(r"envs/(\w+)\.yaml", text):
                yield name, environment[1]


@pytest.mark.parametrize(("rule", "environment"), list(rules()))
def test_a_rule_s_environment_has_what_its_program_imports(rule, environment):
    needed = set(imports(PACKAGE / "steps" / f"{rule}.py", set())) - sys.stdlib_module_names
    needed = {BROUGHT_ALONG.get(name, name) for name in needed}
    assert needed <= pins(REPOSITORY / f"envs/{environment}.yaml").keys()
