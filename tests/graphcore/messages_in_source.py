"""Every sentence, and part of one, that `graphcore` can say to a user: read from its source, as templates."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import graphcore
from graphcore.catalog import CATALOG
from graphcore.catalog.objects import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from graphcore.keras_messages import MESSAGES

_PACKAGE = Path(graphcore.__file__).parent
# The service says the problems of a training, which are graphcore's, of what it alone knows, and how a training ended.
_SERVICE = Path(__file__).parents[2] / "app" / "training"
_OF_TRAINING = ("requests.py", "mends.py", "safe_config.py", "supervisor.py", "worker.py")
# What these files say is no message: codes have a table of their own, the rest writes programs, tables and terminals.
_SAYS_NOTHING = {
    "codes.py", "cli.py", "code_search.py", "stub.py", "python_text.py", "summary.py", "dot.py",
    "bytecode.py", "diagram.py", "excerpt.py", "repeats.py", "edits.py", "patch.py", "keras_says.py", "svg_to_pdf.py",
    "plot.py", "mend_file.py", "compare.py", "names.py", "calls.py", "language.py", "keras_messages.py",
}  # fmt: skip
# What these are called with is no message: patterns, names, and the documentation of the catalog.
_CALLS = {
    "compile", "get", "append", "startswith", "partition", "split", "replace", "strip", "lstrip", "TypeVar", "cast",
    "OpDef", "Param", "Spec", "operation", "unary", "binary", "reduction", "finditer", "search", "sub", "namedtuple",
    "AssertionError", "TypeError", "Refused", "endswith", "rstrip", "_offers",
}  # fmt: skip
_KEYWORDS = {"doc", "group", "purpose"}
_WORDS = re.compile(r"[A-Za-z]{2}.* |[ ].*[A-Za-z]{2}", re.DOTALL)


def templates() -> dict[str, str]:
    """Templates with `{0}`, `{1}` … for their values, by the file and line where each stands first."""
    found = dict.fromkeys(_of_tracebacks(), "keras_messages.py")
    docs = _documentation()
    for path in (*sorted(_PACKAGE.rglob("*.py")), *(_SERVICE / name for name in _OF_TRAINING)):
        where = path.relative_to(_PACKAGE.parent)
        if path.name in _SAYS_NOTHING or {"render", "to_python"} & set(where.parts):
            continue
        for line, text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            if text not in docs and f"{text}." not in docs and "→ " not in text:
                found.setdefault(text, f"{where}:{line}")
    return found


def _of_tracebacks() -> Iterator[str]:
    """What messages of Keras mean: templates with names for their values."""
    for message in MESSAGES:
        for meaning in filter(None, (message.meaning, message.running)):
            for text in (meaning.says, meaning.hint):
                parts = list(string.Formatter().parse(text))
                names = iter(range(len(parts)))
                yield "".join(said if name is None else f"{said}{{{next(names)}}}" for said, name, _, _ in parts)


def _documentation() -> set[str]:
    """What the catalog says of layers and arguments, which has words of its own."""
    entries = CATALOG.entries
    objects = [one for table in (INITIALIZERS, REGULARIZERS, CONSTRAINTS) for one in table.values()]
    found = {entry.doc for entry in entries} | {param.doc for entry in entries for param in entry.params}
    return found | {argument.doc for one in objects for argument in one.arguments}


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.AnnAssign):
            if node.value is not None and getattr(node.annotation, "id", "") != "TypeAlias":
                waiting.append(node.value)
            continue
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield from ((node.lineno, text) for text in _of(node) if _WORDS.search(text))
            if isinstance(node, ast.JoinedStr):
                waiting += [value.value for value in node.values if isinstance(value, ast.FormattedValue)]
            continue
        if isinstance(node, ast.FunctionDef):
            waiting += node.body
            waiting += node.args.defaults
            continue
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if isinstance(node.func, ast.Attribute) and node.func.attr != "join":
                waiting.append(node.func.value)
            said = [keyword.value for keyword in node.keywords if keyword.arg not in _KEYWORDS]
            if called != "_offers":
                waiting += [part for part in (*node.args, *said) if called not in _CALLS or not _is_text(part)]
            continue
        waiting += ast.iter_child_nodes(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, (ast.Constant, ast.JoinedStr))


def _of(node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
    """The templates of one text: several where words in it depend on a number."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    parts = [_alternatives(value) for value in node.values]
    for chosen in product(*parts):
        text, values = "", 0
        for piece in chosen:
            text += f"{{{values}}}" if piece is None else piece
            values += piece is None
        yield text


def _alternatives(part: ast.expr) -> list[str | None]:
    """What stands at a place of an f-string: a text, one of two, or a value (None)."""
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.IfExp) and isinstance(value.body, ast.Constant) and isinstance(value.orelse, ast.Constant):
        return [str(value.body.value), str(value.orelse.value)]
    return [None]
