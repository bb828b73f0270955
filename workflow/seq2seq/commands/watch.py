"""A page of the results so far, rewritten while an experiment runs."""

import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from seq2seq.commands.estimate import Overlays, overlaid
from seq2seq.config.experiment import Experiment
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.report.page.results import results_page
from seq2seq.runtime.command_line import Count, command_app
from seq2seq.runtime.logging import log

app = command_app("watch")
PAGE = "live.html"  # not report.html, which Snakemake would then take for finished


@app.default
def watch(
    *,
    configfile: Overlays = None,
    every: Annotated[Count, Parameter(help="seconds")] = 30,
    once: Annotated[bool, Parameter(negative="", help="write the page once and end")] = False,
) -> None:
    """Rewrite results/EXPERIMENT/live.html until every result is there; open it in a browser."""
    experiment = Experiment(overlaid(configfile))
    page = Path(experiment.results) / PAGE
    while True:
        try:
            lines, missing = results_page(experiment, page.parent, every=None if once else every)
        except (UserError, OSError) as error:  # a file that a job is replacing just now
            if once:
                raise
            log.info(f"{error} Trying again in {every} seconds.")
        else:
            write_lines(page, lines)
            log.info(f"{page}: {f'{len(missing)} files to come' if missing else 'complete'}")
            if once or not missing:
                return
        time.sleep(every)
