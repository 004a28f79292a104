"""Shapes as a user writes them once for a class: `(batch, time, 64)`, read and never run.

An item is a whole number, a name, `None` for a size that is not known, `...` for the axes that the others leave over,
or a sum, difference, product, quotient (`//`) or remainder (`%`) of these. `units[0]` is an item of an argument that is
a list.
"""

from __future__ import annotations

import ast
import copy
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .shapes import Dim, Shape, show

MOST_TEXT = 500
"""Characters of a rule: nobody writes more by hand, and Python's parser takes what is nested this deep."""
MOST_NESTED = 30
"""Brackets and signs within each other."""
LARGEST = 2**63
"""No size of a tensor reaches it."""

Sizes = Mapping[str, Any]
"""What names stand for: a size, or the items of an argument that is a list."""

_SIGNS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


class BadRule(ValueError):
    """A rule that cannot be read, or that gives no shape; the text says why. `column` counts from 1."""

    def __init__(self, says: str, column: int | None = None) -> None:
        super().__init__(says if column is None else f"{says} (column {column})")
        self.column = column


@dataclass(frozen=True, slots=True)
class Written:
    """Shapes as they were written, one after the other; `text` is all that tells one from another."""

    text: str
    shapes: tuple[tuple[ast.expr, ...], ...] = field(repr=False, compare=False)

    def names(self) -> list[str]:
        """Every name in it, in order, once."""
        return list(dict.fromkeys(node.id for shape in self.shapes for item in shape for node in _names(item)))

    def names_by_axis(self) -> list[list[tuple[int, str]]]:
        """For each shape the names that stand alone in it, with their axes; behind a `...` from the end."""
        found = []
        for shape in self.shapes:
            rest = next((i for i, item in enumerate(shape) if _is_rest(item)), len(shape))
            alone = [(axis, item.id) for axis, item in enumerate(shape) if isinstance(item, ast.Name)]
            found.append([(axis if axis < rest else axis - len(shape), name) for axis, name in alone])
        return found

    def place(self, name: str, known: Collection[str] = ()) -> int | None:
        """The axis at which a name is the only one, else the only one but for `known` ones.

        It counts from the end where a `...` stands before it.
        """
        for are_known in ({name}, {name, *known}):
            for shape in self.shapes:
                is_after = False
                for axis, item in enumerate(shape):
                    is_after = is_after or _is_rest(item)
                    names = {node.id for node in _names(item)}
                    if name in names and names <= are_known:
                        return axis - len(shape) if is_after else axis
        return None


def read_shapes(text: str) -> Written:
    """Shapes of a text: one, or several after each other or in brackets.

    Raises:
        BadRule: it is no shape.

    >>> read_shapes("(batch, 2 * units)").names()
    ['batch', 'units']
    """
    if len(text) > MOST_TEXT:
        raise BadRule(f"a rule has at most {MOST_TEXT} characters, this one has {len(text):,}")
    said = " ".join(text.split())
    if not said:
        raise BadRule("a shape is wanted, as in (batch, time, 64)")
    tree = _parsed(said)
    are_many = isinstance(tree, (ast.Tuple, ast.List)) and any(isinstance(one, ast.Tuple) for one in tree.elts)
    listed = tree.elts if are_many and isinstance(tree, (ast.Tuple, ast.List)) else [tree]
    return Written(said, tuple(_items(one, said) for one in listed))


def read_size(text: str) -> Written:
    """One size of a text, as a shape of one axis.

    Raises:
        BadRule: it is no size.
    """
    return read_shapes(f"({text},)")


def bound(pattern: Written, shapes: Sequence[Shape | None]) -> dict[str, Dim]:
    """What the names of a pattern stand for where these shapes come in; `...` stands for the axes in its place.

    Raises:
        BadRule: another number of tensors, another rank, or another size than the pattern has.
    """
    if len(pattern.shapes) != len(shapes):
        raise BadRule(f"it takes {len(pattern.shapes)} tensors, and gets {len(shapes)}")
    found: dict[str, Dim] = {}
    for items, shape in zip(pattern.shapes, shapes, strict=True):
        if shape is None:
            continue
        rest = next((i for i, item in enumerate(items) if _is_rest(item)), None)
        if len(shape) != len(items) if rest is None else len(shape) < len(items) - 1:
            raise BadRule(f"it takes {pattern.text}, and gets {show(shape)}")
        after = 0 if rest is None else len(items) - rest - 1
        pairs = [
            *zip(items[:rest], shape, strict=False),
            *zip(items[len(items) - after :], shape[len(shape) - after :], strict=True),
        ]
        for item, dim in pairs:
            _meet(item, dim, found, pattern, shape)
    return found


