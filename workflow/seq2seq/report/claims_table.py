"""The table of the paper's claims and this run's verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from seq2seq.evaluation.bootstrap import Interval
from seq2seq.evaluation.claim_definitions import STATISTICS
from seq2seq.evaluation.claims import VERDICTS, ClaimResult
from seq2seq.evaluation.power import Pilot
from seq2seq.report.table import DASH, Table, fixed, signed

COLUMNS = (
    *("id", "section", "family", "claim", "verdict", "value", "low", "high", "p_value", "p_holm"),
    *("threshold", "unit", "paper_value", "effect_share", "statistic", "operands"),
    *("operand_values", "test", "sides", "scope", "seeds", "welch_low", "welch_high"),
    *("power", "effect_to_find", "effect_to_find_is", "sign", "share_low", "share_high", "level"),
    "pilot_date",
)
_HEADER = (
    *("Claim", "Verdict", "This run", "Interval and p", "Paper", "Share of the paper's effect"),
    *("Power", "Family", "Section", "Test, as in config/claims.tsv"),
)
_RULES = (
    "Supported: the whole interval lies above the threshold. Contradicted: all of it lies below. "
    "Inconclusive: it contains the threshold. Primary claims also need p < 0.05 after Holm's "
    "correction; all others are exploratory. Two-sided tests have 95 % intervals, one-sided ones "
    "(α = 0.05) 90 %. Not testable at this size: the power to find the named effect is under 80 %, "
    "or the test set is too small, or a recipe has one seed, or on the paper's test set a baseline of "
    "our own has under 31 BLEU. Not tested: the run lacks the systems.",
    "These models: a side has one seed, so the interval covers the choice of test sentences only. "
    "Trainings: it covers seeds too, by a hierarchical bootstrap and Welch's t; both must agree.",
    "A verdict at threshold 0 (or ratio 1) is on the sign. A verdict at a margin is on a size in BLEU "
    "points of this corpus, and says nothing of the same margin on another.",
)
_LEVELS = {
    True: "The test set is the paper's: levels of BLEU can be compared, in Tables 1 and 2.",
    False: "Other data: levels of BLEU cannot be compared.",
}
# A sign beside the word distinguishes verdicts without colours.
_SIGNS = dict(zip(VERDICTS, ("✔", "✘", "◐", "∅", "–"), strict=True))


def claims_table(
    results: Sequence[ClaimResult], pilots: Mapping[str, Pilot], *, note: str, paper_data: bool
) -> Table:
    """A row for each claim; below it, how many claims have each verdict, and their meaning."""
    remarks = [f"{len(results)} claims: {count_verdicts(results)}.", *_RULES, _LEVELS[paper_data]]
    if any(one.seeds and one.power is None for one in results):
        remarks.append("Verdicts without power: a failure to support says nothing.")
    title, rows = "The paper's claims and this run's verdicts", [_cells(one) for one in results]
    data = [_data(one, pilots.get(one.claim.id), paper_data) for one in results]
    return Table(title, note, _HEADER, rows, COLUMNS, data, frozenset({0, 1, 7, 9}), remarks)


def count_verdicts(results: Sequence[ClaimResult]) -> str:
    """One line: how many claims have each verdict."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)


def _data(result: ClaimResult, pilot: Pilot | None, paper_data: bool) -> list[str]:
    """A row for programs; a missing number is empty."""
    claim, found = result.claim, result.found
    statistic = STATISTICS[claim.statistic]
    numbers: list[float | None] = [None] * 7
    sign = scope = ""
    if found:
        limits, welch = _limits(found.interval), _limits(found.welch)
        numbers = [found.value, *limits, found.p_value, found.p_holm, *welch]
        sign = "+" if found.value > statistic.neutral else "-"
        scope = "trainings" if result.on_trainings else "these models"
    shares: list[float | None] = [*result.effect, None, None, None]
    return [
        *(claim.id, claim.section, claim.family, claim.claim, result.verdict),
        *map(_plain, (*numbers[:5], claim.threshold)),
        *(statistic.unit, _plain(claim.paper_value), _plain(shares[0]), claim.statistic),
        *(" ".join(claim.operands), " ".join(map(_plain, result.scores)), claim.test),
        *(str(claim.sides), scope, " ".join(map(str, result.seeds))),
        *map(_plain, (*numbers[5:], result.power)),
        *((_plain(pilot.effect), pilot.effect_is) if pilot else ("", "")),
        *(sign, *map(_plain, shares[1:3]), "comparable" if paper_data else "not comparable"),
        pilot.pilot_date if pilot else "",
    ]


def _limits(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _cells(result: ClaimResult) -> list[str]:
    """A row for people: differences with their sign, ratios without."""
    claim, found = result.claim, result.found
    statistic = STATISTICS[claim.statistic]

    def printed(number: float | None) -> str:
        return DASH if number is None else (fixed if statistic.neutral == 1 else signed)(number)

    uncertainty = DASH
    if found:
        uncertainty = f"p = {found.p_value if found.p_holm is None else found.p_holm:.3f}"
    if found and found.interval:
        limits = f"{printed(found.interval.low)} to {printed(found.interval.high)}"
        uncertainty = f"{limits} ({95 if claim.sides == 2 else 90} %), {uncertainty}"
    power = "not computed" if result.seeds else DASH
    verdict = f"{_SIGNS[result.verdict]} {result.verdict}"
    if found and result.verdict in VERDICTS[:2]:
        counts = " against ".join(str(count) for count in result.seeds if count)
        verdict += f" ({counts} seeds)" if result.on_trainings else " (these models)"
    return [
        claim.claim,
        verdict,
        f"{printed(found.value)} {statistic.unit}" if found else DASH,
        uncertainty,
        printed(claim.paper_value),
        _share(result.effect),
        power if result.power is None else f"{result.power:.0%}",
        *(claim.family, claim.section, claim.test),
    ]


def _share(effect: Sequence[float]) -> str:
    if not effect:
        return DASH
    share, *ends = (f"{one:.0%}".replace("-", "−") for one in effect)
    return f"{share} ({' to '.join(ends)})" if ends else share


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.4f}".rstrip("0").rstrip(".")
