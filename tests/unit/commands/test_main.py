"""The dispatcher ``seq2seq COMMAND``."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seq2seq import __version__
from seq2seq.__main__ import COMMANDS


def test_help_names_every_command(process: Any) -> None:
    found = process("--help")
    assert found.returncode == 0
    for name in COMMANDS:
        assert f"  {name} " in found.stdout.decode()


def test_the_version_is_that_of_the_package_and_its_citation(process, repository: Path) -> None:
    found = process("--version").stdout.decode()
    assert found == f"seq2seq {__version__}\n"
    for file, key in (("pyproject.toml", 'version = "{}"'), ("CITATION.cff", "version: {}")):
        assert key.format(__version__) in (repository / file).read_text("utf-8").split("\n")


@pytest.mark.parametrize("module", ["__main__", "commands.translate"])
def test_help_waits_for_no_library(module: str, repository: Path) -> None:
    code = f"import sys, seq2seq.{module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=repository / "workflow", capture_output=True, text=True
    ).stdout.split(" ")
    assert not {"torch", "numpy", "sacremoses", "sacrebleu", "matplotlib"} & set(loaded)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, seq2seq: Any) -> None:
    found = seq2seq(name, "--help")
    assert found.returncode == 0
    assert found.stdout.decode().lower().startswith(f"usage: seq2seq {name} ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["transalte"], "There is no command `transalte` (did you mean `translate`?). Use one of"),
        (["--vers"], "There is no command `--vers`. Use one of"),
        ([], "A command is missing. Use one of translate, rescore, bleu"),
    ],
)
def test_an_unknown_command_is_one_sentence(arguments, message, seq2seq):
    found = seq2seq(*arguments)
    assert (found.returncode, found.stdout) == (2, b"")
    assert found.stderr.decode().startswith(f"error: {message}")
    assert found.stderr.count(b"\n") == 1


def test_bleu_of_a_file_with_itself_is_a_hundred(seq2seq: Any, tmp_path: Path) -> None:
    path = tmp_path / "text.fr"
    path.write_text("L'homme dort ici, dit-il.\n", encoding="utf-8")
    found = seq2seq("bleu", "--reference", path, path)
    assert found.stdout.decode().split("\n")[1].split()[:2] == ["100.00", "100.00"]