def _meet(item: ast.expr, dim: Dim, found: dict[str, Dim], pattern: Written, shape: Shape) -> None:
    if isinstance(item, ast.Name):
        known = found.get(item.id)
        if known is not None and dim is not None and known != dim:
            raise BadRule(f"{item.id} is {known} and {dim} in {show(shape)}")
        found[item.id] = dim if known is None else known
    elif isinstance(item, ast.Constant) and type(item.value) is int and dim is not None and item.value != dim:
        raise BadRule(f"it takes {pattern.text}, and gets {show(shape)}")


def made(written: Written, sizes: Sizes, first: Shape | None) -> list[Shape | None]:
    """The shapes for what names stand for. `...` are axes of `first`; a shape that needs it is None without it.

    Raises:
        BadRule: a name stands for nothing, or a size cannot be.
    """
    return [_shape(items, sizes, first, written.text) for items in written.shapes]


def _shape(items: Sequence[ast.expr], sizes: Sizes, first: Shape | None, text: str) -> Shape | None:
    rest = next((i for i, item in enumerate(items) if _is_rest(item)), None)
    if rest is None:
        return tuple(_size(item, sizes, text) for item in items)
    if first is None:
        return None
    before = [_size(item, sizes, text) for item in items[:rest]]
    after = [_size(item, sizes, text) for item in items[rest + 1 :]]
    if len(first) < len(before) + len(after):
        raise BadRule(f"the input {show(first)} has no axes left for ...")
    return (*before, *first[len(before) : len(first) - len(after)], *after)


def _size(item: ast.expr, sizes: Sizes, text: str) -> Dim:
    size: Dim = _value(item, sizes, text)
    if size is not None and not 0 <= size < LARGEST:
        raise BadRule(f"{_part(item, text)} comes to {size}, which is no size", item.col_offset + 1)
    return size


def _value(item: ast.expr, sizes: Sizes, text: str) -> Any:
    match item:
        case ast.Constant():
            return item.value
        case ast.Name():
            return _number(item.id, sizes[item.id], item)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            said, at = sizes[name], _value(index, sizes, text)
            if not isinstance(said, (list, tuple)) or not -len(said) <= at < len(said):
                raise BadRule(f"{name} has no item {at}", item.col_offset + 1)
            return _number(f"{name}[{at}]", said[at], item)
        case ast.UnaryOp():
            inner = _value(item.operand, sizes, text)
            return None if inner is None else -inner
        case ast.BinOp():
            left, right = _value(item.left, sizes, text), _value(item.right, sizes, text)
            if left is None or right is None:
                return None
            if right == 0 and isinstance(item.op, (ast.FloorDiv, ast.Mod)):
                raise BadRule(f"{_part(item, text)} divides by 0", item.col_offset + 1)
            return _SIGNS[type(item.op)](left, right)
    raise AssertionError(item)  # `_check` lets nothing else through


def _number(name: str, value: Any, item: ast.expr) -> Any:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadRule(f"{name} is no whole number", item.col_offset + 1)
    return value


def as_source(written: Written, meanings: Mapping[str, str], first: str) -> list[str]:
    """The shapes as Python's source, for what names mean in it and how it calls the first shape that comes in.

    A size is None there where one that it is computed of is.

    >>> as_source(read_shapes("(batch, 2 * n, ...)"), {"batch": "s[0]", "n": "s[1]"}, "s")
    ['(s[0], None if s[1] is None else 2 * s[1], *s[2:])']
    """
    return [_shape_source(items, meanings, first) for items in written.shapes]


