"""Moses n-best lists, real ones and broken ones."""

import gzip

import pytest

from seq2seq.errors import UserError
from seq2seq.io import moses_nbest
from seq2seq.io.moses_nbest import feature_names, parse_lists, read_moses
from seq2seq.io.nbest import read_hypotheses, write_hypotheses

LINE = "{} ||| {} ||| d= 0 lm= -9 -8 tm= 1 ||| {}"


@pytest.fixture(autouse=True)
def sentences_may_lack_a_list(request, monkeypatch):
    """The lists of these tests are of one sentence or two, except where that is the test."""
    if "half" not in request.node.name:
        monkeypatch.setattr(moses_nbest, "_MOST_MISSING", 1)


def written(tmp_path, *lines, name="nbest.txt"):
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def rows(path, *, sentences=10):
    return [
        (row.sentence, row.rank, row.tokens, *row.scores)
        for row in read_moses(path, sentences=sentences)
    ]


def refusal(path, *, sentences=10):
    with pytest.raises(UserError) as raised:
        rows(path, sentences=sentences)
    return str(raised.value)


def looked_at_by_hand(path):
    """The best score of each text, by a plain reading that has nothing in common with ours."""
    best = {}
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        number, text, _, total = line.split("|||")
        key = (int(number), " ".join(text.split()))
        best[key] = max(best.get(key, float("-inf")), float(total))
    return best


@pytest.mark.parametrize("number", [1, 2, 3])
def test_real_lists_are_read_whole_each_text_once_with_its_best_score(shared_data, number):
    path = shared_data / "moses-nbest-fr-en" / f"nbest.{number}.gz"
    found = rows(path)
    assert {(sentence, tokens): total for sentence, _, tokens, total in found} == (
        looked_at_by_hand(path)
    )
    assert len(found) == len(looked_at_by_hand(path))
    assert {sentence for sentence, *_ in found} == set(range(10))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_real_lists_come_out_ranked_and_go_through_our_format(shared_data, tmp_path, number):
    path = shared_data / "moses-nbest-fr-en" / f"nbest.{number}.gz"
    write_hypotheses(tmp_path / "ours.tsv.gz", ("total",), read_moses(path, sentences=10))
    for sentence, hypotheses in read_hypotheses(tmp_path / "ours.tsv.gz").by_sentence():
        totals = [hypothesis.scores[0] for hypothesis in hypotheses]
        assert totals == sorted(totals, reverse=True), sentence
        assert [row.rank for row in hypotheses] == list(range(1, len(hypotheses) + 1))


def test_a_real_list_s_first_line_is_read_as_it_stands(shared_data):
    first = rows(shared_data / "moses-nbest-fr-en" / "nbest.1.gz")[0]
    assert first == (
        *(0, 1, "mr president , we shall be in biarritz , look a little further ."),
        -9.26049,
    )


def test_a_real_list_for_a_longer_test_set_than_ours_is_refused(shared_data):
    path = shared_data / "moses-nbest-fr-en" / "nbest.1.gz"
    assert refusal(path, sentences=9) == (
        f"{path}, line 901: sentence 9, but the test set has 9 sentences, numbered from 0. Give the "
        "list of this test set."
    )


def test_the_blank_before_the_bars_may_lack_and_blanks_may_be_double(tmp_path):
    path = written(tmp_path, "0||| le  chat  noir  |||d= 0||| -1.5")
    assert rows(path) == [(0, 1, "le chat noir", -1.5)]


def test_a_repeated_text_keeps_its_best_score_and_its_one_place(tmp_path):
    lines = [LINE.format(0, *pair) for pair in (("a b", -3), ("c", -2), ("a  b", -1), ("a b", -9))]
    assert rows(written(tmp_path, *lines)) == [(0, 1, "a b", -1), (0, 2, "c", -2)]


def test_equal_scores_stay_in_the_list_s_order(tmp_path):
    lines = [LINE.format(0, text, -1) for text in ("z", "a", "m")]
    assert [row[2] for row in rows(written(tmp_path, *lines))] == ["z", "a", "m"]


def test_a_list_may_leave_sentences_out_and_hold_fewer_hypotheses_than_asked_for(tmp_path):
    path = written(tmp_path, LINE.format(2, "a", -1), LINE.format(7, "b", -1))
    assert [row[:2] for row in rows(path)] == [(2, 1), (7, 1)]


def test_an_empty_translation_is_one(tmp_path):
    assert rows(written(tmp_path, "0 |||  ||| d= 0 ||| -1")) == [(0, 1, "", -1)]


