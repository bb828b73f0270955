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
    bleu_laws,
    bounds,
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


def test_each_order_has_its_own_law_of_bleu_and_what_both_miss_cancels_in_the_gain(runs):
    random = np.random.default_rng(0)
    rungs = rungs_at(runs, 3.0)
    size = dict(
        zip(rungs["pairs"] * rungs["layers"], random.normal(0, 0.1, len(rungs)), strict=True)
    )
    more = np.exp((rungs["pairs"] * rungs["layers"]).map(size))
    more *= np.where(rungs["source_order"] == "reversed", 1.2, 1.0)
    laws, together = bleu_laws(rungs.assign(bleu=rungs["bleu"] * more))
    assert together > 0.9
    assert laws["reversed"](2.0) / laws["forward"](2.0) == pytest.approx(1.2, rel=0.1)
    law = bleu_laws(rungs)[0]["reversed"]
    assert (law.slope, law(2.0)) == pytest.approx((-0.6, 100 * math.exp(-1.2)), rel=0.05)
    assert law.error(law.mean_loss - 3) > law.error(law.mean_loss)
    assert law(-9) == 100
    with pytest.raises(UserError, match="Only 0 rungs of one source order have 5 BLEU or more"):
        bleu_laws(rungs.assign(bleu=1.0))


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
    found = bounds(early, Target(10**6, 157_000), noise=0.008, miss=0.02)
    assert [one["epoch"] for one in found] == [2.5, 3.0]
    assert all(1 < one["low"] < one["high"] for one in found)


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
