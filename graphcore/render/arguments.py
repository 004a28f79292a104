"""What each argument of each layer is for, in a sentence, in each language: a table apart from the catalog."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ..catalog import CATALOG, Catalog
from ..catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS


def describe_arguments(language: Literal["en", "zh-CN"] = "en", catalog: Catalog = CATALOG) -> dict[str, Any]:
    """Sentences by argument, and by operation where an argument is for something else there.

    `{"arguments": {"padding": …}, "of": {"layers.ZeroPadding2D": {"padding": …}}, "objects": {"L2": {"l2": …}}}`
    """
    table = _table()
    general = {name: said[language] for name, said in table["arguments"].items() if "." not in name}
    of: dict[str, dict[str, str]] = {}
    for entry in catalog.entries:
        for param in entry.params:
            own = table["arguments"].get(f"{entry.cls}.{param.name}")
            said = own[language] if own else _in(language, param.doc)
            if said and said != general.get(param.name):
                of.setdefault(entry.name, {})[param.name] = said
    tables = {**INITIALIZERS, **REGULARIZERS, **CONSTRAINTS}
    objects = {
        cls: {argument.name: _in(language, argument.doc) for argument in one.arguments} for cls, one in tables.items()
    }
    return {"arguments": general, "of": of, "objects": objects}


def _in(language: str, text: str) -> str:
    return text if language == "en" else str(_table()["own"].get(text, text))


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "catalog" / "argument_docs.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
