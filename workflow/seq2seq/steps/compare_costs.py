"""What the run was to take beside what it took, rule by rule: of the benchmarks that its jobs left."""

import argparse
import json
from pathlib import Path

from seq2seq.config.loading import from_json
from seq2seq.config.schema import Settings
from seq2seq.evaluation.throughput import places_of
from seq2seq.planning.benchmarks import read_benchmarks
from seq2seq.planning.comparison import HEADER, PRINTED, cost_rows
from seq2seq.planning.costs import Costs
from seq2seq.planning.devices import device_like, read_devices
from seq2seq.planning.sizes import sizes_of
from seq2seq.report.table import Table
from seq2seq.runtime.logging import log, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="all of them, as JSON")
    parser.add_argument("--pairs", required=True, help="of the corpora, as JSON")
    parser.add_argument("--devices", required=True, help="a table with their speeds")
    parser.add_argument("--metrics", nargs="*", default=[], help="a model's metrics.jsonl each")
    parser.add_argument("--benchmarks", required=True, type=Path, help="a folder")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    settings = from_json(Settings, arguments.settings)
    costs = Costs(settings, sizes_of(settings, json.loads(arguments.pairs)))
    names = [place["device"] for place in places_of(arguments.metrics)]
    device = device_like(read_devices(arguments.devices), names)
    jobs = list(read_benchmarks(arguments.benchmarks))
    rows = cost_rows(jobs, costs, device)
    table = Table("Costs", arguments.note, PRINTED, rows, HEADER, rows, frozenset({0, 1}))
    table.write([Path(arguments.tsv), Path(arguments.html)])
    log.info(f"{arguments.tsv}: {len(jobs)} jobs, forecast for {device.name}")


if __name__ == "__main__":
    run(main)
