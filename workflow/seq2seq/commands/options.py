"""What the commands share: their parser, the types of their options, and checked numbers."""

import math
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter


def _at_least(lowest: float, highest: float = math.inf) -> Parameter:
    """A validator that also rejects NaN and infinity."""

    def validate(_: object, value: float) -> None:
        if not (math.isfinite(value) and lowest <= value <= highest):
            limits = f">= {lowest:g}" if highest == math.inf else f"from {lowest:g} to {highest:g}"
            raise ValueError(f"Must be a number {limits}.")

    return Parameter(validator=validate)


Count = Annotated[int, _at_least(1)]
NonNegative = Annotated[float, _at_least(0)]
Share = Annotated[float, _at_least(0, 1)]
Stream = Annotated[str, Parameter(allow_leading_hyphen=True)]  # a file, or - for standard input
Models = Annotated[list[Path], Parameter(name="--model", negative=())]


def command_app(name: str) -> App:
    """The parser of ``seq2seq NAME``; the function decorated with ``@app.default`` runs."""
    return App(
        name=f"seq2seq {name}",
        help_format="plaintext",
        version_flags=(),
        result_action="return_value",
    )