def test_alignments_after_the_total_are_passed_over(tmp_path):
    path = written(tmp_path, "0 ||| a b ||| d= 0 ||| -1 ||| 0-0 1-1 ||| 0=0 1=1")
    assert rows(path) == [(0, 1, "a b", -1)]


def test_entities_of_the_moses_tokenizer_become_characters(tmp_path):
    text = "l &apos;eau &quot; &amp; &lt; &gt; &#124; &#91; &#93; &eacute; &amp;apos;"
    assert rows(written(tmp_path, LINE.format(0, text, 1)))[0][2] == (
        "l 'eau \" & < > | [ ] &eacute; &apos;"
    )


def test_a_text_written_with_and_without_entities_is_one_text(tmp_path):
    path = written(tmp_path, LINE.format(0, "l 'eau", -2), LINE.format(0, "l &apos;eau", -1))
    assert rows(path) == [(0, 1, "l 'eau", -1)]


def test_tabs_part_tokens_as_blanks_do(tmp_path):
    path = written(tmp_path, LINE.format(0, "a\tb \t c", -1), LINE.format(0, "a b c", -2))
    assert rows(path) == [(0, 1, "a b c", -1)]


def test_only_blanks_and_tabs_part_tokens(tmp_path):
    text = "10\u00a0000 a\u2028b\u0085c \u3000"
    assert rows(written(tmp_path, LINE.format(0, text, -1)))[0][2] == text


def test_lines_may_end_as_windows_ends_them(tmp_path):
    path = tmp_path / "nbest.txt"
    path.write_bytes(b"0 ||| a ||| d= 0 ||| -1\r\n0 ||| b ||| d= 0 ||| -2\r\n")
    assert rows(path) == [(0, 1, "a", -1), (0, 2, "b", -2)]


FORM = "a Moses n-best line reads `0 ||| text ||| features ||| total`."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("0 ||| a ||| -1", f"3 fields between bars, but at least 4 are needed; {FORM}"),
        ("", f"1 fields between bars, but at least 4 are needed; {FORM}"),
        ("x ||| a ||| d= ||| 1", f"`x` is not a whole number; {FORM}"),
        ("0.5 ||| a ||| d= ||| 1", f"`0.5` is not a whole number; {FORM}"),
        ("0 ||| a ||| d= ||| many", f"`many` is not a number; {FORM}"),
        ("0 ||| a ||| d= ||| ", f"`` is not a number; {FORM}"),
        ("0 ||| a ||| d= ||| nan", f"the total is nan, not a finite number; {FORM}"),
        ("0 ||| a ||| d= ||| -inf", f"the total is -inf, not a finite number; {FORM}"),
        ("10 ||| a ||| d= ||| 1", "sentence 10, but the test set has 10 sentences, numbered from "
         "0. Give the list of this test set."),
        ("-1 ||| a ||| d= ||| 1", "sentence -1, but the test set has 10 sentences, numbered from "
         "0. Give the list of this test set."),
        ("0 ||| a ||| d= ||| 1", "sentence 0 comes after sentence 1. Sort the list by sentence "
         "number."),
    ],
)  # fmt: skip
def test_a_malformed_line_is_one_sentence_with_file_and_line(tmp_path, line, problem):
    good = LINE.format(1, "fine", -1)
    path = written(tmp_path, good, good, line)
    assert refusal(path) == f"{path}, line 3: {problem}"


def test_a_list_of_nothing_is_refused(tmp_path):
    path = written(tmp_path)
    assert refusal(path) == f"{path}: holds no hypothesis. Give the list of this test set."


