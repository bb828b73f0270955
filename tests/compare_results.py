"""Do two runs have the same results, byte for byte?  python tests/compare_results.py RESULTS RESULTS

Compared are corpus, n-best lists, translations, scores, tables and figures' data.  What holds
timings, versions or paths of the run is left out.
"""

import filecmp
import sys
from pathlib import Path

COMPARED = [
    "data",
    "baseline",
    "translations",
    "rescore",
    "evaluate",
    "phrases",
    "tables",
    "figures",
]
LEFT_OUT = {"costs", "precision", "speed"}  # timings


def result_files(results: Path) -> set[Path]:
    return {
        path.relative_to(results)
        for folder in COMPARED
        for path in (results / folder).rglob("*")
        if path.is_file() and path.stem not in LEFT_OUT
    }


def differences(first: Path, second: Path) -> list[str]:
    """A line for each file that is in one only, or has other bytes."""
    one, other = result_files(first), result_files(second)
    found = [f"only in {first}: {path}" for path in sorted(one - other)]
    found += [f"only in {second}: {path}" for path in sorted(other - one)]
    return found + [
        f"differs: {path}"
        for path in sorted(one & other)
        if not filecmp.cmp(first / path, second / path, shallow=False)
    ]


if __name__ == "__main__":
    found = differences(*map(Path, sys.argv[1:]))
    print("\n".join(found) or "equal bytes")
    sys.exit(bool(found))
