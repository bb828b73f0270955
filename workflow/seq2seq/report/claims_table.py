"""The table of the paper's claims and this run's verdicts."""

from collections import Counter
from collections.abc import Sequence

from seq2seq.evaluation.claim_definitions import STATISTICS
from seq2seq.evaluation.claims import VERDICTS, ClaimResult
from seq2seq.report.table import DASH, Table

COLUMNS = (
    *("id", "section", "family", "claim", "verdict", "value", "low", "high", "p_value", "p_holm"),
    *("threshold", "unit", "paper_value", "effect_share", "statistic", "operands"),
    *("operand_values", "test"),
)
_HEADER = (
    *("Claim", "Verdict", "This run", "95 % interval", "Paper", "Share of the paper's effect"),
    *("Family", "Section", "Test, specified before the run"),
)
_RULES = (
    "Supported: the whole interval lies above the threshold. Contradicted: all of it lies below. "
    "Inconclusive: it contains the threshold. Primary claims also need p < 0.05 after Holm's "
    "correction; all others are exploratory. Not testable at this size: the test set or the "
    "system's BLEU is too small. Not tested: this run does not have the systems. Intervals cover "
    "the choice of test sentences, not the randomness of training."
)
# A sign beside the word distinguishes verdicts without colours.
_SIGNS = dict(zip(VERDICTS, ("✔", "✘", "◐", "∅", "–"), strict=True))


def claims_table(results: Sequence[ClaimResult], *, note: str) -> Table:
    """A row for each claim; below it, how many claims have each verdict, and their meaning."""
    return Table(
        title="The paper's claims and this run's verdicts",
        note=note,
        header=_HEADER,
        rows=[_cells(result) for result in results],
        columns=COLUMNS,
        data=[_data(result) for result in results],
        text_columns=frozenset({0, 1, 6, 8}),
        remarks=[f"{len(results)} claims: {count_verdicts(results)}.", _RULES],
    )


def count_verdicts(results: Sequence[ClaimResult]) -> str:
    """One line: how many claims have each verdict."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)


def _data(result: ClaimResult) -> list[str]:
    """A row for programs; a missing number is empty."""
    claim, found = result.claim, result.found
    numbers: list[float | None] = [None] * 5
    if found:
        limits = (found.interval.low, found.interval.high) if found.interval else (None, None)
        numbers = [found.value, *limits, found.p_value, found.p_holm]
    return [
        *(claim.id, claim.section, claim.family, claim.claim, result.verdict),
        *map(_plain, (*numbers, claim.threshold)),
        STATISTICS[claim.statistic].unit,
        *map(_plain, (claim.paper_value, result.effect)),
        *(claim.statistic, " ".join(claim.operands), " ".join(map(_plain, result.scores))),
        claim.test,
    ]


def _cells(result: ClaimResult) -> list[str]:
    """A row for people: differences with their sign, ratios without."""
    claim, found = result.claim, result.found
    statistic = STATISTICS[claim.statistic]

    def printed(number: float | None) -> str:
        if number is None:
            return DASH
        return format(number, ".2f" if statistic.neutral == 1 else "+.2f").replace("-", "−")

    uncertainty = DASH
    if found and found.interval:
        uncertainty = f"{printed(found.interval.low)} to {printed(found.interval.high)}"
    elif found:
        uncertainty = f"p = {found.p_value:.3f}"
    if found and found.p_holm is not None:
        uncertainty += f" (p = {found.p_holm:.3f})"
    return [
        claim.claim,
        f"{_SIGNS[result.verdict]} {result.verdict}",
        f"{printed(found.value)} {statistic.unit}" if found else DASH,
        uncertainty,
        printed(claim.paper_value),
        DASH if result.effect is None else f"{result.effect:.0%}".replace("-", "−"),
        *(claim.family, claim.section, claim.test),
    ]


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.4f}".rstrip("0").rstrip(".")
