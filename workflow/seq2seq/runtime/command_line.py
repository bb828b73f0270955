"""Command lines from signatures: cyclopts derives the parser of a typed function."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cyclopts import App, CycloptsError, Parameter

from seq2seq.config.loading import from_json
from seq2seq.errors import UserError
from seq2seq.runtime.logging import run
from seq2seq.runtime.shards import Shard

T = TypeVar("T")


def _from_json(kind: type, tokens: Sequence[Any]) -> Any:
    return from_json(kind, tokens[0].value)


def _shard(_: type, tokens: Sequence[Any]) -> Shard:
    return Shard.parse(tokens[0].value)


# `shard: ShardName` is the flag `--shard 2-of-16`.
ShardName = Annotated[Shard, Parameter(converter=_shard, n_tokens=1, accepts_keys=False)]
# `settings: Json[ModelSettings]` is a settings dataclass as one JSON argument.
Json = Annotated[T, Parameter(converter=_from_json, n_tokens=1, accepts_keys=False)]


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
ModelFolders = Annotated[list[Path], Parameter(name="--model", negative=())]

_PLAIN: dict[str, Any] = {
    "help_format": "plaintext",
    "version_flags": (),
    "result_action": "return_value",
}


@dataclass(frozen=True)
class LabelledFile:
    """A system's name, as a table or legend prints it, and the file of its outputs."""

    label: str
    path: str


def labelled_file(text: str) -> LabelledFile:
    """Parse ``LABEL=FILE``; only the file may contain another ``=``."""
    label, _, path = text.partition("=")
    if not label or not path:
        raise UserError(f"`{text}` is not of the form `LABEL=FILE`.")
    return LabelledFile(label, path)


def step_app(stage: str, help: str) -> App:
    """The steps of one stage; each function decorated with ``@app.command`` becomes a subcommand.

    ``--file a b c`` fills a list, and a bare ``--file`` gives an empty one, as for a rule's inputs.
    """
    every = Parameter(consume_multiple=True, negative=())
    return App(name=stage, help=help, default_parameter=every, **_PLAIN)


def command_app(name: str) -> App:
    """The parser of ``seq2seq NAME``; the function decorated with ``@app.default`` runs."""
    return App(name=f"seq2seq {name}", **_PLAIN)


def run_app(app: App, arguments: Sequence[str] | None = None) -> None:
    """Run the step that the command line names; a wrong flag is one sentence and exit code 2."""

    def main() -> None:
        try:
            given = sys.argv[1:] if arguments is None else arguments
            app(given, exit_on_error=False, print_error=False)
        except CycloptsError as error:
            raise UserError(f"{' '.join(str(error).split())} See --help.") from error

    run(main)


def main_of(app: App, module: str) -> None:
    """Call at the end of a module of steps: ``main_of(app, __name__)``."""
    if module == "__main__":
        run_app(app)
