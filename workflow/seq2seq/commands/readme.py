"""The README's results, from a finished experiment: a table, its plot, the learning curve."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from seq2seq.commands.estimate import Overlays, overlaid
from seq2seq.config.experiment import Experiment
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.report.page.results import ResultsFolder, page_values
from seq2seq.report.table import render
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import log

app = command_app("readme")
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


@app.default
def readme(
    *,
    configfile: Overlays = None,
    file: Annotated[Path, Parameter(help="images go to docs/images beside it")] = Path("README.md"),
) -> None:
    """Rewrite the block between the marks in README.md, and its images."""
    experiment = Experiment(overlaid(configfile))
    results = ResultsFolder(experiment, Path(experiment.results))
    values = page_values(results)
    if results.missing:
        raise UserError(f"{results.folder}: {', '.join(results.missing)} missing. Run it first.")
    lines = list(read_lines(file))
    if BEGIN not in lines or END not in lines:
        raise UserError(f"{file}: has no lines `{BEGIN}` and `{END}`. Add them.")
    values |= {"table": values["tables"][0], "note": experiment.settings.data.description}
    for name in ("table", "curves"):
        image = file.parent / f"docs/images/{experiment.settings.experiment}-{name}.svg"
        write_lines(image, render(f"page/{name}.svg.j2", **values))
    block = render("readme.md.j2", **values)
    before, after = lines[: lines.index(BEGIN) + 1], lines[lines.index(END) :]
    write_lines(file, [*before, *block, *after])
    log.info(f"{file}: the results of {experiment.settings.experiment}, {len(block)} lines")
