"""A diagram as a `pydot.Dot`: what Keras's `model_to_dot` gives, with ids of our own and every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from .diagram import HEATS, Box, Frame, Heat, Options, draw_diagram
from .infer import infer
from .inference import Inference
from .model import Graph
from .render.plain_text import printable

if TYPE_CHECKING:
    import pydot

RANKDIRS = ("TB", "BT", "LR", "RL")
SPLINES = ("ortho", "curved", "polyline", "spline", "line", "true", "false", "none")
MOST_TEXT = 300
"""Characters of a text in a box: a wider one makes a picture that nothing can show."""
_TABLE = '<table border="0" cellborder="1" bgcolor="black" cellpadding="10">'
_BROKEN = '<table border="4" color="#c62828" cellborder="1" bgcolor="black" cellpadding="10">'


_WARM = ("#f3efe4", "#f4d9a4", "#eeb35c", "#d9802e", "#b04f1c", "#7c2c14")


def model_to_dot(
    graph: Graph,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    layer_range: tuple[str, str] | list[str] | None = None,
    *,
    heat: Heat | None = None,
    inference: Inference | None = None,
) -> pydot.Dot:
    """The graph for Graphviz, with the options of Keras's `model_to_dot` by their names.

    Layers with errors are framed in red and carry the codes. `layer_range` is as tf_keras has it: patterns for the
    first and the last layer. `heat` colours layers by an amount: parameters, multiply_adds or activation_bytes.
    `inference` saves the time to infer again where it is known.

    Raises:
        ValueError: an option has a value that it does not take.
    """
    if rankdir not in RANKDIRS:
        raise ValueError(f"rankdir is {rankdir!r}; it takes {', '.join(RANKDIRS)}")
    if splines not in SPLINES:
        raise ValueError(f"splines is {splines!r}; it takes {', '.join(SPLINES)}")
    if heat is not None and heat not in HEATS:
        raise ValueError(f"heat is {heat!r}; it takes {', '.join(HEATS)}")
    if layer_range is not None and (len(layer_range) != 2 or not all(isinstance(name, str) for name in layer_range)):
        raise ValueError("layer_range takes two names, of the first and of the last layer")
    import pydot

    options = Options(
        show_shapes=show_shapes,
        show_dtype=show_dtype,
        show_layer_names=show_layer_names,
        expand_nested=expand_nested,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
        layer_range=None if layer_range is None else (layer_range[0], layer_range[1]),
        heat=heat,
    )
    diagram = draw_diagram(graph, inference or infer(graph), options)
    dot = pydot.Dot()
    for name, value in {"rankdir": rankdir, "concentrate": True, "dpi": int(dpi), "splines": splines}.items():
        dot.set(name, value)
    dot.set_node_defaults(shape="record")
    _fill(dot, diagram.frame, diagram.boxes, count())
    for start, end in diagram.wires:
        dot.add_edge(pydot.Edge(f"n{start}", f"n{end}", penwidth="2"))
    return dot


def _fill(parent: pydot.Graph, frame: Frame, boxes: tuple[Box, ...], numbers: Iterator[int]) -> None:
    """Boxes and frames into a graph. Recursive, as deep as a diagram opens models."""
    import pydot

    for item in frame.items:
        if isinstance(item, int):
            parent.add_node(pydot.Node(f"n{item}", label=_label(boxes[item]), fontname="Helvetica", border=0, margin=0))
            continue
        cluster = pydot.Cluster(graph_name=f"m{next(numbers)}", style="dashed", labeljust="l", fontname="Helvetica")
        cluster.set("label", f"<{_escaped(item.name) or ' '}>")
        _fill(cluster, item, boxes, numbers)
        parent.add_subgraph(cluster)  # type: ignore[arg-type]  # pydot's types do not know what its documentation shows


def _label(box: Box) -> str:
    rows = [_title(box)]
    columns = len(box.cells) + (box.is_trainable is not None) + (box.warmth is not None)
    span = f' colspan="{columns}"' if columns > 1 else ""
    if box.marks:
        rows.append(_cell(f"<b>{_escaped(' '.join(box.marks))}</b>", "#c62828", span, 'color="white"'))
    if box.activation is not None:
        rows.append(_cell(f"Activation: <b>{_escaped(box.activation)}</b>", "white", span))
    rows[0] = _cell(rows[0], "black", span, 'point-size="16" color="white"')
    cells = [_cell(f"{cell.label}: <b>{_escaped(cell.text)}</b>", "white") for cell in box.cells]
    if box.is_trainable is not None:
        word, colour = ("Trainable", "forestgreen") if box.is_trainable else ("Non-trainable", "firebrick")
        cells.append(_cell(f"<b>{word}</b>", colour, font='color="white"'))
    if box.warmth is not None:
        (label, amount), step = box.warmth
        font = 'color="white"' if step is not None and step > 3 else ""
        cells.append(_cell(f"{label}: <b>{_escaped(amount)}</b>", "white" if step is None else _WARM[step], font=font))
    if cells:
        rows.append("".join(cells))
    table = _BROKEN if box.marks else _TABLE
    return f"<{table}{''.join(f'<tr>{row}</tr>' for row in rows)}</table>>"


def _title(box: Box) -> str:
    cls = _escaped(box.class_name)
    return f"<b>{cls}</b>" if box.name is None else f"<b>{_escaped(box.name)}</b> ({cls})"


def _cell(html: str, colour: str, span: str = "", font: str = "") -> str:
    size = "" if "point-size" in font else ' point-size="14"'
    return f'<td bgcolor="{colour}"{span}><font{size}{" " + font if font else ""}>{html}</font></td>'


def _escaped(text: str) -> str:
    """For the HTML of a label, in which Graphviz also reads entities; empty tags are an error there.

    Braces and bars too: nodes are records, as Keras's are, and Graphviz reads fields in their labels before the HTML.
    """
    return (printable(text, most=MOST_TEXT) or " ").translate(_ENTITIES)


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"} | {c: f"&#{ord(c)};" for c in "{|}"})
