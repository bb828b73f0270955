import pytest
import torch

from seq2seq.config.training import ModelSize
from seq2seq.errors import UserError
from seq2seq.training import monitor as module
from seq2seq.training.batches import DeviceBatch
from seq2seq.training.monitor import Monitor, Sums
from tiny_models import segment_settings

NOTHING = torch.zeros(0)
STEP = DeviceBatch(
    NOTHING, NOTHING, NOTHING, NOTHING, sentences=2, source_words=30, target_words=20
)


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def records():
    return []


def monitor(records, *, first=0, last=40, is_main=True):
    return Monitor(
        segment_settings(),
        updates_per_epoch=80,
        updates=range(first, last),
        done=first,
        size=ModelSize(0, 0, softmax=60, encoder=10, decoder=40),
        record=records.append,
        name="reversed-1",
        is_main=is_main,
    )


def sums(updates=2, *, loss=40.0, norm=3.0):
    made = Sums.zero(torch.device("cpu"))
    for _ in range(updates):
        made.add(STEP, torch.tensor(loss), torch.tensor(norm))
    return made


def test_a_record_has_means_rates_and_the_model_s_operations_a_second(clock, records):
    made = monitor(records)
    clock.now += 4.0
    made.report(sums())
    (record,) = records
    assert (record["updates"], record["epoch"]) == (2, 2 / 80)
    assert (record["source_words"], record["words"]) == (60, 40)
    assert record["loss_per_word"] == 2.0
    assert record["perplexity"] == pytest.approx(7.389056)
    assert record["gradient_norm"] == 3.0
    assert record["words_per_second"] == 10.0
    assert record["flops_per_second"] == 6 * (60 * 10 + 40 * 100) / 4


def test_a_line_tells_epoch_loss_norm_speed_and_the_time_left(clock, records, capsys):
    made = monitor(records)
    clock.now += 20.0
    made.report(sums())
    assert capsys.readouterr().err == (
        "reversed-1: epoch 0.03, loss 2.000 per word, perplexity 7.39, gradient 3.00, 2 words/s, "
        "0 GFLOP/s, 6m20s left in this segment\n"
    )


def test_lines_are_ten_seconds_apart_but_the_last_always_comes(clock, records, capsys):
    made = monitor(records, last=6)
    for _ in range(3):
        clock.now += 4.0
        made.report(sums())
    lines = capsys.readouterr().err.splitlines()
    assert len(records) == 3
    assert [line.partition(" left")[0].rpartition(" ")[2] for line in lines] == ["0s"]


@pytest.mark.parametrize(("updates", "expected"), [(7, 7), (40, 20), (1000, 20), (5000, 50)])
def test_records_are_twenty_a_segment_and_at_most_a_hundred_updates_apart(
    records, updates, expected
):
    made = monitor(records, last=updates)
    due = [done for done in range(1, updates + 1) if made.is_due(done)]
    assert len(due) == expected
    assert due[-1] == updates


@pytest.mark.parametrize(
    ("loss", "norm"),
    [(float("nan"), 1.0), (float("inf"), 1.0), (1.0, float("nan")), (1.0, 5001.0)],
    ids=["no number", "an infinite loss", "a gradient that is no number", "a gradient too long"],
)
def test_a_training_that_has_diverged_is_stopped_with_advice(clock, records, loss, norm):
    clock.now += 1.0
    with pytest.raises(UserError, match=r"reversed-1: .* diverged near update 2: .*clip_norm"):
        monitor(records).report(sums(loss=loss, norm=norm))
    assert records == []


def test_a_process_that_does_not_lead_writes_nothing_but_stops_too(clock, records, capsys):
    clock.now += 20.0
    monitor(records, is_main=False).report(sums())
    assert (records, capsys.readouterr().err) == ([], "")
    with pytest.raises(UserError, match="diverged"):
        monitor(records, is_main=False).report(sums(loss=float("nan")))
