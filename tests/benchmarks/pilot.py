"""`make pilot EXPERIMENT=demo`: standard errors of the claims' statistics, for config/power.tsv.

From a finished run, for each claim that it can test: ``sentence_sd`` (the error from the choice of test
sentences, times their root) and ``seed_sd`` (of one model's score over seeds, the largest of the
operands').  No effect is printed: power is about errors, and a pilot's effect would bias it.
"""

import argparse
import math
from pathlib import Path

import numpy as np

from seq2seq.evaluation.bleu import file_counts, tokens_of
from seq2seq.evaluation.bootstrap import contrast, test_sets
from seq2seq.evaluation.buckets import has_slope, shorter_than
from seq2seq.evaluation.claim_definitions import STATISTICS, read_claims
from seq2seq.evaluation.claims import Evidence, _scorer
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.io.files import read_parallel

CLAIMS = Path(__file__).resolve().parents[2] / "config" / "claims.tsv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="such as results/demo")
    parser.add_argument("--bucket-size", type=int, default=75)
    arguments = parser.parse_args()
    folder = arguments.results
    tokens = (folder / "data" / "tokens" / f"test.{side}.txt" for side in ("source", "target"))
    pairs = list(read_parallel(*tokens))
    references, lengths = [r for _, r in pairs], [len(tokens_of(s)) for s, _ in pairs]
    files = [*folder.glob("translations/*.tsv"), *folder.glob("rescore/*.tsv.gz")]
    counts = {
        f"{file.parent.name}/{file.name.removesuffix('.gz').removesuffix('.tsv')}": file_counts(
            file, references
        )
        for file in sorted(files)
    }
    counts["baseline/best"] = file_counts(folder / "baseline" / "nbest.test.tsv.gz", references)
    evidence = Evidence(
        source_lengths=lengths,
        short=shorter_than(35, lengths, bucket_size=arguments.bucket_size),
        counts=counts,
        log_probabilities=read_log_probabilities(folder / "evaluate" / "log_probabilities.tsv"),
        quoted=frozenset(),
        measured={},
    )
    score = _scorer(evidence, test_sets(len(pairs), seed=1))
    print(f"{len(pairs)} test sentences\nclaim\tsentence_sd\tseed_sd")
    for claim in read_claims(CLAIMS):
        statistic = STATISTICS[claim.statistic]
        systems = [evidence.systems(operand) for operand in claim.operands]
        if statistic.score is None or not all(systems):
            continue
        if statistic.score == "slope" and not has_slope(evidence.short):
            continue
        arms = [np.stack([score(statistic.score, one) for one in each]) for each in systems]
        fixed = contrast(arms, statistic.weights, resample_seeds=False, seed=1)
        over = [arm[:, 0].std(ddof=1) for arm in arms if len(arm) > 1]
        error = fixed.values[1:].std() * math.sqrt(len(pairs))
        print(f"{claim.id}\t{error:.3g}\t{max(over, default=math.nan):.3g}")


if __name__ == "__main__":
    main()
