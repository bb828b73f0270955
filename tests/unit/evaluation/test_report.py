"""The program behind ``seq2seq bleu``: raw text in, a table out."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from run_step import run_command
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines

REFERENCE = ["L'homme dort ici, dit-il.", "Le chat noir dort sur le tapis\u2028rouge."]


@pytest.fixture
def reference(tmp_path: Path) -> str:
    write_lines(tmp_path / "reference.fr", REFERENCE)
    return str(tmp_path / "reference.fr")


def run_bleu(monkeypatch: pytest.MonkeyPatch, *arguments: str, standard_input: bytes = b"") -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(standard_input)))
    run_command("bleu", *arguments)


def test_multi_bleu_and_sacrebleu_print_the_same_numbers(
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = shared_data / "wmt-newstest/derived/newstest2014.eval.fr"
    hypothesis = tmp_path / "a system.fr"
    changed = (line.replace(" de ", " du ").replace("é", "e") for line in read_lines(path))
    write_lines(hypothesis, changed)
    run_bleu(monkeypatch, "--reference", str(path), str(hypothesis))
    lines = capsys.readouterr().out.split("\n")
    assert lines[1].split(maxsplit=2) == ["65.44", "64.00", str(hypothesis)]
    assert any("tok:none|smooth:none" in line for line in lines)
    assert any("tok:13a|smooth:exp" in line for line in lines)


def test_each_file_and_standard_input_have_a_line_in_their_order(reference, monkeypatch, capsys):
    text = "\n".join(["Une femme dort.", "Le chien noir dort sur le tapis rouge."])
    run_bleu(monkeypatch, "--reference", reference, reference, "-", standard_input=text.encode())
    lines = capsys.readouterr().out.split("\n")
    assert lines[1].split(maxsplit=2) == ["100.00", "100.00", reference]
    assert lines[2].endswith("(standard input)")
    assert len(lines) == 3 + 1 + 2 + 1  # a legend for both numbers, once


def test_files_of_another_length_are_refused_with_both_numbers(reference, tmp_path, monkeypatch):
    write_lines(tmp_path / "short.fr", REFERENCE[:1])
    with pytest.raises(UserError, match=r"reference\.fr has 2 lines but .*short\.fr has 1: line k"):
        run_bleu(monkeypatch, "--reference", reference, str(tmp_path / "short.fr"))


def test_a_missing_file_is_named(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"nowhere\.fr: no such file"):
        run_bleu(monkeypatch, "--reference", reference, "nowhere.fr")


def test_text_that_is_not_utf_8_is_refused_with_its_line(reference, tmp_path, monkeypatch):
    latin = "oui\né\n".encode("latin-1")
    (tmp_path / "latin.fr").write_bytes(latin)
    with pytest.raises(UserError, match=r"latin\.fr, line 2: not valid UTF-8"):
        run_bleu(monkeypatch, "--reference", reference, str(tmp_path / "latin.fr"))
    with pytest.raises(UserError, match=r"standard input\), line 2: not valid UTF-8"):
        run_bleu(monkeypatch, "--reference", reference, "-", standard_input=latin)


def test_an_empty_reference_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "empty.fr", [])
    with pytest.raises(UserError, match=r"empty\.fr: is empty"):
        run_bleu(monkeypatch, "--reference", str(tmp_path / "empty.fr"), "-")


def test_standard_input_is_read_once_only(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="only once"):
        run_bleu(monkeypatch, "--reference", reference, "-", "-")
