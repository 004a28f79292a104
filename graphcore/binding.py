"""How the arguments of a call meet the inputs of a rule: which tensors come in, in what form, and what cannot fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .catalog.calls import MODEL_CALLS, OPEN_OPERATIONS, Signature
from .catalog.spec import OpDef, tensors_of
from .diagnostics import shown
from .model import Layer, Node, TensorRef, are_tensors, leaves
from .shapes import RuleError, Shape, TensorSpec, may_agree, show

UNMASKED = {"mask": None}
"""What Keras 3 writes at the call of a layer that takes a mask and gets none."""


def bind(
    entry: OpDef, node: Node, inputs: list[TensorSpec], *, is_old: bool, is_start: bool
) -> tuple[list[Any], Mapping[str, Any]]:
    """The rule's inputs in its form, and the call's other arguments.

    `is_old`: as Keras 2 calls layers. `is_start`: the first layer of a Sequential, whose call has no arguments.

    Raises:
        RuleError: too many or too few tensors, or an argument that the call has not.
    """
    form, args, kwargs = entry.inputs.form, node.args, node.kwargs
    if form == "one" and not kwargs and len(args) == 1 and type(args[0]) is TensorRef:  # by far the most calls
        return inputs[:1], kwargs
    if form == "source":
        return [], {}
    if form == "all":
        return [inputs], {}
    signature = entry.old_call if is_old else entry.call
    is_plain = is_start or signature is None or (len(args) == 1 and (not kwargs or signature.plain.issuperset(kwargs)))
    if is_plain and form == "one" and len(args) == 1 and type(args[0]) is TensorRef:
        return inputs[:1], (kwargs if kwargs == UNMASKED else replaced_named(kwargs, iter(inputs[1:])))
    if is_plain and form == "many" and len(args) == 1 and not kwargs and are_tensors(args[0]):  # nearly all of lists
        return [_listed(entry, inputs)], {}
    if not is_old and not entry.name.startswith("ops."):
        _only_tensors(args)
        if kwargs:
            _not_mixed(kwargs)
    if signature is not None and not is_plain:
        _check_call(signature, node, is_old=is_old)
    if signature is None and not is_old:
        _check_operation(entry, node)
    if form == "call":
        return _bind_call(entry, node, iter(inputs), signature)
    if is_start:
        return ([inputs] if form == "many" else inputs), {}
    specs = iter(inputs)
    filled = [replaced(value, specs) for value in args]
    named = replaced_named(kwargs, specs) if kwargs else {}
    first: Any = None
    if filled:
        first = filled.pop(0)
        filled, named = _by_name(signature, filled, named)
    else:
        for name in signature.names[:1] if signature is not None else ("inputs", "x", "input"):
            if name in named:
                first = named.pop(name)
                break
    call = named if not filled else {**named, "args": tuple(filled)}
    if form == "one":
        return [_only(first, entry, is_old=is_old)], call
    return [_listed(entry, first)], call


def check_model_call(layer: Layer, node: Node, *, is_old: bool) -> None:
    """Refuse arguments that the call of a nested model does not take.

    Raises:
        RuleError: input-count (GC401), no-tensor (GC402), unknown-argument (GC202).
    """
    signature = MODEL_CALLS.get(layer.op.cls)
    if signature is not None and (node.kwargs or len(node.args) != 1):
        if not is_old:
            _only_tensors(node.args)
        _check_call(signature, node, is_old=is_old)


def _check_operation(entry: OpDef, node: Node) -> None:
    """Refuse arguments that the call of an operation does not take: all else stands in its config.

    Raises:
        RuleError: input-count (GC401), unknown-argument (GC202).
    """
    names = [name.rstrip("?") for name in entry.inputs.names]
    if not names or entry.cls in OPEN_OPERATIONS or entry.subclassed:
        return
    if len(node.args) > len(names):
        takes = f"takes {len(names)} argument{'' if len(names) == 1 else 's'} by position, gets {len(node.args)}"
        raise RuleError("GC401", takes, "take the others away")
    for name in node.kwargs:
        if name not in names:
            raise RuleError("GC202", f"has no argument {name[:80]} in its call", "remove it", arg=name)
        if name in names[: len(node.args)]:
            raise RuleError("GC401", f"gets {name} by position and by name", "give it once", arg=name)


def _check_call(signature: Signature, node: Node, *, is_old: bool) -> None:
    """Refuse what Python does where Keras binds a call's arguments, and what Keras 3 then gives a second time.

    Raises:
        RuleError: input-count (GC401), unknown-argument (GC202), bad-value (GC204).
    """
    args, kwargs, names = node.args, node.kwargs, signature.names
    most = len(names)
    if not is_old and any(name == "training" and value is not None for name, value in zip(names, args, strict=False)):
        most = names.index("training")  # Keras 3 gives it by its name, too
    if len(args) > most and not signature.more:
        takes = f"takes {most} argument{'' if most == 1 else 's'} by position, gets {len(args)}"
        raise RuleError("GC401", takes, "take the others away, or put a Concatenate or an Add before it")
    for name in names[: len(args)]:
        if name in kwargs:
            says = f"gets {name} by position and by name"
            raise RuleError("GC401", says, "give it once", arg=name)
    for name, value in [*kwargs.items(), *zip(names, args, strict=False)]:
        if not signature.has(name):
            raise RuleError("GC202", f"has no argument {name[:80]} in its call", "remove it", arg=name)
        if name in signature.flags and any(leaves(value)):
            says = f"takes true or false for {name} in its call, gets a tensor"
            raise RuleError("GC204", says, "give true or false", arg=name)
    if not is_old:
        _check_masks(signature, node)


def _check_masks(signature: Signature, node: Node) -> None:
    """Refuse null by position in the place of a mask, where Keras 3 gives by name the one that the tensor brings.

    Raises:
        RuleError: input-count (GC401).
    """
    given = dict(zip(signature.names, node.args, strict=False))
    tensors = {name for name, value in {**given, **node.kwargs}.items() if any(leaves(value))}
    for name, value in list(given.items())[1:]:
        beside = len(tensors) == 1 if name == "mask" else len(tensors) > 1 and name.removesuffix("_mask") in tensors
        if value is None and beside:
            says = f"gets null for {name} by position, and Keras 3 gives it by its name"
            raise RuleError("GC401", says, "leave it away, or pass it by its keyword", arg=name)


def _only(value: Any, entry: OpDef, *, is_old: bool) -> TensorSpec:
    if isinstance(value, TensorSpec):
        return value
    if isinstance(value, (tuple, list)) and value and all(isinstance(v, TensorSpec) for v in value):
        # Keras 3 does not take a list of one apart, and layers that only pass their input on do not notice.
        if len(value) == 1 and not is_old and (entry.weights is not None or entry.group == "reshaping"):
            hint = "connect the tensor itself, not a list of it"
            raise RuleError("GC401", "takes a tensor, gets a list of one", hint, inputs=(0,))
        if len(value) == 1:
            only: TensorSpec = value[0]
            return only
        raise RuleError(
            "GC401",
            f"takes 1 tensor, gets {len(value)}",
            "connect one, or put a Concatenate or an Add before it",
            inputs=tuple(range(len(value))),
        )
    raise RuleError("GC402", "has nothing connected to its input", "connect a tensor")


def _listed(entry: OpDef, value: Any) -> list[TensorSpec]:
    least, most = entry.inputs.least, entry.inputs.most
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, TensorSpec):
        wanted = "a list of tensors" if least < 2 else f"a list of {least} tensors or more"
        says = f"takes {wanted}, gets one tensor"
        raise RuleError("GC401", says, "connect another tensor, or put it into a list", inputs=(0,))
    if not isinstance(value, (tuple, list)) or not value:
        raise RuleError("GC402", "has nothing connected to its inputs", "connect tensors")
    tensors = [v for v in value if isinstance(v, TensorSpec)]
    if len(tensors) < least or (most is not None and len(tensors) > most):
        wanted = (
            f"{least} tensors"
            if least == most
            else f"{least} tensors or more"
            if most is None
            else f"{least} to {most} tensors"
        )
        raise RuleError(
            "GC401",
            f"takes {wanted}, gets {len(tensors)}",
            "connect another tensor" if len(tensors) < least else "disconnect one",
        )
    return tensors


def _only_tensors(args: tuple[Any, ...]) -> None:
    """Refuse what is no tensor among the arguments by position, as Keras 3 does for layers.

    Raises:
        RuleError: no-tensor (GC402).
    """
    waiting = list(args)
    while waiting:
        value = waiting.pop()
        if value.__class__ in (tuple, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif value is not None and value.__class__ is not TensorRef:
            said = shown(value) if isinstance(value, (bool, int, float, str)) else "an object"
            raise RuleError("GC402", f"gets {said} by position, where only tensors may stand", "pass it by its keyword")


def _not_mixed(kwargs: Mapping[str, Any]) -> None:
    """Refuse tensors beside other things in one list or mapping, as Keras 3 does for layers; null may stand there.

    Raises:
        RuleError: no-tensor (GC402).
    """
    for name, given in kwargs.items():
        leaves: list[Any] = []
        waiting = [given]
        while waiting:
            value = waiting.pop()
            if value.__class__ in (tuple, list):
                waiting.extend(value)
            elif isinstance(value, Mapping):
                waiting.extend(value.values())
            elif value is not None:
                leaves.append(value.__class__ is TensorRef)
        if any(leaves) and not all(leaves):
            raise RuleError("GC402", f"gets tensors beside other things in {name}", "connect tensors only", arg=name)


def _by_name(signature: Signature | None, args: list[Any], named: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments behind the first with the names that the signature has for them; those that it has none for stay."""
    names = signature.names[1:] if signature is not None else ()
    return args[len(names) :], {**dict(zip(names, args, strict=False)), **named}


