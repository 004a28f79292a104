"""What initializers, regularizers and constraints of Keras 3.15.1 take, with defaults, and the names they answer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class ObjectArgument(NamedTuple):
    """One argument of such a class."""

    name: str
    default: Any
    schema: Mapping[str, Any]
    doc: str
    required: bool = False
    """Whether Keras cannot read a config without it."""


class ObjectClass(NamedTuple):
    """A class, and the names besides its own in snake case that Keras takes for it."""

    arguments: tuple[ObjectArgument, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def defaults(self) -> dict[str, Any]:
        """Each argument's value where nothing is said."""
        return {argument.name: argument.default for argument in self.arguments}


def _number(name: str, default: float, doc: str, least: float | None = None) -> ObjectArgument:
    return ObjectArgument(name, default, {"type": "number"} | ({} if least is None else {"minimum": least}), doc)


def _word(name: str, default: str, words: tuple[str | None, ...], doc: str) -> ObjectArgument:
    return ObjectArgument(name, default, {"enum": list(words)}, doc)


def _axes(name: str, default: int | None, doc: str) -> ObjectArgument:
    whole = {"type": "integer"}
    types = [whole, {"type": "array", "items": whole}, *([{"type": "null"}] if default is None else [])]
    return ObjectArgument(name, default, {"anyOf": types}, doc)


_SEED = ObjectArgument("seed", None, {"type": ["integer", "null"]}, "The same number gives the same values each time.")
_FANS = (
    _axes("input_axes", None, "The axes of the weight that count as inputs; None: all but the last."),
    _axes("output_axes", None, "The axes of the weight that count as outputs; None: the last."),
)
_SCALED = ObjectClass((_SEED, *_FANS))
_MEAN = _number("mean", 0.0, "The middle of the values.")
_SPREAD = _number("stddev", 0.05, "The standard deviation of the values.", 0)
_GAIN = _number("gain", 1.0, "What the matrix is multiplied by.")
_NORM_AXIS = _axes("axis", 0, "The axes that a norm is taken over: 0 of a Dense kernel, (0, 1, 2) of a Conv2D kernel.")

INITIALIZERS: Mapping[str, ObjectClass] = {
    "Constant": ObjectClass((_number("value", 0.0, "The value of every element.")._replace(required=True),)),
    "GlorotNormal": _SCALED,
    "GlorotUniform": _SCALED,
    "HeNormal": _SCALED,
    "HeUniform": _SCALED,
    "Identity": ObjectClass((_GAIN,), ("IdentityInitializer",)),
    "LecunNormal": _SCALED,
    "LecunUniform": _SCALED,
    "Ones": ObjectClass((), ("one",)),
    "Orthogonal": ObjectClass((_GAIN, _SEED), ("OrthogonalInitializer",)),
    "RandomNormal": ObjectClass((_MEAN, _SPREAD, _SEED), ("normal",)),
    "RandomUniform": ObjectClass(
        (_number("minval", -0.05, "The least value."), _number("maxval", 0.05, "The end of the values."), _SEED),
        ("uniform",),
    ),
    "STFT": ObjectClass(
        (
            _word("side", "real", ("real", "imag"), "Which part of the transform the kernel computes."),
            ObjectArgument("window", "hann", {"type": ["string", "null"]}, "The window's name; None: none."),
            _word("scaling", "density", ("density", "spectrum", None), "How the result is scaled; None: not."),
            ObjectArgument("periodic", False, {"type": "boolean"}, "Whether the window goes on in a period."),
        ),
        ("STFTInitializer",),
    ),
    "TruncatedNormal": ObjectClass((_MEAN, _SPREAD, _SEED)),
    "VarianceScaling": ObjectClass(
        (
            _number("scale", 1.0, "What the variance is multiplied by.", 0),
            _word("mode", "fan_in", ("fan_in", "fan_out", "fan_avg"), "What the variance is divided by."),
            _word(
                "distribution",
                "truncated_normal",
                ("normal", "truncated_normal", "untruncated_normal", "uniform"),
                "Where the values are drawn from.",
            ),
            _SEED,
            *_FANS,
        )
    ),
    "Zeros": ObjectClass((), ("zero",)),
}
REGULARIZERS: Mapping[str, ObjectClass] = {
    "L1": ObjectClass((_number("l1", 0.01, "The factor of the sum of absolute values."),)),
    "L2": ObjectClass((_number("l2", 0.01, "The factor of the sum of squares."),)),
    "L1L2": ObjectClass(
        (
            _number("l1", 0.0, "The factor of the sum of absolute values."),
            _number("l2", 0.0, "The factor of the sum of squares."),
        )
    ),
    "OrthogonalRegularizer": ObjectClass(
        (
            _number("factor", 0.01, "The factor of what is added to the loss."),
            _word("mode", "rows", ("rows", "columns"), "What of the matrix is to be orthogonal."),
        )
    ),
}
_MOST = "The largest norm that is kept."
CONSTRAINTS: Mapping[str, ObjectClass] = {
    "MaxNorm": ObjectClass((_number("max_value", 2, _MOST), _NORM_AXIS)),
    "MinMaxNorm": ObjectClass(
        (
            _number("min_value", 0.0, "The least norm that is kept."),
            _number("max_value", 1.0, _MOST),
            _number("rate", 1.0, "How far a norm outside goes to the nearest kept one: 1 all the way.", 0),
            _NORM_AXIS,
        )
    ),
    "NonNeg": ObjectClass(),
    "UnitNorm": ObjectClass((_NORM_AXIS,)),
}

_TODAY = {
    alias: cls
    for table in (INITIALIZERS, REGULARIZERS, CONSTRAINTS)
    for cls, one in table.items()
    for alias in one.aliases
    if not alias.islower()
}


def class_today(name: str) -> str:
    """What the installed Keras writes for a class that earlier ones wrote otherwise.

    >>> class_today("OrthogonalInitializer")  # in every LSTM of Keras 3.0 to 3.5
    'Orthogonal'
    """
    return _TODAY.get(name, name)
