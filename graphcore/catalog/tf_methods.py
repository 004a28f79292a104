"""What Keras 2 records where a ragged or sparse tensor is asked for a part, has a method called, or is made of others.

`x.row_splits` became an InstanceProperty, `x.to_tensor()` an InstanceMethod, `tf.RaggedTensor.from_row_splits(v, s)` a
ClassMethod. What is asked for in vain is refused; a name that tf_keras writes none of gives unknown.

A ragged tensor's inner axes are those behind its last open one. Row splits count as int64, which they are unless
somebody asked for int32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, show, unify
from .rules import exact_rank, times
from .spec import BadValue, Call, OpDef, Param, RuleContext, is_whole
from .tf_operands import dtype_said, shape_of

Made = TensorSpec | list[TensorSpec]
Method = Callable[[TensorSpec, Mapping[str, Any]], Made]
_ROWS = "int64"


def _ranks(x: TensorSpec) -> int:
    """How many axes are ragged: the last open one is, and all between it and the batch."""
    shape = x.shape or ()
    return max((axis for axis, dim in enumerate(shape) if axis and dim is None), default=1)


def _plain(*sizes: Dim, dtype: str | None = _ROWS) -> TensorSpec:
    return TensorSpec(sizes, dtype)


def _more(dim: Dim, added: int) -> Dim:
    return None if dim is None else dim + added


# Parts


def _values(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    if x.sparse:
        return _plain(None, dtype=x.dtype)
    return TensorSpec((_rows(x, 1), *(x.shape or ())[2:]), x.dtype, ragged=_ranks(x) > 1)


def _flat_values(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(None, *(x.shape or ())[_ranks(x) + 1 :], dtype=x.dtype)


def _splits(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(_more((x.shape or (None,))[0], 1))


def _all_splits(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _each_rank(x, 1)


def _each_rank(x: TensorSpec, added: int) -> Made:
    """A vector for each ragged axis, with a number for each of its rows."""
    return [_plain(_more(_rows(x, axis), added)) for axis in range(_ranks(x))]


def _rows(x: TensorSpec, axis: int) -> Dim:
    """How many rows there are behind an axis."""
    return times(*(x.shape or (None,))[: axis + 1])


def _places(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(None, len(x.shape or ()))


def _dense_shape(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(len(x.shape or ()))


# Methods


def _row_ids(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(None)


def _all_row_ids(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return [_plain(None)] * _ranks(x)


def _row_count(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain(dtype=dtype_said(named.get("out_type")) or _ROWS)


def _one_a_row(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _plain((x.shape or (None,))[0])


def _row_lengths(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    axis = named.get("axis", 1)
    shape = x.shape or ()
    if not is_whole(axis) or not 0 <= axis < len(shape):
        raise RuleError("GC204", f"has no axis {axis} in {show(shape)}", inputs=(0,))
    if axis == 0:
        return _plain()
    return TensorSpec((shape[0], *shape[1:axis]), _ROWS, ragged=axis > 1)


def _all_row_lengths(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return _each_rank(x, 0)


def _bounds(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    dtype = dtype_said(named.get("out_type")) or _ROWS
    axis = named.get("axis")
    if axis is None:
        return _plain(len(x.shape or ()), dtype=dtype)
    return _plain(*(shape_of(axis)), dtype=dtype)


def _with_values(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    new = named.get("new_values")
    if not isinstance(new, TensorSpec) or not new.shape:
        raise RuleError("GC402", "needs a tensor of values", "connect one")
    if x.sparse:
        if len(new.shape) != 1:
            raise RuleError("GC403", f"needs values of rank 1, gets {show(new.shape)}", inputs=(1,))
        return TensorSpec((None,) * len(x.shape or ()), new.dtype, sparse=True)
    unify(_rows(x, 1), new.shape[0])
    return TensorSpec((*(x.shape or (None, None))[:2], *new.shape[1:]), new.dtype, ragged=True)


def _with_flat_values(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    new = named.get("new_values")
    if not isinstance(new, TensorSpec) or not new.shape:
        raise RuleError("GC402", "needs a tensor of values", "connect one")
    shape = x.shape or ()
    return TensorSpec((*shape[: _ranks(x)], None, *new.shape[1:]), new.dtype, ragged=True)


def _same(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return TensorSpec(x.shape, x.dtype, ragged=True)


def _merged(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    shape, (outer, inner) = x.shape or (), (named.get("outer_axis"), named.get("inner_axis"))
    if not is_whole(outer) or not is_whole(inner):
        raise RuleError("GC402", "does not say which axes", "state outer_axis and inner_axis")
    first, last = (axis + len(shape) if axis < 0 else axis for axis in (outer, inner))
    if not 0 <= first <= last < len(shape):
        raise RuleError("GC204", f"cannot merge axes {outer} to {inner} of {show(shape)}", inputs=(0,))
    if first == last:
        return _same(x, named)
    sizes = shape[first : last + 1]
    merged = times(*sizes)
    is_ragged = not (first == 0 and last >= _ranks(x))
    return TensorSpec((*shape[:first], merged, *shape[last + 1 :]), x.dtype, ragged=is_ragged)


def _to_dense(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    shape, said = x.shape or (), named.get("shape")
    if said is None:
        return TensorSpec(shape, x.dtype)
    if isinstance(said, TensorSpec):
        return TensorSpec((None,) * len(shape), x.dtype)
    if not isinstance(said, (list, tuple)) or len(said) != len(shape):
        raise RuleError("GC403", f"makes {str(said)[:40]} of {show(shape)}", inputs=(0,))
    sizes = tuple(dim if is_whole(dim) and dim >= 0 else own for dim, own in zip(said, shape, strict=True))
    for own, dim in list(zip(shape, sizes, strict=True))[_ranks(x) + 1 :]:
        unify(own, dim)
    return TensorSpec(sizes, x.dtype)


def _to_sparse(x: TensorSpec, named: Mapping[str, Any]) -> Made:
    return TensorSpec((None,) * len(x.shape or ()), x.dtype, sparse=True)


PARTS: Mapping[str, Mapping[str, Method]] = {
    "ragged": {
        "values": _values,
        "flat_values": _flat_values,
        "row_splits": _splits,
        "nested_row_splits": _all_splits,
    },
    "sparse": {"indices": _places, "values": _values, "dense_shape": _dense_shape},
}
METHODS: Mapping[str, Mapping[str, tuple[Method, tuple[str, ...]]]] = {
    "ragged": {
        "value_rowids": (_row_ids, ("name",)),
        "nested_value_rowids": (_all_row_ids, ("name",)),
        "nrows": (_row_count, ("out_type", "name")),
        "row_starts": (_one_a_row, ("name",)),
        "row_limits": (_one_a_row, ("name",)),
        "row_lengths": (_row_lengths, ("axis", "name")),
        "nested_row_lengths": (_all_row_lengths, ("name",)),
        "bounding_shape": (_bounds, ("axis", "name", "out_type")),
        "with_values": (_with_values, ("new_values",)),
        "with_flat_values": (_with_flat_values, ("new_values",)),
        "with_row_splits_dtype": (_same, ("dtype",)),
        "merge_dims": (_merged, ("outer_axis", "inner_axis")),
        "to_tensor": (_to_dense, ("default_value", "name", "shape")),
        "to_sparse": (_to_sparse, ("name",)),
    },
    "sparse": {"with_values": (_with_values, ("new_values",))},
}
"""What tf_keras writes of each kind, with the names of the arguments that stand by position."""


# Ragged tensors made of others


def _of_rows(values: Any, rows: Dim, by: Any = None) -> TensorSpec:
    """Values in so many rows; `by` is what says which are whose."""
    if not isinstance(values, TensorSpec) or not values.shape:
        raise RuleError("GC402", "needs a tensor of values", "connect one")
    if values.ragged and isinstance(by, TensorSpec) and by.dtype not in (None, _ROWS):
        raise RuleError(
            "GC409", f"cannot combine rows of {_ROWS} with rows of {by.dtype}", "cast the rows", inputs=(1,)
        )
    return TensorSpec((rows, None, *values.shape[1:]), values.dtype, ragged=True)


def _from_splits(named: Mapping[str, Any]) -> TensorSpec:
    rows = _vector(named.get("row_splits"), "row_splits")
    if rows == 0:
        raise RuleError("GC405", "needs a row split or more", "give the end of each row behind a 0")
    return _of_rows(named.get("values"), _more(rows, -1), named["row_splits"])


def _from_each(name: str) -> Callable[[Mapping[str, Any]], TensorSpec]:
    return lambda named: _of_rows(named.get("values"), _vector(named.get(name), name), named[name])


def _from_row_ids(named: Mapping[str, Any]) -> TensorSpec:
    said, rows = named.get("value_rowids"), named.get("nrows")
    count = _vector(said, "value_rowids")
    if rows is None and isinstance(said, (list, tuple)) and said and is_whole(said[-1]):
        rows = said[-1] + 1
    made = _of_rows(named.get("values"), rows if is_whole(rows) else None, said)
    unify(named["values"].shape[0], count)
    return made


def _vector(said: Any, name: str) -> Dim:
    shape = shape_of(said)
    if said is None or len(shape) != 1:
        raise RuleError("GC402", f"needs one axis of {name}", f"connect {name}, or list them")
    return shape[0]


def _from_uniform(named: Mapping[str, Any]) -> TensorSpec:
    made, length, said = _of_rows(named.get("values"), None), named.get("uniform_row_length"), named.get("nrows")
    if not is_whole(length):
        raise RuleError("GC402", "does not say how long rows are", "state uniform_row_length")
    values = named["values"].shape[0]
    rows = said if is_whole(said) else None if values is None or not length else values // length
    unify(values, times(rows, length) if is_whole(said) else values)
    return TensorSpec((rows, length, *(made.shape or ())[2:]), made.dtype, ragged=True)


def _from_dense(named: Mapping[str, Any]) -> TensorSpec:
    x, ranks = named.get("tensor"), named.get("ragged_rank", 1)
    if not isinstance(x, TensorSpec):
        raise RuleError("GC402", "needs a tensor", "connect one")
    shape = x.shape or ()
    if not is_whole(ranks) or not 0 < ranks < len(shape):
        raise RuleError("GC403", f"makes {ranks} ragged axes of {show(shape)}", inputs=(0,))
    lengths, padding = named.get("lengths"), named.get("padding")
    if lengths is not None and padding is not None:
        raise RuleError("GC205", "has both lengths and padding", "remove one of them")
    if lengths is None and padding is None:
        return TensorSpec(shape, x.dtype, ragged=True)
    rows = shape[0]
    if lengths is None:
        _as_inside(shape_of(padding), shape[ranks + 1 :])
    else:
        count = _vector(lengths, "lengths")
        unify(times(*shape[:ranks]), count)
        rows = count if ranks == 1 else None
    return TensorSpec((rows, *shape[1:ranks], None, *shape[ranks + 1 :]), x.dtype, ragged=True)


def _as_inside(padding: Shape, inside: Shape) -> None:
    if len(padding) != len(inside):
        says = f"pads with {show(padding)}, and holds {show(inside)}"
        raise RuleError("GC403", says, "give padding the shape of one value", inputs=(0,))


def _from_sparse(named: Mapping[str, Any]) -> TensorSpec:
    x = named.get("st_input")
    if not isinstance(x, TensorSpec) or not x.sparse:
        raise RuleError("GC412", "needs a sparse tensor", "set sparse of its input to true", inputs=(0,))
    exact_rank(x, 2)
    return TensorSpec((None, None), x.dtype, ragged=True)


Maker = Callable[[Mapping[str, Any]], TensorSpec]
MAKERS: Mapping[str, tuple[Maker, tuple[str, ...]]] = {
    "from_row_splits": (_from_splits, ("values", "row_splits", "name", "validate")),
    "from_row_lengths": (_from_each("row_lengths"), ("values", "row_lengths", "name", "validate")),
    "from_row_starts": (_from_each("row_starts"), ("values", "row_starts", "name", "validate")),
    "from_row_limits": (_from_each("row_limits"), ("values", "row_limits", "name", "validate")),
    "from_value_rowids": (_from_row_ids, ("values", "value_rowids", "nrows", "name", "validate")),
    "from_uniform_row_length": (_from_uniform, ("values", "uniform_row_length", "nrows", "validate", "name")),
    "from_tensor": (
        _from_dense,
        ("tensor", "lengths", "padding", "ragged_rank", "name", "row_splits_dtype"),
    ),
    "from_sparse": (_from_sparse, ("st_input", "name", "row_splits_dtype")),
}
"""Class methods of `tf.RaggedTensor`, with the names of their arguments; those of nested rows are written as these."""


# The layers


def _kind(x: Any) -> str:
    return "sparse" if x.sparse else "ragged" if x.ragged else "dense"


def _named(names: Sequence[str], args: Any, kwargs: Any) -> dict[str, Any]:
    """Arguments by their names."""
    by_place = list(args) if isinstance(args, (list, tuple)) else []
    if len(by_place) > len(names):
        raise RuleError("GC202", f"gets {len(by_place)} arguments, and takes {len(names)}", "remove some")
    found = dict(zip(names, by_place, strict=False))
    for name, value in (kwargs or {}).items():
        if name not in names or name in found:
            raise RuleError("GC202", f"has no argument {str(name)[:40]}, or has it twice", "remove it")
        found[name] = value
    return {name: value for name, value in found.items() if value is not None}


def _asked(c: RuleContext, x: Any) -> Made | None:
    part = PARTS.get(_kind(_one(x)), {}).get(c.attr_name)
    if part is not None:
        return part(x, {})
    _check_kind(c, x, PARTS)
    return None


def _told(c: RuleContext, x: Any, args: Any, kwargs: Any) -> Made | None:
    method, names = METHODS.get(_kind(_one(x)), {}).get(c.attr_name, (None, ()))
    if method is not None:
        return method(x, _named(names, args, kwargs))
    _check_kind(c, x, METHODS)
    return None


def _one(x: Any) -> TensorSpec:
    if not isinstance(x, TensorSpec):
        raise RuleError("GC402", "has no tensor as its first argument", "connect a tensor")
    return x


def _check_kind(c: RuleContext, x: TensorSpec, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a name that another kind of tensor has; others may be anybody's."""
    kinds = [kind for kind, table in tables.items() if c.attr_name in table]
    if kinds:
        says = f"asks for {c.attr_name}, which {' and '.join(kinds)} tensors have, and gets a {_kind(x)} one"
        raise RuleError("GC412", says, f"set {kinds[0]} of its input to true", arg="attr_name", inputs=(0,))


