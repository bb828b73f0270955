"""The one exception that is meant for the user."""


class UserError(Exception):
    """Something the user can mend: the message says what, where, and what to do.

    Raised for bad input of every kind; programs print the message alone, without a traceback.
    A failed ``assert`` is our own mistake and does show one.
    """


def at(path: object, line: int | None = None) -> str:
    """A place in a file, as messages name it: ``file, line 3`` (lines count from 1)."""
    return f"{path}" if line is None else f"{path}, line {line}"
