"""Quantized layers and LoRA: files of layers that Keras quantized, and drawn ones, with what it makes of each."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from graphcore.model import JSON
from tests.graphcore.cases import Case

from .drawing import file_of, text_of

if TYPE_CHECKING:
    from .asking import Generation  # imports Keras

DRAWN = 90
"""Drawn files of each class."""

EQUATIONS: tuple[tuple[str, list[int | None], str | None, tuple[int | None, ...]], ...] = (
    ("ab,bc->ac", [5], "c", (None, 7)),
    ("ab,cb->ac", [5], None, (None, 7)),
    ("abc,cd->abd", [None, 6], "d", (None, 4, 7)),
    ("abc,cde->abde", [4, 2, 3], "de", (None, 4, 7)),
    ("abde,dec->abc", [4, 5], None, (None, 4, 2, 3)),
    ("abc,cbd->abd", [4, 3], None, (None, 4, 5)),
    ("abc,cdef->abdef", [4, 2, 3, 2], "f", (None, 4, 7)),
    ("abc,bc->ab", [4], None, (None, 4, 7)),
    ("ab,b->a", [], None, (None, 7)),
    ("abc,abd->acd", [5, 6], None, (2, 4, 5)),
    ("...x,xy->...y", [6], "y", (None, 4, 7)),
    ("ab...,bc->ac...", [6], "c", (None, 7, 4)),
)
CALLS: dict[str, tuple[tuple[dict[str, Any], tuple[tuple[int | None, ...], ...]], ...]] = {
    "Dense": (({"units": 5}, ((None, 7),)), ({"units": 6, "use_bias": False}, ((None, 3, 4),))),
    "EinsumDense": tuple(
        ({"equation": equation, "output_shape": out, "bias_axes": axes}, (shape,))
        for equation, out, axes, shape in EQUATIONS
    ),
    "Embedding": (({"input_dim": 9, "output_dim": 5}, ((None, 4),)), ({"input_dim": 6, "output_dim": 4}, ((2,),))),
    "ReversibleEmbedding": (
        ({"input_dim": 9, "output_dim": 5}, ((None, 4),)),
        ({"input_dim": 9, "output_dim": 5, "tie_weights": False}, ((None, 4),)),
    ),
    "MultiHeadAttention": (
        ({"num_heads": 2, "key_dim": 3}, ((None, 4, 5), (None, 6, 5))),
        ({"num_heads": 2, "key_dim": 3, "value_dim": 8, "use_bias": False}, ((None, 4, 7), (None, 4, 7))),
        ({"num_heads": 2, "key_dim": 3, "output_shape": [4, 3]}, ((None, 4, 5), (None, 4, 5))),
        ({"num_heads": 2, "key_dim": 3}, ((None, 2, 4, 5), (None, 2, 4, 5))),
    ),
    "GroupQueryAttention": (
        ({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, ((None, 4, 5), (None, 6, 5))),
    ),
    "Conv2D": (({"filters": 3, "kernel_size": 2}, ((None, 5, 5, 2),)),),
    "LayerNormalization": (({}, ((None, 5),)),),
}
"""Arguments and inputs that fit, of the layers that can be quantized, of those that hold such, and of two others."""
MODES = (
    *("int8", "int4", "int4/-1", "int4/1", "int4/2", "int4/3", "int4/128", "float8"),
    *("gptq/2/-1", "gptq/3/2", "gptq/4/1", "gptq/4/128", "gptq/8/3", "awq/4/-1", "awq/4/2", "awq/4/128"),
)
WRONG_MODES = ("int8/2", "int4/0", "int4/-2", "int4/2/3", "int4/x", "gptq/4", "gptq/5/1", "gptq", "awq/8/2", "float8/2")
SOURCES = ("float32", "float32", "mixed_bfloat16", "bfloat16", "float64", "float16", "mixed_float16")
FORMS = {"int4/": "Int4DTypePolicy", "gptq": "GPTQDTypePolicy", "awq": "AWQDTypePolicy"}


def _object(room: str, cls: str, **config: JSON) -> dict[str, Any]:
    return {"module": f"keras.{room}", "class_name": cls, "config": config, "registered_name": None}


_QUANTIZER = _object("quantizers", "AbsMaxQuantizer", axis=0)
CONFIGS: tuple[JSON, ...] = (
    *(None, None, None, "int8", [], {"a": 1}),
    _object("quantizers", "Int8QuantizationConfig"),
    _object("quantizers", "Int8QuantizationConfig", weight_quantizer=_QUANTIZER, activation_quantizer=None),
    *(_object("quantizers", "Int4QuantizationConfig", block_size=size) for size in (None, -1, 0, 2, 3, 128, "x")),
    _object("quantizers", "Int4QuantizationConfig"),
    _object("quantizers", "Int4QuantizationConfig", weight_quantizer=_QUANTIZER),
    _object("quantizers", "Int4QuantizationConfig", activation_quantizer=_QUANTIZER, block_size=2),
    _object("quantizers", "Float8QuantizationConfig"),
    _object("quantizers", "QuantizationConfig"),
    *(
        _object("quantizers", cls, dataset=None, tokenizer=None, **more)
        for cls in ("GPTQConfig", "AWQConfig")
        for more in ({}, {"weight_bits": 2}, {"group_size": 2}, {"group_size": 0}, {"num_samples": 0})
    ),
    _object("quantizers", "GPTQConfig", weight_bits=4),
    _object("quantizers", "Nothing"),
)


def drawn() -> Iterator[dict[str, Any]]:
    """Files with a layer of each class, its policy, config and rank drawn from what may stand there."""
    for cls, calls in CALLS.items():
        random = Random(cls)
        for i in range(DRAWN):
            config, inputs = calls[i % len(calls)]
            more: dict[str, Any] = {"dtype": _policy(cls, random)}
            if cls not in ("MultiHeadAttention", "GroupQueryAttention", "LayerNormalization"):
                more |= _drawn_arguments(cls, random)
            dtypes = ("int32",) if "Embedding" in cls else ()
            yield file_of(Case(cls, {**config, **more}, inputs, dtypes), "keras3")


def _drawn_arguments(cls: str, random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if random.random() < 0.3:
        found["lora_rank"] = random.choice((0, 1, 2, 3))
    if random.random() < 0.1:
        found["embeddings_constraint" if "Embedding" in cls else "kernel_constraint"] = "non_neg"
    if cls != "Conv2D" and random.random() < 0.5:
        found["quantization_config"] = random.choice(CONFIGS)
    return found


def _policy(cls: str, random: Random) -> Any:
    way = random.random()
    if way < 0.15:
        return random.choice(SOURCES)
    mode = random.choice(WRONG_MODES if way > 0.9 else MODES)
    source = random.choice(SOURCES)
    if way < 0.5:
        return f"{mode}_from_{source}"
    form = next((form for start, form in FORMS.items() if mode.startswith(start)), "QuantizedDTypePolicy")
    if way < 0.6:
        return _object("dtype_policies", "QuantizedDTypePolicy", mode=mode.partition("/")[0], source_name=source)
    if way < 0.65:
        history = random.choice((1, 7, 1024, 2.5))
        config = {"mode": "float8", "source_name": source, "amax_history_length": history}
        return _object("dtype_policies", "QuantizedFloat8DTypePolicy", **config)
    policy = _object("dtype_policies", form, mode=mode, source_name=source)
    if way < 0.75:
        parts = {random.choice(("x", "x/query", "x/attention_output", "x.*", "y")): policy}
        return _object("dtype_policies", "DTypePolicyMap", default_policy=random.choice(SOURCES), policy_map=parts)
    return policy


def quantized(asked: Generation) -> Iterator[dict[str, Any]]:
    """Files that Keras wrote of layers which it had quantized."""
    keras = asked.keras
    quantizers = keras.quantizers
    modes = (
        *(("int8", None), ("int4", None), ("float8", None)),
        ("int8", quantizers.Int8QuantizationConfig(activation_quantizer=None)),
        *(("int4", quantizers.Int4QuantizationConfig(block_size=size)) for size in (None, -1, 1, 2, 3)),
        *(("gptq", quantizers.GPTQConfig(None, None, weight_bits=bits, group_size=2)) for bits in (2, 3, 4, 8)),
        *(("awq", quantizers.AWQConfig(None, None, group_size=size)) for size in (-1, 2)),
    )
    for cls, calls in CALLS.items():
        for config, inputs in calls:
            for mode, how in modes:
                for dtype in ("float32", "mixed_bfloat16", keras.dtype_policies.DTypePolicyMap()):
                    asked.forget_names()
                    model = _model(keras, cls, {**config, "dtype": dtype}, inputs)
                    if model is not None and _quantize(model, mode, how):
                        yield json.loads(model.to_json())


def _model(keras: Any, cls: str, config: dict[str, Any], inputs: Any) -> Any:
    dtype = "int32" if "Embedding" in cls else "float32"
    tensors = [keras.Input(batch_shape=shape, dtype=dtype) for shape in inputs]
    try:
        return keras.Model(tensors, getattr(keras.layers, cls)(**config, name="x")(*tensors))
    except Exception:  # what cannot be built is no case
        return None


def _quantize(model: Any, mode: str, how: Any) -> bool:
    """Quantize a model; whether that changed anything."""
    before = [(w.path, w.dtype) for w in model.weights]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for layer in model._flatten_layers():
                if len(list(layer._flatten_layers())) > 1:  # those inside come too
                    continue
                try:
                    layer.quantize(mode, config=how)
                except NotImplementedError:  # Model.quantize leaves such a layer as it is, too
                    continue
        except Exception:  # so is what cannot be quantized
            return False
    return before != [(w.path, w.dtype) for w in model.weights]


def ask(asked: Generation, text: str) -> dict[str, Any]:
    """Outputs, and weights as (path, shape, dtype, trainable) in their order; parameters and bytes of all."""
    from keras.src.utils.summary_utils import count_params, weight_memory_size

    def of_layer() -> dict[str, Any]:
        model = asked.build(text)
        layer = model.get_layer("x")
        sides = (model.trainable_weights, model.non_trainable_weights)
        return {
            "outputs": asked.outputs_of(layer),
            "weights": [[w.path.partition("/")[2], list(w.shape), w.dtype, w.trainable] for w in layer.weights],
            "counts": [int(count_params(side)) for side in sides],
            "bytes": [int(weight_memory_size(side)) for side in sides],
        }

    return asked.answer(of_layer)


def ask_all(asked: Generation) -> list[dict[str, Any]]:
    """Every file with Keras's answer, each once."""
    found = {}
    for model in (*quantized(asked), *drawn()):
        text = text_of(model)
        if text not in found:
            found[text] = {"model": model, **ask(asked, text)}
    return list(found.values())
