"""Choosing from n-best lists: the sweep against doing each rescoring by itself."""

import csv
import gzip
import json
import random
import sys
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.evaluation.rescoring import scored_lists
from seq2seq.files import read_json, read_lines, write_json, write_lines
from seq2seq.nbest import Hypothesis, best_translations, read_hypotheses, write_hypotheses
from seq2seq.steps import plot_rescoring, rescore_nbest, sweep_rescoring

SENTENCES, LENGTH = 25, 12
MODELS = ("forward-1", "reversed-1")


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Lists of test and dev whose best hypotheses the models see better than the baseline does."""
    for split, seed in (("test", 1), ("dev", 2)):
        generator = random.Random(seed)
        references = [" ".join(generator.choices("abcdef", k=9)) for _ in range(SENTENCES)]
        write_lines(tmp_path / f"{split}.reference", references)
        rows, scores = [], {model: [] for model in MODELS}
        for sentence, reference in enumerate(references):
            if sentence == 3:
                continue  # a sentence that the baseline could not translate
            for rank in range(1, LENGTH + 1):
                tokens = reference.split(" ")
                wrong = generator.randrange(6)
                tokens[:wrong] = "x" * generator.randrange(wrong + 1)
                text = " ".join(tokens)
                rows.append(Hypothesis(sentence, rank, (0.5, -rank / 2), text))
                for model, noise in zip(MODELS, (4, 2), strict=True):
                    value = -wrong - noise * generator.random()
                    scores[model].append(Hypothesis(sentence, rank, (value,), text))
        write_hypotheses(tmp_path / f"{split}.tsv.gz", ("lm", "total"), rows)
        for model in MODELS:
            write_hypotheses(tmp_path / f"{model}.{split}.tsv.gz", (model,), scores[model])
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, program: object, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["program", *map(str, arguments)])
    program.main()  # type: ignore[attr-defined]


def files(folder: Path, split: str) -> list[object]:
    return [
        *(f"--{split}-nbest", folder / f"{split}.tsv.gz"),
        *(f"--{split}-reference", folder / f"{split}.reference"),
        *(f"--{split}-scores", *(folder / f"{model}.{split}.tsv.gz" for model in MODELS)),
    ]


def sweep(monkeypatch: pytest.MonkeyPatch, folder: Path, *more: object) -> dict:
    common = ["--combinations", "reversed-1", "forward-1+reversed-1", "--weight", 0.5, "--seed", 1]
    output = folder / "sweep.json"
    run(
        monkeypatch, sweep_rescoring,
        *common, *files(folder, "test"), *more, "--output", output,
    )  # fmt: skip
    return read_json(output)


def rescored(
    monkeypatch: pytest.MonkeyPatch, folder: Path, models: list[str], weight: float
) -> Path:
    output = folder / "rescored.tsv.gz"
    scores = [folder / f"{model}.test.tsv.gz" for model in models]
    nbest = folder / "test.tsv.gz"
    run(
        monkeypatch, rescore_nbest,
        "--weight", weight, "--nbest", nbest, "--scores", *scores, "--output", output,
    )  # fmt: skip
    return output


def test_every_point_of_the_sweep_is_the_bleu_of_that_rescoring(
    monkeypatch: pytest.MonkeyPatch, lists: Path
) -> None:
    found = sweep(monkeypatch, lists)
    references = list(read_lines(lists / "test.reference"))
    baseline = best_translations(lists / "test.tsv.gz", SENTENCES)
    words = sum(len(line.split(" ")) for line in baseline if line)
    for combination in found["combinations"]:
        points = combination["test"]["by_weight"]
        assert [point["weight"] for point in points] == [step / 20 for step in range(21)]
        for point in points[::5]:
            path = rescored(monkeypatch, lists, combination["models"], point["weight"])
            chosen = best_translations(path, SENTENCES)
            assert point["bleu"] == pytest.approx(bleu_of_tokens(chosen, references).score)
            length = sum(len(line.split(" ")) for line in chosen if line)
            assert point["length_ratio"] == pytest.approx(length / words)
            assert point["interval"]["low"] <= point["bleu"] <= point["interval"]["high"]
        assert points[0]["gain"] == 0
        assert points[10]["gain"] == pytest.approx(points[10]["bleu"] - points[0]["bleu"])


def test_shorter_lists_are_their_first_hypotheses(
    monkeypatch: pytest.MonkeyPatch, lists: Path
) -> None:
    one = sweep(monkeypatch, lists)["combinations"][0]["test"]
    assert [point["hypotheses"] for point in one["by_size"]] == [1, 10, LENGTH]
    assert one["by_size"][0]["bleu"] == one["by_weight"][0]["bleu"]
    assert one["by_size"][-1] == one["by_weight"][10]
    references = list(read_lines(lists / "test.reference"))
    nbest, scores = (
        read_hypotheses(lists / name) for name in ("test.tsv.gz", "reversed-1.test.tsv.gz")
    )
    best = [""] * SENTENCES
    for scored in scored_lists(nbest, [scores]):
        combined = 0.5 * scored.total + 0.5 * scored.log_probability["reversed-1"]
        best[scored.sentence] = scored.tokens[max(range(10), key=lambda k: combined[k])]
    assert one["by_size"][1]["bleu"] == pytest.approx(bleu_of_tokens(best, references).score)


def test_the_weight_is_tuned_on_dev_and_not_on_test(
    monkeypatch: pytest.MonkeyPatch, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sweep(monkeypatch, lists, *files(lists, "dev"), "--dev-sentences", SENTENCES)
    for combination in found["combinations"]:
        points = {point["weight"]: point["bleu"] for point in combination["dev"]["by_weight"]}
        assert points[combination["tuned_weight"]] == max(points.values())
    assert "weights tuned on dev" in capsys.readouterr().err


def test_without_lists_of_dev_nothing_is_tuned_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sweep(monkeypatch, lists, "--dev-nbest", "--dev-scores", "--dev-reference")
    assert all(one["tuned_weight"] is None and one["dev"] is None for one in found["combinations"])
    assert "not tuned: there are no n-best lists of the dev set" in capsys.readouterr().err


def test_scores_of_other_lists_are_refused(monkeypatch: pytest.MonkeyPatch, lists: Path) -> None:
    rows = [Hypothesis(0, 1, (-1.0,), "another text")]
    write_hypotheses(lists / "reversed-1.test.tsv.gz", ("reversed-1",), rows)
    with pytest.raises(UserError, match="scores by reversed-1 of sentence 0 are not of these"):
        sweep(monkeypatch, lists)


def test_scores_that_end_too_early_are_refused(
    monkeypatch: pytest.MonkeyPatch, lists: Path
) -> None:
    path = lists / "reversed-1.test.tsv.gz"
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")[: 1 + 5 * LENGTH]
    write_lines(path, lines)
    with pytest.raises(UserError, match="Remove the files of scores"):
        sweep(monkeypatch, lists)


def test_equally_good_hypotheses_stay_in_the_baselines_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = [Hypothesis(0, rank, (-float(rank),), f"text {rank}") for rank in (1, 2, 3)]
    write_hypotheses(tmp_path / "test.tsv.gz", ("total",), rows)
    other = [Hypothesis(0, rank, (float(rank),), f"text {rank}") for rank in (1, 2, 3)]
    write_hypotheses(tmp_path / "forward-1.test.tsv.gz", ("forward-1",), other)
    output = rescored(monkeypatch, tmp_path, ["forward-1"], 0.5)
    assert [row.tokens for row in read_hypotheses(output).rows] == ["text 1", "text 2", "text 3"]


def test_the_figure_and_the_table_hold_the_numbers_of_the_sweep(
    monkeypatch: pytest.MonkeyPatch, lists: Path
) -> None:
    found = sweep(monkeypatch, lists, *files(lists, "dev"))
    names = [part for kind in ("svg", "png", "tsv") for part in (f"--{kind}", lists / f"r.{kind}")]
    arguments = ["--sweep", lists / "sweep.json", "--note", "a test", "--table", lists / "t.tsv"]
    run(monkeypatch, plot_rescoring, *arguments, *names)
    first = {name: (lists / name).read_bytes() for name in ("r.svg", "r.png", "r.tsv", "t.tsv")}
    table = list(csv.DictReader(read_lines(lists / "t.tsv"), delimiter="\t"))
    assert [row["choice"] for row in table] == [
        "baseline", *2 * [*3 * ["even average"], "tuned on dev", "LSTM alone"],
    ]  # fmt: skip
    even = found["combinations"][0]["test"]["by_weight"][10]
    row = next(one for one in table if one["hypotheses"] == str(LENGTH) and one["models"])
    assert row["bleu"] == f"{even['bleu']:.2f}" and row["weight"] == "0.5"
    points = list(csv.DictReader(read_lines(lists / "r.tsv"), delimiter="\t"))
    assert len(points) == 2 * 2 * (21 + 3)
    run(monkeypatch, plot_rescoring, *arguments, *names)
    assert first == {name: (lists / name).read_bytes() for name in first}


def test_a_sweep_without_tuning_can_be_drawn(monkeypatch: pytest.MonkeyPatch, lists: Path) -> None:
    found = sweep(monkeypatch, lists)
    write_json(lists / "sweep.json", json.loads(json.dumps(found)))
    names = [part for kind in ("svg", "png", "tsv") for part in (f"--{kind}", lists / f"r.{kind}")]
    arguments = ["--sweep", lists / "sweep.json", "--note", "a test", "--table", lists / "t.tsv"]
    run(monkeypatch, plot_rescoring, *arguments, *names)
    assert "tuned on dev" not in (lists / "t.tsv").read_text()
