"""Operations that hold functions: loops, branches, maps. What the functions give is code, which nobody runs here.

Keras loads them where it can find each function by its name, and refuses a lambda in safe mode. `ForiLoop` and
`WhileLoop` have no entry: Keras does not write them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .operands import operation
from .params import anything, flag
from .spec import OpDef, Param


def _kept(name: str, names: Sequence[str], doc: str, *params: Param) -> OpDef:
    entry = operation(name, names, None, None, doc, *params, cost=None)
    return replace(entry, kept=True, takes_unknown=True, unwritten="calls functions that are not in the file")


ENTRIES: Sequence[OpDef] = (
    _kept("Cond", ["pred", "true_fn", "false_fn"], "a condition → what one of two functions gives"),
    _kept("Switch", ["index", "branches"], "a number → what one of several functions gives"),
    _kept("Map", ["f", "xs"], "(n, …) → what a function gives for each"),
    _kept("VectorizedMap", ["elements"], "(n, …) → what a function gives for each", anything("function")),
    _kept(
        "Scan",
        ["f", "init", "xs?"],
        "a state, (n, …) → the last state and what a function gives at each step",
        *(anything("length"), flag("reverse"), anything("unroll", 1)),
    ),
    _kept(
        "AssociativeScan",
        ["f", "elems"],
        "(n, …) → (n, …), what a function makes of all until each",
        *(flag("reverse"), anything("axis", 0)),
    ),
    _kept("JVP", ["fun", "primals", "tangents"], "what a function gives, and its slope", flag("has_aux")),
)
