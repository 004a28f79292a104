"""The document that the editor works on: a Keras 3 object with our numbers, and what the user adds to it.

`{"layerwright": 1, "model": …, "view": {"positions", "groups", "notes"}, "plan": {}, "contracts": {}}`; unknown keys
survive. It is read like any other config: only the numbers of calls differ.
"""

from __future__ import annotations

from ..model import JSON, Graph
from .write import model_object

VERSION = 1


def to_document(graph: Graph) -> dict[str, JSON]:
    """A graph as a document. It always can be written; a graph of Keras 1 or 2 goes through `migrate` first."""
    extras = graph.extras
    document: dict[str, JSON] = {"layerwright": VERSION, **extras.get("document", {})}
    source = graph.source_dialect if graph.dialect == "document" else graph.source_dialect or graph.dialect
    if source is not None:
        document["source_dialect"] = source
    document["model"] = model_object(graph, "ours")
    document["view"] = extras.get("view", {"positions": {}, "groups": {}, "notes": {}})
    document["plan"] = extras.get("plan", {})
    if "contracts" in extras:
        document["contracts"] = extras["contracts"]
    return document
