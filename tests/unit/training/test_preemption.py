"""A segment cut short by the clock and taken up again: the same bits as one in a single piece."""

from itertools import count

import pytest

from relay import Relay
from seq2seq.errors import UserError
from seq2seq.steps import train_segment as step
from seq2seq.training.checkpoint import read_checkpoint
from seq2seq.training.preemption import MARGIN, QUEUED, Deadline, Partial, never, queue_clock


@pytest.fixture
def relay(tmp_path):
    made = Relay(tmp_path)
    made.begin()
    return made


def stopping(monkeypatch, *, records):
    """From now on each attempt has time for so many records."""

    def clock(minutes):
        asked = count(1)
        return lambda: next(asked) >= records

    monkeypatch.setattr(step, "queue_clock", clock)


def test_a_segment_in_pieces_ends_in_the_same_bits(relay, tmp_path, monkeypatch):
    (tmp_path / "whole").mkdir()
    whole = Relay(tmp_path / "whole")
    whole.begin()
    whole.train(1)
    stopping(monkeypatch, records=1)
    with pytest.raises(UserError, match=r"partial/001\.safetensors: after 1 updates") as error:
        relay.train(1)
    assert "goes on from there" in str(error.value)
    assert not relay.checkpoint(1).exists()
    assert read_checkpoint(relay.folder / "partial/001.safetensors").segment == 0
    stopping(monkeypatch, records=10)
    relay.train(1)
    assert relay.checkpoint(1).read_bytes() == whole.checkpoint(1).read_bytes()
    assert not (relay.folder / "partial").exists()
    losses = [
        [line.split('"loss_per_word": ')[1].split(",")[0] for line in lines.split("\n") if line]
        for lines in ((one.folder / "001.train.jsonl").read_text("utf-8") for one in (relay, whole))
    ]
    assert losses[0] == losses[1]


def test_a_part_of_other_settings_is_not_taken_up(relay, monkeypatch):
    stopping(monkeypatch, records=1)
    with pytest.raises(UserError):
        relay.train(1)
    partial = Partial(relay.checkpoint(1), '{"learning_rate": 9}', relay.folder / "000.safetensors")
    before = read_checkpoint(relay.folder / "000.safetensors")
    assert partial.start(before).checkpoint is before
    assert partial.start(before).records == []


def test_it_is_time_when_the_limit_could_come_before_the_next_question():
    now = [0.0]
    deadline = Deadline(10, clock=lambda: now[0])
    now[0] = 100.0
    assert not deadline()
    now[0] = 300.0  # 200 seconds since it was asked: the next time would be at 600 or so
    assert deadline()
    assert MARGIN > 60


def test_without_a_queue_nobody_ends_a_training(monkeypatch):
    monkeypatch.delenv(QUEUED, raising=False)
    assert queue_clock(1) is never
    monkeypatch.setenv(QUEUED, "1")
    assert queue_clock(0)() and not queue_clock(1e6)()
