"""Fingers and a pen on the canvas, as a touch screen sends them: view, select, move, wire, ask for the menu."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.conftest import area, eventually, located, watched
from tests.e2e.test_journey import opened

pytestmark = pytest.mark.browser

Point = tuple[float, float]


class Hand:
    """The fingers of one hand; each is named by its number."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    def _send(self, kind: str, *fingers: Point, number: int | None = None, time: float | None = None) -> None:
        points = [{"x": x, "y": y, "id": i if number is None else number} for i, (x, y) in enumerate(fingers)]
        when = {} if time is None else {"timestamp": time}
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, **when})

    def down(self, *fingers: Point) -> None:
        self._send("touchStart", *fingers)

    def go(self, *fingers: Point) -> None:
        self._send("touchMove", *fingers)

    def up(self) -> None:
        self._send("touchEnd")

    def lift(self, number: int, at: Point) -> None:
        self._send("touchEnd", at, number=number)

    def tap(self, at: Point, times: int = 1) -> None:
        """At times of its own: a slow page must not make a long press of one, or two taps of a double one."""
        began = time.time()
        for i in range(times):
            self._send("touchStart", at, time=began + 0.15 * i)
            self._send("touchEnd", time=began + 0.15 * i + 0.05)

    def drag(self, start: Point, by: Point) -> None:
        """In steps, as a browser would take the later ones for its own."""
        self.down(start)
        for step in range(1, 9):
            self.go((start[0] + by[0] * step / 8, start[1] + by[1] * step / 8))


@contextmanager
def touched(browser: Browser, address: str) -> Iterator[tuple[Page, Hand]]:
    with watched(browser, address, has_touch=True, viewport={"width": 1400, "height": 900}) as page:
        opened(page, "unet")
        yield page, Hand(page.context.new_cdp_session(page))


def place(page: Page, layer: str) -> tuple[float, float, float, float]:
    found = located(page, layer)
    return found["x"], found["y"], found["width"], found["height"]


def middle(page: Page, layer: str) -> Point:
    x, y, width, height = place(page, layer)
    return x + width / 2, y + height / 2


def lies(page: Page, layer: str, at: Point) -> None:
    """Wait until the middle of a layer is there."""
    holds = """([name, x, y]) => {
      const found = window.layerwright.locate(name);
      return Math.hypot(found.x + found.width / 2 - x, found.y + found.height / 2 - y) < 2;
    }"""
    eventually(page, holds, [layer, *at])


def test_fingers_move_the_view_and_leave_the_model_alone(browser: Browser, address: str) -> None:
    with touched(browser, address) as (page, hand):
        canvas = area(page.get_by_test_id("canvas"))
        x, y = canvas["x"] + 60, canvas["y"] + 200
        at, width = middle(page, "Conv1"), place(page, "Conv1")[2]
        # One finger, on nothing and on a box that is not selected.
        hand.drag((x, y), (80, 0))
        hand.up()
        lies(page, "Conv1", (at[0] + 80, at[1]))
        hand.drag(middle(page, "Conv1"), (-80, 0))
        hand.up()
        lies(page, "Conv1", at)
        # Two fingers: what is between them stays there, however they go.
        left, top = at
        hand.down((left - 40, top), (left + 40, top))
        hand.go((left - 40, top + 50), (left + 120, top + 50))
        lies(page, "Conv1", (left + 40, top + 50))
        assert abs(place(page, "Conv1")[2] - 2 * width) < 2
        # One of them is lifted, and the other goes on.
        hand.lift(1, (left + 120, top + 50))
        hand.go((left - 70, top + 50))
        lies(page, "Conv1", (left + 10, top + 50))
        hand.up()
        expect(page.get_by_role("button", name="Undo")).to_be_disabled()
        expect(page.get_by_role("treeitem", selected=True)).to_have_count(0)


def test_fingers_and_a_pen_build_as_a_mouse_does(browser: Browser, address: str) -> None:
    with touched(browser, address) as (page, hand):
        selected = page.get_by_role("treeitem", selected=True)
        page.locator("[role=treeitem][data-layer=Conv2]").dblclick()
        page.keyboard.press("Escape")
        box = page.locator(".near [data-layer=Conv2]")
        expect(box).to_be_visible()
        hand.tap(middle(page, "Conv2"))
        expect(selected).to_have_attribute("data-layer", "Conv2")
        # What is selected follows the finger, until a second one comes.
        x, y = middle(page, "Conv2")
        hand.drag((x, y), (90, 30))
        hand.down((x + 90, y + 30), (x + 190, y + 30))
        hand.up()
        expect(page.get_by_role("button", name="Undo")).to_be_disabled()
        lies(page, "Conv2", (x, y))
        hand.drag((x, y), (90, 30))
        hand.up()
        lies(page, "Conv2", (x + 90, y + 30))
        expect(page.get_by_role("button", name="Undo")).to_be_enabled()
        # A wire from the port into nothing asks what follows.
        left, top, width, height = place(page, "Conv2")
        hand.drag((left + width / 2, top + height + 6), (200, 60))
        hand.up()
        expect(page.locator(".menu.quick")).to_be_visible()
        page.keyboard.press("Escape")
        # A finger that rests gets the menu of what is there, and keeps it when it is lifted.
        hand.down(middle(page, "Conv1"))
        menu = page.get_by_role("menu", name="Layer")
        expect(menu).to_be_visible()
        hand.up()
        expect(selected).to_have_attribute("data-layer", "Conv1")
        expect(menu).to_be_visible()
        page.keyboard.press("Escape")
        canvas = area(page.get_by_test_id("canvas"))
        # Two taps on nothing add a layer; a tap lets go of what is selected.
        void = (canvas["x"] + 60, canvas["y"] + 300)
        hand.tap((void[0], void[1] - 200))
        expect(selected).to_have_count(0)
        hand.tap(void, times=2)
        expect(page.locator(".menu.quick")).to_be_visible()
        page.keyboard.press("Escape")
        # A pen draws a frame of selection as a mouse does.
        session = page.context.new_cdp_session(page)
        left, top, width, height = place(page, "Conv1")
        ends = ((left - 20, top + 4), (left + width + 20, top + height - 4))
        for kind, (px, py) in zip(
            ("mousePressed", "mouseMoved", "mouseReleased"), (ends[0], ends[1], ends[1]), strict=True
        ):
            held = {
                "button": "left",
                "buttons": 0 if kind == "mouseReleased" else 1,
                "pointerType": "pen",
                "clickCount": 1,
            }
            session.send("Input.dispatchMouseEvent", {"type": kind, "x": px, "y": py, **held})
        expect(selected).to_have_attribute("data-layer", "Conv1")