def _shape_source(items: Sequence[ast.expr], meanings: Mapping[str, str], first: str) -> str:
    rest = next((i for i, item in enumerate(items) if _is_rest(item)), None)
    found = []
    for i, item in enumerate(items):
        if i == rest:
            after = len(items) - i - 1
            found.append(f"*{first}[{i or ''}:{-after if after else ''}]")
        else:
            found.append(_size_source(item, meanings))
    return f"({', '.join(found)}{',' if len(found) == 1 else ''})"


def _size_source(item: ast.expr, meanings: Mapping[str, str]) -> str:
    said = ast.unparse(_Meant(meanings).visit(copy.deepcopy(item)))
    axes = dict.fromkeys(meanings[node.id] for node in _names(item) if meanings[node.id].endswith("]"))
    if isinstance(item, (ast.Name, ast.Subscript, ast.Constant)) or not axes:
        return said
    unknown = " or ".join(f"{axis} is None" for axis in axes)
    return f"None if {unknown} else {said}"


class _Meant(ast.NodeTransformer):
    """Names in place of others."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = meanings

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.meanings[node.id], mode="eval").body


# --- reading ----------------------------------------------------------------------------------------------------------


# Nothing else has a place in a shape; Python's parser would also warn of some of it.
_STRANGE = re.compile(r"[^\w\s()\[\],.+\-*/%]|(?<!\w)\d+[^\W\d]")


def _parsed(text: str) -> ast.expr:
    if (strange := _STRANGE.search(text)) is not None:
        raise BadRule(f"{strange[0][:20]} has no place in a shape", strange.start() + 1)
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise BadRule("a comma or a bracket is missing, or one too many", error.offset) from None
    except (ValueError, MemoryError, RecursionError):  # a null byte; deeper than Python's parser goes
        raise BadRule("the text is no shape") from None


def _items(shape: ast.expr, text: str) -> tuple[ast.expr, ...]:
    if not isinstance(shape, (ast.Tuple, ast.List)):
        raise BadRule("a shape stands in brackets, as in (batch, time, 64)", shape.col_offset + 1)
    rests = [item for item in shape.elts if _is_rest(item)]
    if len(rests) > 1:
        raise BadRule("... can stand once in a shape", rests[1].col_offset + 1)
    for item in shape.elts:
        if not _is_rest(item):
            _check(item, text)
    return tuple(shape.elts)


def _check(item: ast.expr, text: str) -> None:
    """Refuse what is no size.

    Raises:
        BadRule: something else than numbers, names and their sums and products.
    """
    waiting = [(item, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MOST_NESTED:
            raise BadRule(f"a size is nested at most {MOST_NESTED} deep", node.col_offset + 1)
        match node:
            case ast.Constant(value=int(size)) if not isinstance(size, bool):
                if size >= LARGEST:
                    raise BadRule("a size is below 2^63", node.col_offset + 1)
            case ast.Name() | ast.Constant(value=None):
                pass
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.Mod()):
                waiting += [(node.left, depth + 1), (node.right, depth + 1)]
            case ast.BinOp(op=ast.Div()):
                raise BadRule("sizes are whole numbers: write // for a quotient", node.col_offset + 1)
            case ast.UnaryOp(op=ast.USub()):
                waiting.append((node.operand, depth + 1))
            case ast.Subscript(value=ast.Name()) if _is_index(node.slice):
                pass
            case _:
                says = f"{_part(node, text)} is no size: it takes numbers, names, None, ..., + - * // %"
                raise BadRule(says, node.col_offset + 1)


def _part(node: ast.expr, text: str) -> str:
    """What a node is written as. Python counts its columns in bytes."""
    return text.encode()[node.col_offset : node.end_col_offset].decode(errors="replace")[:40]


def _is_index(index: ast.expr) -> bool:
    inner = index.operand if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) else index
    return isinstance(inner, ast.Constant) and type(inner.value) is int


def _is_rest(item: ast.expr) -> bool:
    return isinstance(item, ast.Constant) and item.value is Ellipsis


def _names(item: ast.expr) -> Iterator[ast.Name]:
    for node in ast.walk(item):
        if isinstance(node, ast.Name):
            yield node
