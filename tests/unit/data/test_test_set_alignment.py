"""A user's lists in another order than the test set's."""

import gzip
import random
from pathlib import Path

import pytest

from seq2seq.data.test_set_alignment import align, check_lengths, check_sides, renumber
from seq2seq.data.tokenizer import tokenize
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import Hypothesis, best_translations, read_hypotheses
from seq2seq.steps import baseline


def test_sentences_are_aligned_by_text_but_for_blanks_and_entities() -> None:
    theirs = ["it &apos;s  late .", "a", "yes , &quot; no &quot;"]
    ours = ["a", 'yes, "no"', "it's late."]
    assert align(theirs, ours, name="s") == [2, 0, 1]


def test_sentences_that_recur_are_matched_in_their_order() -> None:
    assert align(["b", "a", "b", "b"], ["a", "b", "b", "b"], name="s") == [1, 0, 2, 3]


@pytest.mark.parametrize("theirs", [["a", "x", "b", "y"], ["a", "a", "b", "b"]])
def test_sentences_of_another_text_are_refused_with_counts(theirs: list[str]) -> None:
    with pytest.raises(UserError, match=r"s: 2 of its 4 sentences .* 3 of the test set, .* line 2"):
        align(theirs, ["a", "b", "c"], name="s")


def test_lists_are_renumbered_and_come_in_the_new_order() -> None:
    rows = [
        Hypothesis(k, rank, (-0.1 * rank,), f"{k} {rank}") for k in (0, 2, 3) for rank in (1, 2)
    ]
    found = list(renumber(rows, [3, 0, 1, 2]))
    assert [(row.sentence, row.rank) for row in found] == [
        (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2),
    ]  # fmt: skip
    assert [row.tokens for row in found] == ["2 1", "2 2", "3 1", "3 2", "0 1", "0 2"]
    assert found[1].scores == (-0.2,)


def imported(folder: Path, moses: Path, ours: Path, *more: str) -> Path:
    output = folder / "nbest.tsv.gz"
    arguments = ["--moses", moses, "--source-tokens", ours, "--output", output]
    baseline.app(["import-nbest", *map(str, arguments), *more], result_action="return_value")
    return output


@pytest.fixture
def newstest(shared_data: Path, tmp_path: Path) -> Path:
    """The official order as raw text, the other as tokens; a list of references in the former."""
    folder = shared_data / "wmt-newstest/derived"
    sources, targets = (
        list(read_lines(folder / f"newstest2014.eval.{side}")) for side in ("en", "fr")
    )
    write_lines(tmp_path / "theirs.en", sources)
    lines = (f"{k}||| {tokenize(line, 'fr')}  ||| lm= 1 ||| -2" for k, line in enumerate(targets))
    write_lines(tmp_path / "list.gz", lines)
    full = read_lines(folder / "newstest2014.full.en")
    write_lines(tmp_path / "ours.en", (tokenize(line, "en") for line in full))
    return tmp_path


def test_both_orders_of_newstest2014_are_recognised(newstest, shared_data, capsys):
    theirs = str(newstest / "theirs.en")
    given = [newstest / "list.gz", newstest / "ours.en"]
    output = imported(newstest, *given, "--list-source", theirs)
    assert "of 3,003 sentences are renumbered as in the test set" in capsys.readouterr().err
    full = list(read_lines(shared_data / "wmt-newstest/derived/newstest2014.full.fr"))
    assert best_translations(output, 3003)[::50] == [tokenize(line, "fr") for line in full[::50]]
    same = [newstest / "list.gz", newstest / "theirs.en"]
    imported(newstest, *same, "--list-source", theirs)
    assert "the test set, in its order" in capsys.readouterr().err


def test_a_list_in_the_wrong_order_does_not_slip_through(newstest: Path) -> None:
    with pytest.raises(UserError, match=r"list\.gz: the lengths .* \(correlation -?0\.[012]\d\)"):
        imported(newstest, newstest / "list.gz", newstest / "ours.en", "--list-source")
    assert not (newstest / "nbest.tsv.gz").exists()
    path = imported(newstest, newstest / "list.gz", newstest / "theirs.en")
    assert len(list(read_hypotheses(path).rows)) == 3003


def test_lengths_of_few_sentences_or_of_equal_ones_say_nothing() -> None:
    few = [Hypothesis(k, 1, (), "a " * k + "a") for k in range(50)]
    assert list(check_lengths(few, list(range(50))[::-1], name="n", advice="")) == few
    same = [Hypothesis(k, 1, (), "a b") for k in range(200)]
    assert list(check_lengths(same, [3] * 200, name="n", advice="")) == same


def test_real_moses_lists_are_taken_in(shared_data: Path, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        path = shared_data / f"moses-nbest-fr-en/nbest.{number}.gz"
        source = [f"sentence {k}" for k in range(10)]
        write_lines(tmp_path / "source", source)
        random.Random(number).shuffle(source)
        write_lines(tmp_path / "other", source)
        renumbered = imported(
            tmp_path, path, tmp_path / "source", "--list-source", f"{tmp_path}/other"
        )
        found = best_translations(renumbered, 10)
        plain = imported(tmp_path, path, tmp_path / "source")
        texts = best_translations(plain, 10)
        assert [found[int(line.split(" ")[1])] for line in source] == texts
        lines = gzip.decompress(path.read_bytes()).decode().split("\n")
        assert texts[0] == " ".join(lines[0].split("|||")[1].split())


def test_sides_in_different_orders_are_refused(shared_data: Path) -> None:
    folder = shared_data / "wmt-newstest" / "derived"
    source, ours, other = (
        (folder / f"newstest2014.{name}").read_text("utf-8").split("\n")[:-1]
        for name in ("eval.en", "eval.fr", "full.fr")
    )
    check_sides(zip(source, ours, strict=True), name="test")
    with pytest.raises(UserError, match=r"test: the lengths of its two sides .* another order"):
        check_sides(zip(source, other, strict=True), name="test")
    check_sides(zip(source[:90], other[:90], strict=True), name="too few to tell")


def test_a_list_of_dev_is_cut_and_has_its_features(newstest: Path, tmp_path: Path) -> None:
    given = [newstest / "list.gz", newstest / "theirs.en"]
    more = ["--features-of", str(newstest / "list.gz"), "--sentences", "40"]
    found = read_hypotheses(imported(tmp_path, *given, *more))
    assert found.score_names == ("lm", "total")
    assert [(row.sentence, row.scores) for row in found.rows] == [(k, (1, -2)) for k in range(40)]
