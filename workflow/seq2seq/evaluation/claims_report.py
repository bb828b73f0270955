"""What is printed of the claims: cells of the table for programs, and of that for people."""

from collections import Counter
from collections.abc import Sequence

from seq2seq.evaluation.claim_definitions import STATISTICS
from seq2seq.evaluation.claims import VERDICTS, Judgement

DASH = "–"
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


def data_cells(judgement: Judgement) -> list[str]:
    """A row for programs; a missing number is empty."""
    claim, found = judgement.claim, judgement.found
    interval = found.interval if found else None
    return [
        *(claim.id, claim.section, claim.claim, judgement.verdict),
        _plain(found.value if found else None),
        _plain(interval.low if interval else None),
        _plain(interval.high if interval else None),
        _plain(found.p_value if found else None),
        _plain(claim.threshold),
        STATISTICS[claim.statistic].unit,
        _plain(claim.paper_value),
        _plain(judgement.effect),
        claim.statistic,
        " ".join(claim.operands),
        " ".join(map(_plain, judgement.scores)),
        claim.test,
    ]


def cells(judgement: Judgement) -> list[str]:
    """A row for people: differences with their sign, ratios without."""
    claim, found = judgement.claim, judgement.found
    statistic = STATISTICS[claim.statistic]
    ratio = statistic.neutral == 1
    value = _printed(found.value if found else None, ratio=ratio)
    share = DASH if judgement.effect is None else f"{judgement.effect:.0%}".replace("-", "−")
    return [
        claim.claim,
        f"{_SIGNS[judgement.verdict]} {judgement.verdict}",
        f"{value} {statistic.unit}" if found else DASH,
        _uncertainty(judgement, ratio=ratio),
        _printed(claim.paper_value, ratio=ratio),
        share,
        claim.section,
        claim.test,
    ]


def summary(judgements: Sequence[Judgement]) -> str:
    """One line: how many claims of each verdict."""
    counts = Counter(judgement.verdict for judgement in judgements)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)


def _uncertainty(judgement: Judgement, *, ratio: bool) -> str:
    found = judgement.found
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
