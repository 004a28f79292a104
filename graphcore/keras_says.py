"""What Keras says where we name a code: recorded from the installed Keras 3 and tf_keras (`make oracle`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Saying(NamedTuple):
    """A message of Keras: whose it is, `Keras 3.15.1, tf_keras 2.21.0`, and its text."""

    keras: str
    text: str


def keras_says(code: str) -> tuple[Saying, ...]:
    """The messages that Keras gave for a code, each once; none where it says nothing."""
    table = _table()
    names = table["keras"]
    return tuple(
        Saying(", ".join(names[one] for one in whose.split()), text) for whose, text in table["says"].get(code, ())
    )


@cache
def _table() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(__file__).with_name("keras_says.json").read_text(encoding="utf-8"))
    return read
