"""``seq2seq rescore``: Moses lists in, Moses lists out, with the models' scores."""

import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.inference.model_folder import read_model
from seq2seq.inference.scoring import log_probabilities
from seq2seq.io.moses_nbest import MosesLine, parse_lists

SOURCE = ["one two .", "six &apos; five .", "three ."]
LIST = [
    "0||| deux un .  ||| d= 0 -1 lm= -9 ||| -3.1",
    "0||| un deux .  ||| d= 0 -1 lm= -9 ||| -3.2",
    "0||| un deux .  ||| d= 0 -2 lm= -9 ||| -3.3",
    "0||| un &quot; inconnu .  ||| d= 0 -2 lm= -9 ||| -3.4",
    "2 ||| quatre . ||| d= 0 ||| -1 ||| 0-0 1-1",
    "2 ||| trois . ||| d= 0 ||| -1.5 ||| 0-0 1-1",
    "2 |||  ||| ||| -99",
]


@pytest.fixture
def given(tmp_path: Path) -> list[object]:
    (tmp_path / "source").write_text("".join(f"{line}\n" for line in SOURCE))
    (tmp_path / "list.gz").write_bytes(
        gzip.compress("".join(f"{line}\n" for line in LIST).encode())
    )
    return ["--source", tmp_path / "source", "--nbest", tmp_path / "list.gz"]


def rescored(found: Any) -> list[MosesLine]:
    assert found.returncode == 0, found.stderr.decode()
    lines = found.stdout.decode().split("\n")[:-1]
    return [line for one in parse_lists(lines, "output", sentences=3) for line in one]


def lstm_scores(line: MosesLine, model: str) -> float:
    return float(re.search(rf"LSTM_{model}= (\S+)", line.features)[1])  # type: ignore[index]


def test_the_list_comes_back_whole_with_the_scores_of_the_model_and_sorted(models, seq2seq, given):
    lines = rescored(seq2seq("rescore", "--model", models / "reversed-1", *given))
    assert sorted((line.sentence, line.text) for line in lines) == sorted(
        (int(line.split("|||")[0]), line.split("|||")[1].strip(" ")) for line in LIST
    )
    assert lines[0].text == lines[1].text == "un deux ."
    assert lines[0].features.startswith("d= 0 -1 lm= -9 SMT= -3.2 LSTM_reversed-1= -")
    assert [line.text for line in lines[4:6]] == ["trois .", "quatre ."]
    assert lines[4].more == ("0-0 1-1",)
    model = read_model(models / "reversed-1", torch.device("cpu"))
    source, target = (
        read_vocabulary(models / "reversed-1" / f"{side}.tsv") for side in ("source", "target")
    )
    for line in lines:
        words = np.array(target.encode(line.tokens.split(" ") if line.tokens else []), np.int32)
        sentence = SOURCE[line.sentence].replace("&apos;", "'").split(" ")
        expected = log_probabilities(
            model, [np.array(source.encode(sentence), np.int32)], [words], np.zeros(1, int),
            batch_size=1,
        )[0]  # fmt: skip
        assert lstm_scores(line, "reversed-1") == pytest.approx(expected, rel=1e-4)
        old = float(re.search(r"SMT= (\S+)", line.features)[1])  # type: ignore[index]
        assert line.total == pytest.approx(0.5 * old + 0.5 * expected, rel=1e-4)
    for sentence in (0, 2):
        totals = [line.total for line in lines if line.sentence == sentence]
        assert totals == sorted(totals, reverse=True)


def test_several_models_have_a_feature_each_and_are_averaged(models, process, given):
    both = ["--model", models / "reversed-1", "--model", models / "forward-1"]
    lines = rescored(process("rescore", *both, *given, "--weight", 1, "--batch-size", 1))
    for line in lines:
        scores = [lstm_scores(line, model) for model in ("reversed-1", "forward-1")]
        assert line.total == pytest.approx(np.mean(scores), abs=1e-5)


def test_a_weight_of_nothing_leaves_the_order_as_it_was(models, seq2seq, given):
    found = seq2seq("rescore", "--model", models / "reversed-1", *given, "--weight", 0)
    texts = [line.text for line in rescored(found)]
    assert texts == [line.split("|||")[1].strip(" ") for line in LIST]


