# ruff: noqa: E501 — rows of a Markdown table are one line each
"""`python -m tests.oracle.coverage`: writes docs/coverage.md from the catalog, the records and what is excused."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from graphcore.catalog import CATALOG
from graphcore.catalog.names import KERAS2_LAYERS, KERAS3_LAYERS, OPERATIONS
from graphcore.catalog.tf_ops import FUNCTIONS
from graphcore.model import JSON, Dialect
from tests.graphcore import cases_a, cases_b, cases_tf_b

from . import methods, records
from .answers import key
from .drawing import OPERATIONS as OPERATIONS_OF_TENSORFLOW
from .drawing_operations import ROWS
from .exceptions import (
    DRAWN,
    DRAWN_FUNCTIONS,
    DRAWN_OPERATIONS,
    FEW_ANSWERS,
    FORMS,
    LATER,
    METHODS,
    SPECIAL,
    UNREADABLE,
    WITHOUT_ENTRY,
    WITHOUT_RULE,
    Excuse,
)
from .public_functions import reason

LEAST_ACCEPTED = 25
LEAST_OUTPUTS = 8
"""Accepted cases of each layer, and different outputs among them, at least."""
FEW: Mapping[tuple[Dialect, str], str] = {
    ("keras3", "Layer"): "the class that layers derive from, whose call Keras 3 refuses",
}
"""Layers that have fewer, and why their arguments allow no more."""
PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
TITLES = {"keras3": "Keras 3", "keras2": "tf_keras (Keras 2)"}

HEAD = """\
# What is covered, and where answers differ from Keras's

Written by `python -m tests.oracle.coverage` from the catalog and the recorded answers of {versions}; a test holds it to them.
An answer is a shape, a dtype, a weight or a verdict: accepted or refused. The tests replay every one of them and ask a sample
again live; `make oracle` asks all again. Counts are cases in which Layerwright and Keras agree, but for the differences that the
next table names.

Layers are asked about in rows written by hand and in files whose arguments were drawn from the catalog's schemas; of these every
third is replayed as Keras wrote it back, and every third without its recorded shapes and `build_config`. Each layer has at least
{accepted} accepted cases with at least {outputs} different outputs; where one has fewer, the reason stands beside it.

## Where answers differ

| generation | what | why |
|---|---|---|
| both | A recorded shape of `null` is taken; Keras 3 refuses to read it | No version of Keras writes it or uses the shape; \
a file whose records were removed stays a file |
| Keras 3 | A layer whose channels are unknown, with a `build_config` that says them, is refused by rules that need the channels \
for a shape | Keras builds it and cannot run it |
| Keras 3 | A shared layer that needs other weights in a later call is a warning for layers that Keras builds all the same \
(LSTM, LayerNormalization, MultiHeadAttention, …) | It can be built and not run |
"""

TAIL = """
A model that Keras cannot even try is no case: beyond about 3,000 layers in a row `model_from_json` ends in a RecursionError,
and tf_keras waits for ever for a call that ended in an IndexError.
"""


def page() -> str:
    """The page's text."""
    parts = [HEAD.format(versions="Keras 3.15.1 and tf_keras 2.21", accepted=LEAST_ACCEPTED, outputs=LEAST_OUTPUTS)]
    parts += [
        f"| {TITLES[one.generation]} | {_what(one)} | {one.why} |\n"
        for one in (*DRAWN, *SPECIAL, *DRAWN_OPERATIONS, *LATER, *FORMS, *DRAWN_FUNCTIONS, *METHODS)
    ]
    parts += [TAIL, _models(), _calls()]
    parts += [_layers("keras3", KERAS3_LAYERS), _layers("keras2", KERAS2_LAYERS), _quantized()]
    parts += [_operations(), _functions(), _methods()]
    return "".join(parts)


def _what(one: Excuse) -> str:
    said = [part for part in (one.about, one.part) if part]
    return " … ".join(f"`{part}`" for part in said)


