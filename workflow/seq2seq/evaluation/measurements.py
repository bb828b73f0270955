"""Numbers in the JSON files of other steps, called by their place: ``panels.0.ratio``."""

from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.io.files import read_json


def read_number(path: str | Path, place: str) -> float | None:
    """The number at ``place``, keys and positions joined by dots; none where the file says null.

    Raises:
        UserError: no such place, or no number there.
    """
    value = read_json(path)
    for part in place.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UserError(
                f"{path}: there is nothing at `{place}`. Make the file anew."
            ) from error
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise UserError(f"{path}: {value!r} at `{place}` is no number. Make the file anew.")
    return None if value is None else float(value)
