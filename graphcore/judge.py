"""A file → its graph, all that is known about it, and all that is wrong with it, as the Keras of its dialect judges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from .advice import advise
from .catalog import CATALOG
from .check import check_graph
from .diagnostics import Diagnostic
from .formats import Read, read_again
from .infer import infer
from .inference import Inference
from .migrate import migrate
from .model import JSON, Graph
from .report import without_echoes
from .source import Limits, Source


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
