"""What is asked of single settings."""

from seq2seq.errors import UserError


class SettingError(UserError):
    """A setting at ``key`` (a path such as ``("train", "epochs")``) is wrong."""

    def __init__(self, key: tuple[str, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(key)}: {problem}")
        self.key, self.problem = key, problem


def positive(settings: object, *names: str) -> None:
    """Refuse a number that is zero or less; ``None`` is let through."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise SettingError((name,), f"is {value}, a number above 0 is needed.")


def not_negative(settings: object, *names: str) -> None:
    """Refuse a number below zero."""
    for name in names:
        if getattr(settings, name) < 0:
            raise SettingError(
                (name,), f"is {getattr(settings, name)}, a number not below 0 is needed."
            )
