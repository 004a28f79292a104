"""The table that `model.summary()` prints, with the same rows and values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .catalog.rules import plus
from .check import kept_calls
from .cost import Cost, total_cost
from .infer import infer
from .inference import Inference, is_frozen
from .model import Graph, NodeKey
from .name_pattern import in_range
from .render.plain_text import printable, thousands
from .report import Totals, Weighed, activation_bytes, weigh
from .shapes import show

WIDEST = 44
"""Characters of a column, beyond which a cell goes on in the next line: names and inputs can be very many."""
MOST_INPUTS = 50
"""Inputs of a row: a Concatenate may have 100,000."""
MOST_BYTES = 1 << 1000
"""Beyond it, no floating point number says how many petabytes it is."""
_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def summary(
    graph: Graph,
    *,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: tuple[str, str] | None = None,
    cost: bool = False,
    inference: Inference | None = None,
) -> str:
    """The layers with output shapes, parameters and inputs, and the sums. What cannot be known is "unknown".

    The column "Connected to" is there unless the layers follow each other one by one. `expand_nested` adds the layers
    of nested models below each, `show_trainable` which are trained: Y or N, or - for one without weights. `layer_range`
    has patterns for the names of the first and of the last row. `cost` is what each call needs for one sample: bytes
    of its weights and of what it gives, and multiply-adds.

    Raises:
        ValueError: `layer_range` names no layers of this model, or is no pattern.
    """
    known = inference or infer(graph)
    weighed = weigh(known)
    totals = weighed.totals(known)
    left_out = {
        *(() if cost else ("weights", "activations", "multiply_adds")),
        *(() if show_trainable else ("trained",)),
        *(("inbound",) if _is_chain(known) else ()),
    }
    columns = [column for column in _COLUMNS if column.field not in left_out]
    layers = _shown_layers(known)
    rows = _rows(known, weighed, layers if layer_range is None else in_range(layers, layer_range), expand_nested)
    cells = [[getattr(row, column.field) for column in columns] for row in rows]
    lines = [f'Model: "{printable(graph.name)}"', *_table(columns, cells), *_sums(totals)]
    if cost:
        lines += _costs(total_cost(known, totals))
    return "\n".join(lines) + "\n"


def memory(size: int) -> str:
    """Bytes as Keras writes them.

    >>> memory(60), memory(102546848)
    ('60.00 B', '97.80 MB')
    """
    unit = min(len(_UNITS) - 1, max(0, size.bit_length() - 1) // 10)
    return f"{size / 1024**unit:.2f} {_UNITS[unit]}"


def _shown_layers(inference: Inference) -> list[str]:
    """Layers that Keras would have; of a model that it refuses, all. The input of a Sequential is none of them."""
    graph = inference.graph
    inputs = {ref.layer for ref in graph.input_refs} if graph.kind == "sequential" else set()
    kept = {key.layer for key in kept_calls(inference)}
    is_refused = any(problem.severity == "error" for problem in inference.diagnostics)
    return [name for name in graph.layers if name not in inputs and (is_refused or name in kept)]


def _is_chain(inference: Inference) -> bool:
    """Whether the calls follow each other one by one, each layer once."""
    graph = inference.graph
    if graph.kind == "sequential":
        return True
    kept = kept_calls(inference)
    sources = [ref.call for key in kept for _, ref in inference.inbound[key]]
    is_single = all(len(inference.inbound[key]) <= 1 for key in kept) and len(set(sources)) == len(sources)
    return is_single and len(sources) == len(kept) - 1 and len({key.layer for key in kept}) == len(kept)


class _Row(NamedTuple):
    name: str
    shape: str
    parameters: str
    weights: str
    activations: str
    multiply_adds: str
    inbound: str
    trained: str


class _Column(NamedTuple):
    title: str
    field: str
    is_number: bool = False


_COLUMNS = (
    _Column("Layer (type)", "name"),
    _Column("Output Shape", "shape"),
    _Column("Param #", "parameters", is_number=True),
    _Column("Weights", "weights", is_number=True),
    _Column("Activations", "activations", is_number=True),
    _Column("Multiply-adds", "multiply_adds", is_number=True),
    _Column("Connected to", "inbound"),
    _Column("Trainable", "trained"),
)


def _rows(inference: Inference, weighed: Weighed, shown: Sequence[str], expand_nested: bool) -> Iterator[_Row]:
    """A row a layer; those of nested models below them. Not recursive: models nest deeply."""
    stack: list[tuple[Inference, Iterator[str]]] = [(inference, iter(shown))]
    while stack:
        known, names = stack[-1]
        name = next(names, None)
        if name is None:
            stack.pop()
            continue
        yield _row(known, weighed, name, len(stack) - 1)
        if expand_nested and (body := known.bodies.get(name)) is not None:
            stack.append((body, iter(_shown_layers(body))))


def _row(inference: Inference, weighed: Weighed, name: str, depth: int) -> _Row:
    indent = f"{'   ' * depth}└ " if depth else ""
    layer = inference.graph.layers[name]
    weighing = weighed.layer(inference, name)
    total = None if None in weighing[:2] else (weighing.trainable or 0) + (weighing.non_trainable or 0)
    calls = _calls(inference, name)
    inputs = [f"{ref.layer}[{ref.node}][{ref.tensor}]" for key in calls for _, ref in inference.inbound[key]]
    more = f", and {len(inputs) - MOST_INPUTS:,} more" if len(inputs) > MOST_INPUTS else ""
    return _Row(
        printable(f"{indent}{name} ({layer.op.cls})"),
        _shape(inference, calls),
        _number(total),
        _bytes(plus(*weighing[2:])),
        _bytes(plus(*(activation_bytes(inference.specs.get(key, ())) for key in calls))),
        _number(plus(*(inference.costs.get(key) for key in calls))),
        printable(", ".join(inputs[:MOST_INPUTS]) + more) or "-",
        "-" if not inference.weights.get(name) else "N" if is_frozen(inference.graph, layer) else "Y",
    )


def _calls(inference: Inference, name: str) -> list[NodeKey]:
    calls: list[NodeKey] = []
    while (key := NodeKey(name, len(calls))) in inference.inbound:
        calls.append(key)
    return calls


def _shape(inference: Inference, calls: Sequence[NodeKey]) -> str:
    """What the last call gives, as Keras has it."""
    specs = inference.specs.get(calls[-1], ()) if calls else ()
    shapes = [show(spec.shape) for spec in specs[:MOST_INPUTS]]
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]" if shapes else "unknown"


def _number(count: int | None) -> str:
    return "unknown" if count is None else thousands(count)


def _bytes(size: int | None) -> str:
    return "unknown" if size is None or size > MOST_BYTES else memory(size)


def _table(columns: Sequence[_Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    cells = [[_wrapped(cell) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    widths = [max([len(title), *(len(line) for row in cells for line in row[i])]) for i, title in enumerate(titles)]
    yield f"┏{'┳'.join('━' * (width + 2) for width in widths)}┓"
    yield _line([_aligned(*each) for each in zip(titles, columns, widths, strict=True)], "┃")
    yield f"┡{'╇'.join('━' * (width + 2) for width in widths)}┩"
    between = f"├{'┼'.join('─' * (width + 2) for width in widths)}┤"
    for n, row in enumerate(cells):
        if n:
            yield between
        for part in range(max(len(cell) for cell in row)):
            texts = [cell[part] if part < len(cell) else "" for cell in row]
            yield _line([_aligned(*each) for each in zip(texts, columns, widths, strict=True)], "│")
    yield f"└{'┴'.join('─' * (width + 2) for width in widths)}┘"


def _line(cells: Sequence[str], bar: str) -> str:
    return f"{bar} {f' {bar} '.join(cells)} {bar}"


def _aligned(text: str, column: _Column, width: int) -> str:
    return text.rjust(width) if column.is_number else text.ljust(width)


def _wrapped(text: str) -> list[str]:
    """Lines of a cell, broken at spaces, or anywhere in what has none."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + 1 + len(word) <= WIDEST and lines[-1]:
            lines[-1] += f" {word}"
            continue
        pieces = [word[i : i + WIDEST] for i in range(0, len(word), WIDEST)] or [""]
        lines[-1:] = pieces if not lines[-1] else [lines[-1], *pieces]
    return lines


def _sums(totals: Totals) -> Iterator[str]:
    sizes = (totals.trainable_bytes, totals.non_trainable_bytes)
    size = None if None in sizes else (sizes[0] or 0) + (sizes[1] or 0)
    for label, count, bytes_ in (
        ("Total", totals.total, size),
        ("Trainable", totals.trainable, sizes[0]),
        ("Non-trainable", totals.non_trainable, sizes[1]),
    ):
        said = "unknown" if count is None else thousands(count)
        if count is None and label == "Total":
            said = f"≥ {thousands(totals.known)}"
        yield f" {label} params: {said}" + ("" if bytes_ is None or bytes_ > MOST_BYTES else f" ({memory(bytes_)})")


def _costs(cost: Cost) -> Iterator[str]:
    total, peak = _bytes(cost.activation_bytes), _bytes(cost.peak_activation_bytes)
    yield f" Activations of a sample: {total} in all, {peak} at a time"
    yield f" Multiply-adds of a sample: {_number(cost.multiply_adds)}"
