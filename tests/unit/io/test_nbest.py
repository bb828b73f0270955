"""The columnar format of translations and n-best lists."""

import gzip
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.io.nbest import (
    Hypothesis,
    best_translations,
    read_hypotheses,
    read_parts,
    write_hypotheses,
)

ROWS = [
    Hypothesis(0, 1, (-1.5, 0.1), "le chat ."),
    Hypothesis(0, 2, (-2.0, 1e-300), 'a ||| " \u2028 \u00a0 #'),
    Hypothesis(2, 1, (float("-inf"), 1 / 3), ""),
]
HEADER = "sentence\trank\tmodel\thypothesis"


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz"])
def test_hypotheses_come_back(tmp_path: Path, name: str) -> None:
    write_hypotheses(tmp_path / name, ("model", "smt"), ROWS)
    read = read_hypotheses(tmp_path / name)
    assert read.score_names == ("model", "smt")
    assert list(read.rows) == ROWS


def test_the_file_is_as_documented(tmp_path: Path) -> None:
    write_hypotheses(tmp_path / "a.tsv.gz", ("model",), [Hypothesis(0, 1, (-1.5,), "le chat .")])
    content = gzip.decompress((tmp_path / "a.tsv.gz").read_bytes())
    assert content == b"sentence\trank\tmodel\thypothesis\n0\t1\t-1.5\tle chat .\n"


def test_scores_may_be_lacking(tmp_path: Path) -> None:
    rows = [Hypothesis(0, 1, (), "le chat .")]
    write_hypotheses(tmp_path / "a.tsv", (), rows)
    read = read_hypotheses(tmp_path / "a.tsv")
    assert (read.score_names, list(read.rows)) == ((), rows)


def test_hypotheses_are_gathered_by_sentence(tmp_path: Path) -> None:
    write_hypotheses(tmp_path / "a.tsv", ("model", "smt"), ROWS)
    gathered = dict(read_hypotheses(tmp_path / "a.tsv").by_sentence())
    assert gathered == {0: ROWS[:2], 2: ROWS[2:]}


