"""Layers that act while a model trains only: dropout and noise. Seeds are state, not parameters."""

from __future__ import annotations

from ..model import JSON
from .params import anything, data_format, number, required
from .rules import run_dtype, same
from .spec import BadValue, One, OpDef, Param


def _noise_shape() -> Param:
    def read(value: JSON) -> JSON:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise BadValue("a list of sizes, or null")
        for size in value:
            if size is not None and (type(size) is not int or size <= 0):
                raise BadValue("a list of sizes above 0, null for the input's")
        return tuple(value)

    return Param("noise_shape", read, {"anyOf": [{"type": "array"}, {"type": "null"}]}, None)


def _rate(name: str = "rate") -> Param:
    return required(number(name, least=0, most=1, inert=True))


def _seed() -> Param:
    return anything("seed")


def _layer(name: str, *params: Param, rank: int | None = None, renamed: dict[str, str] | None = None) -> OpDef:
    return OpDef(
        f"layers.{name}",
        params=params,
        inputs=One(rank=rank) if rank else One(),
        shape=same,
        dtype=run_dtype,
        group="regularization",
        renamed=renamed or {},
        doc="(…) → (…)",
    )


ENTRIES = (
    _layer("Dropout", _rate(), _noise_shape(), _seed(), renamed={"p": "rate"}),
    _layer("SpatialDropout1D", _rate(), _seed(), rank=3, renamed={"p": "rate"}),
    _layer("SpatialDropout2D", _rate(), data_format(), _seed(), rank=4, renamed={"p": "rate"}),
    _layer("SpatialDropout3D", _rate(), data_format(), _seed(), rank=5, renamed={"p": "rate"}),
    _layer("GaussianDropout", _rate(), _seed(), renamed={"p": "rate"}),
    _layer("GaussianNoise", _rate("stddev"), _seed(), renamed={"sigma": "stddev"}),
    _layer("AlphaDropout", _rate(), _noise_shape(), _seed()),
    _layer("ActivityRegularization", number("l1", 0.0), number("l2", 0.0)),
)
