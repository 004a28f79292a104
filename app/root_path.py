"""The path below which a proxy shows the service to the world, such as `/layerwright`."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class BelowRootPath:
    """Gives every request the root path, whether the proxy took it off or left it on.

    ASGI counts it as a part of `path`. The service's own address, without a proxy, works too.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            is_below = f"{scope['path']}/".startswith(f"{self._root_path}/")
            path = scope["path"] if is_below else self._root_path + scope["path"]
            # In place: who answers an error of ours looks at the scope from outside.
            scope.update(path=path, root_path=self._root_path)
        await self._app(scope, receive, send)
