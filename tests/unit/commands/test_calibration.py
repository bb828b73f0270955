"""Measuring a machine: that what is measured becomes a device, on a network of a few weights."""

from dataclasses import replace

import pytest

from configurations import PAPER, load
from seq2seq.commands import calibration
from seq2seq.commands.calibration import Measured, calibrate, measure
from seq2seq.planning.costs import RATES, Costs
from seq2seq.planning.devices import CORE
from seq2seq.planning.sizes import Sizes


@pytest.fixture
def costs(monkeypatch):
    monkeypatch.setattr(calibration, "SECONDS", 0.05)
    settings = load(PAPER)
    small = replace(settings.model, layers=1, hidden_size=8, embedding_size=8)
    train = replace(settings.train, batch_size=4, precision="fp32")
    vocabulary = replace(settings.vocabulary, source_words=50, target_words=40)
    settings = replace(settings, model=small, train=train, vocabulary=vocabulary)
    return Costs(settings, Sizes({"train": 1000, "dev": 10, "test": 10}, 1000, 5.0, 6.0))


def test_an_update_and_a_word_take_some_time(costs):
    found = measure(calibration._probe(costs))
    assert 0 < found.update < 10
    assert 0 < found.word < 0.1


def test_a_machine_twice_as_slow_is_told_so(costs, monkeypatch):
    """An update that takes twice what the reference core needs, a word three times."""
    update = CORE.seconds(calibration._update_work(costs), threads=1)
    found = Measured(2 * update, 3 * RATES["tokenize_held_out"].seconds)
    monkeypatch.setattr(calibration, "ordered_map", lambda *a, processes: [found] * processes)
    device = calibrate(costs, CORE, processes=2)
    assert (device.fp32, device.bf16) == pytest.approx((CORE.fp32 / 2, CORE.bf16 / 2))
    assert device.cell == pytest.approx(2 * CORE.cell)
    assert device.core == pytest.approx(1 / 3)
    assert "2 processes at once" in device.source
