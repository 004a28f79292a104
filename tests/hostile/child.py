"""The command line on every hostile file, one after the other, watched: a line of JSON for each.

Run as `python -m tests.hostile.child FOLDER`, in a process of its own: memory is limited, and nothing that Python does
while a file is read is missed.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import resource
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from graphcore import cli

from .files import ENCODINGS, FILES
from .watch import Watch

MOST_BYTES = 512 << 20
# Address space is more than memory: libraries are mapped, and their threads have stacks.
_ADDRESSES = 3 * MOST_BYTES


def main(folder: Path) -> None:
    """Feed every file to the commands that read one."""
    watch = Watch()
    path = folder / "model"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")  # what is imported late, is by now
    _run("check", str(path))
    _run("convert", str(path), "--to", "python")
    for encoding in ("unicode_escape", "cp437", *ENCODINGS, "utf-32-be", "utf-32-le"):
        codecs.lookup(encoding)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    for name, make in FILES.items():
        path.write_bytes(make())
        before = time.process_time()
        with watch.on() as seen:
            codes = [
                _run("check", "--safety", "--format", "jsonl", str(path)),
                _run("summary", "--expand-nested", str(path)),
                _run("convert", str(path), "--to", "python"),
            ]
        said = {
            "name": name,
            "codes": codes,
            "seconds": time.process_time() - before,
            "seen": [event for event in seen if event != ("open", str(path))],
            "peak": _peak(),
        }
        print(json.dumps(said), flush=True)


def _peak() -> int:
    """The most bytes that this program had in memory; getrusage counts what its parent had when it forked, too."""
    (said,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(said) << 10


def _run(*arguments: str) -> int | str:
    """The exit code, or what was raised."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        try:
            return cli.main(arguments)
        except BaseException as error:  # whatever it is, it is told
            return f"{type(error).__name__}: {error}"[:300]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
