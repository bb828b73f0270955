"""``seq2seq COMMAND``: the commands for people; the steps of the workflow's rules are in ``steps``."""

import gc
import importlib
import sys

from seq2seq import __version__
from seq2seq.errors import UserError, did_you_mean
from seq2seq.runtime.logging import run

# A command's module is imported only when it is called: the libraries take seconds.
COMMANDS = {
    "translate": "translate raw text with a model or an ensemble",
    "rescore": "rescore a Moses n-best list with models",
    "bleu": "score raw translations: BLEU as in 2014, and sacreBLEU",
    "verify": "check the files and scores of a run's certificate or package",
    "package": "pack a finished run into one archive with a manifest",
    "verify-data": "check a corpus against its table",
    "estimate": "estimate a run's hours, disk, energy and money",
    "metrics": "send training metrics to TensorBoard, Weights & Biases or MLflow",
    "watch": "rewrite a page of an experiment's results as they arrive",
    "readme": "rewrite the README's results from a finished experiment",
}


def main() -> None:
    """Run the command named on the command line."""
    gc.set_threshold(10_000)  # importing PyTorch makes 250,000 objects that stay
    run(_main)


def _main() -> None:
    name, *arguments = sys.argv[1:] or [""]
    if name in ("-h", "--help"):
        width = max(map(len, COMMANDS))
        lines = [f"  {each:{width}}  {help}" for each, help in COMMANDS.items()]
        print("\n".join(["usage: seq2seq COMMAND ...", "", *lines, ""]))
        print("`seq2seq COMMAND --help` explains a command.")
        return
    if name == "--version":
        print(f"seq2seq {__version__}")
        return
    if name not in COMMANDS:
        near = did_you_mean(name, COMMANDS)
        wrong = f"There is no command `{name}`{near}" if name else "A command is missing"
        raise UserError(f"{wrong}. Use one of {', '.join(COMMANDS)}; see `seq2seq --help`.")
    from seq2seq.runtime.command_line import run_app

    run_app(importlib.import_module(f"seq2seq.commands.{name.replace('-', '_')}").app, arguments)


if __name__ == "__main__":
    main()
