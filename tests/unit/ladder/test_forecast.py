"""The forecast: which rungs count, the held-out miss, chances, bounds, and the step's files."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from run_step import run_step
from seq2seq.config.ladder import NetworkSize, PerplexityBound
from seq2seq.config.loading import as_json, read_settings
from seq2seq.errors import UserError
from seq2seq.ladder.forecast import (
    ADVICE,
    Target,
    bleu_law,
    bounds,
    fits_and_refits,
    forecast,
    hold_out,
    points_of,
    rungs_at,
    seed_noise,
)
from seq2seq.steps.train import _check_bound
from token_files import write_token_dataset

SETTINGS = read_settings(["config/config.yaml", "config/tatoeba.yaml"])
EPOCHS = (1.0, 2.5, 3.0)
ORDERS = ("forward", "reversed")


def loss_of(parameters, pairs, order, epoch):
    """Of an invented law; the smallest rungs stay on the plateau."""
    blind = 3.0 + 0.3 * (pairs / 5e4) ** -0.3
    seen = pairs * epoch / 3
    loss = 0.6 + 0.5 * (parameters / 1e6) ** -0.15 + 1.2 * (seen / 5e4) ** -0.45
    return {"forward": min(loss + 0.08, blind + 0.01), "none": blind}.get(
        order, min(loss, blind + 0.01)
    )


@pytest.fixture(scope="module")
def runs():
    random = np.random.default_rng(0)
    rows = []
    for rung in SETTINGS.ladder.rungs:
        parameters = rung.network.parameters(SETTINGS.model)
        for epoch in EPOCHS:
            loss = loss_of(parameters, rung.pairs, rung.source_order, epoch)
            loss *= math.exp(random.normal(0, 0.008))
            rows.append(
                {
                    "source_order": rung.source_order,
                    "layers": rung.network.layers,
                    "hidden_size": rung.network.hidden_size,
                    "parameters": parameters,
                    "pairs": rung.pairs,
                    "seed": rung.seed,
                    "epoch": epoch,
                    "loss": loss,
                    "bleu": 0.0 if rung.source_order == "none" else 100 * math.exp(-0.6 * loss),
                }
            )
    return pd.DataFrame(rows)


def test_rungs_have_both_orders_and_seeds_and_a_language_model():
    rungs = SETTINGS.ladder.rungs
    assert len(rungs) == len({rung.name for rung in rungs}) == 36
    assert rungs[0].name == "ladder-1x128-5000-forward-1"
    assert {r.seed for r in rungs if r.pairs == 135000} == {1}
    assert {r.seed for r in rungs if r.source_order == "none"} == {1}
    assert (
        NetworkSize(4, 1000).parameters(read_settings(["config/config.yaml"]).model) == 64_000_000
    )


def test_rungs_on_the_plateau_do_not_count(runs):
    rungs = rungs_at(runs, 3.0)
    assert set(rungs["source_order"]) == {"forward", "reversed"}
    assert set(rungs[~rungs["counts"]]["pairs"]) == {5000}
    assert len(points_of(rungs, "reversed")) == 6
    assert sorted({point.seeds for point in points_of(rungs, "reversed")}) == [1, 2]


def test_at_an_early_epoch_the_language_model_has_learned_as_long(runs):
    """After its last epoch it is better than any network after its first."""
    late = (runs["source_order"] == "none") & (runs["epoch"] > 1)
    better = runs.assign(loss=runs["loss"].where(~late, 0.1))
    assert rungs_at(better, 1.0).equals(rungs_at(runs, 1.0))
    assert rungs_at(runs, 1.0)["counts"].any() and not rungs_at(better, 3.0)["counts"].any()


def test_the_noise_over_seeds_is_pooled(runs):
    assert seed_noise(runs) == pytest.approx(0.008, rel=0.5)
    with pytest.raises(UserError, match=r"ladder\.seeds: at least one rung needs two seeds"):
        seed_noise(runs[runs["seed"] == 1])


def test_the_largest_rungs_are_predicted_from_the_others_alone(runs):
    rungs = rungs_at(runs, 3.0)
    found = hold_out(rungs, noise=0.008)
    assert [one.pairs for one in found] == [135000] * 4
    worse = rungs.assign(loss=rungs["loss"].where(rungs["pairs"] < 135000, 9.0))
    again = hold_out(worse, noise=0.008)
    assert [one.median for one in again] == [one.median for one in found]
    assert not any(one.inside for one in again)
    assert all(one.miss == pytest.approx(math.log(9 / one.median)) for one in again)


def more_bleu(runs, **by_order):
    """Of larger networks 1.3 times as much at one loss, and of each order what is said."""
    larger = np.where(runs["layers"] == 2, 1.3, 1.0)
    return runs.assign(
        bleu=runs["bleu"] * larger * runs["source_order"].map({"none": 1, **by_order})
    )


def test_bleu_falls_with_the_loss_by_a_line_of_each_order_and_with_the_size(runs):
    law = bleu_law(rungs_at(more_bleu(runs, forward=1.0, reversed=1.2), 3.0))
    small, large = (NetworkSize(*s).parameters(SETTINGS.model) for s in ((1, 128), (2, 256)))
    expected = 100 * math.exp(-0.6 * 2.0)
    assert law(2.0, "forward", small) == pytest.approx(expected, rel=0.02)
    assert law(2.0, "reversed", large) == pytest.approx(1.2 * 1.3 * expected, rel=0.02)
    assert law.error(-1.0, "forward", small) > law.error(2.0, "forward", small) > law.deviation
    drawn = law.draw({"forward": np.full(400, -9.0)}, small, np.random.default_rng(0))
    assert set(drawn["forward"]) == {100.0}
    with pytest.raises(UserError, match="Only 0 rungs of the ladder have 5 BLEU or more"):
        bleu_law(rungs_at(runs.assign(bleu=1.0), 3.0))


def test_one_size_of_network_has_no_term_of_size(runs):
    law = bleu_law(rungs_at(runs[runs["layers"] == 2].assign(bleu=50.0), 3.0).assign(counts=True))
    assert law.freedom == 4 and law(2.0, "forward", 9e9) == pytest.approx(50)


def test_the_gain_from_reversal_is_that_of_the_lines(runs):
    target = Target(10**6, 157_000)
    gains = [
        forecast(more_bleu(runs, forward=1.0, reversed=factor), target, SETTINGS.ladder)
        for factor in (1.0, 1.5)
    ]
    less, more = (one["reversal_gain"] for one in gains)
    bleu = gains[1]["bleu"]["forward"]["median"]
    assert more["median"] - less["median"] == pytest.approx(bleu / 2, rel=0.25)
    assert more["low"] > less["high"]


def test_the_orders_have_errors_of_their_own(runs):
    refits = [fits_and_refits(rungs_at(runs, 3.0), o, noise=0.008, count=50)[1] for o in ORDERS]
    drawn = [[math.log(fit.predict(1e6, 157_000)) for fit in some] for some in refits]
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.5


def test_the_forecast_is_widened_by_the_miss(runs):
    target = Target(SETTINGS.model.layers * 10**6, 157_000)
    found = forecast(runs, target, SETTINGS.ladder)
    biased = runs.assign(loss=runs["loss"].where(runs["pairs"] < 135000, runs["loss"] * 1.15))
    wider = forecast(biased, target, SETTINGS.ladder)
    assert wider["miss"] > found["miss"]
    width = [
        one["bleu"]["reversed"]["high"] - one["bleu"]["reversed"]["low"] for one in (found, wider)
    ]
    assert width[1] > width[0]
    assert found["bleu"]["reversed"]["low"] < found["bleu"]["reversed"]["median"]
    chances = list(found["chances"].values())
    assert chances[0] >= chances[1] and all(0 <= chance <= 1 for chance in chances)
    assert set(found["parts"]) == set(ADVICE) and min(found["parts"].values()) >= 0


def test_epochs_at_which_nothing_was_learned_have_no_bounds(runs):
    early = runs.assign(
        loss=runs["loss"].where((runs["epoch"] > 1) | (runs["source_order"] == "none"), 9.0)
    )
    found = bounds(early, Target(10**6, 157_000), miss=0.02)
    assert [one["epoch"] for one in found] == [2.5, 3.0]
    assert all(1 < one["low"] < one["high"] for one in found)


def test_a_larger_miss_at_an_early_epoch_widens_the_bounds_there(runs):
    target = Target(10**6, 157_000)
    blind = runs["source_order"] == "none"
    every = runs.assign(loss=runs["loss"].where(~blind, 9.0))
    right = blind | (runs["epoch"] > 1) | (runs["pairs"] < 135000)
    wrong = every.assign(loss=every["loss"].where(right, 1.0))
    (early, *late), (wide, *same) = (bounds(some, target, miss=0.02) for some in (every, wrong))
    assert wide["high"] / wide["low"] > early["high"] / early["low"]
    assert same == late


def test_the_step_writes_the_page_and_bounds_that_a_configuration_takes(runs, tmp_path):
    segments, points = ["002", "005", "006"], []
    for rung in SETTINGS.ladder.rungs:
        own = runs[
            (runs["source_order"] == rung.source_order)
            & (runs["pairs"] == rung.pairs)
            & (runs["hidden_size"] == rung.network.hidden_size)
            & (runs["seed"] == rung.seed)
        ]
        (tmp_path / rung.name).mkdir()
        for segment, row in zip(segments, own.itertuples(), strict=True):
            record = {"epoch": row.epoch, "perplexity": math.exp(row.loss), "bleu": row.bleu}
            path = tmp_path / rung.name / f"{segment}.dev.jsonl"
            path.write_text(json.dumps(record) + "\n")
            points.append(path)
    target = tmp_path / "words.npy", tmp_path / "offsets.npy"
    write_token_dataset(*target, [[3, 4]] * 157)
    files = [tmp_path / f"ladder{suffix}" for suffix in (".tsv", ".json", ".yaml", ".svg", ".html")]
    run_step(
        *("ladder", "fit-ladder", "--settings", as_json(SETTINGS.ladder)),
        *("--model", as_json(SETTINGS.model), "--points", *points),
        *("--target", *target),
        *("--experiment", "tatoeba", "--note", "a <note>", "--output", *files),
    )
    page = files[4].read_text("utf-8")
    assert "a &lt;note&gt;" in page and "on all 157 pairs" in page and "<svg" in page
    table = pd.read_csv(files[0], sep="\t")
    assert len(table) == 16 and table["counts"].sum() == 12
    listed = yaml.safe_load(files[2].read_text("utf-8"))["ladder"]["bounds"]
    assert [one["epoch"] for one in listed] == list(EPOCHS)
    assert json.loads(files[1].read_text("utf-8"))["target"]["pairs"] == 157
    kept = replace(SETTINGS.ladder, bounds=tuple(PerplexityBound(**one) for one in listed))
    assert kept.bound_of("reversed-1", 2.5) == PerplexityBound(**listed[1])
    assert kept.bound_of("reversed-2", 2.5) is kept.bound_of("reversed-1", 2.0) is None


def test_a_run_outside_its_bounds_stops_and_says_what_to_look_at():
    bound = PerplexityBound(0.5, 10.0, 20.0)
    _check_bound("reversed-1", bound, 15.0, stop=True)
    with pytest.raises(UserError, match=r"25\.00 after 0\.5 epochs is outside .* gradient norms"):
        _check_bound("reversed-1", bound, 25.0, stop=True)
    with pytest.raises(UserError, match=r"dev set in the training pairs\. To go on all the same"):
        _check_bound("reversed-1", bound, 9.0, stop=True)
    _check_bound("reversed-1", bound, 9.0, stop=False)
