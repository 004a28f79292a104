"""What a regularizer of a layer's activity takes. Keras 2 runs it on the output of each call; Keras 3 waits for data.

Source: tf_keras, `Layer._handle_activity_regularization` and `regularizers.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import JSON
from ..shapes import RuleError, TensorSpec, show
from .spec import is_float

_NAMES = {
    "l1": "L1",
    "l2": "L2",
    "l1_l2": "L1L2",
    "orthogonal_regularizer": "OrthogonalRegularizer",
}
_COMPLEX = ("complex64", "complex128")
# What is no float, and has an absolute value or a product with itself.
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "L1": ("int8", "int16", "int32", "int64", *_COMPLEX),
    "OrthogonalRegularizer": _COMPLEX,
}


def check_activity(regularizer: JSON, output: TensorSpec) -> None:
    """Refuse what TensorFlow cannot regularize.

    Raises:
        RuleError: dtype-refused (GC409), rank-mismatch (GC403) or unknown-size (GC408) at `activity_regularizer`.
    """
    said = regularizer if isinstance(regularizer, dict) else {"class_name": regularizer}
    stated = str(said.get("class_name"))
    name = _NAMES.get(stated, stated)
    config = said.get("config")
    numbers = config if isinstance(config, dict) else {}
    # Both are nothing where the class is meant by its own name, and 0.01 where it is by its function's.
    l1, l2 = (numbers.get(one, 0.01 if regularizer == "l1_l2" else 0.0) for one in ("l1", "l2"))
    if name == "OrthogonalRegularizer":
        _check_rows(str(numbers.get("mode", "rows")), output)
    squares = name == "L2" or (name == "L1L2" and bool(l2))
    if name not in _NAMES.values() or (name == "L1L2" and not l1 and not l2 and _is_number(output.dtype)):
        return
    if output.sparse or (output.ragged and squares):
        kind = "sparse" if output.sparse else "ragged"
        raise _refused(f"gives a {kind} tensor, which {name} cannot regularize")
    if output.dtype is not None and not is_float(output.dtype) and output.dtype not in _OTHERS.get(name, ()):
        raise _refused(f"gives {output.dtype}, which {name} cannot regularize")


def _is_number(dtype: str | None) -> bool:
    """Whether 0.0 is one of that dtype."""
    return dtype is None or is_float(dtype) or dtype.startswith("complex")


def _check_rows(mode: str, output: TensorSpec) -> None:
    """Every row, or column, is multiplied by every other: how many there are must be known."""
    if output.shape is None:
        return
    if len(output.shape) != 2:
        raise _refused(f"gives {show(output.shape)}, and OrthogonalRegularizer takes rank 2", "GC403")
    if output.shape[0 if mode == "rows" else 1] is None:
        says = f"gives {show(output.shape)}, and OrthogonalRegularizer must know how many {mode} there are"
        raise _refused(says, "GC408")


def _refused(says: str, code: str = "GC409") -> RuleError:
    return RuleError(code, says, "remove activity_regularizer", arg="activity_regularizer")
