"""Parameters and speed beside the paper's."""

import csv
import json

import pytest

from configurations import REPOSITORY
from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.costs import training_platforms, training_speeds, words_of_both
from seq2seq.io.files import read_lines, write_json, write_lines

PAPER_RESULTS = REPOSITORY / "config/paper_results.yaml"


def record(words, seconds, **place):
    return json.dumps({"kind": "train", "words": words, "seconds": seconds, **place})


def table(path):
    return list(csv.DictReader(read_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_paper_s_words_fit_its_days():
    """348M French and 304M English words, 12M pairs: 6,300 words of both a second are 9 days."""
    epoch = 348e6 + 12_075_604  # target words as a training counts them
    both = words_of_both(304_000_000, 348_000_000, 12_075_604)
    assert epoch * both == pytest.approx(652e6)
    assert epoch * both * 7.5 / 6300 / 86_400 == pytest.approx(8.98, abs=0.01)


def test_speeds_are_of_words_over_seconds_by_device(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lines = [
        record(100, 1, device="a GPU", torch="2.13"),
        '{"kind": "dev", "perplexity": 3}',
        record(300, 1, device="a GPU", torch="2.13"),
        record(50, 1, device="CPU, 2 threads", torch="2.13"),
        record(10, 1),
    ]
    write_lines(path, lines)
    speeds = training_speeds(path)
    found = dict(speeds["words"] / speeds["seconds"])
    assert found == {"a GPU": 200, "CPU, 2 threads": 50, "not recorded": 10}
    assert [place["device"] for place in training_platforms([path, path])] == list(found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no json", "line 2: not valid JSON"),
        ('{"kind": "train"}', "line 2: a record of kind `train` needs the numbers words, seconds"),
        ("[]", "line 2: a JSON object was expected"),
        (record("x", 1), "line 2: a record of kind `train` needs the numbers"),
    ],
)
def test_what_is_no_record_is_refused_with_its_line(tmp_path, line, message):
    path = tmp_path / "metrics.jsonl"
    write_lines(path, [record(1, 1), line])
    with pytest.raises(UserError, match=rf"metrics\.jsonl.*{message}"):
        training_speeds(path)


def test_speeds_come_below_the_paper_s(tmp_path):
    folder = tmp_path / "models" / "reversed-1"
    write_lines(folder / "metrics.jsonl", [record(3600, 3600, device="CPU", torch="2")])
    rows = [
        "step\tsplit\tside\tlines\ttokens\ttypes\tunknown_rate\tsha256",
        "tokens\ttrain\tsource\t10\t90\t5\t\tx",
        "tokens\ttrain\ttarget\t10\t110\t5\t\tx",
    ]
    write_lines(tmp_path / "corpus.tsv", rows)
    arguments = [
        *("--paper-results", PAPER_RESULTS),
        *("--metrics", folder / "metrics.jsonl"),
        *("--corpus", tmp_path / "corpus.tsv", "--note", "a note"),
        *("--output", tmp_path / "speed.tsv", tmp_path / "speed.html"),
    ]
    run_step("claims", "tabulate-throughput", *map(str, arguments))
    found = table(tmp_path / "speed.tsv")
    assert [row["words_per_second"] for row in found[:2]] == ["1700", "6300"]
    assert list(found[2].values()) == ["reversed-1", "CPU", "2", "1", "1.000"]


def test_models_of_one_shape_share_a_column(tmp_path):
    parts = ("source_embedding", "target_embedding", "softmax", "recurrent", "total")
    shape = dict(zip(parts, (6, 5, 4, 3, 18), strict=True))
    for name, counts in (("a-1", shape), ("b", {**shape, "total": 19}), ("a-2", shape)):
        write_json(tmp_path / name / "model.json", {"parameters": counts})
    models = [str(tmp_path / name / "model.json") for name in ("a-1", "b", "a-2")]
    output = tmp_path / "parameters.tsv"
    rest = ["--paper-results", PAPER_RESULTS, "--note", "a note"]
    rest += ["--output", output, tmp_path / "x.html"]
    run_step("claims", "count-parameters", "--models", *models, *rest)
    rows = table(output)
    assert "384,000,000" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert list(rows[0]) == ["part", "paper", "a-1 a-2", "b"]
    parts = {row["part"]: int(row["paper"]) for row in rows}
    assert parts.pop("total") == sum(parts.values()) == 384_000_000
    assert [row["a-1 a-2"] for row in rows] == ["6", "5", "4", "3", "18"]


def test_seeds_of_a_recipe_are_summed_up_at_each_evaluation(tmp_path):
    scores = {"forward-1": [(9.0, 10.0)], "reversed-1": [(8.0, 12.0)], "reversed-2": [(6.0, 15.0)]}
    curves = []
    for model, points in scores.items():
        path = tmp_path / model / "metrics.jsonl"
        records = [{"kind": "train", "epoch": 0.5, "loss_per_word": 2, "learning_rate": 1}]
        for perplexity, bleu in points:
            records.append({"kind": "dev", "epoch": 1, "perplexity": perplexity, "bleu": bleu})
        write_lines(path, map(json.dumps, records))
        curves.append(f"{model}={path}")
    arguments = ["--curves", *curves, "--note", "a note", "--output", tmp_path / "seeds.tsv"]
    run_step("claims", "tabulate-seeds", *map(str, arguments))
    header, forward, other = (line.split("\t") for line in read_lines(tmp_path / "seeds.tsv"))
    assert header[:7] == [
        "recipe",
        "epoch",
        "seeds",
        "bleu_mean",
        "bleu_std",
        "bleu_min",
        "bleu_max",
    ]
    assert forward[:3] == ["forward", "1", "1"]
    assert forward[3:] == ["10.00", "", "10.00", "10.00", "9.00", "", "9.00", "9.00"]
    assert other[2:7] == ["2", "13.50", "2.12", "12.00", "15.00"]
    assert other[7:] == ["7.00", "1.41", "6.00", "8.00"]
