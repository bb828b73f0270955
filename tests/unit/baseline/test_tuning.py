"""Tuning never makes matters worse; the file of weights."""

from pathlib import Path

import pytest

from seq2seq.baseline.lattice import (
    FEATURES,
    REORDERING_FEATURES,
    START_WEIGHTS,
    Candidate,
    weighted,
)
from seq2seq.baseline.mert import TuningRound, TuningSettings, read_weights, tune, write_weights
from seq2seq.errors import UserError
from seq2seq.io.files import read_json, write_json


def tuning(rounds: int, starts: int) -> TuningSettings:
    return TuningSettings(
        tune_sentences=9, tune_nbest_size=9, tune_rounds=rounds, tune_starts=starts, seed=1
    )


def candidates(count: int) -> list[list[Candidate]]:
    """Two sentences with ``count`` translations each, the better ones disliked at the start."""
    lists = []
    for sentence in ("a b c d e f", "f e d c b a"):
        translations = []
        for keep in range(2, count + 2):
            tokens = " ".join(sentence.split(" ")[:keep])
            features = [0.0] * len(FEATURES)
            features[0], features[5] = -float(keep), float(keep % 3)
            translations.append(Candidate(tokens, tuple(features), 0.0))
        lists.append(translations)
    return lists


def test_tuning_never_lowers_bleu_and_stops_when_nothing_is_new() -> None:
    everything = candidates(5)

    def decode(weights: tuple[float, ...]) -> list[list[Candidate]]:
        return [
            sorted(one, key=lambda each: -weighted(weights, each.features)) for one in everything
        ]

    references = ["a b c d e f", "f e d c b a"]
    rounds = tune(decode, references, START_WEIGHTS, tuning(rounds=9, starts=2))
    assert len(rounds) == 2
    assert rounds[0].weights == START_WEIGHTS
    assert rounds[1].bleu == pytest.approx(1.0)


def test_the_start_is_kept_if_tuning_finds_worse(tmp_path: Path) -> None:
    answers = iter([candidates(5)[:1], [candidates(1)[0]], [candidates(1)[0]]])

    def decode(_: tuple[float, ...]) -> list[list[Candidate]]:
        lists = next(answers)
        return [list(reversed(one)) for one in lists]

    rounds = tune(decode, ["a b c d e f"], START_WEIGHTS, tuning(rounds=3, starts=0))
    assert write_weights(tmp_path / "weights.json", rounds).weights == START_WEIGHTS


@pytest.mark.parametrize("features", [FEATURES, FEATURES + REORDERING_FEATURES])
def test_weights_survive_being_written(tmp_path: Path, features: tuple[str, ...]) -> None:
    weights = tuple(0.1 * place for place in range(len(features)))
    start = (*START_WEIGHTS, *[0.3] * 6)[: len(features)]
    write_weights(tmp_path / "weights.json", [TuningRound(0.5, start), TuningRound(0.6, weights)])
    assert read_weights(tmp_path / "weights.json", features) == weights
    assert [one["bleu"] for one in read_json(tmp_path / "weights.json")["rounds"]] == [0.5, 0.6]


@pytest.mark.parametrize(
    "content", [[], {}, {"weights": {"lm": 1}}, {"weights": dict.fromkeys(FEATURES, "1")}]
)
def test_other_files_are_refused(tmp_path: Path, content: object) -> None:
    write_json(tmp_path / "weights.json", content)
    with pytest.raises(UserError, match=r"weights.json: .* Tune the baseline again"):
        read_weights(tmp_path / "weights.json", FEATURES)


def test_all_weights_but_that_of_unknown_words_are_tuned() -> None:
    """Unknown words would be worth a lot on this list, and the last feature of reordering is."""
    best = Candidate("a b c d", (*[0.0] * 8, 1.0, *[0.0] * 5, 1.0), 0.0)
    worst = Candidate("a b x d", (*[0.0] * 8, 2.0, *[0.0] * 5, 0.0), 0.0)
    start = (*START_WEIGHTS, *[0.3] * 6)
    decoded = iter([[[worst, best]], [[best, worst]]])
    rounds = tune(lambda _: next(decoded), ["a b c d"], start, tuning(rounds=2, starts=0))
    assert rounds[1].weights[8] == 1.0
    assert rounds[1].weights[-1] > 1.0
