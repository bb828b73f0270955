"""Every rule of the workflow has one shape, and a step of its own name."""

import importlib
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
RULE_FILES = [REPOSITORY / "Snakefile", *sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))]
STEPS = REPOSITORY / "workflow" / "seq2seq" / "steps"
STAGES = [path for path in sorted(STEPS.glob("[!_]*.py")) if path.stem != "flags"]

BEGINNING = re.compile(r"^( *)(?:rule (?P<name>\w+)|use rule (?P<base>\w+) as (?P<variant>\w+))")
WITHOUT_BENCHMARK = {"download"}  # shared by all experiments, so it lies in none of their folders


@dataclass(frozen=True)
class Rule:
    name: str
    text: str
    file: str
    base: str | None

    def directives(self):
        return re.findall(r"^ +(\w+):", self.text, re.MULTILINE)

    @property
    def steps(self):
        """The steps that the rule runs, each as stage and name."""
        return re.findall(r"python -m seq2seq\.steps\.(\w+) ([a-z0-9-]+)", self.text)


def rules_of(path):
    """A file's rules, each with the lines that are indented below its first."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        if found := BEGINNING.match(line):
            block = []
            for following in lines[number + 1 :]:
                if following.strip() and not following.startswith(f"{found[1]}    "):
                    break
                block.append(following)
            name = found["name"] or found["variant"]
            yield Rule(name, "\n".join(block), path.name, found["base"])


RULES = [rule for path in RULE_FILES for rule in rules_of(path)]
RUN = [rule for rule in RULES if "shell:" in rule.text]
each = pytest.mark.parametrize("rule", RUN, ids=lambda rule: rule.name)


def test_the_rules_are_found():
    assert {"download", "train_segment", "make_table", "all"} <= {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_all_alone_is_a_rule_that_runs_nothing():
    assert [r.name for r in RULES if r not in RUN and r.base is None] == ["all"]


@each
def test_a_rule_calls_the_step_of_its_name(rule):
    assert [step for _, step in rule.steps] == [rule.name.replace("_", "-")]


def test_every_step_is_called_by_a_rule():
    steps = {
        (path.stem, function)
        for path in STAGES
        for function in re.findall(r"@app\.command\ndef (\w+)", path.read_text("utf-8"))
    }
    assert steps == {(stage, step.replace("-", "_")) for rule in RUN for stage, step in rule.steps}


@pytest.mark.parametrize("path", STAGES, ids=lambda path: path.stem)
def test_steps_are_typed_keyword_only_functions(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""') and text.endswith("main_of(app, __name__)\n")
    for name in re.findall(r"@app\.command\ndef (\w+)", text):
        function = getattr(importlib.import_module(f"seq2seq.steps.{path.stem}"), name)
        parameters = inspect.signature(function).parameters.values()
        assert all(one.kind is one.KEYWORD_ONLY and one.annotation is not one.empty
                   for one in parameters)  # fmt: skip


def flags_of(signature):
    """Each flag with its parameter; the fields of a dataclass are flags."""
    for name, one in signature.parameters.items():
        kind = getattr(one.annotation, "__origin__", one.annotation)
        if name == "run":
            yield from flags_of(inspect.signature(kind))
        else:
            yield f"--{name.replace('_', '-')}", one


@each
def test_a_rule_gives_its_step_the_flags_that_it_takes(rule):
    ((stage, step),) = rule.steps
    function = getattr(importlib.import_module(f"seq2seq.steps.{stage}"), step.replace("-", "_"))
    taken = dict(flags_of(inspect.signature(function)))
    required = {flag for flag, one in taken.items() if one.default is one.empty}
    shell = rule.text.partition("shell:")[2]
    given = set(re.findall(r"[ \"](--[a-z0-9-]+)", shell.partition(step)[2]))
    assert required <= given <= set(taken)


@each
def test_a_rule_says_what_it_does_first(rule):
    assert re.match(r' +"""[A-Z(][^\n]+\."""\n', rule.text) or re.match(
        r' +"""[A-Z(].*?"""\n', rule.text, re.DOTALL
    )


@each
def test_a_rule_has_a_log_a_benchmark_and_an_environment(rule):
    nbest = {"output", "log", "conda", "shell", "benchmark"}
    missing = nbest - set(rule.directives())
    assert missing <= ({"benchmark"} if rule.name in WITHOUT_BENCHMARK else set())
    assert "2>&1 | tee {log:q}" in rule.text


@each
def test_a_benchmark_is_named_after_its_rule(rule):
    """The table of measured costs tells the rule by the file's name."""
    for name in re.findall(r"<benchmarks>/\w+/(\w+)", rule.text):
        assert name == rule.name


@each
def test_a_rule_s_environment_is_there(rule):
    for environment in re.findall(r'"\.\./\.\./(envs/\w+\.yaml)"', rule.text):
        assert (REPOSITORY / environment).is_file()


@each
def test_files_are_quoted_on_the_command_line(rule):
    shell = rule.text.partition("shell:")[2]
    for placeholder in re.findall(r"{(?:input|output|log)\b[^}]*}", shell):
        assert placeholder.endswith(":q}"), placeholder


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_no_rule_hides_code(path):
    text = path.read_text(encoding="utf-8")
    for forbidden in ("lambda", "run:", "script:", "wrapper:", "notebook:", "{input[", "{output["):
        assert not re.search(rf"(?<!\w){re.escape(forbidden)}", text), forbidden


def test_functions_stand_in_two_files():
    with_functions = [
        p.name for p in RULE_FILES if re.search(r"^ *def ", p.read_text("utf-8"), re.M)
    ]
    assert with_functions == ["inputs.smk", "resources.smk"]


@pytest.mark.parametrize(
    ("path", "most"),
    [(RULE_FILES[0], 61), *((path, 200) for path in RULE_FILES[1:])],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_file_of_rules_can_be_read_at_one_sitting(path, most):
    assert len(path.read_text(encoding="utf-8").split("\n")) <= most
