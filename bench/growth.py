"""Chains of layers: time and memory grow with their number and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import graphcore

from .figures import Figure, Section, shown, times

SIZES = (1_000, 10_000, 100_000)
MOST = 12
OF_JSON = 10
ROUNDS = 3
LIMITS = graphcore.Limits(bytes=256 * 2**20, tokens=20_000_000)


def measure() -> Section:
    """A process for each size, because a process does not give memory back."""
    taken = {}
    for size in SIZES:
        command = [sys.executable, "-m", "bench.growth"]
        ended = subprocess.run(command, check=True, input=chain(size), stdout=subprocess.PIPE, text=True)
        taken[size] = json.loads(ended.stdout)
    figures = []
    for size in SIZES:
        took, memory = taken[size]["seconds"], taken[size]["memory"]
        measured = f"{shown(took)}, {took / size * 1e6:.0f} µs a layer; {memory / 2**20:.0f} MB over the text's"
        figures.append(Figure(f"{size:,} Dense layers in a row", measured))
        ratio = took / taken[size]["json"]
        says = f"{size:,} layers: of `json.loads` ({shown(taken[size]['json'])})"
        figures.append(Figure(says, times(ratio), f"≤ {OF_JSON} ×", ratio <= OF_JSON))
    small, large = (taken[size] for size in SIZES[-2:])
    for what in ("seconds", "memory"):
        ratio = large[what] / small[what]
        says = f"{SIZES[-1]:,} layers against {SIZES[-2]:,}: {'time' if what == 'seconds' else 'memory'}"
        figures.append(Figure(says, times(ratio), f"≤ {MOST} ×", ratio <= MOST))
    figures.append(Figure("The same of `json.loads`: time", times(large["json"] / small["json"])))
    how = (
        f"A whole check of a text in memory, a process for each size: processor time, the best of {ROUNDS}; memory is "
        "what the process, which holds nothing but the text, grew by at its peak. Python's cycle collector is as it is "
        "for a user: a check keeps it out of its way, `json.loads` does not."
    )
    return Section("Growth", how, figures)


def chain(size: int) -> str:
    """A model of so many Dense layers in a row, as Keras 3 would write it."""
    layers: list[dict[str, Any]] = [_layer("InputLayer", "l0", {"batch_shape": [None, 8], "dtype": "float32"}, None)]
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    for i in range(1, size):
        said = {"trainable": True, "dtype": policy, "units": 8, "activation": "relu", "use_bias": True}
        layers.append(_layer("Dense", f"l{i}", said, f"l{i - 1}"))
    config = {"name": "chain", "trainable": True, "layers": layers}
    config |= {"input_layers": [["l0", 0, 0]], "output_layers": [[f"l{size - 1}", 0, 0]]}
    model = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"}
    return json.dumps({**model, "config": config})


def _layer(cls: str, name: str, said: dict[str, Any], before: str | None) -> dict[str, Any]:
    calls = []
    if before is not None:
        tensor = {"shape": [None, 8], "dtype": "float32", "keras_history": [before, 0, 0]}
        calls.append({"args": [{"class_name": "__keras_tensor__", "config": tensor}], "kwargs": {}})
    entry = {"module": "keras.layers", "class_name": cls, "config": {"name": name, **said}, "registered_name": None}
    return {**entry, "name": name, "inbound_nodes": calls}


def _peak() -> int:
    """Bytes that this process had at most."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """One text, from the standard input: prints seconds and bytes as JSON."""
    text = sys.stdin.read()
    graphcore.check(chain(10))
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")  # the peak counts from now
    before = _peak()
    assert graphcore.check(text, LIMITS).ok
    memory = _peak() - before
    checked = min(_seconds(lambda: graphcore.check(text, LIMITS)) for _ in range(ROUNDS))
    read = min(_seconds(lambda: json.loads(text)) for _ in range(ROUNDS))
    print(json.dumps({"seconds": checked, "memory": memory, "json": read}))


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


if __name__ == "__main__":
    main()
