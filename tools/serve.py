"""Serves from the checkout on the first free port from 8000 (or LAYERWRIGHT_PORT) on: `python -m tools.serve`."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

# Enough for every other thing that a developer runs; beyond it something is wrong that a user wants to hear of.
TRIED = 50


def main() -> int:
    """Become `layerwright serve`; 2 where no port is free."""
    first = int(os.environ.get("LAYERWRIGHT_PORT") or 8000)
    host = os.environ.get("LAYERWRIGHT_HOST") or "127.0.0.1"
    port = next((port for port in range(first, first + TRIED) if is_free(host, port)), None)
    if port is None:
        print(f"The ports {first} to {first + TRIED - 1} of {host} are all taken", file=sys.stderr)
        return 2
    if port != first:
        print(f"Port {first} is taken", flush=True)
    os.environ.setdefault("LAYERWRIGHT_DEVELOPMENT", "true")
    layerwright = Path(sys.executable).parent / "layerwright"
    os.execv(layerwright, [str(layerwright), "serve", "--port", str(port)])


def is_free(host: str, port: int) -> bool:
    """Whether `layerwright serve` could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