def test_a_truncated_gzip_file_is_refused_with_the_line_reached(tmp_path):
    path = tmp_path / "nbest.gz"
    lines = [LINE.format(k // 100, f"token{k * 7919 % 10007}", -k) for k in range(1000)]
    whole = gzip.compress("".join(f"{line}\n" for line in lines).encode())
    path.write_bytes(whole[: len(whole) // 2])
    sentence = refusal(path)
    assert sentence.startswith(f"{path}, line ")
    assert "damaged gzip file" in sentence and sentence.endswith("Download or make it again.")


def test_a_list_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "none.gz") == f"{tmp_path}/none.gz: no such file."


def test_a_list_in_another_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes(b"0 ||| a ||| d= ||| 1\n0 ||| \xe9t\xe9 ||| d= ||| 1\n")
    assert refusal(path).startswith(f"{path}, line 2: not valid UTF-8")


def test_segmentation_marks_are_no_words(tmp_path):
    (tmp_path / "list").write_text("0 ||| Mary |0-0| sees |1-1| A|B . |2-3| ||| F= -1 ||| -1\n")
    assert [each.tokens for each in read_moses(tmp_path / "list", sentences=1)] == [
        "Mary sees A|B ."
    ]


def test_a_byte_order_mark_is_dropped(tmp_path):
    (tmp_path / "list").write_text("\ufeff0 ||| a ||| F= -1 ||| -1\n", encoding="utf-8")
    assert [each.tokens for each in read_moses(tmp_path / "list", sentences=1)] == ["a"]


@pytest.mark.parametrize("line", ["1_0 ||| a ||| F= 1 ||| 1", "0 ||| a ||| F= 1 ||| 1_0"])
def test_numbers_with_underscores_are_refused(line):
    with pytest.raises(UserError, match="`1_0` is not a"):
        list(parse_lists([line], "list", sentences=20))


def test_half_the_lists_are_not_enough(tmp_path):
    path = written(tmp_path, *(LINE.format(2 * k, "a", -1) for k in range(50)))
    assert refusal(path, sentences=100) == (
        f"{path}: 50 of 100 sentences have no list, the first is 1 (from 0). Give the lists of all "
        "sentences of this source."
    )


def test_half_a_percent_without_lists_is_a_warning(tmp_path, capsys):
    path = written(tmp_path, *(LINE.format(k, "a", -1) for k in range(199)))
    assert len(rows(path, sentences=200)) == 199
    assert "warning" in capsys.readouterr().err


def test_enriched_segmentation_is_refused(tmp_path):
    path = written(tmp_path, LINE.format(0, "Mary |0-0,wa=0-0 ,total=-1.2, lm= -3| sees", -1))
    assert "run Moses without -report-segmentation-enriched" in refusal(path)


MOSES_3 = (  # as Moses 3 and 4 label them
    "0 ||| das ist ein kleines haus  ||| LexicalReordering0= -0.8 0 0 -0.5 0 -1.2 Distortion0= -2 "
    "LM0= -28.9 WordPenalty0= -5 PhrasePenalty0= 3 TranslationModel0= -2.1 -3.2 -1.5 -2.8 ||| {}"
)
NAMES = (
    *(f"LexicalReordering0_{place}" for place in range(1, 7)),
    *("Distortion0", "LM0", "WordPenalty0", "PhrasePenalty0"),
    *(f"TranslationModel0_{place}" for place in range(1, 5)),
)


def test_features_are_columns_by_their_labels(tmp_path):
    path = written(tmp_path, MOSES_3.format(-4), MOSES_3.format(-3).replace("-28.9", "-27.5"))
    assert feature_names(path) == NAMES
    only = list(read_moses(path, sentences=1, features=NAMES))
    values = (-0.8, 0, 0, -0.5, 0, -1.2, -2, -27.5, -5, 3, -2.1, -3.2, -1.5, -2.8, -3)
    assert [(one.tokens, one.scores) for one in only] == [("das ist ein kleines haus", values)]


def test_a_real_list_has_the_features_of_its_best_lines(shared_data):
    path = shared_data / "moses-nbest-fr-en" / "nbest.1.gz"
    names = feature_names(path)
    expected = "d_1 d_2 d_3 d_4 d_5 d_6 d_7 lm tm_1 tm_2 tm_3 tm_4 tm_5 w"
    assert list(names) == expected.split(" ")
    found = list(read_moses(path, sentences=10, features=names))
    assert [(one.sentence, one.tokens) for one in found] == [(row[0], row[2]) for row in rows(path)]
    by_hand = set()
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        number, text, features, total = line.split("|||")
        values = [float(word) for word in features.split() if not word.endswith("=")]
        by_hand.add((int(number), " ".join(text.split()), *values, float(total)))
    assert by_hand >= {(one.sentence, one.tokens, *one.scores) for one in found}


def test_other_features_than_those_of_the_test_set_are_refused(tmp_path):
    path = written(tmp_path, MOSES_3.format(-4).replace("LM0=", "WT_the~der= 1 LM0="))
    with pytest.raises(UserError, match=r"sentence 0: its features are .*WT_the~der, LM0.* sparse"):
        list(read_moses(path, sentences=1, features=NAMES))


def test_a_feature_that_is_no_number_is_refused(tmp_path):
    path = written(tmp_path, "0 ||| a ||| LM0= -9,1 ||| -3")
    with pytest.raises(UserError, match="sentence 0: `-9,1` is not a number in the features"):
        feature_names(path)


def test_a_longer_list_is_cut_where_it_may_be(tmp_path):
    path = written(tmp_path, *(LINE.format(sentence, "a", -1) for sentence in range(5)))
    found = read_moses(path, sentences=2, longer=True)
    assert [one.sentence for one in found] == [0, 1]
    assert "sentence 2, but the test set has 2" in refusal(path, sentences=2)
