"""Check a corpus against its table: recompute counts and checksums of every step."""

import sys
from pathlib import Path

from seq2seq.data.corpus_stats import differences
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import log

app = command_app("verify-data")


@app.default
def verify_data(table: Path, /, *, data: Path | None = None) -> None:
    """Print the differences, first step first; exit with 1 if there are any.

    Args:
        table: such as results/demo/tables/corpus.tsv.
        data: folder of the corpus; by default the experiment's `data` folder.
    """
    folder = data or table.parent.parent / "data"
    first = None
    for place, difference in differences(table, folder):
        first = first or place
        print(f"{place.step} of {place.split}.{place.side}: {difference}", flush=True)
    if first:
        log.info(f"{folder}: the first step that differs from {table} is `{first.step}`")
        sys.exit(1)
    log.info(f"{folder}: every step matches {table}")
