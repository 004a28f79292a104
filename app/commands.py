"""The server's commands of `layerwright`: `serve`. What it needs is imported when it runs: help stays quick."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import os
import secrets
import socket
import sys
from contextlib import suppress
from dataclasses import replace

from .settings import Settings, settings_from

EXIT_UNUSABLE = 2
# An open event stream never ends by itself; whoever listens will connect again.
GRACEFUL_SECONDS = 1


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the server's commands to those of the core."""
    serve_parser = commands.add_parser("serve", help="serve the editor, the REST interface and training")
    serve_parser.add_argument("--host", help="address to bind (default 127.0.0.1; any other asks for a token)")
    serve_parser.add_argument("--port", type=int, help="port to bind (default 8000; taken: exit 2)")
    serve_parser.set_defaults(run=serve)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. Exit code 2 where the port or the data folder is taken, or a setting cannot be used."""
    try:
        settings = settings_from(os.environ)
    except ValueError as error:
        return _refuse(str(error))
    given = {key: getattr(arguments, key) for key in ("host", "port") if getattr(arguments, key) is not None}
    settings = _with_token(replace(settings, **given))
    try:
        listener = _listen(settings.host, settings.port)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        return _refuse(
            f"Port {settings.port} of {settings.host} {'is taken' if taken else f'cannot be bound: {error}'}"
        )
    with listener:
        return _run(settings, listener)


def _with_token(settings: Settings) -> Settings:
    return (
        settings
        if settings.token or _is_loopback(settings.host)
        else replace(settings, token=secrets.token_urlsafe(24))
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that the port is ours before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named: asyncio turns Nagle's algorithm off only then, and each answer would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _run(settings: Settings, listener: socket.socket) -> int:
    import uvicorn

    from .main import DataTaken, create_app

    try:
        app = create_app(settings)
    except (DataTaken, OSError) as error:
        return _refuse(str(error))
    port = listener.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    query = f"?token={settings.token}" if settings.token else ""
    print(f"Layerwright is at http://{shown}:{port}/{query}", flush=True)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has shut down
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _refuse(sentence: str) -> int:
    print(f"layerwright serve: {sentence}", file=sys.stderr)
    return EXIT_UNUSABLE
