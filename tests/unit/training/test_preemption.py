"""A segment cut short by the clock and taken up again: the same bits as one in a single piece."""

from itertools import count

import pytest

from segment_chain import SegmentChain
from seq2seq.errors import UserError
from seq2seq.steps import train as step
from seq2seq.training.checkpoint import read_checkpoint
from seq2seq.training.preemption import (
    MARGIN,
    QUEUED,
    Deadline,
    SegmentProgress,
    job_deadline,
    no_deadline,
)


@pytest.fixture
def segments(tmp_path):
    made = SegmentChain(tmp_path)
    made.begin()
    return made


def stopping(monkeypatch, *, records):
    """From now on each attempt has time for so many records."""

    def clock(minutes):
        asked = count(1)
        return lambda: next(asked) >= records

    monkeypatch.setattr(step, "job_deadline", clock)


def test_a_segment_in_pieces_ends_in_the_same_bits(segments, tmp_path, monkeypatch):
    (tmp_path / "whole").mkdir()
    whole = SegmentChain(tmp_path / "whole")
    whole.begin()
    whole.train(1)
    stopping(monkeypatch, records=1)
    with pytest.raises(
        UserError, match=r"partial/001\.safetensors: stopped after 1 updates"
    ) as error:
        segments.train(1)
    assert "to resume from there" in str(error.value)
    assert not segments.checkpoint(1).exists()
    assert read_checkpoint(segments.folder / "partial/001.safetensors").segment == 0
    stopping(monkeypatch, records=10)
    segments.train(1)
    assert segments.checkpoint(1).read_bytes() == whole.checkpoint(1).read_bytes()
    assert not (segments.folder / "partial").exists()
    losses = [
        [line.split('"loss_per_word": ')[1].split(",")[0] for line in lines.split("\n") if line]
        for lines in (
            (one.folder / "001.train.jsonl").read_text("utf-8") for one in (segments, whole)
        )
    ]
    assert losses[0] == losses[1]


def test_a_part_of_other_settings_is_not_taken_up(segments, monkeypatch):
    stopping(monkeypatch, records=1)
    with pytest.raises(UserError):
        segments.train(1)
    segment_progress = SegmentProgress(
        segments.checkpoint(1), '{"learning_rate": 9}', segments.folder / "000.safetensors"
    )
    before = read_checkpoint(segments.folder / "000.safetensors")
    assert segment_progress.start(before)[0] is before
    assert segment_progress.start(before)[1] == []


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
    assert job_deadline(1) is no_deadline
    monkeypatch.setenv(QUEUED, "1")
    assert job_deadline(0)() and not job_deadline(1e6)()
