"""Is it up, is it ready, what does it do: for orchestrators and monitors."""

from __future__ import annotations

import resource
from collections import Counter

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from ..services import Shared

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@router.get("/readyz", response_class=PlainTextResponse)
async def readyz(shared: Shared) -> str:
    """The process answers and its database does."""
    shared.supervisor.jobs()
    return "ready\n"


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(shared: Shared) -> str:
    """Counters and gauges in Prometheus's text format."""
    jobs = Counter(job["state"] for job in shared.supervisor.jobs())
    lines = ["# TYPE layerwright_answers_total counter"]
    lines += [f'layerwright_answers_total{{what="{what}"}} {count}' for what, count in sorted(shared.counters.items())]
    lines += ["# TYPE layerwright_jobs gauge"]
    lines += [f'layerwright_jobs{{state="{state}"}} {count}' for state, count in sorted(jobs.items())]
    lines += ["# TYPE layerwright_event_streams gauge", f"layerwright_event_streams {shared.followers}"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    lines += ["# TYPE layerwright_peak_resident_bytes gauge", f"layerwright_peak_resident_bytes {peak}"]
    return "\n".join(lines) + "\n"
