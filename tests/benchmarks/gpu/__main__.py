"""`make gpu-check`: is a GPU right, and how fast?  One command, under eight minutes, from a bundle.

    python -m benchmarks.gpu --bundle .gpu --output .gpu/results [--rehearse]

Needs Python, PyTorch, NumPy, safetensors, sacreBLEU and pytest.  Each stage is a process with a time
limit; what is done is in gpu.json and gpu.md, also if a later stage dies.  A rehearsal runs all stages
on a CPU, those of the device checks on a pretended GPU.
"""

import argparse
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.gpu import exactness, others, speed
from benchmarks.gpu.common import Stage, read_bundle
from benchmarks.gpu.pretended import GPU, PretendedGPU
from seq2seq.model.device import best_device, use_deterministic_algorithms
from seq2seq.runtime.gpus import CPU_ONLY
from seq2seq.runtime.logging import log, run

# Name, function, seconds.  The most important first: what does not fit into the time is left out.
STAGES: dict[str, tuple[Callable[[Stage], None], int]] = {
    "device": (speed.device, 60),
    "fp32": (exactness.fp32, 60),
    "bf16": (exactness.bf16, 60),
    "search": (exactness.search, 90),
    "paper": (speed.paper, 90),
    "repeat": (exactness.repeat, 60),
    "repeat-deterministic": (functools.partial(exactness.repeat, deterministic=True), 60),
    "yardstick": (speed.yardstick, 90),
    "rates": (speed.rates, 60),
    "quality": (others.quality, 120),
    "tests": (others.tests, 90),
    "ranks": (others.ranks, 60),
}
PRETENDED = ("fp32", "search")  # in a rehearsal, on a pretended GPU
MOST_SECONDS = 480
COLUMNS = ("what", "value", "unit", "repeats", "spread", "tolerance", "agrees")
TESTS = Path(__file__).resolve().parents[2]


def run_stage(name: str, bundle: Path, output: Path, *, rehearse: bool) -> None:
    """One stage, in this process."""
    function, _ = STAGES[name]
    if name == "repeat-deterministic":
        use_deterministic_algorithms()
    pretended = rehearse and name in PRETENDED
    device = GPU if pretended else best_device()
    output.mkdir(parents=True, exist_ok=True)
    with PretendedGPU() if pretended else contextlib.nullcontext():
        function(Stage(read_bundle(bundle), device, output / f"{name}.jsonl", pretended))


def check(bundle: Path, output: Path, *, rehearse: bool, seconds: float = MOST_SECONDS) -> bool:
    """All stages; whether every number agrees and every stage ended."""
    output.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    began = time.monotonic()
    for name, (_, limit) in STAGES.items():
        records = output / f"{name}.jsonl"
        records.unlink(missing_ok=True)
        left = limit if rehearse else min(limit, seconds - (time.monotonic() - began))
        start = time.monotonic()
        ended = _run_process(name, bundle, output, rehearse, left * (20 if rehearse else 1))
        found = records.read_text(encoding="utf-8").splitlines() if records.is_file() else []
        took = {"stage": name, "ended": ended, "seconds": time.monotonic() - start}
        results.append(took | {"records": [json.loads(line) for line in found]})
        _write(output, results, read_bundle(bundle).made, rehearse=rehearse)
        log.info(f"{name}: {ended}, {took['seconds']:.0f} s")
    disagree = [r["what"] for one in results for r in one["records"] if r["agrees"] is False]
    for what in disagree:
        log.info(f"differs: {what}")
    return not disagree and all(one["ended"] == "done" for one in results)


def _run_process(name: str, bundle: Path, output: Path, rehearse: bool, left: float) -> str:
    if left < 5:
        return "not run: out of time"
    command = [sys.executable, "-m", "benchmarks.gpu", "--bundle", bundle, "--output", output]
    command += ["--stage", name, *(["--rehearse"] if rehearse else [])]
    path = os.pathsep.join(map(str, (TESTS.parent / "workflow", TESTS)))
    environment = {**os.environ, "PYTHONPATH": path, **({CPU_ONLY: "1"} if rehearse else {})}
    with (output / f"{name}.log").open("w") as log_file:
        process = subprocess.Popen(
            [*map(str, command)],
            cwd=TESTS,
            env=environment,
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=left)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # and what it started
            process.wait()
            return f"ended after its {left:.0f} s"
    lines = (output / f"{name}.log").read_text(encoding="utf-8").strip().split("\n")
    return "done" if code == 0 else f"failed: {lines[-1][:200]}"


def _write(output: Path, results: list[dict[str, Any]], made: str, *, rehearse: bool) -> None:
    (output / "gpu.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    lines = ["# A GPU, checked", "", f"The CPU's numbers: {made}.", ""]
    if rehearse:
        lines += ["**A rehearsal at tiny sizes on a CPU: no number here says anything.**", ""]
    for one in results:
        lines += [f"## {one['stage']}: {one['ended']}, {one['seconds']:.0f} s", ""]
        lines += ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
        lines += [
            "| " + " | ".join(_cell(row[key]) for key in COLUMNS) + " |" for row in one["records"]
        ]
        lines += [""]
    missing = [name for name in STAGES if name not in {one["stage"] for one in results}]
    lines += [f"Not run yet: {', '.join(missing)}."] if missing else []
    (output / "gpu.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "**no**"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value).replace("|", "/").replace("\t", " ; ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="on a CPU, with a tiny bundle")
    parser.add_argument("--stage", choices=STAGES, help="one stage, in this process")
    given = parser.parse_args()
    bundle, output = given.bundle.resolve(), given.output.resolve()
    if given.stage:
        run_stage(given.stage, bundle, output, rehearse=given.rehearse)
        return
    agrees = check(bundle, output, rehearse=given.rehearse)
    log.info(f"Result: {output / 'gpu.md'}")
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    run(main)
