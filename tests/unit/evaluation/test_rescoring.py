"""Choosing from n-best lists: the sweep against doing each rescoring by itself."""

import csv
import gzip
import json
import random
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.evaluation.rescoring import oracle_translations, scored_lists
from seq2seq.io.files import read_json, read_lines, write_json, write_lines
from seq2seq.io.nbest import Hypothesis, best_translations, read_hypotheses, write_hypotheses

SENTENCES, LENGTH = 25, 12
COMBINATIONS = ("reversed-1", "forward-1+reversed-1")
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
                useful = -wrong + 3 * generator.random()
                rows.append(Hypothesis(sentence, rank, (useful, -rank / 2), text))
                for model, noise in zip(MODELS, (4, 2), strict=True):
                    value = -wrong - noise * generator.random()
                    scores[model].append(Hypothesis(sentence, rank, (value,), text))
        write_hypotheses(tmp_path / f"{split}.tsv.gz", ("lm", "total"), rows)
        for model in MODELS:
            write_hypotheses(tmp_path / f"{model}.{split}.tsv.gz", (model,), scores[model])
    return tmp_path


def files(folder: Path, split: str) -> list[object]:
    return [
        *(f"--{split}-nbest", folder / f"{split}.tsv.gz"),
        *(f"--{split}-reference", folder / f"{split}.reference"),
        *(f"--{split}-scores", *(folder / f"{model}.{split}.tsv.gz" for model in MODELS)),
    ]


NO_DEV = ("--dev-nbest", "--dev-scores", "--dev-reference", "--learned")


def sweep(folder: Path, *more: object) -> list[dict]:
    common = ["--combinations", *COMBINATIONS, "--weight", 0.5, "--seed", 1]
    output = folder / "sweep.json"
    run_step("rescore", "sweep-rescoring",
        *common, *files(folder, "test"), *(more or NO_DEV), "--output", output,
    )  # fmt: skip
    return read_json(output)


def points(found: list[dict], models: str, choice: str, split: str = "test") -> list[dict]:
    wanted = (models, choice, split)
    return [row for row in found if (row["models"], row["choice"], row["set"]) == wanted]


def rescored(folder: Path, models: list[str], weight: float) -> Path:
    output = folder / "rescored.tsv.gz"
    scores = [folder / f"{model}.test.tsv.gz" for model in models]
    nbest = folder / "test.tsv.gz"
    run_step("rescore", "rescore-nbest",
        "--weight", weight, "--nbest", nbest, "--scores", *scores, "--output", output,
    )  # fmt: skip
    return output


def test_every_point_of_the_sweep_is_the_bleu_of_that_rescoring(lists: Path) -> None:
    found = sweep(lists)
    references = list(read_lines(lists / "test.reference"))
    baseline = best_translations(lists / "test.tsv.gz", SENTENCES)
    words = sum(len(line.split(" ")) for line in baseline if line)
    for models in COMBINATIONS:
        by_weight = points(found, models, "by weight")
        assert [point["weight"] for point in by_weight] == [step / 20 for step in range(21)]
        for point in by_weight[::5]:
            path = rescored(lists, models.split("+"), point["weight"])
            chosen = best_translations(path, SENTENCES)
            assert point["bleu"] == pytest.approx(bleu_of_tokens(chosen, references).score)
            length = sum(len(line.split(" ")) for line in chosen if line)
            assert point["length_ratio"] == pytest.approx(length / words)
            assert point["bleu_low"] <= point["bleu"] <= point["bleu_high"]
        none, even = by_weight[0], by_weight[10]
        assert none["gain"] == 0
        assert even["gain"] == pytest.approx(even["bleu"] - none["bleu"])


