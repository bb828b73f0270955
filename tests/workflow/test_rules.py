"""Every rule of the workflow has one shape, and a program of its own name."""

import importlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
RULE_FILES = [REPOSITORY / "Snakefile", *sorted((REPOSITORY / "workflow" / "rules").glob("*.smk"))]
STEPS = REPOSITORY / "workflow" / "seq2seq" / "steps"

FOR_PEOPLE = {"bleu"}  # programs that no rule calls
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
    def programs(self):
        return re.findall(r"python -m seq2seq\.steps\.(\w+)", self.text)


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
def test_a_rule_calls_the_program_of_its_name(rule):
    assert rule.programs == [rule.name]
    assert (STEPS / f"{rule.name}.py").is_file()


def test_every_program_is_called_by_the_rule_of_its_name():
    programs = {path.stem for path in STEPS.glob("*.py")} - {"__init__"} - FOR_PEOPLE
    assert programs == {rule.name for rule in RUN}


@pytest.mark.parametrize("path", sorted(STEPS.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_a_program_is_short_and_has_one_way_to_fail(path):
    text = path.read_text(encoding="utf-8")
    assert text.endswith('if __name__ == "__main__":\n    run(main)\n')
    assert text.startswith('"""')
    assert "argparse.ArgumentParser(" in text and "description=__doc__" in text


@each
def test_a_rule_gives_its_program_the_flags_that_it_takes(rule, capsys, monkeypatch):
    program = importlib.import_module(f"seq2seq.steps.{rule.name}")
    monkeypatch.setattr(sys, "argv", [rule.name, "--help"])
    with pytest.raises(SystemExit):
        program.main()
    usage = capsys.readouterr().out.partition("\n\n")[0]
    required = set(re.findall(r"--[a-z-]+", re.sub(r"\[.*?\]", "", usage, flags=re.DOTALL)))
    shell = rule.text.partition("shell:")[2]
    given = set(re.findall(r'" (--[a-z-]+)', shell))
    made_elsewhere = re.findall(r'" {params\.\w+:q}"', shell)  # such as --curve=LABEL=FILE
    assert given <= set(re.findall(r"--[a-z-]+", usage))
    assert len(required - given) <= len(made_elsewhere)


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


@each
def test_a_command_has_one_flag_a_line(rule):
    shell = rule.text.partition("shell:")[2]
    for line in re.findall(r'"(.*)"', shell):
        assert line.count(" --") <= 1, line


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_no_rule_hides_code(path):
    text = path.read_text(encoding="utf-8")
    for forbidden in ("lambda", "run:", "script:", "wrapper:", "notebook:", "{input[", "{output["):
        assert not re.search(rf"(?<!\w){re.escape(forbidden)}", text), forbidden


def test_functions_stand_in_one_file():
    with_functions = [
        p.name for p in RULE_FILES if re.search(r"^ *def ", p.read_text("utf-8"), re.M)
    ]
    assert with_functions == ["inputs.smk"]


@pytest.mark.parametrize(
    ("path", "most"),
    [(RULE_FILES[0], 60), *((path, 200) for path in RULE_FILES[1:])],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_file_of_rules_can_be_read_at_one_sitting(path, most):
    assert len(path.read_text(encoding="utf-8").split("\n")) <= most
