"""Many small checks through the service: how many a second, and whether it grows with them."""

from __future__ import annotations

import http.client
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from .figures import Figure, Section
from .service import served

MODEL = Path(__file__).parents[1] / "app" / "examples" / "mlp.json"
CLIENTS = 2
WARM, ALL = 1_000, 10_000
A_SECOND = 200
GROWTH = 1.02


def measure() -> Section:
    """Clients that ask one after another, on connections that stay open, beside the service on the same cores."""
    body = MODEL.read_bytes()
    with served() as address:
        _ask(address, body, WARM)
        before = _resident()
        start = time.perf_counter()
        _ask(address, body, ALL - WARM)
        rate = (ALL - WARM) / (time.perf_counter() - start)
        after = _resident()
    growth = after / before
    figures = [
        Figure("Small checks a second", f"{rate:.0f}", f"≥ {A_SECOND}", rate >= A_SECOND),
        Figure(
            f"Resident after {ALL:,} requests ({after / 2**20:.0f} MB) against after {WARM:,}",
            f"{growth:.3f} ×",
            f"≤ {GROWTH} ×",
            growth <= GROWTH,
        ),
    ]
    how = f"The perceptron of the gallery, {len(body):,} bytes, to `/api/v1/check` from {CLIENTS} clients."
    return Section("Service", how, figures)


def _ask(address: str, body: bytes, number: int) -> None:
    host = urlsplit(address).netloc

    def client(share: int) -> None:
        with closing(http.client.HTTPConnection(host)) as connection:
            for _ in range(share):
                connection.request("POST", "/api/v1/check", body, {"Content-Type": "application/octet-stream"})
                answer = connection.getresponse()
                if answer.read()[:10] != b'{"ok":true':
                    raise RuntimeError(f"The service answered {answer.status}")

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, [number // CLIENTS] * CLIENTS))


def _resident() -> int:
    """Bytes of the service and the processes beside it: all that came from this one."""
    waiting, pages = [os.getpid()], 0
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
            children = (task / "children").read_text().split()
            pages += sum(int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children)
            waiting += map(int, children)
    return pages * os.sysconf("SC_PAGE_SIZE")
