"""What the report's page shows beside the report itself: verdict, rows of the table, the lines at each problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphcore import Excerpt

from .templating import clipped, counted, shape

JSON = Mapping[str, Any]
Path = tuple[str, ...]
Place = tuple[Path, str, int | None]
"""The models around a layer, the layer, and the call that is meant: None for all."""
Severity = Literal["error", "warning", "info"]

# A table of 1,041 layers is 20 sheets of paper; beyond this the browser is slow and nobody reads on.
MOST_ROWS = 2_000
# A layer that concatenates 100,000 inputs takes one row like any other.
MOST_IN_A_CELL = 6
NAME = 120
CLASS = 40
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_DIALECTS = {"keras3": "Keras 3", "keras2": "Keras 2", "keras1": "Keras 1", "document": "Layerwright document"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether Keras takes the model: the worst severity, a sentence, and what it means for the rest of the page."""

    severity: Severity | None
    sentence: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """One call in the table of layers. `depth`: how many models it stands in. `call`: None where there is only one."""

    depth: int
    name: str
    class_name: str
    call: int | None
    shapes: tuple[str, ...]
    parameters: str
    inbound: tuple[str, ...]
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that are shown, how many are not, and the sums beneath them."""

    rows: tuple[Row, ...]
    more: int
    layers: int
    calls: int
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """All of it. `excerpts` stand in the order of the report's diagnostics."""

    title: str
    origin: str
    verdict: Verdict
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: str
    table: Table
    excerpts: tuple[Excerpt | None, ...]


def view(report: JSON, excerpts: Mapping[str, Excerpt]) -> View:
    """What the page shows of a report, with the lines of the file by pointer."""
    specs = _specs(report["nodes"])
    table = _table(report)
    return View(
        title=clipped(report["name"] or "", NAME),
        origin=_origin(report),
        verdict=_verdict(report, table),
        inputs=_ends(report["input_names"], report["inputs"], specs),
        outputs=_ends(report["output_names"], report["outputs"], specs),
        parameters=_at_least(report["params"]["total"], report["params"]["known"]),
        table=table,
        excerpts=tuple(
            None if diagnostic["line"] is None else excerpts.get(diagnostic["pointer"])
            for diagnostic in report["diagnostics"]
        ),
    )


def _origin(report: JSON) -> str:
    dialect = _DIALECTS.get(report["dialect"], "")
    version = report["keras_version"]
    if version and dialect.startswith("Keras"):
        return f"Keras {clipped(str(version), 20)} config"
    return f"{dialect} config" if dialect.startswith("Keras") else dialect


def _verdict(report: JSON, table: Table) -> Verdict:
    found = {s: sum(d["severity"] == s for d in report["diagnostics"]) for s in _SEVERITIES}
    said = ", ".join(counted(found[s], s) for s in ("error", "warning") if found[s]) or "no problems"
    worst = next((severity for severity in _SEVERITIES if found[severity]), None)
    if report["dialect"] is None and not report["nodes"]:
        return Verdict(worst, f"There is no model in this file: {said}", "What stands in the way is listed below.")
    if report["ok"]:
        return Verdict(worst, f"Keras accepts this model: {said}", _unknown(report, "not known from the file alone"))
    return Verdict(worst, f"Keras refuses this model: {said}", _unknown(report, "unknown until this is mended"))


def _unknown(report: JSON, why: str) -> str:
    """A sentence about calls whose shapes are not known."""
    unknown = sum(any(output["shape"] is None for output in node["outputs"]) for node in report["nodes"])
    if not report["nodes"]:
        return ""
    if not unknown:
        return "The shape of every layer is known."
    if unknown == 1:
        return f"The shape of 1 layer is {why}."
    return f"The shapes of {unknown:,} layers are {why}."


def _specs(nodes: Sequence[JSON]) -> dict[tuple[str, int, int], JSON]:
    return {(n["layer"], n["node_index"], t): spec for n in nodes for t, spec in enumerate(n["outputs"])}