def test_raw_source_text_is_tokenized(models, seq2seq, given, tmp_path):
    expected = seq2seq("rescore", "--model", models / "reversed-1", *given)
    (tmp_path / "source").write_text("one two.\nsix ' five.\nthree.\n")
    found = seq2seq("rescore", "--model", models / "reversed-1", *given)
    assert found.stdout == expected.stdout
    assert b"source: raw text, tokenized" in found.stderr


def test_the_list_may_come_from_standard_input(models, seq2seq, given):
    expected = seq2seq("rescore", "--model", models / "reversed-1", *given)
    text = "".join(f"{line}\n" for line in LIST).encode()
    piped = [*given[:2], "--nbest", "-"]
    assert seq2seq("rescore", "--model", models / "reversed-1", *piped, text=text).stdout == (
        expected.stdout
    )


def test_a_list_for_a_longer_text_is_refused_with_its_line(models, seq2seq, given):
    text = b"0 ||| un ||| d= 0 ||| -1\n3 ||| un ||| d= 0 ||| -1\n"
    piped = [*given[:2], "--nbest", "-"]
    found = seq2seq("rescore", "--model", models / "reversed-1", *piped, text=text)
    assert found.returncode == 2
    assert b"error: (standard input), line 2: sentence 3, but the test set has 3" in found.stderr


@pytest.mark.parametrize("weight", ["-0.1", "1.5", "nan"])
def test_a_weight_that_is_no_share_is_refused(models, seq2seq, given, weight):
    found = seq2seq("rescore", "--model", models / "reversed-1", *given, f"--weight={weight}")
    assert (found.returncode, found.stderr.count(b"\n")) == (2, 1)
    assert b"Must be a number from 0 to 1." in found.stderr


def refusal(found: Any) -> str:
    assert (found.returncode, found.stdout, found.stderr.count(b"\n")) == (2, b"", 1)
    return found.stderr.decode()


def test_a_rescored_list_is_not_rescored_again(models, seq2seq, given, tmp_path):
    call = ["rescore", "--model", models / "reversed-1"]
    (tmp_path / "again").write_bytes(seq2seq(*call, *given).stdout)
    said = refusal(seq2seq(*call, *given[:2], "--nbest", tmp_path / "again"))
    assert "sentence 0 has the feature `LSTM_reversed-1=` already: the list is rescored" in said


@pytest.mark.parametrize("name", ["a model", "a=b", "a|||b", "a\nb"])
def test_a_model_whose_name_cannot_be_a_label_is_refused(models, seq2seq, given, tmp_path, name):
    shutil.copytree(models / "reversed-1", tmp_path / "copy" / name)
    said = refusal(seq2seq("rescore", "--model", tmp_path / "copy" / name, *given))
    assert "names a feature of the list" in said and said.endswith("Rename the folder.\n")


def test_a_shifted_source_is_refused_before_anything_is_scored(models, seq2seq, tmp_path):
    lengths = [1 + k * 7919 % 9 for k in range(150)]
    source = ["one " * length for length in lengths]
    rows = [f"{k} ||| {'un ' * length}||| F= 1 ||| -1" for k, length in enumerate(lengths)]
    (tmp_path / "list").write_text("".join(f"{row}\n" for row in rows))
    for shift, code in ((0, 0), (1, 2)):
        shifted = source[shift:] + source[:shift]
        (tmp_path / "source").write_text("".join(f"{line}\n" for line in shifted))
        files = ["--source", tmp_path / "source", "--nbest", tmp_path / "list"]
        found = seq2seq("rescore", "--model", models / "reversed-1", *files)
        assert found.returncode == code
    assert "Give the text that Moses translated as --source." in refusal(found)


def test_a_wrong_line_at_the_end_is_found_before_anything_is_scored(
    models: Path, seq2seq: Any, given: list[object], tmp_path: Path
) -> None:
    (tmp_path / "list").write_text("".join(f"{line}\n" for line in [*LIST, "2 ||| un"]))
    given = [*given[:2], "--nbest", tmp_path / "list"]
    said = refusal(seq2seq("rescore", "--model", models / "reversed-1", *given))
    assert "list, line 8: 2 fields between bars" in said
