"""``seq2seq COMMAND``: the programs for people; those of the workflow's rules are in ``steps``.

A command's module is imported when it is asked for: PyTorch alone takes seconds.
"""

import sys

from seq2seq.errors import UserError, did_you_mean
from seq2seq.runtime.logging import run


def translate() -> None:
    """raw text to raw text, by one model or an ensemble"""
    from seq2seq.commands.translate import main

    main()


def rescore() -> None:
    """a Moses n-best list in the order that models give it"""
    from seq2seq.commands.rescore import main

    main()


def bleu() -> None:
    """BLEU of raw translations, as in 2014 and as sacreBLEU has it"""
    from seq2seq.commands.bleu import main

    main()


def verify() -> None:
    """a run's certificate: are files and scores what it says?"""
    from seq2seq.commands.verify import main

    main()


def estimate() -> None:
    """what a run will take, before it begins: hours, disk, energy, money"""
    from seq2seq.commands.estimate import main

    main()


def verify_data() -> None:
    """a corpus against its table: which step differs?"""
    from seq2seq.commands.verify_data import main

    main()


COMMANDS = {
    "translate": translate,
    "rescore": rescore,
    "bleu": bleu,
    "verify": verify,
    "verify-data": verify_data,
    "estimate": estimate,
}


def main() -> None:
    """Run the command that the arguments name."""
    run(_main)


def _main() -> None:
    name, *rest = sys.argv[1:] or [""]
    if name in ("-h", "--help"):
        print(_usage())
        return
    if name not in COMMANDS:
        near = did_you_mean(name, COMMANDS)
        wrong = f"there is no command `{name}`{near}" if name else "a command is missing"
        raise UserError(f"{wrong}: use one of {', '.join(COMMANDS)}; `seq2seq --help` tells more.")
    sys.argv = [f"seq2seq {name}", *rest]
    COMMANDS[name]()


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: seq2seq COMMAND ...", "", *lines, "", "`seq2seq COMMAND --help` says it all."]
    )


if __name__ == "__main__":
    main()
