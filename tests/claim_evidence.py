"""Made-up systems of known quality, and claims about them."""

import numpy as np

from seq2seq.evaluation.claim_definitions import Claim
from seq2seq.evaluation.claims import ClaimResult, Evidence, evaluate_claims
from seq2seq.report.claims_table import claims_table
from seq2seq.report.table import Table

WORDS = [f"w{number}" for number in range(40)]
FORWARD, REVERSED = "translations/forward-1.beam12", "translations/reversed-1.beam12"
BEST = "translations/reversed-1+reversed-2.beam12"
SENTENCES = 240


def noisy_translations(quality: float, references: list[str], *, seed: int) -> list[str]:
    generator = np.random.default_rng(seed)
    return [
        " ".join(word if generator.random() < quality else "UNK" for word in line.split(" "))
        for line in references
    ]


def claim(
    statistic: str,
    *operands: str,
    threshold: float = 0,
    paper: float | None = None,
    family: str = "exploratory",
    sides: int = 2,
) -> Claim:
    id = " ".join((statistic, *operands))
    rest = (statistic, operands, paper, threshold, sides, "a test")
    return Claim(id, "3.3", family, "a claim", *rest)


def table_of(*results: ClaimResult) -> Table:
    return claims_table(results, {}, note="", paper_data=False)


def result_of(evidence: Evidence, made: Claim) -> ClaimResult:
    return evaluate_claims([made], evidence, seed=1)[0]
