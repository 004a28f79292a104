"""The server's commands of `layerwright`: `serve`. What it needs is imported when it runs: help stays quick."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import os
import secrets
import signal
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
    serve_parser.add_argument("--root-path", help="path below which a proxy shows the service, such as /layerwright")
    serve_parser.set_defaults(run=serve)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until told to end: exit code 0. 2 where port or data folder is taken, or a setting cannot be used."""
    given = {
        key: getattr(arguments, key) for key in ("host", "port", "root_path") if getattr(arguments, key) is not None
    }
    try:
        settings = _with_token(replace(settings_from(os.environ), **given))
    except ValueError as error:
        return _refuse(str(error))
    try:
        listener = _listen(settings.host, settings.port)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        return _refuse(
            f"Port {settings.port} of {settings.host} {'is taken' if taken else f'cannot be bound: {error}'}"
        )
    # To be told to end is no failure. uvicorn shuts down and then raises the signal again.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listener, suppress(KeyboardInterrupt):
        return _run(settings, listener)
    return 0


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
    address = _address(settings, listener.getsockname()[1])

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Say where it is when it answers there, and a signal ends it in order."""
            await super().startup(sockets)
            print(f"Layerwright is at {address}", flush=True)

    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    Server(config).run(sockets=[listener])
    return 0


def _address(settings: Settings, port: int) -> str:
    """Where a browser of this machine finds the service; what is bound to all addresses is at localhost too.

    >>> _address(Settings(host="::", root_path="/layerwright", token="secret"), 8000)
    'http://localhost:8000/layerwright/?token=secret'
    """
    host = "localhost" if settings.host in ("0.0.0.0", "::") else settings.host
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}{settings.root_path}/" + (f"?token={settings.token}" if settings.token else "")


def _refuse(sentence: str) -> int:
    print(f"layerwright serve: {sentence}", file=sys.stderr)
    return EXIT_UNUSABLE
