"""Request bodies, read within limits of bytes and time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from .problems import Problem
from .settings import Settings


class Upload(NamedTuple):
    """A file that was sent, and what it was called; empty where nothing was said."""

    name: str
    body: bytes


async def read_model(request: Request, settings: Settings) -> bytes:
    """The file of a request: the part `file` of multipart/form-data, else the whole body.

    Raises:
        Problem: 413 over the limit, 408 too slow, 422 a form without the part.
    """
    return (await read_upload(request, settings)).body


async def read_upload(request: Request, settings: Settings) -> Upload:
    """The same with the file's name.

    Raises:
        Problem: 413 over the limit, 408 too slow, 422 a form without the part.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        return Upload("", await read_body(request, settings))
    _refuse_declared_size(request, settings)
    # What a form adds around its file is small; a limit that counts it too needs no second one.
    bounded = Request(request.scope, _counted(request.receive, settings.body_bytes))
    async with _in_time(settings), bounded.form(max_files=1, max_fields=16) as form:
        part = form.get("file")
        if isinstance(part, UploadFile):
            return Upload(re.split(r"[/\\]", part.filename or "")[-1], await part.read())
        if isinstance(part, str):
            return Upload("", part.encode())
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The form has no part called file")


async def read_body(request: Request, settings: Settings) -> bytes:
    """The whole body.

    Raises:
        Problem: 413 over the limit, 408 too slow.
    """
    _refuse_declared_size(request, settings)
    body = bytearray()
    async with _in_time(settings):
        # Content-Length may lie and a chunked body has none: what arrives is counted.
        async for chunk in Request(request.scope, _counted(request.receive, settings.body_bytes)).stream():
            body += chunk
    return bytes(body)


def _refuse_declared_size(request: Request, settings: Settings) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > settings.body_bytes:
        raise _too_large(settings.body_bytes)


def _too_large(limit: int) -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than {n} bytes", {"n": limit})


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


@asynccontextmanager
async def _in_time(settings: Settings) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(settings.body_seconds):
            yield
    except ClientDisconnect:  # called off; nobody reads the answer
        raise Problem(HTTPStatus.BAD_REQUEST, "The body ended before it was whole") from None
    except TimeoutError:
        detail = "The body did not arrive within {seconds} seconds"
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, detail, {"seconds": f"{settings.body_seconds:g}"}) from None
