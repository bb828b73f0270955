"""The table of the paper's claims and this run's verdicts."""

from collections import Counter
from collections.abc import Sequence

from seq2seq.evaluation.claim_definitions import STATISTICS
from seq2seq.evaluation.claims import VERDICTS, ClaimResult
from seq2seq.report.table import DASH, Table

TITLE = "The paper's claims and this run's verdicts"
DATA_HEADER = (
    *("id", "section", "claim", "verdict", "value", "low", "high", "p_value", "threshold", "unit"),
    *("paper_value", "effect_share", "statistic", "operands", "operand_values", "test"),
)
HEADER = (
    *("Claim", "Verdict", "This run", "95 % interval", "Paper"),
    *("Share of the paper's effect", "Section", "Test, stated before the run"),
)
TEXT_COLUMNS = frozenset({0, 1, 7})
RULES = (
    "Reproduced: the whole interval passes the test. Direction only: our value does, the interval "
    "does not. Not reproduced: our value does not. Not tested here: a system that the test needs is "
    "not part of this run. Intervals tell the chance in the choice of test sentences, not that in "
    "the training of a model."
)
# A sign beside the word: verdicts are told apart without colours, and at a glance.
_SIGNS = dict(zip(VERDICTS, ("✔", "◐", "✘", "–"), strict=True))


def claims_table(results: Sequence[ClaimResult], *, note: str) -> Table:
    """A row for each claim; below it, how many claims have each verdict and what verdicts mean."""
    return Table(
        title=TITLE,
        note=note,
        header=HEADER,
        rows=[_cells(result) for result in results],
        columns=DATA_HEADER,
        data=[_data_cells(result) for result in results],
        text_columns=TEXT_COLUMNS,
        remarks=[f"{len(results)} claims: {summary(results)}.", RULES],
    )


def _data_cells(result: ClaimResult) -> list[str]:
    """A row for programs; a missing number is empty."""
    claim, found = result.claim, result.found
    interval = found.interval if found else None
    return [
        *(claim.id, claim.section, claim.claim, result.verdict),
        _plain(found.value if found else None),
        _plain(interval.low if interval else None),
        _plain(interval.high if interval else None),
        _plain(found.p_value if found else None),
        _plain(claim.threshold),
        STATISTICS[claim.statistic].unit,
        _plain(claim.paper_value),
        _plain(result.effect),
        claim.statistic,
        " ".join(claim.operands),
        " ".join(map(_plain, result.scores)),
        claim.test,
    ]


def _cells(result: ClaimResult) -> list[str]:
    """A row for people: differences with their sign, ratios without."""
    claim, found = result.claim, result.found
    statistic = STATISTICS[claim.statistic]
    ratio = statistic.neutral == 1
    value = _printed(found.value if found else None, ratio=ratio)
    share = DASH if result.effect is None else f"{result.effect:.0%}".replace("-", "−")
    return [
        claim.claim,
        f"{_SIGNS[result.verdict]} {result.verdict}",
        f"{value} {statistic.unit}" if found else DASH,
        _uncertainty(result, ratio=ratio),
        _printed(claim.paper_value, ratio=ratio),
        share,
        claim.section,
        claim.test,
    ]


def summary(results: Sequence[ClaimResult]) -> str:
    """One line: how many claims of each verdict."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)


def _uncertainty(result: ClaimResult, *, ratio: bool) -> str:
    found = result.found
    if found is None:
        return DASH
    if found.interval is None:
        return f"p = {found.p_value:.3f}"
    low, high = found.interval.low, found.interval.high
    return f"{_printed(low, ratio=ratio)} to {_printed(high, ratio=ratio)}"


def _printed(number: float | None, *, ratio: bool) -> str:
    if number is None:
        return DASH
    return (f"{number:.2f}" if ratio else f"{number:+.2f}").replace("-", "−")


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.4f}".rstrip("0").rstrip(".")
