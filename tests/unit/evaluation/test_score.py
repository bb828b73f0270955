"""Score files, and the programs that make them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Lines, bleu_of_tokens
from seq2seq.evaluation.bootstrap import score_translations
from seq2seq.io.files import write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses

TEXT = ["L'homme dort ici, dit-il.", "Le chat noir dort sur le tapis rouge."]
TOKENS = ["L' homme dort ici , dit-il .", "Le chat noir dort sur le tapis rouge ."]
GOOD = "Le chat noir dort sur le tapis rouge ."
BAD = "Le chat UNK dort sur la rouge ."


def test_a_perfect_translation_has_all_scores_perfect() -> None:
    score = score_translations(Lines(TOKENS, TEXT), Lines(TOKENS, TEXT), seed=1)
    whole = ("bleu", "bleu_low", "bleu_high", "sacrebleu_13a", "chrf")
    assert [score[name] for name in whole] == pytest.approx([100] * 5)
    assert score["sentences"] == 2


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """A test set of two sentences with a list of two hypotheses for the second."""
    write_lines(tmp_path / "reference.tokens", TOKENS)
    write_lines(tmp_path / "reference.text", TEXT)
    rows = [
        Hypothesis(0, 1, (-1.0,), TOKENS[0]),
        Hypothesis(1, 1, (-1.0,), BAD),
        Hypothesis(1, 2, (-2.0,), GOOD),
    ]
    write_hypotheses(tmp_path / "list.tsv.gz", ("total",), rows)
    return [
        *("--hypotheses", str(tmp_path / "list.tsv.gz")),
        *("--reference-tokens", str(tmp_path / "reference.tokens")),
        *("--reference-text", str(tmp_path / "reference.text")),
        *("--language", "fr", "--tokenizer", "moses", "--seed", "1"),
        *("--output", str(tmp_path / "score.json")),
    ]


def test_the_first_ranked_hypothesis_is_scored(arguments: list[str], tmp_path: Path) -> None:
    run_step("evaluate", "score-bleu", *arguments)
    score = json.loads((tmp_path / "score.json").read_text(encoding="utf-8"))
    assert score["bleu"] == pytest.approx(bleu_of_tokens([TOKENS[0], BAD], TOKENS).score)
    assert score["sentences"] == 2
    assert score["hypothesis_tokens"] == 15
    assert score["reference_tokens"] == 16
    assert len(score["precisions"]) == 4
    assert "tok:none" in score["signature"]
    assert "tok:13a" in score["signature_13a"]


def test_translations_are_written_for_sacrebleu_s_program(arguments, tmp_path):
    run_step("evaluate", "score-bleu", *arguments)
    score = json.loads((tmp_path / "score.json").read_text(encoding="utf-8"))
    run_step("evaluate", "write-translations", "--outputs", f"one={arguments[1]}",
             "--source-text", arguments[5], "--reference-text", arguments[5],
             "--language", "fr", "--tokenizer", "moses", "--folder", tmp_path / "out")  # fmt: skip
    assert (tmp_path / "out/one.tok").read_text(encoding="utf-8") == f"{TOKENS[0]}\n{BAD}\n"
    command = ["reference.txt", "-i", "one.txt", "-b", "-w", "4"]
    program = [sys.executable, "-m", "sacrebleu", *command]
    printed = subprocess.run(program, cwd=tmp_path / "out", capture_output=True, text=True).stdout
    assert float(printed) == pytest.approx(score["sacrebleu_13a"], abs=1e-4)


def test_the_oracle_takes_the_hypothesis_nearest_to_the_reference(arguments, tmp_path):
    chosen = str(tmp_path / "oracle.tsv.gz")
    nbest, references = arguments[1], arguments[3]
    choice = ["--nbest", nbest, "--reference-tokens", references, "--output", chosen]
    run_step("evaluate", "choose-oracle", *choice)
    run_step("evaluate", "score-bleu", "--hypotheses", chosen, *arguments[2:])
    score = json.loads((tmp_path / "score.json").read_text(encoding="utf-8"))
    assert score["bleu"] == pytest.approx(100)
    assert score["sacrebleu_13a"] == pytest.approx(100)  # the tokens were put together rightly


def test_translations_of_another_test_set_are_refused(arguments: list[str], tmp_path: Path) -> None:
    for name, lines in (("reference.tokens", TOKENS), ("reference.text", TEXT)):
        write_lines(tmp_path / name, lines[:1])
    with pytest.raises(UserError, match="Give the file of this test set"):
        run_step("evaluate", "score-bleu", *arguments)
