"""How the outputs of a call are named: the variable that it is given to, an item of that, a place in a tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..catalog import Catalog
from ..formats.entries import op_of
from ..inference import Inference
from ..model import JSON, Layer, NodeKey, TensorRef, Value
from ..python_text import quoted
from .script import Unwritable


def ways_of_outputs(layer: Layer, variable: str, outputs: int, catalog: Catalog) -> Callable[[int], str]:
    """How each output of a call is named: the variable, an item of it, or a place in a nested model's tree."""
    nests = _nests_of_states(layer.config, catalog)
    if nests:
        ways = [way for n, count in enumerate(nests) for way in _ways_of_item(n, count)]
        return lambda i: variable + (ways[i] if i < len(ways) else f"[{i}]")
    entry = catalog.find(layer.op, "keras3")
    if entry is not None and entry.function is not None and entry.function.gives_many:
        return lambda i: f"{variable}[{i}]"
    if layer.body is None or layer.body.kind == "sequential":  # whose last layer may give several
        return (lambda i: f"{variable}[{i}]") if outputs > 1 else (lambda i: variable)
    ways = [way for way, _ in _steps(layer.body.outputs)]
    return lambda i: variable + (ways[i] if i < len(ways) else "")


def _ways_of_item(n: int, count: int) -> list[str]:
    return [f"[{n}]"] if count == 1 else [f"[{n}][{i}]" for i in range(count)]


def _nests_of_states(config: Mapping[str, JSON], catalog: Catalog) -> list[int]:
    """How many tensors each item holds of what a layer gives with the states of stacked cells; else nothing.

    Source: Keras 3, `RNN.compute_output_shape`: a cell of several states gives them as a list;
    `Bidirectional.compute_output_shape`: the states back nest as those there, whatever the backward layer keeps.
    """
    inner = _inner_config(config.get("layer"))
    if inner is not None:
        there = _nests_of_states(inner, catalog)
        merged = there[:1] if config.get("merge_mode", "concat") is not None else 2 * there[:1]
        return [*merged, *there[1:], *there[1:]]
    cells = (_inner_config(config.get("cell")) or {}).get("cells", config.get("cell"))
    if not isinstance(cells, list) or not config.get("return_state"):
        return []
    return [1, *(_states_of_cell(cell, catalog) for cell in cells)]


def _states_of_cell(cell: JSON, catalog: Catalog) -> int:
    entry = catalog.find(op_of(cell), "keras3") if isinstance(cell, Mapping) else None
    if entry is None or entry.states is None:
        raise Unwritable("returns the states of stacked cells, one of which keeps an unknown number of them")
    return entry.states


def _inner_config(said: JSON) -> Mapping[str, JSON] | None:
    config = said.get("config") if isinstance(said, Mapping) else None
    return config if isinstance(config, Mapping) else None


def _steps(tree: Value) -> list[tuple[str, TensorRef]]:
    """Every tensor of a tree with the subscripts that lead to it."""
    found: list[tuple[str, TensorRef]] = []
    stack: list[tuple[str, Value]] = [("", tree)]
    while stack:
        way, value = stack.pop()
        if type(value) is TensorRef:
            found.append((way, value))
        elif isinstance(value, Mapping):
            stack.extend((f"{way}[{quoted(str(key))}]", value[key]) for key in sorted(value, reverse=True))
        elif isinstance(value, (tuple, list)):
            stack.extend((f"{way}[{i}]", value[i]) for i in range(len(value) - 1, -1, -1))
    return found


def output_counts(inference: Inference) -> dict[NodeKey, int]:
    """How many outputs each call has; where no rule knows it, as many as the file names."""
    graph = inference.graph
    counts = {key: len(specs) for key, specs in inference.specs.items()}
    named = [*graph.declared, *graph.output_refs, *(ref for refs in inference.inbound.values() for _, ref in refs)]
    for ref in named:
        counts[ref.call] = max(counts.get(ref.call, 1), ref.tensor + 1)
    return counts
