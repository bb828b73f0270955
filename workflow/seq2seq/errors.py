"""The exception for mistakes that a user can fix, and the phrases its messages share."""

import difflib
import importlib
from collections.abc import Iterable
from typing import Any


class UserError(Exception):
    """Bad input of any kind; the message says what is wrong, where, and what to do.

    Programs print the message without a traceback.  Our own bugs are failed ``assert``s instead.
    """


def location(path: object, line: int | None = None) -> str:
    """``file, line 3`` (counted from 1), as messages begin."""
    return f"{path}" if line is None else f"{path}, line {line}"


def optional_package(name: str) -> Any:
    """Import a module whose package is not in our lock, because few users need it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise UserError(
            f"The package {package} is not installed. Run `pip install {package}` in the environment "
            "of the workflow."
        ) from error


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean `x`?)``, or nothing if no known word is close."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