def _models() -> str:
    lines = [
        "\n## Models\n\n| generation | applications | random models | broken copies accepted | refused |\n",
        "|---|---|---|---|---|\n",
    ]
    for generation, title in TITLES.items():
        broken: Counter[str] = Counter()
        whole = 0
        for name in records.names("random"):
            if name.startswith(generation):
                for case in records.read("random", name):
                    whole += case["broken"] is None
                    broken["accepted" if case["answers"] else "refused"] += case["broken"] is not None
        applications = len(records.names(generation))
        lines.append(f"| {title} | {applications} | {whole} | {broken['accepted']} | {broken['refused']} |\n")
    return "".join(lines)


def _calls() -> str:
    lines = [
        "\n## Later calls, masks and arguments of calls\n\nEvery layer called again with another input, alone and in nested"
        " models; fed by a tensor with a mask; and called with arguments that its call may not have.\n\n| generation | later"
        " calls accepted | refused | masked inputs accepted | refused | arguments accepted | refused |\n",
        "|---|---|---|---|---|---|---|\n",
    ]
    for generation, title in TITLES.items():
        counted = []
        for kind in ("later", "masks", "forms"):
            counts = Counter(said["outputs"] is None for said in records.read(kind, generation))
            counted += [str(counts[False]), str(counts[True])]
        lines.append(f"| {title} | {' | '.join(counted)} |\n")
    return "".join(lines)


def _layers(dialect: Dialect, names: frozenset[str]) -> str:
    said = said_of_layers(dialect)
    table = CATALOG.tables[dialect, False]
    lines = [
        f"\n## Layers of {TITLES[dialect]}\n\n| layer | entry | accepted | different outputs | refused |\n",
        "|---|---|---|---|---|\n",
    ]
    for name in sorted(names):
        entry = table.get(name)
        if entry is None:
            lines.append(f"| {name} | none: {WITHOUT_ENTRY[dialect][name]} | | | |\n")
        elif entry.kept:
            lines.append(f"| {name} | `{entry.name}`: kept and drawn, never run | | | |\n")
        elif entry.cls in OPERATIONS_OF_TENSORFLOW:
            lines.append(f"| {name} | `{entry.name}`: by its function or method, in the last tables | | | |\n")
        else:
            one = said[name]
            why = f": {FEW[dialect, name]}" if (dialect, name) in FEW else ""
            lines.append(f"| {name} | `{entry.name}`{why} | {one.accepted} | {len(one.outputs)} | {one.refused} |\n")
    if dialect == "keras2":
        lines += [f"| {name} | none, and refused: {why} | | | |\n" for name, why in sorted(UNREADABLE.items())]
    return "".join(lines)


class Said:
    """What Keras said of a layer's cases."""

    def __init__(self) -> None:
        self.accepted = 0
        self.refused = 0
        self.outputs: set[str] = set()

    def add(self, outputs: JSON) -> None:
        """Count a case; None is a refusal."""
        if outputs is None:
            self.refused += 1
        else:
            self.accepted += 1
            self.outputs.add(json.dumps(outputs))

    @property
    def is_enough(self) -> bool:
        """Whether there are as many as each layer should have."""
        return self.accepted >= LEAST_ACCEPTED and len(self.outputs) >= LEAST_OUTPUTS


def said_of_layers(dialect: Dialect) -> Mapping[str, Said]:
    """What Keras said of the cases of each layer, of rows and drawn ones."""
    said: defaultdict[str, Said] = defaultdict(Said)
    for name, rows in (("a", cases_a.CASES), ("b", cases_b.CASES)):
        recorded = records.read("layers", f"{name}-{dialect}")
        for row in rows:
            if not row.only or dialect in row.only:
                answer = recorded[key(row)]
                said[row.cls].add(None if answer is None else answer[0])
    for cls, cases in records.read("drawn", dialect).items():
        for case in cases:
            said[cls].add(case["outputs"])
    return said


def _quantized() -> str:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for said in records.read("quantized", "keras3"):
        (layer,) = (one for one in said["model"]["config"]["layers"] if one["config"]["name"] == "x")
        whence = "quantized by Keras" if "build_config" in layer else "drawn"
        counts[layer["class_name"]]["refused" if said["outputs"] is None else whence] += 1
    lines = [
        "\n## Quantized layers and LoRA of Keras 3\n\n",
        "Files that Keras wrote of layers which it had quantized, and files whose policies, configs and ranks were drawn: every\n",
        "variable by name, shape, dtype and trainability, in Keras's order, and the parameters and bytes of all.\n\n",
        "| layer | quantized by Keras | drawn, accepted | refused |\n|---|---|---|---|\n",
    ]
    lines += [
        f"| {name} | {one['quantized by Keras']} | {one['drawn']} | {one['refused']} |\n"
        for name, one in sorted(counts.items())
    ]
    return "".join(lines)


