"""What pages forbid a browser costs them nothing: each is loaded in a real Chromium, and none breaks its own policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import graphcore
from app.settings import Settings
from tests.app.live import served as served_here
from tests.e2e.conftest import eventually, visiting

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
PAGES = [
    *("/", "/?open=/api/v1/examples/unet", "/p/0123456789abcdef", "/report", "/diagnostics", "/docs"),
    *(f"/diagnostics/{id}" for id in list(graphcore.CODES)[::20]),
    *(
        "/nothing",
        "/diagnostics/GC999",
        "/openapi.json",
        "/healthz",
        "/api/v1/nothing",
        "/static/icons/layerwright.svg",
    ),
]
# Before anything of the page runs: what the page breaks later is written down.
_WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (e) => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[BrowserContext]:
    with visiting(browser, address) as context:
        context.add_init_script(_WATCH)
        yield context


def violations(page: Page, path: str) -> list[str]:
    """What a page breaks of its policy, in its workers too, and what it asks of other hosts."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda asked: found.append(asked.url) if not _is_ours(asked.url) else None)
    page.goto(path, wait_until="networkidle")
    broken: list[str] = page.evaluate("window.broken ?? []")  # not every page may run a script
    return found + broken


def _is_ours(url: str) -> bool:
    return url.startswith(("data:", "about:", "blob:")) or "127.0.0.1" in url


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_its_own_policy(visitor: BrowserContext, path: str) -> None:
    assert violations(visitor.new_page(), path) == []


def test_a_report_keeps_its_policy(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    assert violations(page, "/report") == []
    page.locator("input[type=file]").set_input_files(EXAMPLES / "unet.json")
    page.get_by_role("button", name="Check the file").click()
    diagram = page.locator(".diagram img")
    expect(diagram).to_be_visible()
    assert diagram.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert page.evaluate("window.broken") == []


def test_the_page_about_a_mistake_of_ours_keeps_its_policy(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.interface.groups", fail)
    with served_here(Settings(data=tmp_path)) as (host, port), visiting(browser, f"http://{host}:{port}") as context:
        context.add_init_script(_WATCH)
        page = context.new_page()
        assert violations(page, "/docs") == []
        assert page.locator("h1").inner_text() == "Internal Server Error"
        assert page.locator("h1").evaluate("title => getComputedStyle(title).fontFamily").startswith("Inter")


@pytest.mark.parametrize(
    "breach",
    [
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'b {color: red}'}))",
        "document.body.setAttribute('style', 'color: red')",
        "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/x.png'}))",
        "new Worker(URL.createObjectURL(new Blob([''])))",
    ],
)
def test_what_breaks_a_policy_is_seen(visitor: BrowserContext, breach: str) -> None:
    page = visitor.new_page()
    page.goto("/")
    page.evaluate(f"() => {{ {breach} }}")
    eventually(page, "() => window.broken.length > 0")
