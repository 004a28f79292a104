"""From a file to its graph on the screen, against Netron in the same browser."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from . import growth
from .browser import chromium, heap, opened, ungroup, visit
from .figures import Figure, Section, shown
from .service import served, started

ROUNDS = 5
CHAIN = 5_000
LONG_CHAIN = 100_000
# What the page may hold, and for how long it may not answer a hand.
MOST_HEAP = 300 * 2**20
MOST_FROZEN = 1.0

_NETRON = """
import netron
print("http://%s:%s" % netron.start(address=("127.0.0.1", 0), browse=False), flush=True)
netron.wait()
"""
# Its page is behind a spinner until the graph is laid out.
_NETRON_SHOWS = {
    "visible": "document.body.className === 'default' && document.querySelector('#canvas g.graph-node') !== null"
}
# In a process of its own: TensorFlow would stay in this one.
_WRITE = """
import sys
from pathlib import Path
import keras
for name in sys.argv[2:]:
    (Path(sys.argv[1]) / f"{name}.json").write_text(getattr(keras.applications, name)(weights=None).to_json())
"""


def measure() -> Section:
    """Two models of keras.applications and a chain, in turns; a chain that is longer than the service takes."""
    with tempfile.TemporaryDirectory() as folder, served() as ours, chromium() as browser:
        files = write_models(Path(folder))
        with started([sys.executable, "-c", _NETRON]) as netron:
            figures = [
                *_against(browser, ours, netron, "ResNet50, 177 layers", files["ResNet50"], 0.7),
                *_against(browser, ours, netron, "NASNetLarge, 1,041 layers", files["NASNetLarge"], 0.4),
                *_against(browser, ours, netron, f"{CHAIN:,} layers in a row", files["chain"], 0.3),
            ]
        long = Path(folder) / "long.json"
        long.write_text(growth.chain(LONG_CHAIN))
        figures += _long(browser, ours, long)
    how = (
        f"Both pages get the file through `input[type=file]`, in turns, the median of {ROUNDS} rounds, a new visitor "
        "each time. The clock runs in the page, from the file's coming to two frames after the graph is there. "
        "Every layer is a box, as in Netron; groups, which are faster, are off. Visible: it is drawn. Checked: shapes, "
        "problems and panels are there too, which Netron has not."
    )
    return Section("File → graph on the screen", how, figures)


def write_models(folder: Path) -> dict[str, Path]:
    """ResNet50 and NASNetLarge as the installed Keras writes them, without weights, and a chain of 5,000 layers."""
    names = ("ResNet50", "NASNetLarge")
    subprocess.run([sys.executable, "-c", _WRITE, str(folder), *names], check=True, stdout=subprocess.DEVNULL)
    chain = folder / "chain.json"
    chain.write_text(growth.chain(CHAIN))
    return {**{name: folder / f"{name}.json" for name in names}, "chain": chain}


def _against(browser: Browser, ours: str, netron: str, what: str, file: Path, most: float) -> Iterator[Figure]:
    visible, checked, peer = [], [], []
    for _ in range(ROUNDS):
        with visit(browser, ours) as page:
            ungroup(page)
            took = opened(page, file)
            visible.append(took["visible"])
            checked.append(took["checked"])
        with visit(browser, netron, _NETRON_SHOWS, cookie="consent=1") as page:
            peer.append(opened(page, file)["visible"])
    seen, known, theirs = (statistics.median(times) for times in (visible, checked, peer))
    yield Figure(f"{what}: visible", shown(seen))
    is_met = seen <= most * theirs
    yield Figure(f"{what}: visible, of Netron's {shown(theirs)}", f"{seen / theirs:.2f} ×", f"≤ {most} ×", is_met)
    yield Figure(f"{what}: checked ({shown(known)}), of Netron's visible", f"{known / theirs:.2f} ×")


def _long(browser: Browser, ours: str, file: Path) -> Iterator[Figure]:
    what = f"{LONG_CHAIN:,} layers in a row ({file.stat().st_size / 2**20:.0f} MB, more than the service takes)"
    with visit(browser, ours) as page:
        ungroup(page)
        yield Figure(f"{what}: visible", shown(opened(page, file)["visible"]))
        longest = page.evaluate("clock.longest") / 1000
        yield Figure("its longest task of the page", shown(longest), f"≤ {shown(MOST_FROZEN)}", longest <= MOST_FROZEN)
        used = heap(page)
        is_met = used <= MOST_HEAP
        yield Figure("its heap", f"{used / 2**20:.0f} MB", f"≤ {MOST_HEAP / 2**20:.0f} MB", is_met)
