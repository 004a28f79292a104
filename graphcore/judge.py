"""A file → its graph, all that is known about it, and all that is wrong with it, as the Keras of its dialect judges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .advice import advise
from .catalog import CATALOG, Known
from .check import check_graph
from .contents import beside
from .diagnostics import Diagnostic
from .formats import Read, read, read_again
from .infer import infer
from .inference import Inference
from .migrate import migrate
from .model import JSON, Graph
from .report import without_echoes
from .source import Given, Limits, Source, is_path


@dataclass(frozen=True, slots=True)
class Judged:
    """A file that was judged. Without a graph nothing is known but the problems.

    `contracts` are those that were given beside the file.
    """

    source: Source | None
    graph: Graph | None
    inference: Inference | None
    found: tuple[Diagnostic, ...]
    contracts: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def errors(self) -> list[Diagnostic]:
        """What Keras refuses."""
        return [diagnostic for diagnostic in self.found if diagnostic.severity == "error"]


def opened(source: Given, limits: Limits) -> Read:
    """What `read` gives, with the weights that an archive or an HDF5 file holds of layers whose classes are unknown.

    Raises:
        OSError: a path cannot be read.
    """
    graph, found, made = read(source, limits)
    file = bytes_of(source)
    if graph is None or made is None or made.member is None or file is None:
        return graph, found, made
    unknown = _unknown(graph)
    weights = beside(file, limits).weights if unknown else None
    stored = {name: weights[name] for name in unknown if name in weights} if weights else {}
    return replace(graph, stored=stored), found, replace(made, stored=stored)


def bytes_of(source: Given) -> bytes | Path | None:
    """A file's bytes or path; None where it is text or an object, beside which nothing stands."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    return Path(source) if isinstance(source, Path) or (isinstance(source, str) and is_path(source)) else None


def _unknown(graph: Graph) -> list[str]:
    """The layers whose classes no entry of the catalog is about, those in nested models included."""
    found = []
    waiting = [graph]
    while waiting:
        inside = waiting.pop()
        for name, layer in inside.layers.items():
            if layer.body is not None:
                waiting.append(layer.body)
            elif not isinstance(CATALOG.classify(layer.op, inside.dialect), Known):
                found.append(name)
    return found


def judge(
    given: Read, limits: Limits, previous: Inference | None = None, contracts: Mapping[str, JSON] | None = None
) -> Judged:
    """Judge what was read. What did not change since `previous` is not inferred again.

    `contracts` say of custom classes what the file does not; those of a document count first.
    """
    graph, found, source = given
    contracts = contracts or {}
    if graph is None:
        return Judged(source, None, None, without_echoes(found), contracts)
    graph = agreed(as_judged(graph), contracts)
    if source is not None and source.stored:
        graph = replace(graph, stored=source.stored)
    inference = infer(graph, CATALOG, limits, previous, alike=source.alike if source is not None else None)
    found = (*found, *inference.diagnostics, *check_graph(graph, inference), *advise(graph, inference))
    return Judged(source, graph, inference, without_echoes(found), contracts)


def silence(judged: Judged, codes: Collection[str]) -> Judged:
    """Leave out warnings and hints of these codes, and of those that a document says are ignored. Errors stay."""
    view = judged.graph.extras.get("view") if judged.graph is not None else None
    said = view.get("ignored") if isinstance(view, dict) else None
    silent = {*codes, *(said if isinstance(said, dict) else ())}
    if not silent:
        return judged
    return replace(judged, found=tuple(d for d in judged.found if d.severity == "error" or d.code not in silent))


def judge_again(judged: Judged, value: JSON, limits: Limits) -> Judged:
    """Judge a file once more, in which another value stands."""
    if judged.source is None:
        return judged
    again = judge(read_again(judged.source, value, limits), limits, judged.inference, judged.contracts)
    # The text stays what it was until it is written.
    return replace(again, source=replace(judged.source, value=value))


def agreed(graph: Graph, contracts: Mapping[str, JSON]) -> Graph:
    """A graph with contracts of its custom classes beside those that it has."""
    own = graph.extras.get("contracts", {})
    if not contracts or not isinstance(own, dict):
        return graph
    return replace(graph, extras={**graph.extras, "contracts": {**contracts, **own}})


def as_judged(graph: Graph) -> Graph:
    """A graph of Keras 1 in the terms of Keras 3, as which it is judged; any other as it is."""
    return migrate(graph, CATALOG) if graph.dialect == "keras1" else graph
