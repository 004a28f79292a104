"""Server-sent events that end when their reader does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .training.folder import Event


class EventStream(Response):
    """Sends events as they come; stops, and closes their source, as soon as the client is gone.

    Starlette's own streaming waits for a failing `send` where the server speaks ASGI 2.4, so that the source of a quiet
    stream outlives its reader by hours.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event | None, None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:

            async def until_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(until_gone)
            try:
                await self._send_all(send)
            finally:
                with anyio.CancelScope(shield=True):
                    await self._events.aclose()
            group.cancel_scope.cancel()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for event in self._events:
            await send({"type": "http.response.body", "body": _encoded(event), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _encoded(event: Event | None) -> bytes:
    if event is None:
        return b": still here\n\n"
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {json.dumps(event.data)}\n\n".encode()
