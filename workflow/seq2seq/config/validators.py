"""Checks of single settings."""

from seq2seq.errors import UserError


class SettingError(UserError):
    """The setting at ``key``, a path such as ``("train", "epochs")``, is wrong."""

    def __init__(self, key: tuple[str, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(key)}: {problem}")
        self.key, self.problem = key, problem


def positive(settings: object, *names: str) -> None:
    """Refuse numbers <= 0; ``None`` is allowed."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise SettingError((name,), f"must be > 0, got {value}.")


def not_negative(settings: object, *names: str) -> None:
    for name in names:
        if not (value := getattr(settings, name)) >= 0:
            raise SettingError((name,), f"must be >= 0, got {value}.")


def unique(settings: object, *names: str) -> None:
    """Refuse lists with duplicates."""
    for name in names:
        values = getattr(settings, name)
        if twice := next((value for k, value in enumerate(values) if value in values[:k]), None):
            raise SettingError((name,), f"lists `{twice}` twice. Keep one.")


def not_empty(settings: object, *names: str) -> None:
    """Refuse empty lists."""
    for name in names:
        if not getattr(settings, name):
            raise SettingError((name,), "is empty. List at least one.")
