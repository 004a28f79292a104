"""What the report's page shows beside the report itself: verdict, rows of the table, the lines at each problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphcore import Excerpt, Language

from .templating import clipped, shape
from .words import counted, said

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


def view(report: JSON, excerpts: Mapping[str, Excerpt], language: Language = "en") -> View:
    """What the page shows of a report, with the lines of the file by pointer."""
    specs = _specs(report["nodes"])
    table = _table(report, language)
    return View(
        title=clipped(report["name"] or "", NAME),
        origin=_origin(report, language),
        verdict=_verdict(report, language),
        inputs=_ends(report["input_names"], report["inputs"], specs, language),
        outputs=_ends(report["output_names"], report["outputs"], specs, language),
        parameters=_at_least(report["params"]["total"], report["params"]["known"], language),
        table=table,
        excerpts=tuple(
            None if diagnostic["line"] is None else excerpts.get(diagnostic["pointer"])
            for diagnostic in report["diagnostics"]
        ),
    )


def _origin(report: JSON, language: Language) -> str:
    dialect = _DIALECTS.get(report["dialect"], "")
    version = report["keras_version"]
    if not dialect.startswith("Keras"):
        return said(dialect, language)
    return said("{keras} config", language, keras=f"Keras {clipped(str(version), 20)}" if version else dialect)


def _verdict(report: JSON, language: Language) -> Verdict:
    found = {s: sum(d["severity"] == s for d in report["diagnostics"]) for s in _SEVERITIES}
    counts = said(", ", language).join(counted(found[s], s, language) for s in ("error", "warning") if found[s])
    counts = counts or said("no problems", language)
    worst = next((severity for severity in _SEVERITIES if found[severity]), None)
    if report["dialect"] is None and not report["nodes"]:
        sentence, meaning = "There is no model in this file: {counts}", "What stands in the way is listed below."
        return Verdict(worst, said(sentence, language, counts=counts), said(meaning, language))
    sentence = "Keras accepts this model: {counts}" if report["ok"] else "Keras refuses this model: {counts}"
    return Verdict(worst, said(sentence, language, counts=counts), _unknown(report, language))


def _unknown(report: JSON, language: Language) -> str:
    """A sentence about calls whose shapes are not known."""
    unknown = sum(any(output["shape"] is None for output in node["outputs"]) for node in report["nodes"])
    if not report["nodes"]:
        return ""
    if not unknown:
        return said("The shape of every layer is known.", language)
    if report["ok"]:
        one = "The shape of 1 layer is not known from the file alone."
        more = "The shapes of {n} layers are not known from the file alone."
    else:
        one = "The shape of 1 layer is unknown until this is mended."
        more = "The shapes of {n} layers are unknown until this is mended."
    return said(one if unknown == 1 else more, language, n=unknown)


def _specs(nodes: Sequence[JSON]) -> dict[tuple[str, int, int], JSON]:
    return {(n["layer"], n["node_index"], t): spec for n in nodes for t, spec in enumerate(n["outputs"])}


def _ends(
    names: Sequence[str],
    refs: Sequence[Sequence[Any]],
    specs: Mapping[tuple[str, int, int], JSON],
    language: Language,
) -> tuple[str, ...]:
    """Inputs or outputs with their shapes."""
    ends = []
    for name, (layer, call, tensor) in zip(names, refs, strict=True):
        spec = specs.get((layer, call, tensor), {"shape": None})
        ends.append(
            f"{clipped(name, NAME)} {said('unknown', language) if spec['shape'] is None else shape(spec['shape'])}"
        )
    return _first(ends, language)


def _at_least(count: int | None, known: int, language: Language) -> str:
    return said("at least {n}", language, n=known) if count is None else f"{count:,}"


def _table(report: JSON, language: Language) -> Table:
    nodes = report["nodes"]
    severities = _worst(report["diagnostics"])
    rows: list[Row] = []
    total = 0
    for path, node, is_shared in _walk(nodes):
        total += 1
        if len(rows) < MOST_ROWS:
            rows.append(_row(path, node, is_shared, severities, language))
    return Table(
        rows=tuple(rows),
        more=total - len(rows),
        layers=len({node["layer"] for node in nodes}),
        calls=len(nodes),
        sums=_sums(report, language),
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


def _row(path: Path, node: JSON, is_shared: bool, severities: Mapping[Place, Severity], language: Language) -> Row:
    call = node["node_index"]
    return Row(
        depth=len(path),
        name=clipped(node["layer"], NAME),
        class_name=clipped(node["class_name"], CLASS),
        call=call if is_shared else None,
        shapes=_first([shape(output["shape"]) for output in node["outputs"]], language),
        parameters="shared" if call > 0 else _total(node["params"]),
        inbound=_first(
            [f"{clipped(layer, NAME)}[{k}][{t}]" for layer, k, t in node["inbound"][: MOST_IN_A_CELL + 1]],
            language,
            of=len(node["inbound"]),
        ),
        severity=severities.get((path, node["layer"], call)) or severities.get((path, node["layer"], None)),
    )


def _total(params: JSON) -> str:
    counts = (params["trainable"], params["non_trainable"])
    return "unknown" if None in counts else f"{sum(counts):,}"


def _first(shown: Sequence[str], language: Language, of: int | None = None) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    total = len(shown) if of is None else of
    if total <= MOST_IN_A_CELL:
        return tuple(shown)
    return (*shown[: MOST_IN_A_CELL - 1], said("and {n} more", language, n=total - MOST_IN_A_CELL + 1))


def _sums(report: JSON, language: Language) -> tuple[tuple[str, str], ...]:
    """The lines beneath the table; what a custom layer adds to them is not known."""
    params = report["params"]
    first = [node["params"] for node in report["nodes"] if node["node_index"] == 0]
    known = {key: sum(count[key] or 0 for count in first) for key in ("trainable", "non_trainable")}
    shown = {key: f"{params[key]:,}" if params[key] is not None else f"≥ {known[key]:,}" for key in known}
    total = f"{params['total']:,}" if params["total"] is not None else f"≥ {params['known']:,}"
    sums = (("Total", total), ("Trainable", shown["trainable"]), ("Non-trainable", shown["non_trainable"]))
    return tuple((said(what, language), sum) for what, sum in sums)


def _worst(diagnostics: Sequence[JSON]) -> dict[Place, Severity]:
    worst: dict[Place, Severity] = {}
    for diagnostic in sorted(diagnostics, key=lambda d: _SEVERITIES.index(d["severity"])):
        if diagnostic["layer"] is not None:
            place = (tuple(diagnostic["path"]), diagnostic["layer"], diagnostic["node_index"])
            worst.setdefault(place, diagnostic["severity"])
    return worst