def _operations() -> str:
    counts = _counted_operations()
    table = CATALOG.tables["keras3", True]
    lines = ["\n## Operations of Keras 3\n\n| operation | entry | accepted | refused |\n|---|---|---|---|\n"]
    for name in sorted(OPERATIONS):
        entry = table.get(name)
        if entry is None:
            lines.append(f"| {name} | none: {WITHOUT_RULE[name]} | | |\n")
        elif entry.kept:
            lines.append(f"| {name} | `{entry.name}`: kept and drawn, never run | | |\n")
        else:
            lines.append(f"| {name} | `{entry.name}` | {counts[name][True]} | {counts[name][False]} |\n")
    return "".join(lines) + _unwritten()


def _counted_operations() -> defaultdict[str, Counter[bool]]:
    recorded = records.read("layers", "operations-keras3")
    counts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for case in ROWS:
        counts[case.cls][recorded[case.title] is not None] += 1
    for cls, cases in records.read("drawn", "operations-keras3").items():
        for said in cases:
            counts[cls][said["outputs"] is not None] += 1
    return counts


def _unwritten() -> str:
    found = records.read("layers", "public-operations")
    why = {name: said["why"] for name, said in found.items() if said["why"]}
    lines = [
        f"\nOf the {len(found)} public functions of `keras.ops` {len(found) - len(why)} leave operations in a file that ",
        "Keras loads again. The others:\n\n| function | why not |\n|---|---|\n",
        *(f"| `{name}` | {why[name]} |\n" for name in sorted(why)),
    ]
    few = [f"`{name}` ({reason})" for name, reason in FEW_ANSWERS.items()]
    return "".join(lines) + f"\nFewer than 25 accepted calls or 8 different answers: {', '.join(few)}.\n"


def _functions() -> str:
    recorded = records.read("layers", "functions-keras2")
    counts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for case in cases_tf_b.ROWS:
        counts[case.cls][recorded[case.title] is not None] += 1
    for name, cases in records.read("drawn", "functions-keras2").items():
        for said in cases:
            counts[name][said["outputs"] is not None] += 1
    lines = ["\n## Functions of TensorFlow in Keras 2\n\n| function | accepted | refused |\n|---|---|---|\n"]
    lines += [f"| `{name}` | {counts[name][True]} | {counts[name][False]} |\n" for name in sorted(counts)]
    return "".join(lines) + _unknown_functions()


def _unknown_functions() -> str:
    """Those without a rule, by the reason."""
    why: defaultdict[str, list[str]] = defaultdict(list)
    public = records.read("layers", "public-functions-keras2")
    for name in public:
        if name not in FUNCTIONS and name != "__operators__.getitem":
            why[reason(name)].append(f"`{name}`")
    lines = [
        f"\nOf the {len(public)} public functions of TensorFlow that tf_keras records where a tensor of Keras goes in these have no\n",
        "rule, and what they give is unknown, with a note (GC209):\n\n| why | functions |\n|---|---|\n",
    ]
    return "".join(lines) + "".join(f"| {one} | {', '.join(names)} |\n" for one, names in sorted(why.items()))


def _methods() -> str:
    recorded = records.read("layers", "methods-keras2")
    counts: defaultdict[JSON, Counter[bool]] = defaultdict(Counter)
    for row in methods.ROWS:
        counts[row.config.get("attr_name") or row.config["method_name"]][recorded[row.title] is not None] += 1
    lines = [
        "\n## Parts and methods of ragged and sparse tensors in Keras 2\n\n| name | accepted | refused |\n|---|---|---|\n"
    ]
    lines += [f"| `{name}` | {one[True]} | {one[False]} |\n" for name, one in sorted(counts.items())]
    return "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
