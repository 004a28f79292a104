"""What a code or a traceback means and why a tensor has its shape, as text for a terminal and as plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ..codes import CODES, Code
from ..explain import Axis, Explanation, Smallest, Step
from ..keras_says import keras_says
from ..report import Report
from ..shapes import show
from ..traceback_reader import Reading
from .json import render_diagnostic, render_located
from .plain_text import printable
from .text import render_problem

WIDTH = 100
MOST_SHOWN = 40
"""Calls of a chain that a terminal shows, the last ones."""
NOTHING_SAID = "nothing: it takes this without a word, or the problem is not Keras's"


def code_as_text(code: Code) -> str:
    """All about a code: what, why, the ways out, Keras's words and an example."""
    said = [f"{saying.keras}: {saying.text}" for saying in keras_says(code.id)] or [NOTHING_SAID]
    parts = [
        f"{code.severity}[{code.id}] {code.slug}\n{code.title}",
        _paragraph("Why", code.why),
        _paragraph("How to mend it", code.remedy),
        "What Keras says:\n" + "\n".join(_indented(text) for text in said),
        "Example:\n" + textwrap.indent(code.example.text.rstrip(), "  "),
    ]
    return "\n\n".join(parts) + "\n"


def codes_as_text(codes: tuple[Code, ...]) -> str:
    """Several codes, a line each."""
    return "".join(f"{code.id}  {code.slug:24}  {code.title}\n" for code in codes)


def reading_as_text(reading: Reading, report: Report | None, file: str) -> str:
    """What a traceback means, problem by problem, and the sentence of Keras that said so."""
    where = report or Report(None, None)
    blocks = [render_problem(finding, where, file) for finding in reading.findings]
    said = [f"Keras says: {printable(line)}" if i == 0 else f"  {printable(line)}" for i, line in _lines(reading.said)]
    if reading.program is not None:
        said.append(f"in the program: {printable(reading.program.file)}:{reading.program.line}")
    if reading.also:
        said.append(f"Keras says the same of {', '.join(reading.also)}; with the model's file it is told which it is")
    if not blocks:
        blocks = ["Layerwright does not know what this message means"]
    return "\n\n".join([*blocks, "\n".join(said)]).rstrip() + "\n"


def explanation_as_text(said: Explanation, report: Report, file: str) -> str:
    """Why a tensor has its shape: each size with the calls that made it."""
    ref, spec = said.ref, said.spec
    where = "/".join((*said.path, ref.layer))
    parts = [
        f"{printable(where)}[{ref.node}][{ref.tensor}]  {said.cls}  {show(spec.shape)}  {spec.dtype or ''}".rstrip()
    ]
    parts += _axes_as_text(said.axes)
    if said.problem is not None:
        parts.append(render_problem(said.problem, report, file))
    for incoming in said.inputs if said.problem is not None else ():
        parts.append(f"what comes in: {printable(incoming.ref.layer)}  {show(incoming.spec.shape)}")
        parts += _axes_as_text(incoming.axes)
    if said.problem is None and said.inputs:
        ends = ", ".join(f"{printable(i.ref.layer)} {show(i.spec.shape)}" for i in said.inputs)
        parts.append(f"what comes in: {ends}")
    if said.smallest is not None:
        parts.append(_smallest_as_text(said.smallest))
    return "\n\n".join(parts) + "\n"


def _smallest_as_text(smallest: Smallest) -> str:
    size = " × ".join([str(smallest.size)] * len(smallest.axes))
    return f'the smallest input that works: "{printable(smallest.input)}" with {size} (now {smallest.now})'


def _axes_as_text(axes: Sequence[Axis]) -> Iterator[str]:
    """Each size, those that came about alike together."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for i, axis in enumerate(axes):
        key = (axis.size, tuple((step.ref, step.size, step.is_same) for step in axis.steps), axis.is_whole)
        alike.setdefault(key, []).append(i)
    for numbers in alike.values():
        axis = axes[numbers[0]]
        title = f"{'axis' if len(numbers) == 1 else 'axes'} {', '.join(map(str, numbers))}: {axis.size}"
        if len(axis.sizes) > 1:
            title += "   " + " → ".join(str(size) for size in _shortened(axis.sizes))
        made = [step for i, step in enumerate(axis.steps) if i == 0 or not step.is_same]
        width = max((len(_name(step)) for step in made[-MOST_SHOWN:]), default=0)
        lines = [f"  {_name(step):{width}}  {step.text}" for step in made[-MOST_SHOWN:]]
        if len(made) > MOST_SHOWN or not axis.is_whole:
            lines.insert(0, "  …")
        kept = sum(step.is_same for step in axis.steps[1:])
        if kept:
            lines.append(f"  kept by {kept} other call{'' if kept == 1 else 's'} on the way")
        yield "\n".join([title, *lines])


def _shortened(sizes: tuple[Any, ...]) -> list[Any]:
    return [*sizes[:6], "…", *sizes[-5:]] if len(sizes) > 12 else list(sizes)


def _name(step: Step) -> str:
    return printable("/".join((*step.path, step.ref.layer)), most=60)


def explanation_as_data(said: Explanation, report: Report) -> dict[str, Any]:
    """Why a tensor has its shape as JSON has it."""
    return {
        "tensor": list(said.ref),
        "path": list(said.path),
        "class_name": said.cls,
        "shape": said.spec.shape,
        "dtype": said.spec.dtype,
        "axes": [_axis_as_data(axis) for axis in said.axes],
        "inputs": [
            {
                "tensor": list(incoming.ref),
                "shape": incoming.spec.shape,
                "axes": [_axis_as_data(axis) for axis in incoming.axes],
            }
            for incoming in said.inputs
        ],
        "problem": None if said.problem is None else render_located(said.problem, report),
        "smallest_input": None
        if said.smallest is None
        else {
            "layer": said.smallest.input,
            "axes": list(said.smallest.axes),
            "size": said.smallest.size,
            "now": said.smallest.now,
        },
    }


def _axis_as_data(axis: Axis) -> dict[str, Any]:
    steps = [
        {
            "tensor": list(step.ref),
            "path": list(step.path),
            "class_name": step.cls,
            "axis": step.axis,
            "size": step.size,
            "text": step.text,
            "is_same": step.is_same,
        }
        for step in axis.steps
    ]
    return {"size": axis.size, "sizes": list(axis.sizes), "is_whole": axis.is_whole, "steps": steps}


def _lines(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.split("\n"))) if text else []


def code_as_data(code: Code) -> dict[str, Any]:
    """All about a code as JSON has it."""
    return {
        "code": code.id,
        "slug": code.slug,
        "severity": code.severity,
        "title": code.title,
        "why": code.why,
        "remedy": code.remedy,
        "example": {"kind": code.example.kind, "text": code.example.text},
        "keras_says": [{"keras": saying.keras, "text": saying.text} for saying in keras_says(code.id)],
    }


def reading_as_data(reading: Reading, report: Report | None) -> dict[str, Any]:
    """What a traceback means as JSON has it."""
    located = [
        render_diagnostic(finding) if report is None else render_located(finding, report)
        for finding in reading.findings
    ]
    return {
        "said": reading.said,
        "keras": reading.keras,
        "program": None if reading.program is None else {"file": reading.program.file, "line": reading.program.line},
        "diagnostics": located,
        "also": [{"code": id, "slug": CODES[id].slug, "title": CODES[id].title} for id in reading.also],
    }


def _paragraph(title: str, text: str) -> str:
    return f"{title}:\n" + textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _indented(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent="  " if i == 0 else "    ", subsequent_indent="    ")
        for i, line in enumerate(text.split("\n"))
    )