def _ends(
    names: Sequence[str], refs: Sequence[Sequence[Any]], specs: Mapping[tuple[str, int, int], JSON]
) -> tuple[str, ...]:
    """Inputs or outputs with their shapes."""
    said = []
    for name, (layer, call, tensor) in zip(names, refs, strict=True):
        spec = specs.get((layer, call, tensor), {"shape": None})
        said.append(f"{clipped(name, NAME)} {shape(spec['shape'])}")
    return _first(said)


def _at_least(count: int | None, known: int) -> str:
    return f"at least {known:,}" if count is None else f"{count:,}"


def _table(report: JSON) -> Table:
    nodes = report["nodes"]
    severities = _worst(report["diagnostics"])
    rows: list[Row] = []
    total = 0
    for path, node, is_shared in _walk(nodes):
        total += 1
        if len(rows) < MOST_ROWS:
            rows.append(_row(path, node, is_shared, severities))
    return Table(
        rows=tuple(rows),
        more=total - len(rows),
        layers=len({node["layer"] for node in nodes}),
        calls=len(nodes),
        sums=_sums(report),
    )


def _walk(nodes: Sequence[JSON]) -> Iterator[tuple[Path, JSON, bool]]:
    """Every call, those inside a nested model right after it; not recursive, for models nest 2,000 deep."""
    stack: list[tuple[Path, Iterator[JSON], frozenset[str]]] = [((), iter(nodes), _shared(nodes))]
    while stack:
        path, rest, shared = stack[-1]
        node = next(rest, None)
        if node is None:
            stack.pop()
            continue
        yield path, node, node["layer"] in shared
        if body := node.get("body"):
            stack.append(((*path, node["layer"]), iter(body["nodes"]), _shared(body["nodes"])))


def _shared(nodes: Sequence[JSON]) -> frozenset[str]:
    return frozenset(node["layer"] for node in nodes if node["node_index"] > 0)


def _row(path: Path, node: JSON, is_shared: bool, severities: Mapping[Place, Severity]) -> Row:
    call = node["node_index"]
    return Row(
        depth=len(path),
        name=clipped(node["layer"], NAME),
        class_name=clipped(node["class_name"], CLASS),
        call=call if is_shared else None,
        shapes=_first([shape(output["shape"]) for output in node["outputs"]]),
        parameters="shared" if call > 0 else _total(node["params"]),
        inbound=_first(
            [f"{clipped(layer, NAME)}[{k}][{t}]" for layer, k, t in node["inbound"][: MOST_IN_A_CELL + 1]],
            of=len(node["inbound"]),
        ),
        severity=severities.get((path, node["layer"], call)) or severities.get((path, node["layer"], None)),
    )


def _total(params: JSON) -> str:
    counts = (params["trainable"], params["non_trainable"])
    return "unknown" if None in counts else f"{sum(counts):,}"


def _first(said: Sequence[str], of: int | None = None) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    total = len(said) if of is None else of
    if total <= MOST_IN_A_CELL:
        return tuple(said)
    return (*said[: MOST_IN_A_CELL - 1], f"and {total - MOST_IN_A_CELL + 1:,} more")


def _sums(report: JSON) -> tuple[tuple[str, str], ...]:
    """The lines beneath the table; what a custom layer adds to them is not known."""
    params = report["params"]
    first = [node["params"] for node in report["nodes"] if node["node_index"] == 0]
    known = {key: sum(count[key] or 0 for count in first) for key in ("trainable", "non_trainable")}
    shown = {key: f"{params[key]:,}" if params[key] is not None else f"≥ {known[key]:,}" for key in known}
    total = f"{params['total']:,}" if params["total"] is not None else f"≥ {params['known']:,}"
    return (("Total", total), ("Trainable", shown["trainable"]), ("Non-trainable", shown["non_trainable"]))


def _worst(diagnostics: Sequence[JSON]) -> dict[Place, Severity]:
    worst: dict[Place, Severity] = {}
    for diagnostic in sorted(diagnostics, key=lambda d: _SEVERITIES.index(d["severity"])):
        if diagnostic["layer"] is not None:
            place = (tuple(diagnostic["path"]), diagnostic["layer"], diagnostic["node_index"])
            worst.setdefault(place, diagnostic["severity"])
    return worst
