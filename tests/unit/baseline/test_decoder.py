"""Search and n-best lists against every segmentation in every order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import pytest

from seq2seq.baseline.decoder import SearchSettings, Translator
from seq2seq.baseline.kneser_ney import estimate
from seq2seq.baseline.language_model import LanguageModel, make_table
from seq2seq.baseline.lattice import (
    FEATURES,
    REORDERING_FEATURES,
    REORDERING_START_WEIGHTS,
    START_WEIGHTS,
    Candidate,
    OptionTable,
    phrase_features,
    weighted,
)
from seq2seq.baseline.phrase_table import PhrasePair, PhraseTable
from seq2seq.config.decoding import Reordering

EVERYTHING = 10**6
CHANCE_WEIGHTS = (0.3, 0.1, 0.4, 0.2, -0.3, 0.7, 0.4, 0.25, 1.0)
MSD_START = START_WEIGHTS + REORDERING_START_WEIGHTS
MSD_CHANCE = (*CHANCE_WEIGHTS, 0.2, 0.6, -0.1, 0.5, 0.1, 0.4)
MSD = "msd-bidirectional-fe"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    chance = random.Random(5)
    vocabulary, orders = estimate((chance.choices("uvwxy", k=6) for _ in range(60)), order=3)
    return LanguageModel(vocabulary, make_table(list(orders)))


def random_table(chance: random.Random, scores: int = 4) -> PhraseTable:
    """Options for all single words but ``d``, and for some pairs and triples of a, b, c."""
    sources = ["a", "b", "c", "a b", "b c", "c a", "b a", "a b c", "d a"]
    table = {}
    for source in sources[: chance.randint(4, 9)]:
        targets = {" ".join(chance.choices("uvwxyz", k=chance.randint(1, 3))) for _ in range(2)}
        table[source] = [
            PhrasePair(source, target, tuple(chance.uniform(0.05, 1.0) for _ in range(scores)))
            for target in sorted(targets)
        ]
    return table


def searching(
    ttable_limit: int, stack: int, pop: int, distortion: int, reordering: Reordering = "distance"
) -> SearchSettings:
    return SearchSettings(ttable_limit, stack, pop, distortion, reordering)


@dataclass(frozen=True)
class Part:
    begin: int
    end: int
    target: str
    features: tuple[float, ...]
    reordering: tuple[float, ...]


def parts(source: list[str], table: PhraseTable) -> Iterator[Part]:
    for begin in range(len(source)):
        for end in range(begin + 1, len(source) + 1):
            entries = table.get(" ".join(source[begin:end]), [])
            for pair in entries:
                scores = tuple(map(log, pair.scores))
                size = len(pair.target.split())
                features = phrase_features(scores[:4], size, unknown=False)
                yield Part(begin, end, pair.target, features, scores[4:])
            if end == begin + 1 and not entries:
                features = phrase_features((0.0,) * 4, 1, unknown=True)
                yield Part(begin, end, source[begin], features, (0.0,) * 6)


def orders(available: list[Part], words: int, limit: int, done: list[Part]) -> Iterator[list[Part]]:
    """All ways to go on from ``done`` that keep to the distortion limit."""
    covered = {place for part in done for place in range(part.begin, part.end)}
    if len(covered) == words:
        yield done
        return
    last, gap = (done[-1].end if done else 0), min(set(range(words)) - covered)
    for part in available:
        if covered & set(range(part.begin, part.end)) or abs(part.begin - last) > limit:
            continue
        if part.begin == gap or part.end - gap <= limit:
            yield from orders(available, words, limit, [*done, part])


def reordering_sums(done: list[Part]) -> list[float]:
    """The six features of a whole derivation, as Moses' manual defines them."""
    sums = [0.0] * 6
    for number, part in enumerate(done):
        before = done[number - 1] if number > 0 else None
        if part.begin == (before.end if before else 0):
            orientation = 0
        else:
            orientation = 1 if before and part.end == before.begin else 2
        sums[orientation] += part.reordering[orientation]
        if before:
            sums[3 + orientation] += before.reordering[3 + orientation]
    return sums


def brute_force(
    source: list[str],
    table: PhraseTable,
    model: LanguageModel,
    limit: int,
    weights: tuple[float, ...],
) -> list[Candidate]:
    """The best derivation of every possible translation, best first."""
    best: dict[str, Candidate] = {}
    for done in orders(list(parts(source, table)), len(source), limit, []):
        sums = [sum(part.features[place] for part in done) for place in range(len(FEATURES))]
        tokens = " ".join(part.target for part in done)
        words = [model.word(word) for word in [*tokens.split(), "</s>"]]
        sums[FEATURES.index("language_model")] = model.follow(model.start, words).log_probability
        ends = [0, *(part.end for part in done)]
        jumps = sum(abs(part.begin - end) for part, end in zip(done, ends, strict=False))
        sums[FEATURES.index("distortion")] = -float(jumps)
        sums += reordering_sums(done) if len(weights) > len(sums) else []
        total = weighted(weights, sums)
        if tokens not in best or total > best[tokens].total:
            best[tokens] = Candidate(tokens, tuple(sums), total)
    return sorted(best.values(), key=lambda one: -one.total)


