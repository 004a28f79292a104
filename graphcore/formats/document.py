"""The document that the editor works on: a Keras 3 object with our numbers, and what the user adds to it.

`{"layerwright": 1, "model": …, "view": {"positions", "groups", "notes"}, "plan": {}, "contracts": {}}`; unknown keys
survive. It is read like any other config: only the numbers of calls differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import JSON, Graph
from ..shapes import TensorSpec
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
    if graph.stored:
        document["stored"] = {
            layer: {way: {"shape": list(one.shape or ()), "dtype": one.dtype} for way, one in held.items()}
            for layer, held in graph.stored.items()
        }
    return document


def stored_in(document: Mapping[str, JSON]) -> dict[str, dict[str, TensorSpec]]:
    """What a document says of the weights that its file held, as far as it can be read."""
    said = document.get("stored")
    found: dict[str, dict[str, TensorSpec]] = {}
    for layer, held in said.items() if isinstance(said, dict) else ():
        for way, one in held.items() if isinstance(held, dict) else ():
            shape = one.get("shape") if isinstance(one, dict) else None
            if isinstance(shape, list) and all(type(dim) is int and dim >= 0 for dim in shape):
                dtype = one.get("dtype")
                spec = TensorSpec(tuple(shape), dtype if isinstance(dtype, str) else None)
                found.setdefault(layer, {})[way] = spec
    return found
