"""`make chaos`: a training that is killed again and again ends in the bytes of one left in peace.

Each attempt at a segment is a process of its own, killed by SIGKILL at a random moment of its work;
what it made is then removed and the segment begun anew, as Snakemake does.  In between the disk is
full: the attempt must say so and leave everything as it was.
"""

import argparse
import hashlib
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from segment_chain import SegmentChain
from seq2seq.runtime.logging import log, run
from seq2seq.training.checkpoint import read_checkpoint

SEGMENTS = 4
USER_ERROR = 2


def work(chain: SegmentChain, segment: int, room: int) -> None:
    """One segment in a process of its own that may write files of ``room`` bytes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    run(lambda: chain.train(segment))


def attempt(
    chain: SegmentChain, segment: int, *, seconds: float | None = None, room: int = 1 << 40
) -> int | None:
    """Let a process work for so long, then kill it; its exit code, negative for a signal."""
    process = multiprocessing.get_context("fork").Process(target=work, args=(chain, segment, room))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def in_peace(chain: SegmentChain) -> tuple[list[str], float]:
    """The digests of all checkpoints of an unbroken chain, and the longest time of a segment."""
    longest = 0.0
    chain.begin()
    for segment in range(1, SEGMENTS + 1):
        began = time.monotonic()
        assert attempt(chain, segment) == 0
        longest = max(longest, time.monotonic() - began)
    return [digest(chain.checkpoint(segment)) for segment in range(SEGMENTS + 1)], longest


def disturbed(chain: SegmentChain, *, kills: int, seconds: float, seed: int) -> list[str]:
    """The digests of a chain whose processes are killed so often, and meet a full disk as often."""
    chance, remaining = random.Random(seed), kills
    chain.begin()
    for segment in range(1, SEGMENTS + 1):
        before = digest(chain.checkpoint(segment - 1))
        for _ in range(remaining // (SEGMENTS + 1 - segment)):
            remaining -= 1
            while attempt(chain, segment, seconds=chance.uniform(0, seconds)) == 0:
                read_checkpoint(chain.checkpoint(segment))  # it was faster than its killer
            forget(chain, segment)
            ended = attempt(chain, segment, room=chance.randrange(1, 4000))
            assert ended == USER_ERROR, f"a full disk ended segment {segment} with {ended}"
            assert not chain.checkpoint(segment).exists()
            assert digest(chain.checkpoint(segment - 1)) == before
        assert attempt(chain, segment) == 0
        left = [path.name for path in chain.folder.iterdir() if path.name.startswith(".")]
        assert left == [], f"left behind: {left}"
    assert remaining == 0
    return [digest(chain.checkpoint(segment)) for segment in range(SEGMENTS + 1)]


def forget(chain: SegmentChain, segment: int) -> None:
    """What Snakemake does with the outputs of a job that failed; a checkpoint there must be whole."""
    if chain.checkpoint(segment).exists():
        read_checkpoint(chain.checkpoint(segment))
    for path in (chain.checkpoint(segment), chain.metrics(segment)):
        path.unlink(missing_ok=True)


def relay_in(folder: Path, name: str, *, pairs: int) -> SegmentChain:
    (folder / name).mkdir()
    return SegmentChain(folder / name, pairs=pairs)


def compare(folder: Path, *, kills: int, pairs: int, seed: int) -> None:
    """Run both relays; an assertion fails where they differ."""
    expected, seconds = in_peace(relay_in(folder, "peace", pairs=pairs))
    chain = relay_in(folder, "chaos", pairs=pairs)
    assert disturbed(chain, kills=kills, seconds=seconds, seed=seed) == expected


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=4000, help="of the corpus")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), kills=arguments.kills, pairs=arguments.pairs, seed=arguments.seed)
    log.info(
        f"Result: {arguments.kills} kills and as many full disks in {SEGMENTS} segments; "
        "every checkpoint has the bytes of an unbroken run"
    )


if __name__ == "__main__":
    main()