@pytest.mark.parametrize("weights", [START_WEIGHTS, CHANCE_WEIGHTS, MSD_START, MSD_CHANCE])
@pytest.mark.parametrize("limit", [0, 1, 2, 6])
@pytest.mark.parametrize("seed", range(4))
def test_the_whole_list_is_that_of_brute_force(model, seed, limit, weights):
    chance = random.Random(seed)
    lexical = len(weights) > len(FEATURES)
    table = random_table(chance, scores=10 if lexical else 4)
    source = chance.choices("abcd", k=4)
    settings = searching(9, EVERYTHING, EVERYTHING, limit, MSD if lexical else "distance")
    translator = Translator(OptionTable(table, model, limit=9), model, settings)
    found = translator.translate(" ".join(source), weights, nbest=EVERYTHING)
    expected = brute_force(source, table, model, limit, weights)
    assert [one.total for one in found] == pytest.approx([one.total for one in expected])
    by_tokens = {one.tokens: one for one in expected}  # unknown words make equal totals
    assert len({one.tokens for one in found}) == len(found)
    for one in found:
        assert one.total == pytest.approx(by_tokens[one.tokens].total)
        assert one.total == weighted(weights, one.features)
        assert one.features == pytest.approx(by_tokens[one.tokens].features)


def test_a_shorter_list_is_the_beginning_of_a_longer_one(model: LanguageModel) -> None:
    table = random_table(random.Random(3))
    settings = searching(9, 100, 200, 6)
    translator = Translator(OptionTable(table, model, limit=9), model, settings)
    long = translator.translate("a b c a b d", START_WEIGHTS, nbest=50)
    short = translator.translate("a b c a b d", START_WEIGHTS, nbest=7)
    assert len(short) == 7
    assert short == long[:7]
    assert len({one.tokens for one in long}) == len(long) == 50


def test_narrow_search_finds_no_better_but_complete_translations(model: LanguageModel) -> None:
    table = random_table(random.Random(4))
    narrow, wide = searching(1, 1, 1, 2), searching(9, 100, 1000, 2)
    totals = []
    for settings in (narrow, wide):
        options = OptionTable(table, model, limit=settings.ttable_limit)
        best = Translator(options, model, settings).translate(
            "a b c d c b a", START_WEIGHTS, nbest=1
        )
        totals.append(best[0].total)
    assert totals[0] <= totals[1]


def test_unknown_words_pass_through_in_their_place(model: LanguageModel) -> None:
    settings = searching(9, 100, 200, 6)
    table = {"a": [PhrasePair("a", "u", (1.0,) * 4)]}
    translator = Translator(OptionTable(table, model, limit=9), model, settings)
    best = translator.translate("Zürich a 3|4", START_WEIGHTS, nbest=1)[0]
    assert sorted(best.tokens.split()) == ["3|4", "Zürich", "u"]
    assert best.features[FEATURES.index("unknown")] == -200.0


def test_an_empty_sentence_has_one_empty_translation(model: LanguageModel) -> None:
    settings = searching(9, 100, 200, 6)
    found = Translator(OptionTable({}, model, limit=9), model, settings).translate(
        "", START_WEIGHTS, nbest=10
    )
    assert [one.tokens for one in found] == [""]
    assert found[0].features[FEATURES.index("language_model")] == model.end(model.start)


SWAPPED = (0.1, 0.8, 0.1, 0.1, 0.8, 0.1)  # towards the previous phrase and the next
IN_ORDER = (0.8, 0.1, 0.1, 0.8, 0.1, 0.1)


@pytest.mark.parametrize(("likes", "expected"), [(SWAPPED, "v u"), (IN_ORDER, "u v")])
def test_phrases_lie_as_their_orientations_say(model: LanguageModel, likes, expected) -> None:
    table = {
        source: [PhrasePair(source, target, (0.5,) * 4 + likes)]
        for source, target in (("a", "u"), ("b", "v"))
    }
    weights = (*[0.0] * len(FEATURES), *[1.0] * len(REORDERING_FEATURES))
    translator = Translator(
        OptionTable(table, model, limit=9), model, searching(9, 100, 200, 6, MSD)
    )
    assert translator.translate("a b", weights, nbest=1)[0].tokens == expected
