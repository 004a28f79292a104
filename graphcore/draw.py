"""DOT → SVG, PNG or PDF by programs of their own, whose time and memory are bounded.

What draws is the system's `dot`, else `graphviz-pure` of the wheel of that name, which needs nothing installed. A PDF
is made of the SVG by `graphcore.svg_to_pdf`, the same way with either.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Literal, NamedTuple

Format = Literal["svg", "png", "pdf"]

SECONDS = 20.0
"""A drawing of 1,041 layers takes 1 second on an idle machine; twenty leave room for a busy one."""
MEMORY = 2 << 30
MOST_PIXELS = 40_000_000
"""Of a PNG. ResNet50 at 200 dpi is 3,456 × 57,664: 800 MB while it is painted, and no viewer shows it."""
MOST_SIDE = 32_000
"""Pixels of a side of a PNG, beyond which viewers and libraries refuse it."""
_SIMPLER = ((), ("-Gsplines=polyline", "-Gconcentrate=false"), ("-Gsplines=line", "-Gconcentrate=false"))
"""As asked for, then what edges become where that takes too long: with splines=curved it may never end."""
# Isolated: no variable and no folder of the user's says what is imported.
_PDF = [sys.executable, "-I", str(Path(__file__).with_name("svg_to_pdf.py"))]
# The elements of a picture. Links, scripts, styles and images from elsewhere are none of them.
_INERT = frozenset(
    {"svg", "g", "title", "polygon", "polyline", "path", "text", "ellipse", "defs", "linearGradient", "stop"}
)
_TAG = re.compile(rb"<\s*([A-Za-z_][\w:.-]*)")
_SIZE = re.compile(rb'<svg width="(\d+)pt" height="(\d+)pt"')
_ACTIVE = re.compile(rb"<[^>]*\s(?:on\w+|style|(?:xlink:)?href)\s*=")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>\s*")


class CannotDraw(Exception):
    """There is no picture: the format needs a program that is not here, or drawing took too long."""


class Drawing(NamedTuple):
    """A picture, and what in it is simpler than asked for (GC602)."""

    body: bytes
    notes: tuple[str, ...]


def draw(dot: str, format: Format, *, seconds: float = SECONDS) -> bytes:
    """A picture of a DOT text that is there after `seconds`.

    Raises:
        CannotDraw: there is none; the text says why.
    """
    return draw_within(dot, format, seconds=seconds).body


def draw_within(dot: str, format: Format, *, seconds: float = SECONDS) -> Drawing:
    """A picture that is there after `seconds`, its edges simpler where those asked for take too long.

    Raises:
        CannotDraw: there is none; the text says why.
    """
    program, text = _program(), dot.encode("utf-8", "replace")
    deadline = time.monotonic() + seconds
    try:
        # A page has the size that the diagram has on paper, whatever the dots of an inch.
        command = [program, "-Gdpi=72"] if format == "pdf" else [program]
        svg, options = _routed(command, text, deadline)
        notes = tuple(f"The edges are drawn as {option.partition('=')[2]}" for option in options[:1])
        if format == "svg":
            return Drawing(svg, notes)
        if format == "pdf":
            return Drawing(_run(_PDF, svg, deadline - time.monotonic()), notes)
        if (dpi := _fitting_dpi(svg, dot)) is not None:
            options = (*options, f"-Gdpi={dpi}")
            notes = (*notes, f"The resolution is {dpi} dpi")
        return Drawing(_run([program, "-Tpng", *options], text, deadline - time.monotonic()), notes)
    except subprocess.TimeoutExpired:
        raise CannotDraw(
            f"Drawing takes longer than {seconds:.0f} seconds; draw a part of it with layer_range"
        ) from None


def _routed(command: list[str], text: bytes, deadline: float) -> tuple[bytes, tuple[str, ...]]:
    """The SVG with the edges that are asked for, else with simpler ones, and the options that made it.

    Raises:
        subprocess.TimeoutExpired: all of them took too long.
    """
    for options in _SIMPLER:
        left = deadline - time.monotonic()
        is_last = options == _SIMPLER[-1]
        try:
            return _inert(_run([*command, "-Tsvg", *options], text, left if is_last else left / 3)), options
        except (subprocess.TimeoutExpired, CannotDraw):
            if is_last:
                raise
    raise AssertionError("the last options return or raise")


def _program() -> str:
    """The program that draws."""
    if system := shutil.which("dot"):
        return system
    name = "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        if (found := Path(folder, name)).is_file():
            return str(found)
    if elsewhere := shutil.which(name):
        return elsewhere
    raise CannotDraw("Drawing needs Graphviz: install graphviz-pure, or the program dot")


def _run(command: list[str], given: bytes, seconds: float) -> bytes:
    # In an empty folder and without the user's environment: whatever stands in the text, there is no file to open.
    with tempfile.TemporaryDirectory(prefix="layerwright-") as folder:
        environment = {"PATH": "", "HOME": folder, "SERVER_NAME": "layerwright", "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )
        with process:
            _bound_memory(process.pid)
            try:
                body, errors = process.communicate(given, timeout=max(seconds, 0.01))
            except BaseException:
                process.kill()
                raise
    if process.returncode or not body:
        said = errors.decode("utf-8", "replace").strip().split("\n")[0][:200]
        what = "Typst" if command == _PDF else "Graphviz"
        raise CannotDraw(f"{what} stopped: {said or f'exit code {process.returncode}'}")
    return body


def _bound_memory(pid: int) -> None:
    """Where the system can bound a process from outside; a preexec_fn is not safe beside threads."""
    if sys.platform == "linux":
        import resource

        # An ordinary user may only lower what a process inherits.
        _, inherited = resource.prlimit(pid, resource.RLIMIT_AS)
        most = MEMORY if inherited == resource.RLIM_INFINITY else min(MEMORY, inherited)
        resource.prlimit(pid, resource.RLIMIT_AS, (most, most))


def _fitting_dpi(svg: bytes, dot: str) -> int | None:
    """The resolution at which a PNG is no larger than it may be, None where the one that is asked for fits."""
    found = _SIZE.search(svg)
    asked = re.search(r"^dpi=(\d+);", dot, re.MULTILINE)
    dpi = int(asked[1]) if asked else 96
    if found is None:
        return None
    width, height = (max(1, int(side)) for side in found.groups())
    scale = min(MOST_SIDE / max(width, height), (MOST_PIXELS / (width * height)) ** 0.5)
    return max(1, int(dpi * scale)) if scale < 1 else None


def _inert(svg: bytes) -> bytes:
    """The picture without the reference to its DTD.

    Raises:
        CannotDraw: there is something in it that is more than a picture.
    """
    if (strange := {tag.decode() for tag in _TAG.findall(svg)} - _INERT) or _ACTIVE.search(svg):
        raise CannotDraw(f"The drawing holds {', '.join(sorted(strange)) or 'a link'}, which no picture needs")
    return _DOCTYPE.sub(b"", svg, count=1)
