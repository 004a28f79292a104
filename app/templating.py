"""The templates' environment: all that a page shows is escaped, and readable whatever a file has for names."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from fastapi.templating import Jinja2Templates
from jinja2.runtime import Context
from markupsafe import Markup

from . import words

_CODE = re.compile(r'`?((?<=`)[^`]+(?=`)|[\w.]+\(\)|\w+="[^"]*"|\b[a-z]+_[a-z_]+)`?')
# Controls but tab and newline, surrogates, what is invisible, and what turns the direction of the text that follows.
_MISLEADING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def open_templates(folder: Path, root: str = "") -> Jinja2Templates:
    """The templates of a folder, with our filters; `root` is what stands before every path of ours in a page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        finalize=shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clipped": clipped,
        "counted": _counted,
        "prose": prose,
        "sentences": sentences,
        "base64": base64,
    }
    environment.globals |= {"root": root, "language": _language, "_": _said}
    return Jinja2Templates(env=environment)


def shown(value: Any) -> Any:  # whatever an expression gives
    r"""A text as it can be shown: what would turn, hide or break other text stands as its escape.

    Lone surrogates cannot be encoded, controls and bidirectional overrides make a page say what the file does not.

    >>> shown("a\u202eb\ud800")
    'a\\u202eb\\ud800'
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", value)


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters: a name may be a megabyte long.

    >>> clipped("sequential", 3)
    'seq…'
    """
    return text if len(text) <= most else text[:most] + "…"


@jinja2.pass_context
def _language(context: Context) -> str:
    """The language of the page."""
    return words.language_of(context["request"])


@jinja2.pass_context
def _said(context: Context, text: str, **values: object) -> Markup:
    """A sentence of the page in its language."""
    return words.marked(text, words.language_of(context["request"]), **{k: shown(v) for k, v in values.items()})


@jinja2.pass_context
def _counted(context: Context, number: int, what: str) -> str:
    """A number with its noun, in the page's language."""
    return words.counted(number, what, words.language_of(context["request"]))


def base64(content: bytes) -> str:
    """Bytes for a `data:` address."""
    return b64encode(content).decode()


def shape(dims: Sequence[int | None] | None) -> str:
    """A shape as Keras prints it.

    >>> shape([None, 64]), shape([None]), shape([]), shape(None)
    ('(None, 64)', '(None,)', '()', 'unknown')
    """
    return "unknown" if dims is None else str(tuple(dims))


def prose(text: str) -> Markup:
    """A sentence with what is code in it marked: calls, arguments with values, names with underscores.

    >>> str(prose('Use padding="same" & model.to_json()'))
    'Use <code>padding=&#34;same&#34;</code> &amp; <code>model.to_json()</code>'
    """
    parts = _CODE.split(text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if k % 2 else part for k, part in enumerate(parts))


def sentences(text: str) -> list[str]:
    """The sentences of a text.

    >>> sentences("Make them equal. Or join along another axis, e.g. 1.")
    ['Make them equal.', 'Or join along another axis, e.g. 1.']
    >>> sentences("使它们相等。或沿另一个轴连接。")
    ['使它们相等。', '或沿另一个轴连接。']
    """
    return re.split(r"(?<=[.])\s+(?=[A-Z])|(?<=。)(?=.)", text)
