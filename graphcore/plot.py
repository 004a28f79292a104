"""A model's diagram as a file, as Keras's `plot_model` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from .dot import model_to_dot
from .draw import Format, draw_within
from .model import Graph

Picture = Literal["svg", "png", "pdf", "dot"]
FORMATS: tuple[str, ...] = get_args(Picture)


def plot_model(
    graph: Graph, to_file: str | Path = "model.png", *, show_layer_names: bool = False, **options: Any
) -> tuple[str, ...]:
    """Write the diagram as SVG, PNG, PDF or DOT, by the file's extension; PNG where it has none.

    `options` are those of `model_to_dot`. What in the drawing is simpler than asked for comes back in sentences.

    Raises:
        ValueError: an option or the extension is none.
        CannotDraw: there is no picture.
        OSError: the file cannot be written.
    """
    path = Path(to_file)
    format = path.suffix[1:].lower() or "png"
    if format not in FORMATS:
        raise ValueError(f"A diagram is written as {', '.join(FORMATS)}, not as {format}")
    text = model_to_dot(graph, show_layer_names=show_layer_names, **options).to_string()
    if format == "dot":
        path.write_text(text, encoding="utf-8")
        return ()
    drawing = draw_within(text, _picture(format))
    path.write_bytes(drawing.body)
    return drawing.notes


def _picture(format: str) -> Format:
    return next(known for known in get_args(Format) if known == format)
