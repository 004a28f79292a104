"""Bodies within limits, whatever their headers claim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import Request
from starlette.types import Message

from app.bodies import read_body, read_model
from app.problems import Problem
from app.settings import Settings

SMALL = Settings(body_bytes=1000)
SOON = Settings(body_bytes=1000, body_seconds=0.05)


def read(
    reader: Callable[[Request, Settings], Awaitable[Any]],
    chunks: AsyncIterator[bytes],
    headers: dict[str, str] | None = None,
    settings: Settings = SMALL,
) -> Any:
    async def story() -> Any:
        async def receive() -> Message:
            try:
                return {"type": "http.request", "body": await anext(chunks), "more_body": True}
            except StopAsyncIteration:
                return {"type": "http.request", "body": b"", "more_body": False}

        raw = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
        return await reader(Request({"type": "http", "method": "POST", "headers": raw}, receive), settings)

    return asyncio.run(story())


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 100


async def dawdling() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


def form(name: str, content: bytes, more: str = "") -> tuple[bytes, dict[str, str]]:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
    return head + content + b"\r\n--b--\r\n", {"content-type": "multipart/form-data; boundary=b"}


def test_who_goes_away_while_sending_is_no_mistake_of_the_service() -> None:
    async def story() -> bytes:
        async def receive() -> Message:
            return {"type": "http.disconnect"}

        return await read_body(Request({"type": "http", "method": "POST", "headers": []}, receive), SMALL)

    with pytest.raises(Problem, match="ended before it was whole"):
        asyncio.run(story())


def test_a_raw_body_is_the_file() -> None:
    assert read(read_model, sent(b"{}", b" ")) == b"{} "
    assert read(read_model, sent(b"{}"), {"content-type": "text/plain"}) == b"{}"


def test_the_part_called_file_is_the_file() -> None:
    body, headers = form("file", b"{}", '; filename="model.json"')
    assert read(read_model, sent(body), headers) == b"{}"
    body, headers = form("file", b"{}")
    assert read(read_model, sent(body), headers) == b"{}"


def test_a_form_without_the_part_is_refused() -> None:
    body, headers = form("model", b"{}")
    with pytest.raises(Problem, match="no part called file") as refused:
        read(read_model, sent(body), headers)
    assert refused.value.status == 422


@pytest.mark.parametrize("reader", [read_model, read_body])
@pytest.mark.parametrize(
    "declared", [{}, {"content-length": "10"}, {"content-length": "-5"}, {"content-length": "zehn"}]
)
def test_what_arrives_is_counted_whatever_is_declared(reader: Any, declared: dict[str, str]) -> None:
    with pytest.raises(Problem, match="larger than 1,000 bytes") as refused:
        read(reader, endless(), declared)
    assert refused.value.status == 413


def test_a_form_is_counted_too() -> None:
    body, headers = form("file", b"x" * 1000, '; filename="a"')
    with pytest.raises(Problem) as refused:
        read(read_model, sent(*(body[i : i + 100] for i in range(0, len(body), 100))), headers)
    assert refused.value.status == 413


def test_what_is_declared_too_large_is_not_read() -> None:
    with pytest.raises(Problem) as refused:
        read(read_body, dawdling(), {"content-length": "1001"})
    assert refused.value.status == 413


@pytest.mark.parametrize("reader", [read_model, read_body])
def test_a_body_that_dawdles_is_given_up(reader: Any) -> None:
    with pytest.raises(Problem) as refused:
        read(reader, dawdling(), settings=SOON)
    assert refused.value.status == 408
