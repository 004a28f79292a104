"""Layers with arguments and inputs: the rows that laws are tried on and that Keras is asked about.

Tables stand in `cases_….py`, one for each family of entries; this file knows what a row is and holds all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphcore.model import Dialect
from graphcore.shapes import Shape


class Case(NamedTuple):
    """One call of one layer. `inputs` are shapes of what comes in, `dtypes` theirs, float32 where it is shorter.

    How the tensors are given (one, a list, by name) is what the entry's `inputs` says; `call` are further arguments.
    `only`: the dialects whose class takes this; empty means both.
    """

    cls: str
    config: Mapping[str, Any]
    inputs: tuple[Shape, ...] = ()
    dtypes: tuple[str, ...] = ()
    only: tuple[Dialect, ...] = ()
    call: Mapping[str, Any] = {}

    @property
    def title(self) -> str:
        """The row in one line, for a test's name."""
        said = ",".join(f"{key}={value}" for key, value in self.config.items())
        return f"{self.cls}({said}){'|'.join(map(str, self.inputs))}{'|'.join(self.dtypes)}"
