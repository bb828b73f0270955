"""Pack a run into one archive for an archive with DOIs: results, certificate, how it came about."""

from pathlib import Path

from seq2seq.evaluation.manifest import pack
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import log

app = command_app("package")


@app.default
def package(folder: Path, /, *, add: list[Path] | None = None, output: Path) -> None:
    """Write the package; `seq2seq verify` checks it on any machine.

    Args:
        folder: results of a finished run, such as results/demo.
        add: file or folder to go along, such as the configuration and the log of tuning; repeatable.
        output: .tar to write.
    """
    count = pack(folder.resolve(), add or [], output)
    log.info(f"{output}: {count} files, {output.stat().st_size / 1e6:,.1f} MB")