def _bind_call(
    entry: OpDef, node: Node, specs: Any, signature: Signature | None
) -> tuple[list[Any], Mapping[str, Any]]:
    args = [replaced(value, specs) for value in node.args]
    named = replaced_named(node.kwargs, specs) if node.kwargs else {}
    values: list[Any] = []
    rest = list(args)
    if signature is not None:
        others, named = _by_name(signature, rest[1:], named)
        rest = [*(rest[:1] or [named.pop(name) for name in signature.names[:1] if name in named]), *others]
    takes_tensors = signature is not None and not signature.others  # functions take truths, too
    for name in entry.inputs.names:
        plain = name.rstrip("?")
        is_given = bool(rest) or plain in named
        value = rest.pop(0) if rest else named.pop(plain, None)
        is_nothing = value is None or value.__class__ is bool
        if is_nothing and not name.endswith("?") and (takes_tensors or not is_given):
            raise RuleError("GC402", f"has nothing for {plain}", f"connect a tensor to {plain}", arg=plain)
        values.append(value)
    return values, ({**named, "args": tuple(rest)} if rest else named)


def check_rank(entry: OpDef, values: list[Any]) -> None:
    """Refuse a tensor of a rank that the layer's input form has not.

    Raises:
        RuleError: rank-mismatch (GC403).
    """
    least, most = entry.inputs.min_rank, entry.inputs.max_rank
    if (not least and most is None) or entry.inputs.form != "one" or values[0].shape is None:
        return
    shape = values[0].shape
    rank = len(shape)
    if rank < least or (most is not None and rank > most):
        wanted = (
            f"rank {least}" if least == most else f"rank {least} or more" if most is None else f"rank {least} to {most}"
        )
        raise RuleError(
            "GC403",
            f"needs {wanted}, gets {show(shape)} of rank {rank}",
            _rank_hint(rank, least),
            inputs=(0,),
            data={"rank": rank, "least": least, "most": most},
        )


