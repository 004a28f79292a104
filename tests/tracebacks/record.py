"""`make oracle`: runs each program with the installed Keras 3 and tf_keras, and keeps what it prints as it dies.

python -m tests.tracebacks.record             all, each generation in a process of its own
python -m tests.tracebacks.record keras3      one, in this process
python -m tests.tracebacks.record keras3 add-of-sizes fit-uncompiled      some, printed and not kept
"""

from __future__ import annotations

import contextlib
import io
import json
import linecache
import os
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .cases import BOTH, Program, programs
from .records import keep, keep_sayings

PACKAGES = "/usr/lib/python3/site-packages"
FOLDER = "/home/ada/models"


def main(arguments: list[str]) -> None:
    """Run everything, or the programs of one generation."""
    if not arguments:
        for each in BOTH:
            command = [sys.executable, "-m", "tests.tracebacks.record", each]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})  # sets stand in messages
        keep_sayings()
        return
    generation, *names = arguments
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        said = dict(_said(generation, names))
    if names:
        print(json.dumps(said))
    else:
        keep(generation, said)


def _said(generation: str, names: Sequence[str] = ()) -> Iterator[tuple[str, str | None]]:
    """Each program's name with the traceback that ends it, None where it runs through; all where none is named."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    if generation == "keras2":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        import tf_keras as keras

        sys.modules["keras"] = keras
        _name_as_keras()
    else:
        import keras
    yield "version", keras.__version__
    for program in programs(generation):
        if names and program.name not in names:
            continue
        keras.utils.clear_session() if generation == "keras3" else keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        if program.file is not None:
            Path("model.json").write_bytes(program.file.encode())
        yield program.name, _run(program)


def _name_as_keras() -> None:
    """Let programs say `from keras.layers import Dense` where Keras is tf_keras."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tf_keras.") and not name.startswith("tf_keras.src"):
            sys.modules[f"keras.{name.removeprefix('tf_keras.')}"] = module


def _run(program: Program) -> str | None:
    file = "train.py"
    linecache.cache[file] = (len(program.text), None, program.text.splitlines(keepends=True), file)
    quiet = io.StringIO()
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(quiet),
        contextlib.redirect_stderr(quiet),
    ):
        warnings.simplefilter("always", UserWarning)
        try:
            exec(compile(program.text, file, "exec"), {"__name__": "__main__"})
        except Exception as error:
            error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None  # ours
            return _scrubbed("".join(traceback.format_exception(error)))
    said = [f"{one.category.__name__}: {one.message}" for one in warned if "/keras/" in one.filename]
    return _scrubbed("\n".join(said)) if said and program.is_warned else None


def _scrubbed(text: str) -> str:
    """A traceback as it stands on anybody's machine: no folder of ours, no address in memory."""
    packages = str(Path(os.__file__).parent)
    for folder in sorted({str(Path(module.__file__).parents[1]) for module in _packages()}, key=len, reverse=True):
        text = text.replace(folder, PACKAGES)
    text = text.replace(packages, "/usr/lib/python3").replace(os.getcwd(), FOLDER)
    # tf_keras tells of every frame that led to an operation, ours among them.
    text = re.sub(r"(?m)^ +File \"(?:<frozen runpy>|[^\"\n]*/tests/tracebacks/record\.py)\".*\n\n", "", text)
    text = re.sub(r"/tmp/[\w./]+?(\.py)?(?=[\"', ])", r"/tmp/__autograph_generated_file\1", text)
    text = re.sub(r"(__inference_\w+?)_\d+\b", r"\1_0", text)
    return re.sub(r"0x[0-9a-f]{6,}", "0x7f0000000000", text)


def _packages() -> list[Any]:
    return [
        module for name in ("keras", "tf_keras", "tensorflow", "numpy", "h5py") if (module := sys.modules.get(name))
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