def test_a_file_is_read_as_a_stream(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.tsv", [HEADER, "0\t1\t-1\ta", "broken"])
    rows = read_hypotheses(tmp_path / "a.tsv").rows
    assert next(rows) == Hypothesis(0, 1, (-1.0,), "a")
    with pytest.raises(UserError, match=r"a\.tsv, line 3: 1 columns, but the header has 4"):
        next(rows)


@pytest.mark.parametrize(
    "header",
    ["", "0 ||| le chat ||| F= 1 ||| 2", "sentence\trank\tmodel", "rank\tsentence\thypothesis"],
)
def test_another_format_is_refused_at_once(tmp_path: Path, header: str) -> None:
    write_lines(tmp_path / "a.tsv", [header])
    with pytest.raises(UserError, match=r"a\.tsv, line 1: the header must be"):
        read_hypotheses(tmp_path / "a.tsv")


def test_a_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_hypotheses(tmp_path / "a.tsv")


@pytest.mark.parametrize(
    "line", ["x\t1\t-1\ta", "0\t1.5\t-1\ta", "0\t1\tgood\ta", "0\t1\t-1\ta\tb"]
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    write_lines(tmp_path / "a.tsv", [HEADER, "0\t1\t-1\ta", line])
    with pytest.raises(UserError, match=r"a\.tsv, line 3: .* Make the file again"):
        list(read_hypotheses(tmp_path / "a.tsv").rows)


@pytest.mark.parametrize("tokens", ["a\tb", "a\nb"])
def test_a_hypothesis_that_would_break_the_format_is_refused(tmp_path: Path, tokens: str) -> None:
    with pytest.raises(UserError, match="sentence 0, rank 1: a row needs"):
        write_hypotheses(tmp_path / "a.tsv", (), [Hypothesis(0, 1, (), tokens)])
    assert list(tmp_path.iterdir()) == []


def test_the_best_translation_of_each_sentence_is_its_first(tmp_path: Path) -> None:
    write_hypotheses(tmp_path / "a.tsv", ("model", "smt"), ROWS)
    assert best_translations(tmp_path / "a.tsv", 4) == ["le chat .", "", "", ""]


def test_the_line_of_a_faulty_best_row_is_counted_with_all_others(tmp_path):
    lines = ["sentence\trank\ts\thypothesis", "0\t1\t-1\ta", "0\t2\t-2\tb", "1\t1\tx\tc"]
    (tmp_path / "a.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(UserError, match="line 4"):
        best_translations(tmp_path / "a.tsv", 2)


def test_a_sentence_outside_the_test_set_is_refused(tmp_path: Path) -> None:
    write_hypotheses(tmp_path / "a.tsv", (), [Hypothesis(3, 1, (), "a")])
    with pytest.raises(UserError, match=r"a hypothesis for sentence 3, .* ends at 2"):
        best_translations(tmp_path / "a.tsv", 3)


@pytest.mark.parametrize(
    ("first", "second"),
    [((1, 1), (0, 1)), ((0, 1), (0, 1)), ((0, 1), (0, 3)), ((0, 1), (1, 2)), ((-1, 1), (0, 1))],
)
def test_rows_out_of_order_are_refused(tmp_path, first, second):
    rows = [Hypothesis(*first, (), "a"), Hypothesis(*second, (), "b")]
    write_hypotheses(tmp_path / "a.tsv", (), rows)
    with pytest.raises(UserError, match=r"a\.tsv, line [23]: rank \d of sentence .* cannot follow"):
        list(read_hypotheses(tmp_path / "a.tsv").rows)


def test_a_score_that_is_no_number_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.tsv", [HEADER, "0\t1\tnan\ta"])
    with pytest.raises(UserError, match=r"a\.tsv, line 2: a score is not a number"):
        list(read_hypotheses(tmp_path / "a.tsv").rows)


def parts(folder: Path, *sentences: list[int], name: str = "model") -> list[Path]:
    paths = []
    for number, own in enumerate(sentences, start=1):
        paths.append(folder / f"{name}.{number}-of-{len(sentences)}.tsv")
        write_hypotheses(paths[-1], (name,), [Hypothesis(k, 1, (-1.0,), "a") for k in own])
    return paths


def test_parts_are_read_as_the_file_they_are_parts_of(tmp_path: Path) -> None:
    one = parts(tmp_path, [0, 2], [], [3], name="one")
    other = parts(tmp_path, [0], [2, 3], name="other")
    found = read_parts([*one, *other])
    assert [file.score_names for file in found] == [("one",), ("other",)]
    assert [[row.sentence for row in file.rows] for file in found] == [[0, 2, 3], [0, 2, 3]]


@pytest.mark.parametrize("sentences", [([2, 3], [0]), ([0, 1], [1])])
def test_parts_in_another_order_or_twice_are_refused(tmp_path, sentences):
    (whole,) = read_parts(parts(tmp_path, *sentences))
    with pytest.raises(
        UserError, match=r"2-of-2\.tsv: has sentence \d, .* Give each part once, in order"
    ):
        list(whole.rows)


def test_a_row_with_too_few_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a row needs 2 scores"):
        write_hypotheses(tmp_path / "a.tsv", ("a", "b"), [Hypothesis(0, 1, (1.0,), "x")])


@pytest.mark.parametrize("columns", ["total\ttotal", "\ttotal"])
def test_each_column_has_a_name_of_its_own(tmp_path: Path, columns: str) -> None:
    write_lines(tmp_path / "a.tsv", [f"sentence\trank\t{columns}\thypothesis"])
    with pytest.raises(UserError, match="line 1: each column needs a name of its own"):
        read_hypotheses(tmp_path / "a.tsv")