def _rank_hint(rank: int, least: int) -> str:
    if rank < least:
        return f"put a Reshape before it that adds {least - rank} {'axis' if least - rank == 1 else 'axes'}"
    return "put a Flatten, a Reshape or a global pooling layer before it"


def check_kept(entry: OpDef, context: Any, first: Sequence[Any], values: list[Any]) -> None:
    """Refuse another rank or other sizes than those that a layer's first call has settled.

    Raises:
        RuleError: rank-mismatch (GC403), shared-layer-mismatch (GC411).
    """
    if entry.keeps is None and (first is values or context.dialect not in entry.keeps_rank):
        return
    shape = next(tensors_of(values)).shape or ()
    if context.dialect in entry.keeps_rank and len(shape) != len(first[0].shape or ()):
        says = f"was built for rank {len(first[0].shape or ())}, and gets {show(shape)} of rank {len(shape)}"
        raise RuleError("GC403", says, "use a second layer for inputs of another rank", inputs=(0,))
    kept = entry.keeps(context, first[0]) if entry.keeps is not None else None
    if kept is not None and not may_agree(kept, shape):
        says = f"was built for {show(kept)}, and gets {show(shape)}"
        raise RuleError("GC411", says, "use a second layer for inputs of other sizes", inputs=(0,))


