"""Feeds many made-up files to the library and prints what came of it: `python -m tests.fuzz --count 100000`.

Exit code 1 where one raised or took too long; its seed is named, and `--start SEED --count 1` does it again. After
each block of `--every` files it says how far it is. With `--log FILE` a block's figures are kept there: the same
command goes on after the last whole block, however the run before it ended.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .deeds import everything
from .files import kind_of, made

# Nothing may hang; what is slow is named in the figures.
_MOST_SECONDS = 10
_MOST_BYTES = 2 << 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the seeds that are asked for. 130 where it was interrupted; the figures are of what ran until then."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--every", type=int, default=500, help="say after so many files how far it is (%(default)s)")
    parser.add_argument("--log", type=Path, help="a file of figures, a block a line, after which a run goes on")
    asked = parser.parse_args(arguments)
    seeds = range(asked.start, asked.start + asked.count)
    blocks = known(asked.log, seeds) if asked.log is not None else []
    interrupted = False
    try:
        while (start := blocks[-1]["seeds"][1] if blocks else seeds.start) < seeds.stop:
            blocks.append(run(range(start, min(start + max(1, asked.every), seeds.stop))))
            if asked.log is not None:
                with asked.log.open("a", encoding="utf-8") as log:
                    log.write("\n" + json.dumps(blocks[-1]))  # a line that a kill cut off ends before it
            print(progress(blocks, seeds), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        interrupted = True
        print(f"interrupted; what is left: --start {start} --count {seeds.stop - start}", file=sys.stderr)
    if not blocks:
        return 130
    figures = together(blocks)
    print(json.dumps(figures, indent=1))
    return 130 if interrupted else 1 if figures["failed"] else 0


def known(log: Path, seeds: range) -> list[dict[str, Any]]:
    """The blocks of a log that follow one another from the first seed on; a line that was cut off is none."""
    found: dict[int, dict[str, Any]] = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            block = json.loads(line)
        except ValueError:
            continue
        found[block["seeds"][0]] = block
    blocks: list[dict[str, Any]] = []
    start = seeds.start
    while (block := found.get(start)) is not None and block["seeds"][1] <= seeds.stop:
        blocks.append(block)
        start = block["seeds"][1]
    return blocks


def progress(blocks: Sequence[dict[str, Any]], seeds: range) -> str:
    """How far a run is, in one line."""
    figures = together(blocks)
    done = figures["seeds"][1] - seeds.start
    return (
        f"{done:,} of {len(seeds):,} files: {1000 * figures['seconds'] / done:.1f} ms each, slowest"
        f" {figures['slowest_seconds']:.2f} s (seed {figures['slowest_seed']}), {figures['peak_mebibytes']} MiB,"
        f" {len(figures['failed'])} failed"
    )


def together(blocks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of blocks that follow one another, as those of one run."""
    kinds: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for block in blocks:
        kinds.update(block["kinds"])
        codes.update(block["codes"])
    slowest = max(blocks, key=lambda block: block["slowest_seconds"])
    return {
        "seeds": [blocks[0]["seeds"][0], blocks[-1]["seeds"][1]],
        "kinds": dict(kinds.most_common()),
        "opened": sum(block["opened"] for block in blocks),
        "ok": sum(block["ok"] for block in blocks),
        "codes": dict(sorted(codes.items())),
        "failed": [failure for block in blocks for failure in block["failed"]],
        "slowest_seconds": slowest["slowest_seconds"],
        "slowest_seed": slowest["slowest_seed"],
        "seconds": round(sum(block["seconds"] for block in blocks), 1),
        "peak_mebibytes": max(block["peak_mebibytes"] for block in blocks),
    }


def run(seeds: range) -> dict[str, Any]:
    """What came of the files of these seeds."""
    kinds: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    opened = sound = 0
    failed: list[str] = []
    slowest = (0.0, -1)
    began = time.process_time()
    for seed in seeds:
        file = made(seed)
        kinds[kind_of(seed)] += 1
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
        try:
            report = everything(file)
        except (Exception, Late) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            failed.append(f"{seed}: {type(error).__name__}: {str(error)[:200]} at {where.filename}:{where.lineno}")
            print(failed[-1], file=sys.stderr, flush=True)
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, (time.process_time() - start, seed))
        opened += report.graph is not None
        sound += report.ok
        codes.update({problem.code for problem in report.diagnostics})
    return {
        "seeds": [seeds.start, seeds.stop],
        "kinds": dict(kinds.most_common()),
        "opened": opened,
        "ok": sound,
        "codes": dict(sorted(codes.items())),
        "failed": failed,
        "slowest_seconds": round(slowest[0], 3),
        "slowest_seed": slowest[1],
        "seconds": round(time.process_time() - began, 1),
        "peak_mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


class Late(BaseException):
    """The time is up. No Exception, which a reader might take for its own."""


def late(*_: object) -> None:
    """End what runs now."""
    raise Late(f"more than {_MOST_SECONDS} s")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    signal.signal(signal.SIGPROF, late)
    sys.exit(main())
