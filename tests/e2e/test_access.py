"""Every page and state without violations that axe finds, in light and dark; large text and little motion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.app.configs import with_code
from tests.e2e.conftest import visiting
from tests.e2e.test_journey import ROOT, opened, select
from tests.e2e.test_keeping import change, kept, saved

pytestmark = pytest.mark.browser

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# What WCAG 2.2 asks at level AA, and what axe holds to be good practice.
_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}"""


@contextmanager
def visited(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A page of a new visitor; what its console says, other tests listen to."""
    with visiting(browser, address, **options) as context:
        yield context.new_page()


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(_RUN)
    return found


def welcome(page: Page) -> None:
    page.goto("/")
    expect(page.locator("[data-example]").first).to_be_visible()


def near(page: Page) -> None:
    opened(page, "broken")
    select(page, "Reshape")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press(".")
    expect(page.locator(".near [data-layer=Reshape]")).to_be_visible()


def groups(page: Page) -> None:
    opened(page, "nasnetlarge")
    page.get_by_label("Colour layers by").select_option("multiply_adds")
    page.keyboard.press("Control+f")
    page.keyboard.type("params>400k")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Where the selection lies")).to_be_visible()


def asking(page: Page) -> None:
    opened(page, "unet")
    page.get_by_role("button", name="What if").click()
    expect(page.get_by_role("region", name="What if")).to_be_visible()


def summary(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_role("tab", name="Summary").click()
    page.get_by_role("button", name="Param #").click()
    expect(page.get_by_role("table", name="Summary")).to_be_visible()


def training(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_role("form", name="Training")).to_be_visible()


def adding(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_role("tab", name="Add").click()
    expect(page.locator("[data-op]").first).to_be_visible()


def shown(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_role("button", name="Show", exact=True).click()


def keys(page: Page) -> None:
    opened(page, "mlp")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def commands(page: Page) -> None:
    opened(page, "mlp")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


def adding_here(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("a")
    expect(page.locator(".menu.quick")).to_be_visible()


def touring(page: Page) -> None:
    welcome(page)
    page.get_by_role("button", name="Take the two-minute tour").click()
    page.get_by_role("button", name="Open the example").click()
    expect(page.locator(".tour[data-step=problems]")).to_be_visible()


def safety(page: Page) -> None:
    page.goto("/")
    file: FilePayload = {"name": "m.json", "mimeType": "", "buffer": json.dumps(with_code()).encode()}
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.locator('.bottom [data-code="GC801"]')).to_be_visible()


def comparing(page: Page) -> None:
    kept(page, "Compared")
    change(page, "33")
    expect(page.locator("[data-kept]")).not_to_have_attribute("data-kept", "saved")
    saved(page)
    page.locator("[data-kept]").click()
    saves = page.get_by_role("dialog", name="Saves of this project")
    for number in ("1", "2"):
        saves.get_by_label(f"Compare save {number}").check()
    assert violations(page) == []
    saves.get_by_role("button", name="Compare save 1 with save 2").click()
    expect(page.get_by_role("region", name="Save 1 and save 2")).to_be_visible()


def projects(page: Page) -> None:
    page.goto("/projects")


STATES: tuple[Callable[[Page], None], ...] = (
    welcome,
    touring,  # a browser that has opened something begins with that
    near,
    groups,
    comparing,
    asking,
    summary,
    training,
    adding,
    shown,
    keys,
    commands,
    adding_here,
    safety,
    projects,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_editor_has_violations(browser: Browser, address: str, scheme: str) -> None:
    found = {}
    with visited(browser, address, color_scheme=scheme) as page:
        for state in STATES:
            state(page)
            found[state.__name__] = violations(page)
    assert found == {state.__name__: [] for state in STATES}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_violations(browser: Browser, address: str, scheme: str) -> None:
    addresses = ("/report", "/diagnostics", "/diagnostics/GC404", "/docs", "/nowhere")
    found = {}
    with visited(browser, address, color_scheme=scheme) as page:
        for one in addresses:
            page.goto(one)
            found[one] = violations(page)
        page.goto("/report")
        page.locator("input[type=file]").set_input_files(ROOT / "app" / "examples" / "broken.json")
        page.get_by_role("button", name="Check the file").click()
        expect(page.locator(".diagram img").first).to_be_visible()
        found["the report"] = violations(page)
    assert found == {one: [] for one in (*addresses, "the report")}


def test_a_phone_has_no_violations(browser: Browser, address: str) -> None:
    with visited(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark") as page:
        touring(page)
        assert violations(page) == []
        opened(page, "unet")
        assert violations(page) == []
        page.get_by_role("button", name="Layers", exact=True).click()
        assert violations(page) == []


def test_twice_as_large_all_of_the_editor_is_in_reach(browser: Browser, address: str) -> None:
    """200 % zoom of a window of 1280 × 800 is one of half that size."""
    with visited(browser, address, viewport={"width": 640, "height": 400}, device_scale_factor=2) as page:
        opened(page, "mlp")
        expect(page.get_by_role("button", name="Layers", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        page.get_by_role("button", name="Layers", exact=True).click()
        page.locator("[role=treeitem][data-layer=Dense1]").click()
        page.get_by_role("button", name="Inspector", exact=True).click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Dense1")
        assert violations(page) == []
