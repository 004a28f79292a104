"""Feeds many made-up files to the library and prints what came of it: `python -m tests.fuzz --count 100000`.

Exit code 1 where one raised or took too long; its seed is named, and `--start SEED --count 1` does it again.
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
from typing import Any

from .deeds import everything
from .files import kind_of, made

# Nothing may hang; what is slow is named in the figures.
_MOST_SECONDS = 10
_MOST_BYTES = 2 << 30


def main() -> int:
    """Run the seeds that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--start", type=int, default=0)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    signal.signal(signal.SIGPROF, late)
    figures = run(range(asked.start, asked.start + asked.count))
    print(json.dumps(figures, indent=1))
    return 1 if figures["failed"] else 0


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
    sys.exit(main())
