"""The language model: worked out by hand, summing to one, and the textbook's backing off."""

import random
from dataclasses import dataclass
from itertools import product
from math import exp, log
from pathlib import Path

import pytest

from seq2seq.baseline.language_model import (
    LanguageModel,
    estimate,
    read_arpa,
    read_language_model,
    write_arpa,
)
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines


def random_sentences(seed: int, lines: int) -> list[list[str]]:
    chance = random.Random(seed)
    words = chance.choices("abcde", weights=(8, 4, 2, 1, 1), k=lines * 8)
    return [words[k * 8 : k * 8 + chance.randint(0, 8)] for k in range(lines)]


def model(tmp_path: Path, sentences: list[list[str]], order: int) -> LanguageModel:
    write_arpa(tmp_path / "lm.arpa.gz", estimate(sentences, order=order))
    return read_language_model(tmp_path / "lm.arpa.gz")


def probability(lm: LanguageModel, context: str, word: str) -> float:
    """p(word | context); a context that starts with ``<s>`` starts a sentence."""
    tokens = context.split()
    state = lm.start if tokens[:1] == ["<s>"] else 0
    state = lm.follow(state, [lm.word(one) for one in tokens if one != "<s>"]).state
    return exp(lm.follow(state, (lm.word(word),)).log_probability)


@dataclass(frozen=True)
class Entry:
    log_probability: float
    log_backoff: float


def by_backing_off(entries: dict[str, Entry], context: list[str], word: str) -> float:
    """log10 p(word | context) as the ARPA format defines it."""
    if (found := entries.get(" ".join([*context, word]))) is not None:
        return found.log_probability
    lighter = entries.get(" ".join(context))
    backoff = lighter.log_backoff if lighter else 0.0
    return backoff + by_backing_off(entries, context[1:], word)


def test_a_bigram_model_is_as_worked_out_by_hand(tmp_path: Path) -> None:
    # Two sentences, "a b" and "a". Words seen to the left: of a 1 (<s>), of b 1 (a), of </s> 2.
    # Too little for discounts of its own: 0.5, 1, 1.5. Four words can be predicted.
    lm = model(tmp_path, [["a", "b"], ["a"]], order=2)
    alone = {
        "a": 0.5 / 4 + 0.5 / 4,
        "b": 0.5 / 4 + 0.5 / 4,
        "</s>": 1 / 4 + 0.5 / 4,
        "zzz": 0.5 / 4,
    }
    for word, expected in alone.items():
        assert probability(lm, "", word) == pytest.approx(expected, rel=1e-6)
    assert probability(lm, "<s>", "a") == pytest.approx((2 - 1) / 2 + 1 / 2 * 0.25, rel=1e-6)
    assert probability(lm, "a", "b") == pytest.approx(0.5 / 2 + 1 / 2 * 0.25, rel=1e-6)
    assert probability(lm, "a", "</s>") == pytest.approx(0.5 / 2 + 1 / 2 * 0.375, rel=1e-6)
    assert probability(lm, "b", "</s>") == pytest.approx(0.5 + 0.5 * 0.375, rel=1e-6)
    assert probability(lm, "b", "a") == pytest.approx(0.5 * 0.25, rel=1e-6)


def test_discounts_are_those_of_modified_kneser_ney(tmp_path: Path) -> None:
    # Unigrams of a model of order 1 keep their counts: once b c d e, twice f g </s>, thrice h i,
    # four times j. So Y = 4 / (4 + 2*3) = 0.4; D1 = 1 - 2*.4*3/4, D2 = 2 - 3*.4*2/3,
    # D3 = 3 - 4*.4*1/2.
    words = [["b", "c", "d", "e", "f", "f", "g", "g"], list("hhhiiijjjj")]
    lm = model(tmp_path, words, order=1)
    freed = 4 * 0.4 + 3 * 1.2 + 3 * 2.2
    share = freed / 20 / 11  # of 20 words (with </s>), over 10 seen words and <unk>
    for word, expected in {"b": 0.6, "f": 0.8, "h": 0.8, "j": 1.8, "zzz": 0.0}.items():
        assert probability(lm, "", word) == pytest.approx(expected / 20 + share, rel=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_sum_to_one_in_every_context(tmp_path: Path, order: int) -> None:
    lm = model(tmp_path, random_sentences(order, 80), order)
    words = [*"abcde", "<unk>", "</s>"]
    contexts = [f"{start} {' '.join(one)}" for size in range(order + 1)
                for one in product("abcd", repeat=size) for start in ("", "<s>")]  # fmt: skip
    for context in contexts:
        total = sum(probability(lm, context, word) for word in words)
        assert total == pytest.approx(1.0, abs=1e-6), context


def test_states_back_off_as_the_format_says(tmp_path: Path) -> None:
    lm = model(tmp_path, random_sentences(9, 60), order=4)
    entries = {
        name: Entry(float(log_probability), float(log_backoff))
        for order in read_arpa(tmp_path / "lm.arpa.gz")
        for name, log_probability, log_backoff in zip(
            order.names, order.probabilities, order.backoffs, strict=True
        )
    }
    for sentence in random_sentences(10, 60):
        state, history = lm.start, ["<s>"]
        for word in [*sentence, "</s>"]:
            followed = lm.follow(state, (lm.word(word),))
            expected = by_backing_off(entries, history[-3:], word) * log(10)
            assert followed.log_probability == pytest.approx(expected, abs=1e-9)
            state, history = followed.state, [*history, word]


def test_marks_in_the_text_are_unknown_words(tmp_path: Path) -> None:
    lm = model(tmp_path, [["a", "<s>", "</s>", "b"]], order=2)
    assert sorted(read_arpa(tmp_path / "lm.arpa.gz")[0].names) == ["</s>", "<s>", "<unk>", "a", "b"]
    assert probability(lm, "a", "zzz") > probability(lm, "b", "zzz")


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "lm", ["\\data\\", "ngram 1=1", "", "\\1-grams:", "-1\t<unk>"])
    with pytest.raises(UserError, match=r"no `.end.` at the end"):
        read_language_model(tmp_path / "lm")


def test_a_broken_line_is_refused_with_its_number(tmp_path: Path) -> None:
    write_lines(tmp_path / "lm", ["\\data\\", "\\1-grams:", "-1\t<unk>", "-x\ta", "\\end\\"])
    with pytest.raises(UserError, match="lm, line 4: expected"):
        read_language_model(tmp_path / "lm")


def test_an_ngram_without_its_words_is_refused(tmp_path: Path) -> None:
    lines = ["\\1-grams:", "-1\t<unk>", "-1\t</s>", "\\2-grams:", "-1\ta b", "\\end\\"]
    write_lines(tmp_path / "lm", lines)
    with pytest.raises(UserError, match=r"the n-gram .b. is needed but missing"):
        read_language_model(tmp_path / "lm")
