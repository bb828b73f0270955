"""Event files against check sums from outside, a reader of our own, and TensorBoard's, where it is."""

import struct

import pytest

from seq2seq.evaluation.events import crc32c, write_events

RECORDS = [
    {"kind": "train", "updates": 5, "device": "x", "perplexity": 12.5, "seconds": 3.0},
    {"kind": "train", "updates": 300, "device": "x", "perplexity": 8.0, "seconds": 4.5},
    {"kind": "dev", "updates": 300, "epoch": 0.2, "perplexity": 9.25, "bleu": 17.0},
]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"123456789", 0xE3069283),
    ],
    ids=["zeros", "ones", "rising", "digits"],
)
def test_the_check_sum_is_that_of_rfc_3720(data, expected):
    assert crc32c(data) == expected


def frames(data):
    """The records of an event file, their check sums looked at by length alone."""
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        yield data[12 : 12 + length]
        data = data[16 + length :]


def test_a_file_has_its_version_and_an_event_for_each_record(tmp_path):
    write_events(tmp_path / "events", RECORDS)
    first, *events = frames((tmp_path / "events").read_bytes())
    assert first.endswith(b"\x1a\x0dbrain.Event:2")
    assert len(events) == 3
    assert [struct.unpack("<d", event[1:9])[0] for event in events] == [3.0, 7.5, 7.5]
    assert events[1][9:12] == b"\x10\xac\x02"  # field 2, 300 in base 128
    assert b"train/perplexity\x15" + struct.pack("<f", 8.0) in events[1]
    assert b"dev/bleu\x15" + struct.pack("<f", 17.0) in events[2]
    assert b"device" not in b"".join(events)


def test_equal_records_are_equal_bytes(tmp_path):
    for name in ("one", "two"):
        write_events(tmp_path / name, RECORDS)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_tensorboard_reads_what_was_written(tmp_path):
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator",
        reason="needs TensorBoard, which nothing else here does",
    )
    write_events(tmp_path / "events.out.tfevents.001", RECORDS)
    found = accumulator.EventAccumulator(str(tmp_path)).Reload()
    assert found.Tags()["scalars"] == [
        "train/perplexity", "train/seconds", "dev/perplexity", "dev/bleu",
    ]  # fmt: skip
    assert [(e.step, e.value) for e in found.Scalars("train/perplexity")] == [(5, 12.5), (300, 8.0)]
