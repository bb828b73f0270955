"""Run a step of the workflow, or a command, in this process."""

import importlib


def run_step(stage: str, step: str, *arguments: object) -> None:
    """``run_step("data", "count-words", "--tokens", path, ...)``; a failure is its exception."""
    app = importlib.import_module(f"seq2seq.steps.{stage}").app
    app([step, *map(str, arguments)], exit_on_error=False, print_error=False)


def run_command(name: str, *arguments: object) -> None:
    """``run_command("bleu", "--reference", path, ...)``; a failure is its exception."""
    app = importlib.import_module(f"seq2seq.commands.{name.replace('-', '_')}").app
    app(list(map(str, arguments)), exit_on_error=False, print_error=False)
