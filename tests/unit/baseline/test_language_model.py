"""The language model: worked out by hand, by the definition, and by the ARPA format's backing off."""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product
from math import exp, log
from pathlib import Path

import pytest

from seq2seq.baseline import kneser_ney
from seq2seq.baseline.kneser_ney import estimate
from seq2seq.baseline.language_model import LanguageModel, Ngrams, make_table, read_arpa
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.steps.baseline import estimate_language_model, import_language_model


def random_sentences(seed: int, lines: int) -> list[list[str]]:
    chance = random.Random(seed)
    words = chance.choices("abcde", weights=(8, 4, 2, 1, 1), k=lines * 8)
    return [words[k * 8 : k * 8 + chance.randint(0, 8)] for k in range(lines)]


def model(
    tmp_path: Path, sentences: list[list[str]], order: int, prune_order: int | None = None
) -> LanguageModel:
    """Through the step and its files."""
    write_lines(tmp_path / "text", map(" ".join, sentences))
    files = (tmp_path / "lm.txt", tmp_path / "lm.npy")
    estimate_language_model(
        target=tmp_path / "text", order=order, prune_order=prune_order, output=files
    )
    return LanguageModel.read(files)


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


def entries_of(vocabulary: list[str], orders: list[Ngrams]) -> list[dict[str, Entry]]:
    """Base-10 logarithms by the n-grams' words."""
    names, found = [""], []
    for one in orders:
        columns = (one.prefixes, one.words, one.log_probabilities, one.backoffs)
        made = {
            f"{names[prefix]} {vocabulary[word]}".strip(): Entry(value / log(10), backoff / log(10))
            for prefix, word, value, backoff in zip(*columns, strict=True)
        }
        names += made
        found.append(made)
    return found


def write_arpa(path: Path, orders: list[dict[str, Entry]], separator: str = "\t") -> None:
    """As other programs write it, in no order of the words."""
    lines = ["\\data\\", *(f"ngram {n}={len(one)}" for n, one in enumerate(orders, start=1))]
    for number, order in enumerate(orders, start=1):
        lines += ["", f"\\{number}-grams:"]
        for name, entry in random.Random(number).sample(sorted(order.items()), len(order)):
            backoff = [f"{entry.log_backoff:.8g}"] if number < len(orders) else []
            lines.append(separator.join([f"{entry.log_probability:.8g}", name, *backoff]))
    write_lines(path, [*lines, "", "\\end\\"])


def imported(tmp_path: Path) -> LanguageModel:
    files = (tmp_path / "imported.txt", tmp_path / "imported.npy")
    import_language_model(arpa=tmp_path / "lm", output=files)
    return LanguageModel.read(files)


def kneser_ney_by_definition(
    sentences: list[list[str]], order: int, prune_order: int, context: tuple[str, ...], word: str
) -> float:
    """p(word | context) with dictionaries; singletons of an order are cut after counting."""
    counts: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(order + 2)]
    for sentence in (["<s>", *one, "</s>"] for one in sentences):
        for n in range(1, order + 2):
            counts[n].update(tuple(sentence[k : k + n]) for k in range(len(sentence) - n + 1))
    words = {word for (word,) in counts[1]} - {"<s>"} | {"<unk>"}

    def adjusted(n: int) -> dict[tuple[str, ...], int]:
        left = Counter(gram[1:] for gram in counts[n + 1])
        keep = {gram for gram in counts[n] if n == order or gram[0] == "<s>"}
        found = {gram: counts[n][gram] if gram in keep else left[gram] for gram in counts[n]}
        return {gram: count for gram, count in found.items() if gram != ("<s>",)}

    def p(context: tuple[str, ...]) -> float:
        n = len(context) + 1
        grams = adjusted(n)
        seen = [sum(count == k for count in grams.values()) for k in range(1, 5)]
        discounts = [0.5, 1.0, 1.5]
        if min(seen) > 0:
            y = seen[0] / (seen[0] + 2 * seen[1])
            found = [k - (k + 1) * y * seen[k] / seen[k - 1] for k in (1, 2, 3)]
            discounts = found if min(found) > 0 else discounts
        here = {gram: count for gram, count in grams.items() if gram[:-1] == context}
        shorter = p(context[1:]) if context else 1 / len(words)
        if not here:
            return shorter
        kept = {g: c for g, c in here.items() if n < prune_order or counts[n][g] > 1}
        mass = sum(discounts[min(c, 3) - 1] if g in kept else c for g, c in here.items())
        gram = (*context, word)
        own = kept[gram] - discounts[min(kept[gram], 3) - 1] if gram in kept else 0
        return (own + mass * shorter) / sum(here.values())

    return p(context[-(order - 1) :] if order > 1 else ())


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


@pytest.mark.parametrize("prune_order", [None, 2, 3])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_sum_to_one_in_every_context(tmp_path, order, prune_order):
    lm = model(tmp_path, random_sentences(order, 80), order, prune_order)
    words = [*"abcde", "<unk>", "</s>"]
    contexts = [f"{start} {' '.join(one)}" for size in range(order + 1)
                for one in product("abcd", repeat=size) for start in ("", "<s>")]  # fmt: skip
    for context in contexts:
        total = sum(probability(lm, context, word) for word in words)
        assert total == pytest.approx(1.0, abs=1e-6), context