def masked_by_call(tensors: list[TensorSpec], node: Node, masks: list[TensorSpec]) -> list[TensorSpec]:
    """What comes into a nested model of Keras 2 whose call names masks, null among them, in place of their own.

    Source: tf_keras, `Functional._run_internal_graph`.
    """
    said = replaced(node.kwargs["mask"], iter(masks))
    each = said if isinstance(said, (list, tuple)) else [said]
    shapes = [one.shape if isinstance(one, TensorSpec) else None for one in each]
    return [replace(x, mask=shapes[i] if i < len(shapes) else None) for i, x in enumerate(tensors)]


def check_fit(i: int, ref: TensorRef, wanted: TensorSpec, given: TensorSpec) -> None:
    """Refuse a tensor that a nested model's input cannot be. The batch is free, an open size takes any.

    A last axis of 1 is left out on both sides, and the others are compared as far as they go.

    Source: Keras 3 and tf_keras, `Functional.input_spec` and `assert_input_compatibility`.

    Raises:
        RuleError: shape-mismatch (GC405).
    """
    if given.shape is None or wanted.shape is None:
        return
    gets = given.shape[:-1] if given.shape[-1:] == (1,) else given.shape
    needs = wanted.shape[:-1] if wanted.shape[-1:] == (1,) else wanted.shape
    for axis, (need, get) in enumerate(zip(needs, gets, strict=False)):
        if axis and need is not None and get is not None and need != get:
            raise RuleError(
                "GC405",
                f'needs {show(wanted.shape)} at its input "{ref.layer}", gets {show(given.shape)}',
                f"make axis {axis} {need}, or the nested model's input {get}",
                inputs=(i,),
                data={"axis": axis},
            )


def fit(wanted: TensorSpec, given: TensorSpec, *, is_old: bool) -> TensorSpec:
    """What a nested model's input becomes when this tensor is given.

    Source: Keras 3, `Function.compute_output_spec`; tf_keras, `Functional._conform_to_reference_input`.
    """
    dtype = wanted.dtype or given.dtype
    # tf_keras makes another tensor, which has no mask, where it casts or adds an axis.
    is_cast = (
        dtype != given.dtype or given.shape is None or wanted.shape is None or len(given.shape) != len(wanted.shape)
    )
    if is_old and not is_cast:
        return given
    if given.shape is None or wanted.shape is None:
        return TensorSpec(given.shape if wanted.shape is None else None, dtype, given.sparse, given.ragged)
    shape: Shape = given.shape
    if is_old and len(shape) == len(wanted.shape) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    elif is_old and len(shape) == len(wanted.shape) - 1 and wanted.shape[-1] == 1:
        shape = (*shape, 1)
    return TensorSpec(shape, dtype, given.sparse, given.ragged)


def replaced_named(kwargs: Mapping[str, Any], specs: Any) -> dict[str, Any]:
    """Keyword arguments with the next spec for each TensorRef: they stand in the order of the file."""
    return {name: replaced(value, specs) for name, value in kwargs.items()}


def replaced(value: Any, specs: Any) -> Any:
    """The tree with the next spec for each TensorRef, in the order of `leaves`: keys sorted."""
    kind = type(value)
    if kind is TensorRef:
        return next(specs)
    if value is None or kind is bool or kind is str:
        return value
    if kind is tuple or kind is list:
        return tuple([replaced(v, specs) for v in value])  # twice as fast as a generator
    if isinstance(value, Mapping):
        return {key: replaced(value[key], specs) for key in sorted(value)}
    return value