def _made(c: RuleContext, args: Any, kwargs: Any) -> Made | None:
    maker, names = MAKERS.get(c.method_name, (None, ())) if c.cls_symbol == "RaggedTensor" else (None, ())
    if maker is None:
        return None
    if not isinstance(args, (list, tuple)) or not args:
        raise RuleError("GC402", "has no arguments by position: Keras 2 lost them when it wrote the file", "give them")
    return maker(_named(names, args, kwargs))


def _known_names(*names: str) -> Callable[[RuleContext], Iterator[RuleError]]:
    known = {name for table in (*PARTS.values(), *METHODS.values(), MAKERS) for name in table}

    def checks(c: RuleContext) -> Iterator[RuleError]:
        arg = names[-1]
        said = getattr(c, arg)
        if said not in known or (arg == "method_name" and c.cls_symbol != "RaggedTensor"):
            says = f"calls {str(said)[:80]}, which has no rule here: what comes out is unknown"
            yield RuleError("GC209", says, arg=arg)

    return checks


def _read_name(value: JSON) -> str:
    if not isinstance(value, str):
        raise BadValue("a name")
    return value


def _name(name: str, doc: str) -> Param:
    return Param(name, _read_name, {"type": "string"}, required=True, doc=doc)


def _entry(cls: str, inputs: Sequence[str], rule: Any, doc: str, *params: Param) -> OpDef:
    return OpDef(
        f"layers.{cls}",
        params=params,
        inputs=Call(*inputs),
        old_unranked=None,
        old_kinds=None,
        shape=rule,
        dtype=None,
        mask=None,
        checks=_known_names(*(param.name for param in params)),
        group="legacy",
        doc=doc,
        only=("keras2",),
        dynamic=None,
        palette=False,
    )


_ATTRIBUTE = _name("attr_name", "What the tensor is asked for.")
ENTRIES: Sequence[OpDef] = (
    _entry("InstanceProperty", ("obj",), _asked, "a part of a ragged or sparse tensor: its values", _ATTRIBUTE),
    _entry("InstanceMethod", ("obj", "args?", "kwargs?"), _told, "what a ragged tensor's method gives", _ATTRIBUTE),
    _entry(
        "ClassMethod",
        ("args", "kwargs?"),
        _made,
        "a ragged tensor made of values and rows",
        _name("cls_symbol", "A class of TensorFlow."),
        _name("method_name", "Its method."),
    ),
)
