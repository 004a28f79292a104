"""Who may call the service, and what its answers forbid a browser."""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem
from .settings import Settings
from .words import language_of

COOKIE = "layerwright"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Orchestrators ask these by address and without a secret; they say nothing but yes or no.
FREE = frozenset({"/healthz", "/readyz"})

# Nothing inline and nothing from elsewhere; workers are files. The report's diagram is an image in the page itself.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
# An SVG of ours that is opened as a page can style itself and nothing else.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
_UNKNOWN_HOST = "The service is not called {host}: add the name to LAYERWRIGHT_HOSTS"


class Guard:
    """Lets in who may call: a known Host, no foreign Origin, and the token where there is one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.token
        self._hosts = frozenset(host.lower() for host in settings.hosts)
        self._root = settings.root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].removeprefix(self._root) in FREE:
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        try:
            self._check_host(headers.get("host", ""))
            self._check_origin(headers)
            if self._token is not None and not self._is_known(headers, self._token):
                return await self._welcome(scope, self._token)(scope, receive, send)
        except Problem as problem:
            return await problem.response(language_of(HTTPConnection(scope)))(scope, receive, send)
        await self._app(scope, receive, send)

    def _check_host(self, host: str) -> None:
        """A page of a stranger whose name points to us must not reach us (DNS rebinding)."""
        name = _without_port(host)
        if name in LOOPBACK or name in self._hosts or (self._token is not None and not self._hosts):
            return
        raise Problem(HTTPStatus.FORBIDDEN, _UNKNOWN_HOST, {"host": repr(host)})

    def _check_origin(self, headers: Headers) -> None:
        """A page of a stranger must not make a browser send us anything."""
        origin = headers.get("origin")
        if origin is not None:
            netloc = urlsplit(origin).netloc.lower()
            if netloc != headers.get("host", "").lower() and _without_port(netloc) not in self._hosts:
                raise Problem(
                    HTTPStatus.FORBIDDEN, "Pages from {origin} may not use this service", {"origin": repr(origin)}
                )
        elif headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            raise Problem(HTTPStatus.FORBIDDEN, "Pages from elsewhere may not use this service")

    def _is_known(self, headers: Headers, token: str) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return _same(given.strip(), token)
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        return cookie is not None and _same(cookie.value, _cookie_value(token))

    def _welcome(self, scope: Scope, token: str) -> ASGIApp:
        """Take a token from the address once, put it into a cookie, and go on without it in the address."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["method"] in ("GET", "HEAD") and any(key == "token" and _same(value, token) for key, value in query):
            rest = urlencode([(key, value) for key, value in query if key != "token"])
            # A path such as //elsewhere would lead to another host.
            path = "/" + scope["path"].lstrip("/\\")
            response = RedirectResponse(path + ("?" + rest if rest else ""), HTTPStatus.SEE_OTHER)
            response.set_cookie(
                COOKIE,
                _cookie_value(token),
                path=self._root or "/",
                httponly=True,
                samesite="lax",
                secure=scope["scheme"] == "https",
            )
            return response
        return Problem(
            HTTPStatus.UNAUTHORIZED,
            "This service wants its token: as Bearer, or once as ?token= in the address",
            headers={"WWW-Authenticate": "Bearer"},
        ).response(language_of(HTTPConnection(scope)))


class Policy:
    """Adds to every answer what it forbids a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", _policy(headers.get("content-type", "")))
                headers["x-content-type-options"] = "nosniff"
                headers["x-frame-options"] = "DENY"
                # Not no-referrer: with it a browser sends our own forms with `Origin: null`, which we refuse.
                headers["referrer-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                headers["cross-origin-opener-policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, with_policy)


def _policy(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip()
    # A worker obeys the policy of its own script.
    if kind in ("text/html", "text/javascript", "application/javascript"):
        return PAGE_POLICY
    return SVG_POLICY if kind == "image/svg+xml" else DATA_POLICY


def _without_port(host: str) -> str:
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def _cookie_value(token: str) -> str:
    return hmac.new(token.encode(), b"layerwright cookie", hashlib.sha256).hexdigest()
