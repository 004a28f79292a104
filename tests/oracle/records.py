"""Recorded answers: one packed file a model, `recorded/<generation>/<name>.json.xz`, and the versions that gave them.

A record is `{"config": what Keras wrote, "answers": what Keras computed}`. Answers are

    {"calls": {"layer": [[[shape, dtype], …outputs], …calls]},     layers inside nested models as `outer/inner`
     "params": {"layer": [trainable, non-trainable]},
     "total", "trainable", "non_trainable"}
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recorded"
GENERATIONS = ("keras3", "keras2")
VERSIONS = FOLDER / "versions.json"
RANDOM_MODELS = {"keras3": 1000, "keras2": 1000}
"""Random models of each generation that are recorded."""
FURTHER_MODELS = {"keras3": 60, "keras2": 24}
"""Random models beside them that carry masks, and use layers as plain ones seldom do; recorded with weights by name."""
MUTATIONS = 500
"""Files of each generation with one thing of their form changed that are recorded."""
A_FILE = 100
"""Of them in a file."""


def names(generation: str) -> list[str]:
    """Models that have a record, sorted."""
    return sorted(path.name.removesuffix(".json.xz") for path in (FOLDER / generation).glob("*.json.xz"))


def read(generation: str, name: str) -> Any:
    """A record."""
    return json.loads(lzma.decompress((FOLDER / generation / f"{name}.json.xz").read_bytes()))


def write(generation: str, name: str, record: Any) -> None:
    """Keep a record; the same record gives the same bytes."""
    folder = FOLDER / generation
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, separators=(",", ":"))
    (folder / f"{name}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def every(generation: str) -> Iterator[tuple[str, Any]]:
    """Every record with its name."""
    for name in names(generation):
        yield name, read(generation, name)
