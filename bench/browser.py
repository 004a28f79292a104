"""A Chromium whose pages carry a clock: what figures about the editor are taken with."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.chromium import ARGUMENTS, find_chromium

Gesture = Literal["pan", "zoom", "drag"]
GESTURES: tuple[Gesture, ...] = ("pan", "zoom", "drag")

WINDOW = {"width": 1400, "height": 900}
# The viewers that are measured may need minutes for thousands of layers.
PATIENCE = 180_000
GESTURE_SECONDS = 2.0
# A graph is visible where it is drawn; it is checked where shapes, problems and panels are there too.
LAYERWRIGHT = {
    "visible": "document.querySelector('[data-testid=canvas]')?.dataset.nodes > 0",
    "checked": "document.querySelector('[data-testid=canvas]')?.dataset.state === 'ready'",
}

# The clock starts when the page learns of its file. What the page has is on the screen two frames later: the first
# draws it, and the second begins when that one is on its way.
# It stops when all is there: a page that asks for every frame has the browser draw sixty a second, which takes half a
# core that the edit to be measured needs.
_CLOCK = """
const own = window.eval;  // Netron replaces eval, which Playwright needs
Object.defineProperty(window, "eval", { get: () => own, set() {}, configurable: true });
const clock = { start: null, at: {}, awaited: {AWAITED}, longest: 0, frames: [], isSampling: false };
window.clock = clock;
const tick = (now) => {
  if (clock.isSampling) clock.frames.push(now);
  for (const [name, isThere] of clock.start === null ? [] : Object.entries(clock.awaited)) {
    if (name in clock.at || !isThere()) continue;
    clock.at[name] = null;
    requestAnimationFrame(() => requestAnimationFrame(() => { clock.at[name] = performance.now() - clock.start; }));
  }
  if (clock.isSampling || Object.keys(clock.at).length < Object.keys(clock.awaited).length) requestAnimationFrame(tick);
};
clock.run = () => requestAnimationFrame(tick);
clock.run();
addEventListener("input", (event) => { if (event.target.type === "file") clock.start = performance.now(); }, true);
new PerformanceObserver((tasks) => {
  for (const task of tasks.getEntries()) clock.longest = Math.max(clock.longest, task.duration);
}).observe({ type: "longtask" });
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the browser tests."""
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=list(ARGUMENTS), env=dict(found.env))
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser, address: str, awaited: Mapping[str, str] = LAYERWRIGHT, cookie: str | None = None
) -> Iterator[Page]:
    """A page of a new visitor, whose clock waits for these expressions of JavaScript."""
    context = browser.new_context(viewport=WINDOW, bypass_csp=True)  # type: ignore[arg-type]  # a dict is what it takes
    if cookie is not None:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    waits = ", ".join(f"{name}: () => {expression}" for name, expression in awaited.items())
    page.add_init_script("if (window === window.top) {" + _CLOCK.replace("AWAITED", waits) + "}")
    page.goto(address, wait_until="load")
    page.wait_for_selector("input[type=file]", state="attached")
    page.wait_for_timeout(500)  # what a page still does at its start belongs to no file
    yield page
    context.close()


def opened(page: Page, file: Path) -> dict[str, float]:
    """Seconds from the file's coming to all that the page's clock waits for, on the screen."""
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("Object.keys(clock.awaited).every((name) => clock.at[name])", polling=50)
    return {name: at / 1000 for name, at in page.evaluate("clock.at").items()}


def ungroup(page: Page) -> None:
    """Reads models layer by layer from now on: what a viewer without groups draws, and the harder case."""
    page.keyboard.press("g")


def frames(page: Page, gesture: Gesture, at: tuple[float, float]) -> list[float]:
    """Seconds between frames while a hand makes a gesture there, at 60 movements a second."""
    session = page.context.new_cdp_session(page)
    x, y = at

    def mouse(kind: str, **more: object) -> None:
        session.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})

    button: dict[str, object] = {
        "pan": {"button": "middle", "buttons": 4},
        "drag": {"button": "left", "buttons": 1},
    }.get(gesture, {})
    page.mouse.move(x, y)
    if button:
        mouse("mousePressed", clickCount=1, **button)
    page.evaluate("clock.frames = []; clock.isSampling = true; clock.run()")
    start = time.perf_counter()
    step = 0
    while (gone := (time.perf_counter() - start) / GESTURE_SECONDS) < 1:
        if gesture == "zoom":
            mouse("mouseWheel", deltaX=0, deltaY=-8 if gone < 0.5 else 8)
        else:
            x, y = at[0] + 120 * math.sin(gone * 12), at[1] + 80 * math.sin(gone * 18)
            mouse("mouseMoved", **button)
        step += 1
        time.sleep(max(0.0, start + step / 60 - time.perf_counter()))
    stamps = page.evaluate("clock.isSampling = false, clock.frames")
    if button:
        mouse("mouseReleased", clickCount=1, **{**button, "buttons": 0})
    session.detach()
    return [(after - before) / 1000 for before, after in pairwise(stamps)]


def heap(page: Page) -> int:
    """Bytes of the page's own JavaScript that are in use, the garbage gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return int(next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize"))


def p95(values: Sequence[float]) -> float:
    """What 95 of a hundred do not exceed."""
    return statistics.quantiles(values, n=20)[-1]
