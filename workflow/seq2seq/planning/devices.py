"""Devices that work is done on, and how long they take.

``config/devices.tsv`` lists some with their price.  The rates of ``costs`` were measured on ``CORE``;
the time limits of long jobs allow for ``SLOW_GPU``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError, did_you_mean
from seq2seq.io.files import read_table

COLUMNS = ("device", "kind", "fp32", "bf16", "cell", "factor", "watts", "price", "source")


@dataclass(frozen=True)
class Work:
    """What one job has to do: seconds of cores, and of networks products and cells.

    ``flops`` are in units of the products of training; ``cells`` is how many layers' steps are
    computed one after the other, for which small networks wait more than for their products.
    """

    startup: float
    core_seconds: float
    flops: float = 0.0
    cells: float = 0.0
    precision: str = "fp32"


@dataclass(frozen=True)
class Device:
    """A core or a GPU: GFLOP/s of training, seconds of a cell's overhead, watts, price of an hour.

    ``factor`` is how far off the true speed may be, either way; ``core`` the speed of plain Python
    beside the reference core's.
    """

    name: str
    kind: str
    fp32: float
    bf16: float
    cell: float
    factor: float
    watts: float
    price: float
    source: str
    core: float = 1.0

    def seconds(self, work: Work, *, threads: int) -> float:
        """How long the work takes here, where ``threads`` cores share what is not a network's."""
        rate = self.bf16 if work.precision == "bf16" else self.fp32
        networks = work.flops / (rate * 1e9) + work.cells * self.cell
        return (work.startup + work.core_seconds / threads) / self.core + networks


CORE = Device("core", "cpu", 75, 150, 4.6e-4, 1.5, 8, 0.04, "measured")
SLOW_GPU = Device("slow GPU", "gpu", 10e3, 60e3, 5e-5, 2, 300, 2, "half an A100")


def read_devices(path: str | Path) -> dict[str, Device]:
    """The devices of the table by their names.

    Raises:
        UserError: with the line that is wrong.
    """
    return {device.name: device for device in _rows(path)}


def _rows(path: str | Path) -> Iterator[Device]:
    for place, (name, kind, *numbers, source) in read_table(path, COLUMNS):
        try:
            fp32, bf16, cell, factor, watts, price = map(float, numbers)
        except ValueError as error:
            raise UserError(f"{place}: numbers were expected ({error}).") from error
        if kind not in ("cpu", "gpu"):
            raise UserError(f"{place}: `{kind}` is no kind of device, give cpu or gpu.")
        yield Device(name, kind, fp32, bf16, cell, factor, watts, price, source)


def find_device(devices: dict[str, Device], name: str) -> Device:
    """Raises UserError: no device of that name."""
    if name not in devices:
        raise UserError(
            f"no device is named `{name}`{did_you_mean(name, devices)}: config/devices.tsv has "
            f"{', '.join(devices)}."
        )
    return devices[name]


def device_like(devices: Mapping[str, Device], names: Iterable[str]) -> Device:
    """The first device whose name is part of one of these, as PyTorch tells them; else a slow GPU.

    A name that begins with ``CPU`` is the reference core's.
    """
    names = list(names)
    if all(name.startswith("CPU") for name in names):
        return CORE
    found = (device for device in devices.values() for name in names if device.name in name)
    return next(found, SLOW_GPU)
