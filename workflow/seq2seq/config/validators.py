"""Checks of single settings: types with a bound, such as ``Positive[int]``, which ``build`` checks."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeVar

from seq2seq.errors import UserError

T = TypeVar("T")


class SettingError(UserError):
    """The setting at ``key``, a path such as ``("train", "epochs")``, is wrong."""

    def __init__(self, key: tuple[str, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(key)}: {problem}")
        self.key, self.problem = key, problem


class Bound(NamedTuple):
    allows: Callable[[Any], bool]
    problem: str  # with {} for the value


Positive = Annotated[T, Bound(lambda value: value > 0, "must be > 0, got {}.")]
NotNegative = Annotated[T, Bound(lambda value: value >= 0, "must be >= 0, got {}.")]
AtLeastTwo = Annotated[T, Bound(lambda value: value >= 2, "must be >= 2, got {}.")]
Share = Annotated[T, Bound(lambda value: 0 <= value <= 1, "must be between 0 and 1, got {}.")]
NotEmpty = Annotated[tuple[T, ...], Bound(bool, "is empty. List at least one.")]
