"""Measurements as TensorBoard's event files, written without TensorBoard.

An event file is a row of records, each a length, the length's check sum, bytes, and their check sum;
the bytes are protocol-buffer messages of a few fields.  The formats are public: TensorFlow's
``record_writer.h`` and ``event.proto``; the check sum is CRC-32C (RFC 3720, B.4), masked.
"""

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from seq2seq.io.files import writing

_NOT_DRAWN = frozenset({"kind", "epoch", "updates", "device", "torch"})
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5  # the wire types of protocol buffers


def write_events(path: str | Path, records: Iterable[dict[str, Any]]) -> None:
    """Write a curve for each number of the records, against updates.

    The clock begins at nought and goes on by the records' ``seconds``: equal records are equal bytes.
    """
    with writing(path) as file:
        file.write(_framed(_event(0.0, 0, _field(3, _BYTES, b"brain.Event:2"))))
        seconds = 0.0
        for record in records:
            seconds += record.get("seconds", 0.0)
            summary = b"".join(_field(1, _BYTES, value) for value in _values(record))
            event = _event(seconds, record["updates"], _field(5, _BYTES, summary))
            file.write(_framed(event))


def _values(record: dict[str, Any]) -> Iterator[bytes]:
    for name, number in record.items():
        if name not in _NOT_DRAWN:
            tag = _field(1, _BYTES, f"{record['kind']}/{name}".encode())
            yield tag + _field(2, _FLOAT, struct.pack("<f", number))


def _event(seconds: float, step: int, what: bytes) -> bytes:
    clock = _field(1, _DOUBLE, struct.pack("<d", seconds))
    return clock + _field(2, _VARINT, _varint(step)) + what


def _field(number: int, wire_type: int, value: bytes) -> bytes:
    length = _varint(len(value)) if wire_type == _BYTES else b""
    return _varint(number << 3 | wire_type) + length + value


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; all bytes but the last have their highest bit set."""
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def _framed(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + _check_sum(length) + data + _check_sum(data)


def _check_sum(data: bytes) -> bytes:
    found = crc32c(data)
    return struct.pack("<I", ((found >> 15 | found << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def crc32c(data: bytes) -> int:
    """The cyclic redundancy check with Castagnoli's polynomial."""
    table, found = _crc_table(), 0xFFFFFFFF
    for byte in data:
        found = table[(found ^ byte) & 0xFF] ^ found >> 8
    return found ^ 0xFFFFFFFF


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)
