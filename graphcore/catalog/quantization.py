"""What a quantized layer keeps in place of its kernel.

Source: Keras 3, the methods `_int8_build`, `_int4_build`, `_float8_build`, `_gptq_build` and `_awq_build` of Dense,
EinsumDense, Embedding and ReversibleEmbedding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..model import JSON
from ..shapes import RuleError, Shape
from .params import KERAS3
from .policies import Quantization
from .spec import BadValue, Param, RuleContext, Taken, WeightSpec


def quantization_config() -> Param:
    """How to quantize: null or a serialized `QuantizationConfig`, read as a Quantization."""
    return Param("quantization_config", _read_config, {"type": ["object", "null"]}, only=KERAS3)


def _read_config(value: JSON) -> Any:
    if value is None:
        return None
    config = value.get("config") if isinstance(value, dict) else None
    if not isinstance(config, dict):
        raise Taken("null or a serialized QuantizationConfig", value)
    read = _CONFIGS.get(value["class_name"]) if isinstance(value.get("class_name"), str) else None
    if read is None:
        raise BadValue("a QuantizationConfig such as Int8QuantizationConfig, or null")
    return read(config)


def _int8(config: dict[str, Any]) -> Quantization:
    _check_quantizer(config, "Int8QuantizationConfig")
    return Quantization("int8")


def _int4(config: dict[str, Any]) -> Quantization:
    size = config.get("block_size")
    if size is not None and (not _is_number(size) or (size <= 0 and size != -1)):
        raise BadValue("an Int4QuantizationConfig whose block_size is above 0, -1 or null")
    own = [name for name in ("weight_quantizer", "activation_quantizer") if config.get(name) is not None]
    if size is not None and size > 0 and own:
        raise BadValue(f"an Int4QuantizationConfig without {own[0]}, or with block_size null")
    if "weight_quantizer" in own:  # a file holds the range as a list, and Keras asks for a tuple
        raise BadValue("an Int4QuantizationConfig without weight_quantizer, which Keras cannot read back")
    return Quantization("int4", size=size)


def _check_quantizer(config: dict[str, Any], cls: str) -> None:
    quantizer = config.get("weight_quantizer")
    said = quantizer.get("config") if isinstance(quantizer, dict) else None
    if isinstance(said, dict) and said.get("output_dtype", "int8") != "int8":
        raise BadValue(f"a {cls} whose weight_quantizer has output_dtype int8")


def _calibrated(mode: str, arguments: Iterable[str], bits: tuple[int, ...]) -> Callable[[dict[str, Any]], Quantization]:
    """A config of a mode that is calibrated with data; a file has none of them."""
    cls, known = f"{mode.upper()}Config", {*arguments, "dataset", "tokenizer", "weight_bits", "num_samples"}
    known |= {"sequence_length", "group_size", "quantization_layer_structure"}

    def read(config: dict[str, Any]) -> Quantization:
        if not known.issuperset(config) or not {"dataset", "tokenizer"}.issubset(config):
            raise BadValue(f"a {cls} with dataset and tokenizer, and of {', '.join(sorted(known))}")
        width, size = config.get("weight_bits", 4), config.get("group_size", 128)
        if not isinstance(width, int) or width not in bits:
            raise BadValue(f"a {cls} with weight_bits {' or '.join(map(str, bits))}")
        if not _is_number(size) or size < -1 or size == 0:
            raise BadValue(f"a {cls} whose group_size is above 0, or -1")
        for name in ("num_samples", "sequence_length", "num_grid_points"):
            if not _is_number(config.get(name, 1)) or config.get(name, 1) <= 0:
                raise BadValue(f"a {cls} whose {name} is above 0")
        damping = config.get("hessian_damping", 0)
        if not _is_number(damping) or not 0 <= damping <= 1:
            raise BadValue(f"a {cls} whose hessian_damping is from 0 to 1")
        return Quantization(mode, width, size)

    return read


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


_CONFIGS: dict[str, Callable[[dict[str, Any]], Quantization]] = {
    "Int8QuantizationConfig": _int8,
    "Int4QuantizationConfig": _int4,
    "Float8QuantizationConfig": lambda config: Quantization("float8"),
    "QuantizationConfig": lambda config: Quantization(""),
    "GPTQConfig": _calibrated(
        "gptq", ("per_channel", "hessian_damping", "symmetric", "activation_order"), (2, 3, 4, 8)
    ),
    "AWQConfig": _calibrated("awq", ("num_grid_points",), (4,)),
}
QUANTIZERS = frozenset({*_CONFIGS, "AbsMaxQuantizer"})
"""Classes of `keras.quantizers` among the arguments of layers."""


def settled(c: RuleContext) -> Quantization | None:
    """How the layer is quantized: as its policy says, with the numbers of its config where that is of the same mode.

    Raises:
        RuleError: bad-value (GC204), the config is none.
    """
    known: Quantization | None = c.policy.quantization
    config = c.quantization_config
    if known is None or config is None:
        return known
    if not isinstance(config, Quantization):
        if known.mode in ("int8", "int4"):
            raise RuleError(
                "GC204",
                f"is quantized as {known.mode}, and its quantization_config is none",
                "set quantization_config to null",
                arg="quantization_config",
            )
        return known
    return known if config.mode != known.mode or known.mode in ("int8", "float8") else config


# Kernels that are matrices, or made ones


class Packing(NamedTuple):
    """How a kernel lies when it is packed: as a matrix, whose columns are one value each of what comes out.

    `scale` is the shape of an int8 kernel's scales, `zero` the name of the zero points of gptq and awq.
    """

    shape: Shape
    rows: int
    columns: int
    scale: Shape
    zero: str = "kernel_zero"


def kernel_weights(
    kernel: Packing, how: Quantization | None, bias: Shape | None, low_rank: list[WeightSpec]
) -> list[WeightSpec]:
    """The variables of a dense layer, in Keras's order: trainable ones first, where its kernel is none of them.

    Raises:
        RuleError: conflicting-arguments (GC205), no group size where one is needed; LoRA and a calibrated mode.
    """
    others = [*([WeightSpec("bias", bias)] if bias is not None else []), *low_rank]
    if how is None or how.mode == "float8":
        plain = WeightSpec("kernel", kernel.shape, trainable=not low_rank)
        return [*(_largest_values(how.history) if how is not None else ()), plain, *others]
    if low_rank and how.mode in ("gptq", "awq"):
        says = f"has lora_rank, and is quantized as {how.mode}, which takes none"
        raise RuleError("GC205", says, "remove lora_rank", arg="lora_rank")
    return [*others, *_PACKED[how.mode](kernel, how)]


def _largest_values(history: int) -> list[WeightSpec]:
    """What float8 remembers of what comes in, of the kernel, and of the gradients."""
    return [
        WeightSpec(f"{of}_{what}", shape, dtype="float32")
        for of in ("inputs", "kernel", "outputs_grad")
        for what, shape in (("scale", ()), ("amax_history", (history,)))
    ]


def _packed_int8(kernel: Packing, how: Quantization) -> list[WeightSpec]:
    return [
        WeightSpec("kernel", kernel.shape, trainable=False, dtype="int8"),
        WeightSpec("kernel_scale", kernel.scale, trainable=False),
    ]


def _packed_int4(kernel: Packing, how: Quantization) -> list[WeightSpec]:
    """Two values in a byte. With groups of rows there is a scale and a zero point for each."""
    packed = WeightSpec("kernel", (kernel.rows, _halved(kernel.columns)), trainable=False, dtype="int8")
    if how.size in (None, -1):
        return [packed, WeightSpec("kernel_scale", (kernel.columns,), trainable=False)]
    scale = (_groups(kernel.rows, how.size), kernel.columns)
    return [
        packed,
        WeightSpec("kernel_scale", scale, trainable=False),
        WeightSpec("kernel_zero", scale, trainable=False, dtype="int8"),
        WeightSpec("g_idx", (kernel.rows,), trainable=False, dtype="float32"),
    ]


def _packed_by_data(kernel: Packing, how: Quantization) -> list[WeightSpec]:
    """Gptq and awq turn the kernel round, and pack two values of 4 bits in a byte."""
    if how.size is None:
        raise RuleError(
            "GC205",
            f"is quantized as {how.mode}, and nothing says in groups of how many values",
            f"write the dtype as {how.mode}/4/128_from_float32",
            arg="dtype",
        )
    columns = _halved(kernel.columns) if how.bits == 4 else kernel.columns
    scale = (kernel.columns, _groups(kernel.rows, how.size))
    return [
        WeightSpec("kernel", (columns, kernel.rows), trainable=False, dtype="uint8"),
        WeightSpec("kernel_scale", scale, trainable=False),
        WeightSpec(kernel.zero, scale, trainable=False, dtype="uint8"),
        *([WeightSpec("awq_scales", (kernel.rows,), trainable=False)] if how.mode == "awq" else []),
        WeightSpec("g_idx", (kernel.rows,), trainable=False, dtype="float32"),
    ]


_PACKED = {"int8": _packed_int8, "int4": _packed_int4, "gptq": _packed_by_data, "awq": _packed_by_data}


def _halved(size: int) -> int:
    return -(-size // 2)


def _groups(size: int, each: int | None) -> int:
    return 1 if each is None or each == -1 else int(-(-size // each))


def by_letters(given: str, kernel: str, out: str, shape: Shape, how: Quantization | None) -> Packing:
    """How the kernel of an equation lies when it is packed, its sizes in `shape`.

    Raises:
        RuleError: conflicting-arguments (GC205), Keras cannot quantize by this equation.

    Source: Keras 3, `_analyze_quantization_info` and `EinsumDense._gptq_build`.

    >>> by_letters("abc", "cde", "abde", (7, 2, 3), Quantization("int8")).scale
    (1, 1, 2, 3)
    """
    sizes = [size or 0 for size in shape]
    if how is None or how.mode == "float8":
        return Packing(shape, 0, 0, ())
    scale = _scale(given, kernel, out, sizes, how)
    if how.mode in ("gptq", "awq"):
        return Packing(shape, *_as_matrix(sizes, how), scale, "zero_point")
    summed = [size for size, letter in zip(sizes, kernel, strict=True) if letter not in out]
    kept = [size for size, letter in zip(sizes, kernel, strict=True) if letter in out]
    return Packing(shape, _product(summed), _product(kept), scale)


def _scale(given: str, kernel: str, out: str, sizes: list[int], how: Quantization) -> Shape:
    """The sizes of what comes out, 1 where the kernel has no such letter or sums over it."""
    at = out.find(kernel[-1])  # Keras goes on with what its variable held before
    free = [i for i, letter in enumerate(out) if letter not in given]
    for letter in given:
        if letter not in out and free:
            at = free.pop(0)
    free = [i for i, letter in enumerate(out) if letter not in kernel]
    order = [kernel.index(letter) for letter in out if letter in kernel]
    summed = [i for i, letter in enumerate(kernel) if letter not in out]
    too_many = summed[len(free) :]
    for i in summed:
        at = free.pop(0) if free else at
        order.insert(at, i)
    scale = [1 if i in summed else sizes[i] for i in order]
    for i in free:
        scale.insert(i, 1)
    for i in reversed(too_many):
        if i >= len(scale):
            raise _not_quantized(given, kernel, out, how)
        scale.pop(i)
    return tuple(scale)


def _not_quantized(given: str, kernel: str, out: str, how: Quantization) -> RuleError:
    says = f'is quantized as {how.mode}, which Keras cannot do by equation "{given},{kernel}->{out}"'
    return RuleError("GC205", says, "give the layer a dtype that is not quantized", arg="dtype")


def _as_matrix(sizes: list[int], how: Quantization) -> tuple[int, int]:
    """Rows and columns of a kernel for gptq and awq, which take the largest of three sizes for that of the model."""
    if len(sizes) == 2:
        return sizes[0], sizes[1]
    if len(sizes) == 3:
        first, second, third = sizes
        return (first, second * third) if first == max(sizes) else (first * second, third)
    says = f"is quantized as {how.mode}, which takes kernels of rank 2 and 3, and its own has rank {len(sizes)}"
    raise RuleError("GC205", says, "give the layer a dtype that is not quantized", arg="dtype")


def _product(sizes: Iterable[int]) -> int:
    product = 1
    for size in sizes:
        product *= size
    return product


# Tables of embeddings


def table_weights(c: RuleContext, low_rank: list[WeightSpec]) -> list[WeightSpec]:
    """The variables of an embedding, in Keras's order.

    Raises:
        RuleError: conflicting-arguments (GC205), another mode than int8 and int4.
    """
    shape, how = (c.input_dim, c.output_dim), _of_table(c)
    if how is None:
        return [WeightSpec("embeddings", shape, trainable=not low_rank), *low_rank]
    if how.mode == "int8":
        return [
            *low_rank,
            WeightSpec("embeddings", shape, trainable=False, dtype="int8"),
            WeightSpec("embeddings_scale", shape[:1], trainable=False),
        ]
    packed = WeightSpec("embeddings", (c.input_dim, _halved(c.output_dim)), trainable=False, dtype="int8")
    if how.size in (None, -1):
        return [*low_rank, packed, WeightSpec("embeddings_scale", shape[:1], trainable=False)]
    scale = (c.input_dim, _groups(c.output_dim, how.size))
    return [
        *low_rank,
        packed,
        WeightSpec("embeddings_scale", scale, trainable=False),
        WeightSpec("embeddings_zero", scale, trainable=False, dtype="int8"),
        WeightSpec("g_idx", (c.output_dim,), trainable=False, dtype="float32"),
    ]


def reverse_weights(c: RuleContext) -> list[WeightSpec]:
    """The variables of an embedding's way back, where it has a kernel of its own."""
    how = _of_table(c)
    if how is None:
        return [WeightSpec("reverse_embeddings", (c.output_dim, c.input_dim))]
    is_grouped = how.mode == "int4" and how.size not in (None, -1)
    rows = _halved(c.output_dim) if how.mode == "int4" else c.output_dim
    scale = (_groups(c.output_dim, how.size), c.input_dim) if is_grouped else (c.input_dim,)
    return [
        WeightSpec("reverse_embeddings", (rows, c.input_dim), trainable=False, dtype="int8"),
        WeightSpec("reverse_embeddings_scale", scale, trainable=False),
        *([WeightSpec("reverse_embeddings_zero", scale, trainable=False)] if is_grouped else []),
    ]


def _of_table(c: RuleContext) -> Quantization | None:
    """How an embedding is quantized. A plain one asks its config for a group size only."""
    known: Quantization | None = c.policy.quantization
    config = c.quantization_config
    if known is not None and known.mode not in ("int8", "int4"):
        says = f"is quantized as {known.mode}, and embeddings take int8 and int4"
        raise RuleError("GC205", says, "set its dtype to int8_from_float32", arg="dtype")
    is_int4 = known is not None and known.mode == "int4"
    return config if is_int4 and isinstance(config, Quantization) and config.mode == "int4" else known
