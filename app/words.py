"""What the service's own pages say, in the language of who reads them: whole sentences, found by the English ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup
from starlette.requests import HTTPConnection
from starlette.responses import Response

from graphcore import LANGUAGES, Language

COOKIE = "layerwright-language"
"""The editor keeps the language that was chosen there; pages without a script read it."""
_A_YEAR = 365 * 24 * 3600


def language_of(request: HTTPConnection) -> Language:
    """The language of a page: what its address asks for, else what was chosen in the editor, else the browser's."""
    asked = request.query_params.get("language") or request.cookies.get(COOKIE)
    return (asked and known(asked)) or preferred(request.headers.get("accept-language", ""))


def keep(request: HTTPConnection, response: Response) -> Response:
    """The same response, which lets the browser remember a language that the address asks for."""
    asked = known(request.query_params.get("language", ""))
    if asked is not None:
        path = request.scope["root_path"] or "/"
        response.set_cookie(COOKIE, asked, max_age=_A_YEAR, path=path, samesite="strict")
    return response


def preferred(header: str) -> Language:
    """The first language of an Accept-Language that we have; English where we have none of them.

    >>> preferred("fr;q=0.9, zh-Hans-SG, en;q=0.5"), preferred("de, en;q=0.8, zh;q=0.9"), preferred("")
    ('zh-CN', 'zh-CN', 'en')
    """
    ranked: list[tuple[float, int, Language]] = []
    for i, part in enumerate(header[:1000].split(",")):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        found = known(tag)
        if found is not None and (weight := _weight(parameters)) > 0:
            ranked.append((-weight, i, found))
    return min(ranked)[2] if ranked else "en"


def known(tag: str) -> Language | None:
    """The language that we have for a tag: who reads `zh-Hans-SG` reads `zh-CN`.

    >>> known("zh"), known("EN-gb"), known("fr")
    ('zh-CN', 'en', None)
    """
    wanted = tag.lower().partition("-")[0]
    return next((have for have in LANGUAGES if have.lower().partition("-")[0] == wanted), None)


def said(text: str, language: Language, **values: object) -> str:
    """A sentence of a page in a language, its values filled in; numbers are grouped.

    >>> said("{n} layers", "zh-CN", n=1041)
    '1,041 个层'
    """
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    found = _words(language).get(text, text)
    return found.format(**shown) if shown else found


def marked(text: str, language: Language, **values: object) -> Markup:
    """The same for a page: what is code or a link in the sentence is marked, and its values are escaped."""
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return Markup(_words(language).get(text, text)).format(**shown)


def counted(number: int, what: str, language: Language = "en") -> str:
    """A number with its noun.

    >>> counted(1, "error"), counted(1041, "layer"), counted(2, "layer", "zh-CN")
    ('1 error', '1,041 layers', '2 个层')
    """
    one = language == "en" and number == 1
    return said(f"{{n}} {what}" if one else f"{{n}} {what}s", language, n=number)


def _weight(parameters: list[str]) -> float:
    try:
        return next((float(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    except ValueError:
        return 0.0


@cache
def _words(language: Language) -> Mapping[str, str]:
    if language == "en":
        return {}
    read: dict[str, str] = json.loads(Path(__file__).with_name(f"words.{language}.json").read_text(encoding="utf-8"))
    return read
