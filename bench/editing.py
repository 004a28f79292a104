"""From a key to the new shapes on the screen: the page, the service's whole check and the page again."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from . import growth
from .browser import chromium, opened, p95, visit
from .figures import Figure, Section, shown
from .service import served

EDITS = 40
MOST = {200: 0.050, 1_000: 0.150}

# From the key that commits to the end of the frame that shows the new size: a message sent while a frame is prepared
# arrives when it was painted.
_EDIT = """
const edit = { start: null, took: null };
window.edit = edit;
addEventListener("keydown", (event) => { if (event.key === "Enter") edit.start = performance.now(); }, true);
const shows = () => document.querySelector('section[aria-label="Shapes"]')?.textContent.includes(`, ${edit.wanted})`);
const channel = new MessageChannel();
// One edit's frames may still come while the next one is made ready.
channel.port1.onmessage = ({ data }) => { if (data === edit.wanted) edit.took ??= performance.now() - edit.start; };
new MutationObserver(() => {
  if (edit.start === null || !shows()) return;
  const { wanted } = edit;
  requestAnimationFrame(() => { channel.port2.postMessage(wanted); });
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def measure() -> Section:
    """The same edit in chains of 200 and 1,000 layers."""
    with tempfile.TemporaryDirectory() as folder, served() as address, chromium() as browser:
        figures = [figure for size in MOST for figure in _edits(browser, address, Path(folder), size)]
    how = (
        f"A number is typed into the inspector of a layer in the middle and taken with Enter, {EDITS} times. The clock "
        "runs in the page, from that key to the frame in which inspector and canvas have the new shape; the check "
        "between them is of the whole model, through the service."
    )
    return Section("Edit → new shapes on the screen", how, figures)


def _edits(browser: Browser, address: str, folder: Path, size: int) -> Iterator[Figure]:
    file = folder / f"{size}.json"
    file.write_text(growth.chain(size))
    with visit(browser, address) as page:
        opened(page, file)
        page.evaluate(_EDIT)
        page.get_by_label("Filter layers").fill(f"l{size // 2}")
        page.locator(f'[role=treeitem][data-layer="l{size // 2}"]').click()
        page.get_by_label("Filter layers").fill("")
        units = page.get_by_label("units")
        took = []
        for wanted in range(20, 20 + EDITS):
            page.evaluate("(wanted) => Object.assign(edit, { start: null, took: null, wanted })", wanted)
            units.fill(str(wanted))
            units.press("Enter")
            page.wait_for_function("edit.took !== null", polling=50)
            took.append(page.evaluate("edit.took") / 1000)
    most, measured = MOST[size], p95(took)
    yield Figure(f"{size:,} layers: p95", shown(measured), f"≤ {shown(most)}", measured <= most)
    yield Figure(f"{size:,} layers: median", shown(statistics.median(took)))
