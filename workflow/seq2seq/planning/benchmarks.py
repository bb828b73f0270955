"""What Snakemake has measured of a run's jobs: the files of ``benchmarks/``, and whose they are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.io.files import read_lines

PART = r"(?:\.(?P<scatteritem>\d+-of-\d+))?"
# Where a file's name does not begin with its rule's; below the folder of benchmarks.
PATTERNS = {
    "train_segment": r"train/(?P<model>[^/]+)/\d{3}",
    "validate_segment": r"train/(?P<model>[^/]+)/\d{3}\.dev",
    "initialize_model": r"train/(?P<model>[^/]+)/initialize_model",
    "export_model": r"train/(?P<model>[^/]+)/export_model",
    "gather_translations": r"translate/gather_translations\.(?P<models>[^/]+)\.beam(?P<beam>\d+)",
    "translate_test": rf"translate/(?P<models>[^/]+)\.beam(?P<beam>\d+){PART}",
    "score_bleu": r"evaluate/[^/]+/.+",
    "rescore_nbest": r"rescore/rescore_nbest\.(?P<models>[^/.]+)",
    "score_nbest": rf"rescore/score_nbest\.(?P<model>[^/.]+)\.(?P<split>[a-z]+){PART}",
}
OTHERS = re.compile(
    r"\w+/(?P<rule>\w+)(?:\.(?P<split>train|dev|test))?(?:\.(?P<round>\d+))?"
    rf"{PART}(?:\.(?P<side>source|target))?(?:\.[\w+-]+)*"
)


@dataclass(frozen=True)
class Recorded:
    """A finished job: seconds on the clock, and the memory of its processes at its highest."""

    stage: str
    rule: str
    wildcards: Mapping[str, str]
    seconds: float
    megabytes: float


def read_benchmarks(folder: Path) -> Iterator[Recorded]:
    """Every job that has left a file, in the order of their names.

    Raises:
        UserError: a file is no benchmark of Snakemake's.
    """
    for path in sorted(folder.rglob("*.tsv")):
        name = str(path.relative_to(folder).with_suffix(""))
        rule, wildcards = job_of(name)
        header, *rows = [line.split("\t") for line in read_lines(path)]
        if not rows or not {"s", "max_rss"} <= set(header):
            raise UserError(f"{path}: no benchmark of Snakemake's. Remove it.")
        last = dict(zip(header, rows[-1], strict=True))
        seconds, megabytes = float(last["s"]), _number(last["max_rss"])
        yield Recorded(name.partition("/")[0], rule, wildcards, seconds, megabytes)


def job_of(name: str) -> tuple[str, Mapping[str, str]]:
    """The rule and the wildcards of a benchmark's name, such as ``train/reversed-1/001``."""
    for rule, pattern in PATTERNS.items():
        if found := re.fullmatch(pattern, name):
            return rule, _given(found)
    found = OTHERS.fullmatch(name)
    if found is None:
        return name, {}
    wildcards = dict(_given(found))
    return wildcards.pop("rule"), wildcards


def _given(found: "re.Match[str]") -> dict[str, str]:
    return {name: value for name, value in found.groupdict().items() if value is not None}


def _number(text: str) -> float:
    """A job too short to be looked at has no memory told."""
    return 0.0 if text in ("-", "NA") else float(text)
