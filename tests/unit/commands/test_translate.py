"""``seq2seq translate`` as people run it: a process, bytes in, bytes out."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

SENTENCES = ["one two three.", "six.", "four five.", "two five six."]
TRANSLATIONS = ["un deux trois.", "six.", "quatre cinq.", "deux cinq six."]


def lines_of(found: Any) -> list[str]:
    assert found.returncode == 0, found.stderr.decode()
    text = found.stdout.decode("utf-8")
    assert text == "" or text.endswith("\n")
    return text.split("\n")[:-1]


def test_raw_text_comes_in_and_goes_out(models: Path, process: Any) -> None:
    text = "\n".join(SENTENCES).encode()
    found = process("translate", "--model", models / "reversed-1", "--beam", 4, text=text)
    assert lines_of(found) == TRANSLATIONS
    assert b"4 sentences in" in found.stderr


def test_a_line_in_is_a_line_out_whatever_it_is(models: Path, seq2seq: Any, tmp_path: Path) -> None:
    odd = [
        "", "   ", "\t", "one\ttwo.", "one\0two", "\0", "😀 🎉", "日本語", "\u2028",
        "a\x0bb\x0cc\x1cd\x85e",
        "one\r", "\ufeff", "two " * 500, "x" * 5000,
        "&amp; <b> |||", "", "one.", "",
    ]  # fmt: skip
    path = tmp_path / "odd.txt"
    path.write_bytes("\n".join(odd).encode("utf-8") + b"\n")
    model = models / "reversed-1"
    found = lines_of(seq2seq("translate", "--model", model, "--beam", 2, "--batch-size", 3, path))
    assert len(found) == len(odd)
    assert [found[k] for k in (0, 1, 2, 15, 17)] == [""] * 5
    assert found[16] == "un."


def test_nothing_in_is_nothing_out(models: Path, seq2seq: Any) -> None:
    assert lines_of(seq2seq("translate", "--model", models / "reversed-1")) == []
    assert lines_of(seq2seq("translate", "--model", models / "reversed-1", text=b"\n")) == [""]


def test_json_holds_n_best_scores_and_the_models(models: Path, process: Any) -> None:
    both = ["--model", models / "reversed-1", "--model", models / "forward-1"]
    arguments = ["--beam", 5, "--nbest", 3, "--format", "json", "--batch-size", 1]
    found = process("translate", *both, *arguments, text="one two.\n\n« é »\n".encode())
    records = [json.loads(line) for line in lines_of(found)]
    assert [record["line"] for record in records] == [1, 2, 3]
    assert [record["source"] for record in records] == ["one two.", "", "« é »"]
    assert all(record["models"] == ["reversed-1", "forward-1"] for record in records)
    best = records[0]["translations"]
    assert best[0]["text"] == "un deux." and best[0]["tokens"] == "un deux ."
    assert best[0]["complete"] and len(best) == 3
    scores = [one["log_probability"] for one in best]
    assert scores == sorted(scores, reverse=True)
    for one in best:
        own = one["model_log_probabilities"]  # means of probabilities are above geometric means
        assert one["log_probability"] >= sum(own) / 2 or not one["complete"]
    assert records[1]["translations"] == [
        {
            "text": "", "tokens": "", "log_probability": 0.0, "complete": True,
            "model_log_probabilities": [0.0, 0.0],
        }
    ]  # fmt: skip


def test_a_single_models_own_score_is_that_of_the_search(models: Path, seq2seq: Any) -> None:
    arguments = ["--model", models / "reversed-1", "--format", "json", "--beam", 3]
    found = lines_of(seq2seq("translate", *arguments, text="\n".join(SENTENCES).encode()))
    for line in found:
        one = json.loads(line)["translations"][0]
        assert one["model_log_probabilities"] == pytest.approx([one["log_probability"]], abs=1e-5)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_a_faster_precision_translates_the_same(models: Path, seq2seq: Any, precision: str) -> None:
    arguments = ["--model", models / "reversed-1", "--precision", precision]
    found = lines_of(seq2seq("translate", *arguments, text="\n".join(SENTENCES).encode()))
    assert found == TRANSLATIONS


def test_a_model_copied_elsewhere_translates_as_before(models, seq2seq, tmp_path):
    shutil.copytree(models / "reversed-1", tmp_path / "elsewhere")
    arguments = ["--model", tmp_path / "elsewhere", "--format", "json"]
    found = lines_of(seq2seq("translate", *arguments, text=SENTENCES[0].encode()))
    record = json.loads(found[0])
    assert record["models"] == ["elsewhere"]
    assert record["translations"][0]["text"] == TRANSLATIONS[0]


def test_what_is_cut_at_the_limit_says_so(models: Path, seq2seq: Any) -> None:
    arguments = ["--model", models / "reversed-1", "--beam", 1, "--format", "json"]
    forever = " ".join(["one"] * 60)
    limit = ["--max-words-factor", "0.0001"]
    records = lines_of(seq2seq("translate", *arguments, *limit, text=forever.encode()))
    (best,) = json.loads(records[0])["translations"]
    assert len(best["tokens"].split(" ")) == 10 or best["complete"]


def test_unknown_words_may_be_forbidden(models: Path, seq2seq: Any) -> None:
    arguments = ["--model", models / "forward-1", "--unknown-words", "forbidden"]
    found = lines_of(seq2seq("translate", *arguments, text=b"xyzzy plugh.\none.\n"))
    assert len(found) == 2
    assert not any("UNK" in line for line in found)


def test_text_that_is_not_utf_8_is_one_sentence_after_what_came_before_it(models, seq2seq):
    found = seq2seq("translate", "--model", models / "reversed-1", text=b"six.\n\xe9t\xe9\nsix.\n")
    assert found.returncode == 2
    assert found.stdout == b"six.\n"
    last = found.stderr.decode().split("\n")[-2]
    assert last.startswith("error: (standard input), line 2: not valid UTF-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--beam", "0"], 'Invalid value "0" for --beam. Must be a number >= 1.'),
        (
            ["--nbest", "13", "--format", "json"],
            "--nbest 13 needs a --beam of at least 13, got 12.",
        ),
        (["--nbest", "2"], "--nbest needs --format json"),
        (["--length-penalty=-1"], 'Invalid value "-1.0" for --length-penalty. Must be'),
        (["--max-words-factor", "inf"], 'Invalid value "inf" for --max-words-factor. Must be'),
        (["no/such/file"], "no/such/file: no such file."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(models, seq2seq, arguments, message):
    found = seq2seq("translate", "--model", models / "reversed-1", *arguments)
    assert (found.returncode, found.stdout) == (2, b"")
    assert found.stderr.decode().startswith(f"error: {message}")
    assert found.stderr.count(b"\n") == 1


def test_folders_that_are_no_ensemble_are_refused(models: Path, seq2seq: Any) -> None:
    found = seq2seq("translate", "--model", models)
    assert b"is not a trained model" in found.stderr and found.stderr.count(b"\n") == 1
    twice = ["--model", models / "reversed-1", "--model", models / "reversed-1"]
    assert b"Two models are called reversed-1" in seq2seq("translate", *twice).stderr
