"""The environments of envs/: pinned to what `make` installs, and with all that their rules import."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "workflow" / "seq2seq"
ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))
LOCKED = "".join(path.read_text("utf-8") for path in REPOSITORY.glob("requirements*"))
LOCK = dict(re.findall(r"^([a-z0-9-]+)==([^ \n]+)", LOCKED, re.MULTILINE))
ON_PYPI = {"pytorch": "torch"}
# The package that brings an imported module.
BROUGHT_ALONG = {"urllib3": "requests", "yaml": "pyyaml"}
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


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that import statements among the nodes name, as dotted names."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def packages(names: Iterable[str], seen: set[Path]) -> Iterator[str]:
    """The packages outside the standard library that importing these modules needs."""
    for name in names:
        if not name.startswith("seq2seq"):
            yield name.partition(".")[0]
            continue
        place = PACKAGE.parent / name.replace(".", "/")
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file() and file not in seen:
                seen.add(file)
                yield from packages(imported(ast.parse(file.read_text("utf-8")).body), seen)


def needs(stage: str, step: str) -> set[str]:
    """What a step imports: its module at the top, and its function and that one's helpers inside."""
    module = ast.parse((PACKAGE / f"steps/{stage}.py").read_text("utf-8"))
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    called, names = [step.replace("-", "_")], list(imported(module.body))
    for name in called:
        body = list(ast.walk(functions[name]))
        names += imported(body)
        used = {node.id for node in body if isinstance(node, ast.Name)}
        called += [other for other in functions if other in used and other not in called]
    return set(packages(names, set()))


def rules() -> Iterator[tuple[str, str, str]]:
    for path in sorted((REPOSITORY / "workflow/rules").glob("*.smk")):
        for _, text in RULE.findall(path.read_text("utf-8")):
            step = re.search(r"seq2seq\.steps\.(\w+) ([a-z0-9-]+)", text)
            environment = re.search(r"envs/(\w+)\.yaml", text)
            if step and environment:
                yield step[1], step[2], environment[1]


@pytest.mark.parametrize(("stage", "step", "environment"), list(rules()))
def test_a_rule_s_environment_has_what_its_step_imports(stage, step, environment):
    needed = {BROUGHT_ALONG.get(name, name) for name in needs(stage, step)}
    needed -= set(sys.stdlib_module_names)
    assert needed <= pins(REPOSITORY / f"envs/{environment}.yaml").keys()


@pytest.mark.parametrize("step", ["rescore score-nbest", "translate translate-test"])
def test_translating_and_scoring_need_no_tokenizer(step):
    """Their texts are tokens already: a GPU machine does without sacremoses."""
    assert "sacremoses" not in needs(*step.split())