def test_shorter_lists_are_their_first_hypotheses(lists: Path) -> None:
    found = sweep(lists)
    by_weight, by_size = (points(found, "reversed-1", f"by {what}") for what in ("weight", "size"))
    assert [point["hypotheses"] for point in by_size] == [1, 10, LENGTH]
    assert by_size[0]["bleu"] == by_weight[0]["bleu"]
    assert by_size[-1] == by_weight[10] | {"choice": "by size"}
    references = list(read_lines(lists / "test.reference"))
    nbest, scores = (
        read_hypotheses(lists / name) for name in ("test.tsv.gz", "reversed-1.test.tsv.gz")
    )
    best = [""] * SENTENCES
    for scored in scored_lists(nbest, [scores]):
        combined = 0.5 * scored.scores["total"] + 0.5 * scored.scores["reversed-1"]
        best[scored.sentence] = scored.tokens[max(range(10), key=lambda k: combined[k])]
    assert by_size[1]["bleu"] == pytest.approx(bleu_of_tokens(best, references).score)


def test_the_weight_is_tuned_on_dev_and_not_on_test(lists, capsys):
    found = sweep(lists, *files(lists, "dev"), "--learned", "--dev-sentences", SENTENCES)
    for models in COMBINATIONS:
        dev, test = (points(found, models, "by weight", split) for split in ("dev", "test"))
        (tuned,) = points(found, models, "tuned on dev")
        bleu = {point["weight"]: point["bleu"] for point in dev}
        assert bleu[tuned["weight"]] == max(bleu.values())
        assert tuned["bleu"] in [p["bleu"] for p in test if p["weight"] == tuned["weight"]]
    assert "weights tuned on dev" in capsys.readouterr().err


def learn(folder: Path) -> Path:
    output = folder / "learned.json"
    run_step("rescore", "tune-rescoring",
        "--combinations", *COMBINATIONS, "--nbest", folder / "dev.tsv.gz",
        "--scores", *(folder / f"{model}.dev.tsv.gz" for model in MODELS),
        "--reference", folder / "dev.reference", "--starts", 1, "--seed", 5, "--output", output,
    )  # fmt: skip
    return output


def test_learned_weights_never_do_worse_on_dev_than_any_average(lists: Path) -> None:
    learned = learn(lists)
    found = sweep(lists, *files(lists, "dev"), "--learned", learned)
    weights = read_json(learned)["weights"]
    assert list(weights["reversed-1"]) == ["lm", "reversed-1", "total"]
    assert list(weights["forward-1+reversed-1"]) == ["forward-1", "lm", "reversed-1", "total"]
    for models in COMBINATIONS:
        averages = [point["bleu"] for point in points(found, models, "by weight", "dev")]
        (dev,) = points(found, models, "all features", "dev")
        (test,) = points(found, models, "all features")
        assert dev["bleu"] > max(averages)
        own = weights[models]
        references = list(read_lines(lists / "test.reference"))
        files_of = [read_hypotheses(lists / f"{model}.test.tsv.gz") for model in MODELS]
        best = [""] * SENTENCES
        for scored in scored_lists(read_hypotheses(lists / "test.tsv.gz"), files_of):
            sums = [
                sum(own[name] * scored.scores[name][k] for name in own)
                for k in range(len(scored.tokens))
            ]
            best[scored.sentence] = scored.tokens[max(range(len(sums)), key=sums.__getitem__)]
        expected = bleu_of_tokens(best, references).score
        assert test["bleu"] == pytest.approx(expected)
        assert test["weight"] is None


def test_learning_depends_on_its_seed_alone(lists: Path) -> None:
    first = learn(lists).read_bytes()
    assert learn(lists).read_bytes() == first


def test_the_oracle_of_longer_lists_is_never_worse_and_that_of_one_is_the_baseline(lists):
    found = sweep(lists)
    oracle = points(found, "", "oracle")
    assert [point["hypotheses"] for point in oracle] == [1, 10, LENGTH]
    assert oracle[0]["bleu"] == points(found, "reversed-1", "by weight")[0]["bleu"]
    assert oracle[0]["bleu"] < oracle[1]["bleu"] <= oracle[2]["bleu"]
    references = list(read_lines(lists / "test.reference"))
    texts = (
        (sentence, [row.tokens for row in rows])
        for sentence, rows in read_hypotheses(lists / "test.tsv.gz").by_sentence()
    )
    translated = list(oracle_translations(texts, references))
    assert oracle[2]["bleu"] == pytest.approx(bleu_of_tokens(translated, references).score)
    assert oracle[2]["bleu"] == max(point["bleu"] for point in found)


