"""What a refused request gets: RFC 9457 problem+json."""

from __future__ import annotations

import json
import re
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
# A value that is refused may be a file.
MOST_SHOWN = 60


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


class WrongValues(Problem):
    """Values of a request that are not of the kind that its route takes: a sentence for each."""

    def __init__(self, found: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, *found[0])
        self._found = found

    def said(self, language: Language) -> str:
        """All that is wrong, in a language."""
        return words.said("; ", language).join(words.said(text, language, **values) for text, values in self._found)


# By pydantic's name of the error. What it says itself is English, and about its own types.
WRONG: Mapping[str, str] = {
    "missing": "{place} is missing",
    "json_invalid": "The body is not JSON",
    "model_attributes_type": "The body is not a JSON object",
    "string_type": "{place} is {value}; it takes a text",
    "string_pattern_mismatch": "{place} is {value}; it takes what fits {pattern}",
    "string_too_long": "{place} has more than {max_length} characters",
    "string_too_short": "{place} has fewer than {min_length} characters",
    "too_long": "{place} has more than {max_length} values",
    "too_short": "{place} has fewer than {min_length} values",
    "literal_error": "{place} is {value}; it takes {expected}",
    "bool_parsing": "{place} is {value}; it takes true or false",
    "int_parsing": "{place} is {value}; it takes a whole number",
    "int_parsing_size": "{place} is {value}; it takes a smaller number",
    "greater_than_equal": "{place} is {value}; it takes a number from {ge} on",
    "less_than_equal": "{place} is {value}; it takes a number up to {le}",
}
ANOTHER = "{place} is {value}, which it does not take"


def from_validation(error: RequestValidationError) -> Problem:
    """Values of a query, a path or a body that are not of the kind that the route takes."""
    return WrongValues([(WRONG.get(one["type"], ANOTHER), _values(one)) for one in error.errors()])


def _values(error: Mapping[str, Any]) -> Mapping[str, object]:
    """What a sentence about a value says of it: where it stands, what it is, what it should be."""
    context = dict(error.get("ctx", {}))
    if error["type"] == "literal_error":  # 'a', 'b' or 'c'
        named = re.findall("'([^']*)'", context["expected"])
        context["expected"] = ", ".join(named) if named else context["expected"].lower()  # False is JSON's false
    place = ".".join(str(part) for part in error["loc"][1:])
    return {**context, "place": json.dumps(place), "value": json.dumps(error["input"], default=str)[:MOST_SHOWN]}


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
