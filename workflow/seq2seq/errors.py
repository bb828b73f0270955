"""The exception for mistakes that a user can fix, and the phrases its messages share."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Bad input of any kind; the message says what is wrong, where, and what to do.

    Programs print the message without a traceback.  Our own bugs are failed ``assert``s instead.
    """


def location(path: object, line: int | None = None) -> str:
    """``file, line 3`` (counted from 1), as messages begin."""
    return f"{path}" if line is None else f"{path}, line {line}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `x`?)``, or nothing if no known word is close."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
