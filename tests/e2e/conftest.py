"""A server of its own process and a real Chromium, as a newcomer has them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.chromium import ARGUMENTS, find_chromium

# How each journey ended, for looking at: the last run's pictures.
ENDS = Path(__file__).parents[2] / "build" / "journeys"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
# Two noisy cores, and TensorFlow is imported meanwhile: what takes a second may take a minute.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
# What Chromium complains of and is no fault: a refused training and a save upon an older state are answers of the
# service, tests make it silent, and on a busy machine a font is there seconds before the first word.
EXPECTED = ("status of 422", "status of 412", "net::ERR_FAILED", "was preloaded using link preload but not used")

# `SLOW=4`: pages compute at a quarter of the machine's speed, and what they ask of the service waits for a random time
# of up to this many milliseconds, so that what hangs on who is faster fails.
SLOWER = float(os.environ.get("SLOW") or 1)
LATENCY = 1500
_LATE = f"""(() => {{
  const [ask, send] = [window.fetch, XMLHttpRequest.prototype.send];
  XMLHttpRequest.prototype.send = function (body) {{
    const go = setTimeout(() => send.call(this, body), Math.random() * {LATENCY});
    this.addEventListener("abort", () => clearTimeout(go));
  }};
  window.fetch = async (what, how) => {{
    await new Promise((go) => {{
      setTimeout(go, Math.random() * {LATENCY});
      how?.signal?.addEventListener("abort", go);
    }});
    return ask(what, how);
  }};
}})();"""


@contextmanager
def served(data: Path, *arguments: str) -> Iterator[str]:
    """The address of a service that keeps its data there, in a process of its own."""
    command = [sys.executable, "-m", "graphcore.cli", "serve", "--port", "0", *arguments]
    env = {**os.environ, "LAYERWRIGHT_DATA": str(data)}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().rpartition(" ")[2].strip().rstrip("/")
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE / 1000)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service that all journeys share; each has a browser profile of its own."""
    with served(tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """Playwright, once."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """Chromium, once."""
    found = find_chromium()
    env: dict[str, str | float | bool] = dict(found.env)
    browser = driver.chromium.launch(executable_path=found.path, args=list(ARGUMENTS), env=env)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a new visitor. What its console complains of fails the test, a violation of the policy too."""
    with watched(browser, address) as page:
        yield page


@contextmanager
def watched(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A page with options of its own, watched like every other."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in EXPECTED):
            complaints.append(message.text)

    with visiting(browser, address, **options) as context:
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        _keep_end(page)
    assert complaints == []


@contextmanager
def visiting(browser: Browser, address: str, **options: object) -> Iterator[BrowserContext]:
    """A visitor with a profile of their own, who is patient; on a slow machine where the run is to be one."""
    settings = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
    with browser.new_context(base_url=address, **settings) as context:  # type: ignore[arg-type]  # options by name
        context.set_default_timeout(PATIENCE)
        if SLOWER > 1:
            context.add_init_script(_LATE)
            context.on("page", _slow_down)
        yield context


def _slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def eventually(page: Page, holds: str, arg: object = None) -> None:
    """Wait until this function of the page says yes.

    Playwright's own wait_for_function compiles its text again at every look, which the page's policy forbids from the
    second look on.
    """
    looking = f"""async ([arg, end]) => {{
        const holds = {holds};
        while (!(await holds(arg))) {{
            if (performance.now() > end) throw new Error(`never came true: ${{holds}}`);
            await new Promise(requestAnimationFrame);
        }}
    }}"""
    page.evaluate(looking, [arg, page.evaluate("performance.now()") + PATIENCE])


def ready(page: Page) -> None:
    """Wait until a model is open, what is drawn is what is in the document, and all that the check says is there."""
    expect(page.locator(".verdict[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-state", "ready")


Box = dict[str, float]

# The view follows panels that come and go a frame later: who would click waits until the eye could.
_AT_REST = """async ([name, end]) => {
  for (let last = "", same = 0; same < 3; ) {
    const now = JSON.stringify(window.layerwright?.locate(name) ?? null);
    same = now !== "null" && now === last ? same + 1 : 0;
    last = now;
    if (same === 3) return JSON.parse(now);
    if (performance.now() > end) throw new Error(`${name} is not drawn, or does not rest`);
    await new Promise(requestAnimationFrame);
  }
}"""


def located(page: Page, layer: str) -> Box:
    """Where a layer lies in the window, or the closed group that it lies in, once the view rests."""
    box: Box = page.evaluate(_AT_REST, [layer, page.evaluate("performance.now()") + PATIENCE])
    return box


def middle(box: Box) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def area(locator: Locator) -> Box:
    """Where an element lies in the window, once it is there."""
    expect(locator).to_be_visible()
    box = locator.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def _keep_end(page: Page) -> None:
    name = re.sub(r"[^\w-]+", "-", os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0].rpartition("::")[2])
    # A picture that cannot be taken says nothing of the journey.
    with suppress(PlaywrightError):
        page.screenshot(path=ENDS / f"{name}.jpg", type="jpeg", quality=60)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Takes README's pictures: `make pictures` puts them into docs/pictures, any other run throws them away."""
    folder = PICTURES if os.environ.get("PICTURES") else tmp_path

    def take(page: Page, name: str) -> None:
        path = folder / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        page.screenshot(path=path)
        assert path.stat().st_size > 10_000  # a blank page has less

    return take
