"""The one exception that is meant for the user, and the phrases its messages are made of."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Something the user can mend: the message says what, where, and what to do.

    Raised for bad input of every kind; programs print the message alone, without a traceback.
    A failed ``assert`` is our own mistake and does show one.
    """


def at(path: object, line: int | None = None) -> str:
    """A place in a file, as messages name it: ``file, line 3`` (lines count from 1)."""
    return f"{path}" if line is None else f"{path}, line {line}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `x`?)`` where a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