@pytest.mark.parametrize("at_once", [7, 1 << 24])
@pytest.mark.parametrize("prune_order", [9, 3, 2])
def test_probabilities_are_those_of_the_definition(tmp_path, monkeypatch, prune_order, at_once):
    monkeypatch.setattr(kneser_ney, "AT_ONCE", at_once)
    sentences = random_sentences(4, 25)
    lm = model(tmp_path, sentences, 3, prune_order)
    for context in [(), ("<s>",), *product("abcd", repeat=2), ("<s>", "a"), ("<s>", "c")]:
        for word in [*"abcde", "</s>", "zzz"]:
            expected = kneser_ney_by_definition(sentences, 3, prune_order, context, word)
            assert probability(lm, " ".join(context), word) == pytest.approx(expected, rel=1e-5)


def test_pruning_leaves_out_what_occurs_once_and_contexts_of_nothing(tmp_path: Path) -> None:
    sentences = random_sentences(4, 60)
    whole, pruned = (
        entries_of(vocabulary, list(orders))
        for vocabulary, orders in (estimate(sentences, order=4, prune_order=k) for k in (None, 3))
    )
    once = Counter(
        " ".join(["<s>", *one, "</s>"][k : k + n])
        for one in sentences for n in (3, 4) for k in range(len(one) + 3 - n)
    )  # fmt: skip
    assert [set(one) for one in pruned[:2]] == [set(one) for one in whole[:2]]
    for before, after in zip(whole[2:], pruned[2:], strict=True):
        assert set(after) == {name for name in before if once[name] > 1} < set(before)


@pytest.mark.parametrize("separator", ["\t", " "])
def test_an_arpa_file_backs_off_as_the_format_says(tmp_path: Path, separator: str) -> None:
    vocabulary, orders = estimate(random_sentences(9, 60), order=4, prune_order=3)
    found = entries_of(vocabulary, list(orders))
    found[2]["a b c"] = Entry(-0.5, -0.25)  # a backoff, and perhaps nothing that follows
    found[2].setdefault("e e e", Entry(-0.5, -0.25))
    found[1].setdefault("e e", Entry(-1.5, 0.125))
    write_arpa(tmp_path / "lm", found, separator)
    lm = imported(tmp_path)
    entries = {name: entry for order in found for name, entry in order.items()}
    for sentence in [*random_sentences(10, 60), list("eeeea"), list("abcabce")]:
        state, history = lm.start, ["<s>"]
        for word in [*sentence, "</s>"]:
            followed = lm.follow(state, (lm.word(word),))
            expected = by_backing_off(entries, history[-3:], word) * log(10)
            assert followed.log_probability == pytest.approx(expected, abs=1e-5)
            state, history = followed.state, [*history, word]


def test_our_model_survives_as_an_arpa_file(tmp_path: Path) -> None:
    vocabulary, orders = estimate(random_sentences(9, 60), order=4)
    made = list(orders)
    write_arpa(tmp_path / "lm", entries_of(vocabulary, made))
    read_vocabulary, read = read_arpa(tmp_path / "lm")
    own, theirs = (
        LanguageModel(words, make_table(parts))
        for words, parts in ((vocabulary, made), (read_vocabulary, read))
    )
    for context in map(" ".join, product("abcde", repeat=3)):
        for word in [*"abcde", "</s>", "zzz"]:
            found = probability(theirs, context, word)
            assert found == pytest.approx(probability(own, context, word), rel=1e-5)


def test_marks_in_the_text_are_unknown_words(tmp_path: Path) -> None:
    lm = model(tmp_path, [["a", "<s>", "</s>", "b"]], order=2)
    assert (tmp_path / "lm.txt").read_text().split() == ["<unk>", "<s>", "</s>", "a", "b"]
    assert probability(lm, "a", "zzz") > probability(lm, "b", "zzz")


def test_a_closed_vocabulary_takes_unknown_words_for_impossible(tmp_path: Path) -> None:
    write_lines(tmp_path / "lm", ["\\1-grams:", "-1 a 0", "-1 </s>", "\\end\\"])
    assert probability(imported(tmp_path), "a", "zzz") == pytest.approx(1e-99, rel=1e-4)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["-1\t<unk>"], r"no `.end.` at the end"),
        (["-1\t<unk>", "-x\ta", "END"], "lm, line 4: expected"),
        (["-1\t<unk>", "0.5\ta", "END"], "lm, line 4: expected"),
        (["-1\t<unk>", "-1\ta b", "-1\ta b c", "END"], "lm, line 4: expected"),
        (["-1\t</s>", "2", "-1\ta </s>", "END"], "needs the n-gram 'a' exactly once"),
        (["-1\ta", "2", "-1\ta b", "END"], "needs the n-gram 'b' exactly once"),
        (["-1\ta", "END"], "needs the n-gram '</s>' exactly once"),
        (
            ["-1\ta", "-1\t</s>", "2", "3", "-1\ta a a", "END"],
            "needs the n-gram 'a a' exactly once",
        ),
        (["-1\ta", "-1\t</s>", "-2\ta", "END"], "needs the n-gram 'a' exactly once"),
    ],
)
def test_a_broken_arpa_file_is_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    marks = {"END": "\\end\\", "2": "\\2-grams:", "3": "\\3-grams:"}
    text = ["\\data\\", "\\1-grams:", *(marks.get(line, line) for line in lines)]
    write_lines(tmp_path / "lm", text)
    with pytest.raises(UserError, match=message):
        imported(tmp_path)
