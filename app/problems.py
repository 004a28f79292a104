"""What a refused request gets: RFC 9457 problem+json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from graphcore import Language

from . import words

MEDIA_TYPE = "application/problem+json"
_NO_VALUES: Mapping[str, object] = {}


class Problem(Exception):
    """A request that cannot be answered as asked. `diagnostics`: in the report's form, pointers from the request on.

    `detail` is a whole sentence of `words` with `{names}` for its values, so that it can be said in each language.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        values: Mapping[str, object] = _NO_VALUES,
        *,
        diagnostics: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(words.said(detail, "en", **values))
        self.status = status
        self.diagnostics = diagnostics
        self.headers = headers
        self._detail = detail
        self._values = values

    def said(self, language: Language) -> str:
        """What is wrong with the request, in a language."""
        return words.said(self._detail, language, **self._values)

    def response(self, language: Language = "en") -> Response:
        """The answer to send."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": words.said(self.status.phrase, language),
            "status": self.status.value,
            "detail": self.said(language),
        }
        if self.diagnostics is not None:
            body["diagnostics"] = self.diagnostics
        return Response(json.dumps(body), self.status, dict(self.headers or {}), MEDIA_TYPE)


def not_built(detail: str, values: Mapping[str, object] = _NO_VALUES) -> Problem:
    """The answer of a route that the interface promises and that is still to come."""
    return Problem(HTTPStatus.NOT_IMPLEMENTED, detail, values)


def from_http(error: HTTPException) -> Problem:
    """What the framework raises (404, 405, 400) as a problem."""
    status = HTTPStatus(error.status_code)
    detail = error.detail if error.detail != status.phrase else DETAILS.get(status, status.description or status.phrase)
    return Problem(status, detail, headers=error.headers)


DETAILS: Mapping[HTTPStatus, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not know this method",
}


def from_validation(error: RequestValidationError) -> Problem:
    """Query and path values that are not of the kind that the route takes."""
    said = [f"{'.'.join(str(part) for part in e['loc'][1:])}: {e['msg']}" for e in error.errors()]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(said))


def as_problem(error: Exception) -> Problem:
    """Whatever a route or the framework raised, as a problem; what nobody foresaw says nothing about itself."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return from_validation(error)
        case HTTPException():
            return from_http(error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The service made a mistake; its log says more")
