"""The same outputs, scored in other ways."""

import importlib.util

import pytest
import sacrebleu

from seq2seq.evaluation.bleu import Lines, bleu_of_tokens, signature_2014
from seq2seq.evaluation.bleu_variants import escape_entities, score_variants, without_unknown

REFERENCE = Lines(
    [
        "l' homme de l' avenir arrive \" demain \" , je crois .",
        "il mange deux pommes vertes & trois poires .",
    ],
    [
        "L'homme de l'avenir arrive \"demain\", je crois.",
        "Il mange deux pommes vertes & trois poires.",
    ],
)
WHOLE = Lines(
    [
        "l' homme de l' UNK arrive \" demain \" , je crois .",
        "il mange deux pommes UNK & trois poires .",
    ],
    ["l'homme de l'UNK arrive \"demain\", je crois.", "il mange deux pommes UNK & trois poires."],
)
KNOWN = Lines(
    [without_unknown(line) for line in WHOLE.tokens],
    ["l'homme de l'arrive \"demain\", je crois.", "il mange deux pommes & trois poires."],
)
SCORES = {score.way: score for score in score_variants(WHOLE, KNOWN, REFERENCE)}


def test_the_first_way_is_that_of_the_tables() -> None:
    first = next(iter(SCORES.values()))
    bleu = bleu_of_tokens(WHOLE.tokens, REFERENCE.tokens)
    assert (first.score, first.signature) == (bleu.score, signature_2014())


def test_entities_change_nothing_unless_one_side_alone_has_them() -> None:
    first, both, _, _, _, single_process, _ = SCORES.values()
    assert both.score == pytest.approx(first.score)
    assert single_process.score < first.score - 1


def test_text_is_scored_by_sacrebleu_itself() -> None:
    _, _, text, known, _, _, characters = SCORES.values()
    references = [list(REFERENCE.text)]
    assert text.score == pytest.approx(sacrebleu.corpus_bleu(list(WHOLE.text), references).score)
    assert known.score == pytest.approx(sacrebleu.corpus_bleu(list(KNOWN.text), references).score)
    assert characters.score == pytest.approx(
        sacrebleu.corpus_chrf(list(WHOLE.text), references).score
    )
    assert "tok:13a" in text.signature and characters.metric == "chrF"


def test_the_tokenizer_for_text_is_that_of_the_target_language() -> None:
    without_mecab = "char" if importlib.util.find_spec("MeCab") is None else "ja-mecab"
    for language, tokenizer in (("zh", "zh"), ("ja", without_mecab), ("de", "13a")):
        reference = Lines(REFERENCE.tokens, REFERENCE.text, language)
        text = list(score_variants(WHOLE, KNOWN, reference))[2]
        assert text.way == f"as text: sacreBLEU {tokenizer}"
        assert f"tok:{tokenizer}" in text.signature


def test_unknown_words_go_and_words_that_contain_the_letters_stay() -> None:
    assert without_unknown("UNK a UNK UNKNOWN b UNK") == "a UNKNOWN b"
    assert without_unknown("UNK") == ""


def test_entities_are_those_of_the_moses_tokenizer() -> None:
    from sacremoses import MosesTokenizer

    line = "l' \" & | < > [ ] é"
    assert escape_entities(line) == MosesTokenizer("fr").escape_xml(line)