def test_without_lists_of_dev_nothing_is_tuned_and_that_is_said(lists, capsys):
    found = sweep(lists, *NO_DEV)
    assert {row["set"] for row in found} == {"test"}
    assert {row["choice"] for row in found} == {"by weight", "by size", "oracle"}
    assert "not tuned: there are no n-best lists of the dev set" in capsys.readouterr().err


def test_scores_of_other_lists_are_refused(lists: Path) -> None:
    rows = [Hypothesis(0, 1, (-1.0,), "another text")]
    write_hypotheses(lists / "reversed-1.test.tsv.gz", ("reversed-1",), rows)
    with pytest.raises(UserError, match="scores by reversed-1 of sentence 0 are not of these"):
        sweep(lists)


def test_scores_that_end_too_early_are_refused(lists: Path) -> None:
    path = lists / "reversed-1.test.tsv.gz"
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")[: 1 + 5 * LENGTH]
    write_lines(path, lines)
    with pytest.raises(UserError, match="Remove the files of scores"):
        sweep(lists)


def test_equally_good_hypotheses_stay_in_the_baselines_order(tmp_path: Path) -> None:
    rows = [Hypothesis(0, rank, (-float(rank),), f"text {rank}") for rank in (1, 2, 3)]
    write_hypotheses(tmp_path / "test.tsv.gz", ("total",), rows)
    other = [Hypothesis(0, rank, (float(rank),), f"text {rank}") for rank in (1, 2, 3)]
    write_hypotheses(tmp_path / "forward-1.test.tsv.gz", ("forward-1",), other)
    output = rescored(tmp_path, ["forward-1"], 0.5)
    assert [row.tokens for row in read_hypotheses(output).rows] == ["text 1", "text 2", "text 3"]


def tabulate(folder: Path) -> None:
    run_step(
        *("report", "tabulate-rescoring", "--sweep", folder / "sweep.json", "--note", "a test"),
        *("--points", folder / "points.tsv", "--output", folder / "t.tsv", folder / "t.md"),
    )


def test_the_tables_hold_the_numbers_of_the_sweep(lists: Path) -> None:
    learned = learn(lists)
    found = sweep(lists, *files(lists, "dev"), "--learned", learned)
    tabulate(lists)
    table = list(csv.DictReader(read_lines(lists / "t.tsv"), delimiter="\t"))
    assert [row["choice"] for row in table] == [
        "baseline",
        *2 * [*3 * ["even average"], "weight tuned on dev", "all features, MERT on dev", "LSTM alone"],
        *3 * ["oracle"],
    ]  # fmt: skip
    pages = (lists / "t.md").read_text(encoding="utf-8").split("\n")
    assert pages[0] == "a test"
    assert sum(line.startswith("| ") for line in pages) == 1 + len(table)
    even = points(found, "reversed-1", "by weight")[10]
    row = next(one for one in table if one["hypotheses"] == str(LENGTH) and one["models"])
    assert row["bleu"] == f"{even['bleu']:.2f}" and row["weight"] == "0.5"
    every = list(csv.DictReader(read_lines(lists / "points.tsv"), delimiter="\t"))
    assert len(every) == 2 * 2 * (21 + 3 + 1) + 3


def test_a_sweep_without_tuning_can_be_tabulated(lists: Path) -> None:
    found = sweep(lists)
    write_json(lists / "sweep.json", json.loads(json.dumps(found)))
    tabulate(lists)
    assert "tuned on dev" not in (lists / "t.tsv").read_text()
