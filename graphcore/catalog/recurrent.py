"""Recurrent layers, their cells, and convolutional ones.

Keras 3 states the shapes of a recurrent layer by arithmetic and looks at the initial states when data come; Keras 2
looks at once. States that a `stateful` layer keeps are no weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..diagnostics import shown
from ..model import JSON
from ..shapes import Dim, RuleError, Shape, TensorSpec, broadcast, show, window
from .masks import check_steps, no_mask, of_sequences
from .params import (
    KERAS2,
    KERAS3,
    activation,
    anything,
    choice,
    data_format,
    flag,
    integer,
    kernel_size,
    number,
    pos_int,
    seed,
    serialized,
    sizes,
    unread,
)
from .rules import exact_rank, known, needs_float, plus, refuse_sparse, times
from .spec import (
    BadValue,
    Call,
    Inner,
    OldKinds,
    OpDef,
    Param,
    RuleContext,
    Taken,
    WeightSpec,
    autocast,
    is_float,
    mask_of,
    passes,
    tensors_of,
)

OLD_RECURRENT = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "consume_less": "",
    "forget_bias_init": "",
}
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}
STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}


def _cell_params(kind: str) -> tuple[Param, ...]:
    return (
        pos_int("units"),
        activation("activation", "tanh"),
        *((activation("recurrent_activation", "sigmoid"),) if kind != "SimpleRNN" else ()),
        flag("use_bias", True),
        *_initializers(),
        *((flag("unit_forget_bias", True),) if kind == "LSTM" else ()),
        *((flag("reset_after", True),) if kind == "GRU" else ()),
    )


def _initializers() -> tuple[Param, ...]:
    return (
        serialized("kernel_initializer", "glorot_uniform"),
        serialized("recurrent_initializer", "orthogonal"),
        serialized("bias_initializer", "zeros"),
        serialized("kernel_regularizer"),
        serialized("recurrent_regularizer"),
        serialized("bias_regularizer"),
        serialized("kernel_constraint"),
        serialized("recurrent_constraint"),
        serialized("bias_constraint"),
        number("dropout", 0.0, inert=True),
        number("recurrent_dropout", 0.0, inert=True),
        replace(seed(), old=anything("seed").read),  # Keras 2 draws when it runs
    )


def _time_first(value: JSON) -> str | None:
    """How a layer of Keras 3, for which the batch comes first, gets what one of Keras 2 got with the time first."""
    if value is not True:
        return None
    return (
        "time stands first in what comes in: put keras.ops.transpose(x, (1, 0, 2)) before the layer and, where it gives"
        " sequences, behind it; then remove time_major"
    )


def _layer_params() -> tuple[Param, ...]:
    return (
        flag("return_sequences"),
        flag("return_state"),
        flag("go_backwards"),
        flag("stateful"),
        flag("unroll"),
        flag("time_major", only=KERAS2, lost=_time_first),
        flag("zero_output_for_mask"),
        anything("input_length", only=KERAS2),  # of what comes into a first layer
    )


def _passed_over() -> Param:
    """Whether time stands first, which tf_keras hands to all of these and forgets in those that convolve."""

    def read(value: JSON) -> bool:
        if value is not False:
            raise Taken("false", False)
        return value

    return Param("time_major", read, {"enum": [False]}, False, only=KERAS2)


# Cells


def _cudnn() -> Param:
    """Whether cuDNN is used."""

    def read(value: JSON) -> Any:
        if value != "auto" and value not in (True, False):
            raise BadValue('"auto", true or false')
        return value

    return Param("use_cudnn", read, {}, "auto", inert=True, only=KERAS3)


def _cell_shapes(c: RuleContext, kind: str, x: TensorSpec, states: Any) -> list[Shape]:
    """The output, then the states. Inside a layer Keras 3 states them for any rank; Keras 2 runs the step."""
    if c.dialect == "keras2" or states is not None:
        exact_rank(x, 2)
    batch = (x.shape or (None,))[0]
    given = list(tensors_of(states))[: STATES[kind]]
    if given:
        _begun(None, given, [(c.units,)] * STATES[kind])
        if kind != "SimpleRNN":
            refuse_sparse(given[0])
    for state in given:
        if state.shape is not None:
            batch = broadcast((batch,), state.shape[:1])[0]
    return [(batch, c.units)] * (1 + STATES[kind])


def _cell_dtype(c: RuleContext, x: TensorSpec, states: Any = None, *, is_simple: bool = False) -> str:
    """What a cell gives, which both Keras run where it is called: tf_keras casts no states, and Keras 3 floats alone.

    A simple cell multiplies its state by a kernel of floats, and the others also take it as it is.

    Raises:
        RuleError: dtype-refused (GC409).
    """
    for i, one in enumerate([x, *tensors_of(states)] if states is not None else ()):
        is_taken = one.dtype in (None, c.compute_dtype) or i == 0
        if c.dialect == "keras3":
            is_taken = one.dtype is None or is_float(one.dtype) or (one.dtype != "string" and (is_simple or i == 0))
        if not is_taken:
            if i:
                says = f"needs states of {c.compute_dtype}, gets {one.dtype}"
                raise RuleError("GC409", says, f"cast the state to {c.compute_dtype}", inputs=(i,))
            raise RuleError("GC409", f"cannot take {one.dtype}", f"cast the input to {c.compute_dtype}", inputs=(0,))
    return needs_float(c, x)


def _stacked_dtype(c: RuleContext, x: TensorSpec, states: Any = None) -> str:
    """Looks at what comes in; Keras 3 casts it for the whole stack first."""
    if c.dialect == "keras3":
        x = replace(x, dtype=autocast(c, x.dtype))
    for cell, state in zip(c.cells, states if isinstance(states, (list, tuple)) else [states], strict=False):
        if c.dialect == "keras3":
            state = [replace(one, dtype=autocast(c, one.dtype)) for one in tensors_of(state)]
        _cell_dtype(c, x, state, is_simple=_is_simple(cell))
    return c.compute_dtype if c.dialect == "keras3" else needs_float(c, x)


def _is_simple(cell: JSON) -> bool:
    return bool(cell.get("class_name") == "SimpleRNNCell")


def _gates(c: RuleContext, kind: str, size: int) -> list[WeightSpec]:
    wide = c.units * GATES[kind]
    bias = (2, wide) if kind == "GRU" and c.reset_after else (wide,)
    return [
        WeightSpec("kernel", (size, wide)),
        WeightSpec("recurrent_kernel", (c.units, wide)),
        *([WeightSpec("bias", bias)] if c.use_bias else []),
    ]


def _bias_is_filled(c: RuleContext) -> Iterator[RuleError]:
    """An LSTM that remembers at first fills one part of its bias with ones, and calls the initializer for the rest."""
    if c.bias_initializer is None and c.unit_forget_bias and c.use_bias:
        says = "has unit_forget_bias, and bias_initializer null"
        yield RuleError(
            "GC205",
            says,
            "set unit_forget_bias to false",
            arg="bias_initializer",
            data={"beside": ["unit_forget_bias"]},
        )


def _cell(kind: str) -> OpDef:
    return OpDef(
        f"layers.{kind}Cell",
        params=(*_cell_params(kind), anything("implementation", 2, only=KERAS2 if kind == "SimpleRNN" else ())),
        inputs=Call("inputs", "states", built_by=("input",)),
        old_kinds=OldKinds("dense", "dense"),
        shape=lambda c, x, states=None: _cell_shapes(c, kind, x, states),
        dtype=lambda c, x, states=None: _cell_dtype(c, x, states, is_simple=kind == "SimpleRNN"),
        weights=lambda c, x, *_states: _gates(c, kind, known(x, -1)),
        mask=None,
        cost=lambda c, x, *_more: _step_cost(c, GATES[kind], (x.shape or (None,))[-1]),
        states=STATES[kind],
        dynamic=None,
        checks=_bias_is_filled if kind == "LSTM" else None,
        group="recurrent",
        aliases=(f"{kind}CellV1", f"{kind}CellV2") if kind != "SimpleRNN" else (),
        palette=False,
        doc="one step: (batch, in) → (batch, units), and the states",
    )


CELLS = tuple(_cell(kind) for kind in GATES)


# Layers with a cell of their own


def _lstm_fits(c: RuleContext) -> Iterator[RuleError]:
    yield from _bias_is_filled(c)
    yield from _may_use_cudnn(c)


def _gru_fits(c: RuleContext) -> Iterator[RuleError]:
    if c.reset_after:
        yield from _may_use_cudnn(c)


def _may_use_cudnn(c: RuleContext) -> Iterator[RuleError]:
    """What tf_keras tells functions apart by, where one holds both ways and TensorFlow chooses.

    Source: tf_keras, `LSTM.__init__`, `GRU.__init__` and `generate_defun_backend`.
    """
    is_plain = (c.activation, c.recurrent_activation, c.recurrent_dropout) == ("tanh", "sigmoid", 0)
    if c.dialect == "keras3" or not is_plain or not c.use_bias or c.unroll:
        return
    if not isinstance(c.said.get("time_major", False), bool):
        says = f"has time_major {shown(c.said['time_major'])}; it takes true or false"
        yield RuleError("GC204", says, arg="time_major")
    backwards = c.said.get("go_backwards", False)
    each = backwards if isinstance(backwards, list) else [backwards]
    if not all(isinstance(one, (bool, int, float, str)) for one in each):
        yield RuleError("GC204", f"has go_backwards {shown(backwards)}; it takes true or false", arg="go_backwards")


def _layer(kind: str) -> OpDef:
    return OpDef(
        f"layers.{kind}",
        unchecked=KERAS3,
        keeps=lambda c, x: (None,) * 3 if c.dialect == "keras3" else None,
        params=(
            *(replace(p, only=KERAS3) if p.name == "seed" and kind == "SimpleRNN" else p for p in _cell_params(kind)),
            unread(serialized("activity_regularizer")) if kind == "SimpleRNN" else serialized("activity_regularizer"),
            *_layer_params(),
            *((_cudnn(),) if kind != "SimpleRNN" else ()),
            anything("implementation", 2, only=KERAS2 if kind == "SimpleRNN" else ()),
            *((anything("return_runtime", only=KERAS2),) if kind != "SimpleRNN" else ()),
        ),
        inputs=Call("sequences", "initial_state?"),
        old_kinds=OldKinds(ragged="steps"),
        shape=lambda c, x, state=None: _sequence_shapes(c, kind, x, state),
        dtype=lambda c, x, *_states: needs_float(c, _first(x)),
        weights=lambda c, x, *_states: _gates(c, kind, _step_size(c, _first(x))),
        mask=of_sequences,
        cost=lambda c, x, _state, y: _sequence_cost(c, GATES[kind], _first(x)),
        checks={"LSTM": _lstm_fits, "GRU": _gru_fits}.get(kind),
        group="recurrent",
        aliases=(f"{kind}V1", f"{kind}V2") if kind != "SimpleRNN" else (),
        renamed={k: v for k, v in OLD_RECURRENT.items() if kind != "SimpleRNN" or k != "inner_activation"},
        doc="(batch, time, in) → (batch, units), or (batch, time, units) with return_sequences",
    )


def _first(x: Any) -> TensorSpec:
    """The sequences; Keras 2 gives the states behind them in one list."""
    if isinstance(x, TensorSpec):
        return x
    found = next(tensors_of(x), None)
    if found is None:
        raise RuleError("GC402", "has nothing connected to its sequences", "connect a tensor of rank 3")
    return found  # type: ignore[no-any-return]  # a tree's tensors are TensorSpecs


def _states_given(c: RuleContext, x: Any, state: Any) -> list[TensorSpec]:
    """Initial states that tf_keras holds to the cell; Keras 3 runs into them."""
    if c.dialect == "keras3":
        return []
    behind = [] if isinstance(x, TensorSpec) else list(tensors_of(x))[1:]
    return behind + list(tensors_of(state))


def _sequence_shapes(c: RuleContext, kind: str, x: Any, state: Any) -> list[Shape] | Shape:
    shape = _sequences(c, _first(x), 3)
    batch, time = (shape[1], shape[0]) if c.time_major else shape[:2]
    batch, states = _begun(batch, _states_given(c, x, state), [(c.units,)] * STATES[kind])
    return _outputs(c, _first(x), batch, time, (c.units,), states)


def _step_size(c: RuleContext, x: TensorSpec) -> int:
    """The last size of what a step gets; where Keras 3 is asked for a shape, a step of (batch, time) is its batch."""
    if c.dialect == "keras2" or len(x.shape or ()) == 3:
        return known(x, 2)
    return known(x, -1 if len(x.shape or ()) > 2 else 0)


def _sequences(c: RuleContext, x: TensorSpec, rank: int) -> Shape:
    """The shape of the sequences, which a layer that keeps states, or unrolls, asks more of."""
    shape = x.shape or ()
    if c.dialect == "keras3" and c.first and len(shape) > 1:
        return shape  # it takes batch and steps, and looks at no more
    if len(shape) != rank and (not c.is_asked_only or len(shape) < 2):
        hint = "put a Reshape before it that adds an axis, or let a recurrent layer before it return_sequences"
        if len(shape) != rank - 1:
            hint = f"put a Reshape before it that makes {rank} axes"
        raise RuleError("GC403", f"needs rank {rank}, gets {show(shape)} of rank {len(shape)}", hint, inputs=(0,))
    batch, time = (shape[1], shape[0]) if c.time_major else shape[:2]
    if c.stateful and batch is None:
        raise RuleError(
            "GC408",
            f"is stateful and needs a known batch size, gets {show(shape)}",
            "give the input a batch size, or set stateful to false",
            arg="stateful",
            inputs=(0,),
        )
    if c.dialect == "keras2" and time == 0:
        says = f"takes the first of no steps at all: {show(shape)}"
        raise RuleError("GC407", says, "use an input of at least 1 step", inputs=(0,))
    if c.dialect == "keras2" and time is None and getattr(c, "unroll", False):
        raise RuleError(
            "GC408",
            f"is unrolled and needs a known number of steps, gets {show(shape)}",
            "give axis 1 of the input a size, or set unroll to false",
            arg="unroll",
            inputs=(0,),
        )
    return shape


def _outputs(
    c: RuleContext, x: TensorSpec, batch: Dim, time: Dim, out: Shape, states: Sequence[Shape]
) -> list[Shape] | Shape:
    """What comes out: the states behind it, where they are wanted, with their batches."""
    check_steps(c, x, [(batch, *out), *states])
    mask = mask_of(c, x)
    if c.dialect == "keras2" and batch is None and mask and not c.time_major:
        batch = mask[0]  # each step chooses by it between what it gives and the step before
    head = ((time, batch) if c.time_major else (batch, time)) if c.return_sequences else (batch,)
    output = (*head, *out)
    return [output, *states] if c.return_state else output


def _states(many: int, kind: str = "") -> str:
    return f"{many} {kind}{'state' if many == 1 else 'states'}"


def _begun(batch: Dim, given: Sequence[TensorSpec], wanted: Sequence[Shape]) -> tuple[Dim, list[Shape]]:
    """The batch of what comes out, and the states, which a loop of TensorFlow gives as large as those it began with.

    Raises:
        RuleError: input-count (GC401), sizes-differ (GC405).

    Source: tf_keras, `RNN._validate_state_spec`.
    """
    if not given:
        return batch, [(batch, *want) for want in wanted]
    if len(given) != len(wanted):
        raise _wrong_number(len(given), len(wanted))
    for i, (state, want) in enumerate(zip(given, wanted, strict=True), 1):
        shape, needed = state.shape, (batch, *want)
        if shape is None:
            continue
        is_fit = len(shape) == len(needed) and not any(map(_differ, shape, needed))
        if not is_fit:
            raise _wrong_state(i, needed, shape, "make the state as wide as units")
        batch = shape[0] if batch is None else batch
    states = [state.shape or (batch, *want) for state, want in zip(given, wanted, strict=True)]
    return batch, [(made[0], *want) for made, want in zip(states, wanted, strict=True)]


def _differ(a: Dim, b: Dim) -> bool:
    return a is not None and b is not None and a != b


def _wrong_number(given: int, wanted: int) -> RuleError:
    says = f"keeps {_states(wanted)}, gets {_states(given, 'initial ')}"
    return RuleError("GC401", says, "connect as many initial states as the cell keeps", arg="initial_state")


def _wrong_state(i: int, needed: Shape, given: Shape, hint: str) -> RuleError:
    says = f"needs an initial state of {show(needed)}, gets {show(given)}"
    return RuleError("GC405", says, hint, arg="initial_state", inputs=(i,))


def _sequence_cost(c: RuleContext, gates: int, x: TensorSpec) -> Dim:
    """Steps × gates × units × (in + units)."""
    shape = x.shape or ()
    if len(shape) != 3:
        return None
    return times(shape[0 if c.time_major else 1], _step_cost(c, gates, shape[2]))


def _step_cost(c: RuleContext, gates: int, size: Dim) -> Dim:
    return times(gates * c.units, plus(size, c.units))


LAYERS = tuple(_layer(kind) for kind in GATES)


# The same on a GPU alone, of Keras 2


def _of_cudnn(kind: str) -> OpDef:
    return OpDef(
        f"layers.CuDNN{kind}",
        params=(
            pos_int("units"),
            *(param for param in _initializers() if param.name not in ("dropout", "recurrent_dropout", "seed")),
            *((flag("unit_forget_bias", True),) if kind == "LSTM" else ()),
            serialized("activity_regularizer"),
            *(flag(name) for name in ("return_sequences", "return_state", "go_backwards", "stateful", "time_major")),
        ),
        inputs=Call("sequences", "initial_state?"),
        shape=lambda c, x, state=None: _sequence_shapes(c, kind, x, state),
        dtype=lambda c, x, *_states: needs_float(c, _first(x)),
        weights=lambda c, x, *_states: _of_cudnn_weights(c, GATES[kind], known(_first(x), 2)),
        mask=lambda c, x, *_states: _no_mask_on_gpu(c, _first(x)),
        cost=lambda c, x, _state, y: _sequence_cost(c, GATES[kind], _first(x)),
        group="legacy",
        only=KERAS2,
        palette=False,
        doc="(batch, time, in) → (batch, units), or (batch, time, units) with return_sequences",
    )


def _of_cudnn_weights(c: RuleContext, gates: int, size: int) -> list[WeightSpec]:
    """A bias for what comes in and one for the state, one behind the other."""
    wide = c.units * gates
    return [
        WeightSpec("kernel", (size, wide)),
        WeightSpec("recurrent_kernel", (c.units, wide)),
        WeightSpec("bias", (2 * wide,)),
    ]


def _no_mask_on_gpu(c: RuleContext, x: TensorSpec) -> None:
    """Refuse a mask, as tf_keras does.

    Raises:
        RuleError: conflicting-arguments (GC205).
    """
    if passes(c, x) is not None:
        raise RuleError("GC205", "takes no mask", "use the class without CuDNN", inputs=(0,))


OF_CUDNN = tuple(_of_cudnn(kind) for kind in ("LSTM", "GRU"))


# RNN with any cell


def _cells(name: str) -> Param:
    """A serialized cell, or a list of them."""

    def read(value: JSON) -> tuple[JSON, ...]:
        if value in ("", {}):
            raise Taken("a serialized cell, or a list of them", ())
        each = value if isinstance(value, (list, tuple)) else [value]
        for one in each:
            if not isinstance(one, dict) or not isinstance(one.get("class_name"), str):
                raise BadValue("a serialized cell, or a list of them")
        return tuple(each)

    return Param(name, read, {"type": ["object", "array"]}, required=True)


def _has_a_cell(c: RuleContext) -> Iterator[RuleError]:
    if not c.cell:
        yield RuleError("GC204", "has no cells", "give one cell at least", arg="cell")


class _Stack:
    """What cells in a row make of one step, and keep. `out` is None where a cell is of no known class."""

    def __init__(self, c: RuleContext, cells: Sequence[JSON], step: TensorSpec) -> None:
        self.inners: list[Inner] = []
        self.states: list[Shape] = []
        self.multiply_adds: Dim = 0
        self.out: Shape | None = step.shape
        x = step
        for cell in cells:
            inner: Inner = c.infer(cell, x)
            if not inner.outputs or inner.outputs[0].shape is None:
                self.out = self.multiply_adds = None
                self.inners.append(inner._replace(made=(WeightSpec("cell", (None,)),)))
                return
            if len(inner.outputs) < 2:
                raise RuleError(
                    "GC205",
                    f"has a {str(cell.get('class_name'))[:60]} for a cell, which keeps no state",
                    "use LSTMCell, GRUCell, SimpleRNNCell or StackedRNNCells",
                    arg="cell",
                )
            x = inner.outputs[0]
            self.out = x.shape
            self.inners.append(inner)
            self.multiply_adds = plus(self.multiply_adds, inner.multiply_adds)
            self.states.extend((state.shape or ())[1:] for state in inner.outputs[1:])

    @property
    def weights(self) -> list[WeightSpec]:
        """The variables of all cells.

        Raises:
            RuleError: unknown-size (GC408).
        """
        return [weight for inner in self.inners for weight in inner.weights]


def _step(c: RuleContext, x: TensorSpec) -> TensorSpec:
    shape = _sequences_of_any_rank(c, x)
    batch = shape[1] if c.time_major else shape[0]
    return TensorSpec((batch, *shape[2:]), x.dtype)


def _sequences_of_any_rank(c: RuleContext, x: TensorSpec) -> Shape:
    return _sequences(c, x, max(len(x.shape or ()), 3))


def _rnn_shapes(c: RuleContext, x: Any, state: Any = None) -> list[Shape] | Shape | None:
    first = _first(x)
    shape = _sequences_of_any_rank(c, first)
    stack = _Stack(c, c.cell, _step(c, first))
    if stack.out is None:
        return None
    batch, time = (shape[1], shape[0]) if c.time_major else shape[:2]
    batch, states = _begun(batch, _states_given(c, x, state), stack.states)
    return _outputs(c, _first(x), batch, time, stack.out[1:], states)


def _rnn_cost(c: RuleContext, x: Any, *_more: Any) -> Dim:
    first = _first(x)
    shape = first.shape or ()
    return times(shape[0 if c.time_major else 1], _Stack(c, c.cell, _step(c, first)).multiply_adds)


RNN = OpDef(
    "layers.RNN",
    unchecked=KERAS3,
    params=(_cells("cell"), *_layer_params(), anything("num_constants", only=KERAS2)),
    inputs=Call("sequences", "initial_state?"),
    old_kinds=OldKinds(ragged="steps"),
    shape=_rnn_shapes,
    dtype=lambda c, x, *_states: needs_float(c, _first(x)),
    weights=lambda c, x, *_states: _Stack(c, c.cell, _step(c, _first(x))).weights,
    mask=of_sequences,
    cost=_rnn_cost,
    checks=_has_a_cell,
    group="recurrent",
    doc="(batch, time, in) → (batch, out), or (batch, time, out) with return_sequences",
    delegates=True,
)


def _stacked_shapes(
    c: RuleContext, x: TensorSpec, states: Any = None
) -> list[Shape | None] | list[TensorSpec] | TensorSpec:
    """Each cell computes in a dtype of its own; without cells, what comes in goes out."""
    if c.dialect == "keras3" and isinstance(states, TensorSpec):
        raise RuleError("GC402", "takes a list of states, gets a tensor", "put it into a list", inputs=(1,))
    if c.dialect == "keras3" and states is None and not c.is_asked_only:
        raise RuleError("GC402", "has nothing for states", "connect a state for each cell", arg="states")
    if not c.cells and c.dialect == "keras3":
        return TensorSpec(x.shape, autocast(c, x.dtype))
    if not c.cells:
        raise RuleError("GC204", "has no cells", "give one cell at least", arg="cells")
    for cell, state in zip(c.cells, states if isinstance(states, (list, tuple)) else [states], strict=False):
        if not _is_simple(cell):
            for one in tensors_of(state):
                refuse_sparse(one)
    run = _run(c, states)
    if c.dialect == "keras3":
        _check_handed_on(c, run)
    stack = _Stack(c, run, x)
    batch = (x.shape or (None,))[0]
    kept = [(batch, *state) for state in stack.states]
    if c.dialect == "keras2":
        return [stack.out, *kept]
    dtypes = [state.dtype for inner in stack.inners for state in inner.outputs[1:]]
    last = stack.inners[-1].outputs[0].dtype if stack.inners else autocast(c, x.dtype)
    return [TensorSpec(stack.out, last), *(TensorSpec(shape, dtype) for shape, dtype in zip(kept, dtypes, strict=True))]


def _check_handed_on(c: RuleContext, cells: Sequence[JSON]) -> None:
    """Refuse arguments of a call that Keras 3 hands on to cells of its own, which take none but a flag.

    Raises:
        RuleError: unknown-argument (GC202), bad-value (GC204).
    """
    if not any(cell["class_name"] in _CELLS and ">" not in str(cell.get("registered_name")) for cell in cells):
        return
    for name, value in c.call.items():
        if name != "training":
            raise RuleError("GC202", f"has no argument {name[:80]} in its call", "remove it", arg=name)
        if next(tensors_of(value), None) is not None:
            says = f"takes true or false for {name} in its call, gets a tensor"
            raise RuleError("GC204", says, "give true or false", arg=name)


_CELLS = frozenset(("GRUCell", "LSTMCell", "SimpleRNNCell"))


def _run(c: RuleContext, states: Any) -> Sequence[JSON]:
    """The cells that get a state: Keras 3 pairs both, and looks at no length."""
    many = len(states) if c.dialect == "keras3" and isinstance(states, (list, tuple)) else None
    cells: Sequence[JSON] = c.cells[:many]
    return cells


STACKED_CELLS = OpDef(
    "layers.StackedRNNCells",
    params=(_cells("cells"), anything("reverse_state_order", only=KERAS2)),
    inputs=Call("inputs", "states", built_by=("input",)),
    old_kinds=OldKinds("dense", "dense"),
    shape=_stacked_shapes,
    dtype=_stacked_dtype,
    weights=lambda c, x, *_states: _Stack(c, c.cells, x).weights,
    mask=no_mask,
    cost=lambda c, x, *_more: _Stack(c, c.cells, x).multiply_adds,
    dynamic=None,
    filled=lambda dtype: True,  # its cells have policies of their own
    group="recurrent",
    palette=False,
    doc="cells in a row, one step: (batch, in) → (batch, out), and the states",
    delegates=True,
)


# Convolutional


def _conv(rank: int) -> OpDef:
    axes = {1: "steps", 2: "height, width", 3: "depth, height, width"}[rank]
    return OpDef(
        f"layers.ConvLSTM{rank}D",
        unchecked=KERAS3,
        reuses=KERAS2,
        keeps=_kept,
        delegates=True,
        params=(
            replace(integer("filters", least=0, required=True), old=pos_int("filters").old),
            kernel_size(rank),
            sizes("strides", rank, (1,) * rank),
            choice("padding", ("valid", "same"), "valid"),
            data_format(),
            sizes("dilation_rate", rank, (1,) * rank),
            activation("activation", "tanh"),
            activation("recurrent_activation", "hard_sigmoid", only=KERAS2),
            activation("recurrent_activation", "sigmoid", only=KERAS3),
            flag("use_bias", True),
            *(replace(p, only=KERAS3) if p.name == "seed" else p for p in _initializers()),
            flag("unit_forget_bias", True),
            serialized("activity_regularizer"),
            *(_passed_over() if p.name == "time_major" else p for p in _layer_params()),
        ),
        inputs=Call("sequences", "initial_state?"),
        shape=_conv_shapes,
        dtype=lambda c, x, *_states: needs_float(c, _first(x)),
        weights=lambda c, x, *_states: _conv_weights(c, _first(x)),
        mask=of_sequences,
        cost=_conv_cost,
        checks=_conv_checks,
        group="recurrent",
        renamed={k: v for k, v in OLD_RECURRENT.items() if k != "output_dim"}
        | {
            "nb_filter": "filters",
            "border_mode": "padding",
            "subsample": "strides",
            "dim_ordering": "data_format",
        },
        doc=f"(batch, time, {axes}, in) → (batch, {axes}, filters), or (batch, time, …) with return_sequences",
    )


def _conv_checks(c: RuleContext) -> Iterator[RuleError]:
    yield from _bias_is_filled(c)
    if c.unroll and c.dialect == "keras2":
        yield RuleError("GC204", "cannot be unrolled", "set unroll to false", arg="unroll")
    if max(c.strides) > 1 and max(c.dilation_rate) > 1:
        yield RuleError(
            "GC205",
            f"cannot have both strides {show(c.strides)} and dilation_rate {show(c.dilation_rate)} above 1",
            "set one of the two to 1",
            arg="dilation_rate",
            data={"beside": ["strides"]},
        )


def _conv_parts(c: RuleContext, shape: Shape) -> tuple[Shape, Dim, int]:
    """Sizes in space, the channels, and their axis."""
    if c.data_format == "channels_first":
        return shape[3:], shape[2], 2
    return shape[2:-1], shape[-1], len(shape) - 1


def _conv_step(c: RuleContext, x: TensorSpec) -> list[Dim]:
    """The sizes in space of a state."""
    shape = _sequences(c, x, len(c.kernel_size) + 3)
    given, _, _ = _conv_parts(c, shape)
    if c.dialect == "keras3" and None in given and not c.first:
        raise RuleError(
            "GC408",
            f"needs known sizes in space, gets {show(shape)}",
            "give these axes of the input sizes",
            inputs=(0,),
        )
    each = zip(given, c.kernel_size, c.strides, c.dilation_rate, strict=True)
    out = [window(size, width, stride, c.padding, dilation) for size, width, stride, dilation in each]
    for size in out:
        if size is not None and size <= 0:
            raise RuleError(
                "GC407",
                f"makes {show(tuple(out))} of {show(given)}: kernel_size {show(c.kernel_size)} does not fit",
                'use padding="same", or a larger input',
                arg="kernel_size",
                inputs=(0,),
            )
    return out


def _conv_shapes(c: RuleContext, x: Any, state: Any = None) -> list[Shape] | Shape:
    first = _first(x)
    _check_kernel(c, first)
    out = _conv_step(c, first)
    batch, time, *_ = first.shape or ()
    (batch, *out), states = _with_states(c, [batch, *out], _states_given(c, x, state))
    return _outputs(c, first, batch, time, _of_filters(c, out), states)


def _of_filters(c: RuleContext, places: Sequence[Dim]) -> Shape:
    return (c.filters, *places) if c.data_format == "channels_first" else (*places, c.filters)


def _with_states(c: RuleContext, places: list[Dim], given: Sequence[TensorSpec]) -> tuple[list[Dim], list[Shape]]:
    """Batch and sizes in space of what a step gives, once the initial states went into it; and the states after it.

    tf_keras holds the filters of states to the cell's as it builds the layer. Then a step spreads what it convolves
    over the state, or the state over it, and what comes out must be as large as the state that went in.

    Raises:
        RuleError: input-count (GC401), sizes-differ (GC405).

    Source: tf_keras, `ConvRNN.build` and `ConvLSTMCell.call`.
    """
    batch, *out = places
    needed = (batch, *_of_filters(c, out))
    if not given:
        return places, [needed, needed]
    if len(given) != 2:
        raise _wrong_number(len(given), 2)
    axis = 1 if c.data_format == "channels_first" else len(places)
    made, states = list(places), []
    for i, state in enumerate(given, 1):
        shape = state.shape or needed
        has_filters = len(shape) == len(needed) and shape[axis] in ((c.filters, None) if c.built else (c.filters,))
        sizes = [*shape[:axis], *shape[axis + 1 :]]
        if not has_filters or not all(map(_goes_in, range(len(places)), places, sizes)):
            raise _wrong_state(i, needed, shape, "make the state as large as what a step gives")
        states.append(shape)
        for at, size in enumerate(sizes):
            if made[at] is None or (made[at] == 1 and at > 0):
                made[at] = size
    return made, states


def _goes_in(axis: int, place: Dim, state: Dim) -> bool:
    """Whether a state of a size goes into a step of another one: one place in space is spread over the state."""
    return not _differ(place, state) or (place == 1 and axis > 0)


def _check_kernel(c: RuleContext, x: TensorSpec) -> None:
    """A later call in tf_keras convolves with the kernel that there is: multiples of its depth come in as groups."""
    if c.dialect != "keras2" or not c.built:
        return
    shape = _sequences(c, x, len(c.kernel_size) + 3)
    many = shape[2 if c.data_format == "channels_first" else -1]
    if many is None:
        return
    depth = c.built[0].shape[-2] or 1
    if many % depth or c.filters % max(many // depth, 1):
        says = f"has a kernel for {depth} channels from call 0, and gets {show(x.shape)}"
        raise RuleError("GC411", says, "use a second layer for other channels", inputs=(0,))


def _kept(c: RuleContext, x: Any) -> Shape | None:
    """What is kept of the first input: in Keras 3 the rank, else all but the steps, and the batch for a state."""
    if c.dialect == "keras3":
        return (None,) * (len(c.kernel_size) + 3)
    batch, _, *rest = _first(x).shape or (None, None)
    return (batch if c.stateful else None, None, *rest)


def _conv_weights(c: RuleContext, x: TensorSpec) -> list[WeightSpec]:
    _, _, axis = _conv_parts(c, x.shape or ())
    wide = c.filters * 4
    return [
        WeightSpec("kernel", (*c.kernel_size, known(x, axis, " for the channels"), wide)),
        WeightSpec("recurrent_kernel", (*c.kernel_size, c.filters, wide)),
        *([WeightSpec("bias", (wide,))] if c.use_bias else []),
    ]


def _conv_cost(c: RuleContext, x: Any, _state: Any, y: Shape) -> Dim:
    """Steps × places × window × gates × (in + filters) × filters."""
    first = _first(x)
    _, channels, _ = _conv_parts(c, first.shape or ())
    if channels is None:
        return None
    time = (first.shape or (None, None))[1]
    return times(time, *_conv_step(c, first), *c.kernel_size, 4 * c.filters, channels + c.filters)


CONVOLUTIONAL = tuple(_conv(rank) for rank in (1, 2, 3))

ENTRIES = (*LAYERS, *OF_CUDNN, *CELLS, RNN, STACKED_CELLS, *CONVOLUTIONAL)
