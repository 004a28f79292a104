"""How smoothly a graph moves under a hand, and what 20,000 layers cost the page."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from . import growth
from .browser import GESTURES, chromium, frames, heap, opened, p95, ungroup, visit
from .figures import Figure, Section, shown
from .opening import write_models
from .service import served

MANY = 20_000
# Software rendering; beyond 10,000 boxes the last picture is moved.
MOST_SECONDS = 0.020
MOST_SECONDS_OF_MANY = 0.035
LAYOUT = 1.0
PAINT = 0.3
HEAP = 60 * 2**20
# The editor's own measures: what a box is wide, and how much a wheel's pixel zooms.
BOX_WIDTH = 224
WHEEL = 0.0015
# How far in: all of it, boxes without text, boxes that can be read.
_ZOOMS = {"all in view": None, "at 30 %": 0.3, "at 100 %": 1.0}


def measure() -> Section:
    """Gestures over NASNetLarge and two chains."""
    with tempfile.TemporaryDirectory() as folder, served() as address, chromium() as browser:
        files = write_models(Path(folder))
        many = Path(folder) / "many.json"
        many.write_text(growth.chain(MANY))
        figures = [
            *_gestures(browser, address, "NASNetLarge, 1,041 layers", files["NASNetLarge"], MOST_SECONDS),
            *_gestures(browser, address, "5,000 layers in a row", files["chain"], MOST_SECONDS),
            *_gestures(browser, address, f"{MANY:,} layers in a row", many, MOST_SECONDS_OF_MANY),
            *_cost(browser, address, many),
        ]
    how = (
        "Time between frames while a hand drags the canvas, turns the wheel or drags a box, 60 movements a second for "
        "two seconds, through the browser's own input. Every layer is a box: groups are off. Software rendering."
    )
    return Section("Pan, zoom, drag", how, figures)


def _gestures(browser: Browser, address: str, what: str, file: Path, most: float) -> Iterator[Figure]:
    layers = json.loads(file.read_text())["config"]["layers"]
    middle = layers[len(layers) // 2]["config"]["name"]
    for zoom, scale in _ZOOMS.items():
        with visit(browser, address) as page:
            ungroup(page)
            opened(page, file)
            page.wait_for_selector("[data-figure=parameters]")  # what the service refused could not be dragged
            if scale is not None:
                _zoom_to(page, middle, scale)
            taken = {gesture: frames(page, gesture, _middle_of(page, middle)) for gesture in GESTURES}
        worst = max(p95(times) for times in taken.values())
        measured = ", ".join(f"{gesture} {p95(times) * 1000:.0f}" for gesture, times in taken.items())
        yield Figure(f"{what}, {zoom}: p95", f"{measured} ms", f"≤ {shown(most)}", worst <= most)


def _zoom_to(page: Page, layer: str, scale: float) -> None:
    """Turns the wheel over a layer until the canvas has that scale."""
    now = page.evaluate("(layer) => layerwright.locate(layer).width", layer) / BOX_WIDTH
    page.mouse.move(*_middle_of(page, layer))
    page.mouse.wheel(0, -math.log(scale / now) / WHEEL)
    page.wait_for_timeout(500)


def _middle_of(page: Page, layer: str) -> tuple[float, float]:
    x, y = page.evaluate(
        "(layer) => { const box = layerwright.locate(layer); return [box.x + box.width / 2, box.y + box.height / 2]; }",
        layer,
    )
    return x, y


def _cost(browser: Browser, address: str, file: Path) -> Iterator[Figure]:
    with visit(browser, address) as page:
        ungroup(page)
        visible = opened(page, file)["visible"]
        asked, answered = page.evaluate(
            """(() => {
              const [layout] = performance.getEntriesByName("layout");
              return [layout.startTime, layout.startTime + layout.duration].map((at) => (at - clock.start) / 1000);
            })()"""
        )
        used = heap(page)
    layout, paint = answered - asked, visible - answered
    yield Figure(f"{MANY:,} layers: layout in the worker", shown(layout), f"≤ {shown(LAYOUT)}", layout <= LAYOUT)
    yield Figure("from there to the first picture on the screen", shown(paint), f"≤ {shown(PAINT)}", paint <= PAINT)
    measured = f"{used / 2**20:.0f} MB"
    yield Figure("heap of the page", measured, f"≤ {HEAP / 2**20:.0f} MB", used <= HEAP)
