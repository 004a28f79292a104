"""Files from seeds: any bytes, any JSON, and the models of `tests/models` with parts changed, whatever packs them."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import h5py

from graphcore.codes import CODES

MODELS = Path(__file__).parents[1] / "models"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 7, 255, 2**31, 2**63, 10**30, 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "x", "a/b", "~1", "\ud800", "\x00", "same", "channels_first", "float16", "string", "relu", "-1", "None"),
    *([], {}, [[]], [None], [None, None], [0], [-1, 4], [1, 2, 3, 4, 5], [[1, 1], [2, 2]], {"": None}),
    *({"class_name": "X"}, {"class_name": "X", "config": 5}, {"config": {}}, {"class_name": "Dense", "config": {}}),
    *(["x", 0, 0], ["x", 0, 0, {}], ["x", -1, 0], [["x", 0, 0]], {"a": ["x", 0, 0]}, [[["x", 0, 0, {}]]]),
    {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 4], "dtype": "float32", "keras_history": ["x", 0, 0]},
    },
    {"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "int32"}},
    {"class_name": "__tuple__", "items": [1, 2]},
    *({"args": [], "kwargs": {}}, {"args": None}, {"layers": []}, {"layers": [{}]}, {"module": "os"}),
)
# What could do harm where Keras loads it: the safety look finds it, a safe copy is without it.
_CODE = "4wAAAAAAAAAAAAAAAAEAAAABAAAAQwAAAPMGAAAAfABTAKkATqkBcgIAAADaAXipAXIDAAAAcgIAAAA=\n"
HARMFUL: tuple[Any, ...] = (
    {"class_name": "__lambda__", "config": {"code": _CODE, "defaults": None, "closure": None}},
    {"class_name": "Lambda", "config": {"name": "l", "function": [_CODE, None, None], "function_type": "lambda"}},
    {"class_name": "function", "config": "get_file", "module": "keras.utils", "registered_name": "get_file"},
    {"class_name": "eval", "module": "builtins", "config": "1", "registered_name": None},
    {"class_name": "Thing", "module": "mine.layers", "config": {"name": "t"}, "registered_name": "mine>Thing"},
    {"class_name": "TorchModuleWrapper", "config": {"name": "w", "module": _CODE}},
    {"class_name": "TFSMLayer", "config": {"name": "s", "filepath": "gs://a/b"}},
    {"class_name": "TFOpLambda", "config": {"name": "o", "function": "io.write_file"}},
    {"class_name": "StringLookup", "config": {"name": "v", "vocabulary": "/etc/passwd"}},
    {"class_name": "Dense", "config": {"name": "huge", "units": 10**12}},
    *({"vocabulary": "../x"}, {"filepath": "https://a.b/c"}, "http://a.b/c", "file:///etc/passwd", _CODE),
)
_WORDS = (
    *("class_name", "config", "layers", "name", "inbound_nodes", "input_layers", "output_layers", "module", "args"),
    *(
        "kwargs",
        "registered_name",
        "build_config",
        "batch_shape",
        "batch_input_shape",
        "dtype",
        "keras_version",
        "backend",
    ),
    *(
        "modelTopology",
        "model_config",
        "layerwright",
        "model",
        "view",
        "plan",
        "compile_config",
        "shape",
        "keras_history",
    ),
    *("Sequential", "Functional", "Model", "Dense", "Conv2D", "InputLayer", "Add", "LSTM", "TimeDistributed", "Lambda"),
)


@cache
def configs() -> tuple[Any, ...]:
    """Every config of `tests/models`, and the examples of the codes, broken as they are."""
    paths = [path for path in sorted(MODELS.rglob("*.json")) if ".expected" not in path.name]
    examples = [code.example.text for code in CODES.values() if code.example.kind == "model"]
    found = [json.loads(path.read_bytes()) for path in paths]
    for text in examples:
        try:
            found.append(json.loads(text))
        except (ValueError, RecursionError):
            continue
    return tuple(found)


@cache
def _members() -> tuple[tuple[str, bytes], ...]:
    """What may stand beside a config in an archive: weights, arrays, a graph, a pickle, another archive, odd names."""
    weights = io.BytesIO()
    with h5py.File(weights, "w") as tree:
        tree["layers/dense/vars/0"] = [[1.0, 2.0]]
        _linked(tree)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "x.npy", b"\x93NUMPY\x01\x00\x46\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
        )
        archive.writestr("../x.pkl", b"\x80\x04N.")
    graph = b"\x08\x01" + _field(
        2,
        _field(
            2,
            _field(1, _field(1, b"n") + _field(2, b"ReadFile")) + _field(2, _field(1, _field(3, _field(2, b"PyFunc")))),
        )
        + _field(6, _field(2, b"../../vocabulary.txt")),
    )
    return (
        ("model.weights.h5", weights.getvalue()),
        ("model.weights.npz", packed.getvalue()),
        ("saved_model.pb", graph),
        ("graph.pb", graph),
        ("assets/x.pkl", b"\x80\x04N."),
        ("../outside.txt", b"x"),
        ("C:\\outside.txt", b"x"),
        ("inner.zip", packed.getvalue()),
        ("keras_metadata.pb", b"\x0a\x02{}"),
    )


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer, of at most 127 bytes."""
    return bytes((number << 3 | 2, len(content))) + content


def _linked(tree: h5py.File) -> None:
    tree["away"] = h5py.ExternalLink("/etc/other.h5", "/x")
    tree["around"] = h5py.SoftLink("/around")
    tree.create_dataset("outside", shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])
    tree.create_dataset("huge", shape=(2**20, 2**20), dtype="f8", chunks=(64, 64))


@cache
def archives() -> tuple[bytes, ...]:
    """Every file of `tests/models` that is not JSON."""
    return tuple(path.read_bytes() for end in ("keras", "h5", "pb") for path in sorted(MODELS.rglob(f"*.{end}")))


def made(seed: int) -> bytes:
    """The file of a seed."""
    random = Random(seed)
    (make,) = random.choices([*_MAKERS], [*_MAKERS.values()])
    return make(random)


def kind_of(seed: int) -> str:
    """How the file of a seed is made."""
    (make,) = Random(seed).choices([*_MAKERS], [*_MAKERS.values()])
    return str(make.__name__)


def any_bytes(random: Random) -> bytes:
    starts = (
        b"",
        b"PK\x03\x04",
        b"\x89HDF\r\n\x1a\n",
        b"\x08\x01\x12",
        b"\x0a\x20\x1a\x04root_tf_keras_",
        b"{",
        b'"',
        b"[",
    )
    return random.choice(starts) + random.randbytes(random.randrange(400))


def any_json(random: Random) -> bytes:
    return _dumped(_tree(random, 5), random)


def changed_config(random: Random) -> bytes:
    value = changed(random.choice(configs()), random)
    match random.randrange(12):
        case 0:
            value = {"layerwright": 1, "model": value}
        case 1:
            value = {"format": "layers-model", "modelTopology": {"keras_version": "2.3.0", "model_config": value}}
        case 2:
            value = json.dumps(value)
        case 3 if isinstance(value, dict):
            value = value.get("config", value)
    return _dumped(value, random)


def changed_text(random: Random) -> bytes:
    data = bytearray(_dumped(random.choice(configs()), random))
    return _flipped(data, random)


def changed_archive(random: Random) -> bytes:
    return _flipped(bytearray(random.choice(archives())), random)


def packed_config(random: Random) -> bytes:
    text = _dumped(changed(random.choice(configs()), random), random)
    file = io.BytesIO()
    if random.random() < 0.6:
        metadata = _dumped(random.choice(({"keras_version": "3.1.0"}, {"keras_version": "2.13.1"}, [], 5)), random)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", text)
            archive.writestr("metadata.json", metadata)
            for name, content in random.sample(_members(), random.choice((0, 1, 3))):
                archive.writestr(name, _flipped(bytearray(content), random) if random.random() < 0.5 else content)
        data = file.getvalue()
    else:
        with h5py.File(file, "w") as tree:
            tree.attrs["model_config"] = text.replace(b"\0", b"")[:60_000]
            tree.attrs["keras_version"] = random.choice(("2.1.6", "3.0.0", b"\xff", 5))
            tree.attrs["training_config"] = _dumped(_tree(random, 3), random).replace(b"\0", b"")[:60_000]
            if random.random() < 0.3:
                _linked(tree)
        data = file.getvalue()
    return _flipped(bytearray(data), random) if random.random() < 0.2 else data


_MAKERS: dict[Callable[[Random], bytes], int] = {
    any_bytes: 10,
    any_json: 15,
    changed_config: 50,
    changed_text: 10,
    changed_archive: 7,
    packed_config: 8,
}


def changed(value: Any, random: Random) -> Any:
    """The value with one to four of its parts replaced, removed, doubled, renamed or swapped with another part."""
    top = [copy.deepcopy(value)]
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        spots = _places(top)
        holder, key = random.choice(spots)
        other, at = random.choice(spots)
        match random.randrange(8):
            case 0 | 1:
                holder[key] = copy.deepcopy(random.choice(random.choice((ODD, HARMFUL))))
            case 2 if holder is not top:
                del holder[key]
            case 3 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case 4 if isinstance(holder, dict):
                holder[random.choice(_WORDS)] = holder.pop(key)
            case 5:
                holder[key] = _retyped(holder[key])
            case 6 if isinstance(holder[key], list):
                random.shuffle(holder[key])
            case _:
                holder[key] = copy.deepcopy(other[at])
    return top[0]


def _retyped(value: Any) -> Any:
    """The same, as another type that a careless tool may write."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return [value]
    return (
        {str(i): inner for i, inner in enumerate(value)}
        if isinstance(value, list)
        else [[*pair] for pair in value.items()]
    )


def _places(top: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    stack = [top]
    while stack:
        holder = stack.pop()
        for key, inner in holder.items() if isinstance(holder, dict) else enumerate(holder):
            found.append((holder, key))
            if isinstance(inner, (dict, list)):
                stack.append(inner)
    return found


def _tree(random: Random, depth: int) -> Any:
    if depth == 0 or random.random() < 0.2:
        return random.choice((*ODD, *HARMFUL, *_WORDS))
    many = random.randrange(5)
    if random.random() < 0.4:
        return [_tree(random, depth - 1) for _ in range(many)]
    return {random.choice(_WORDS): _tree(random, depth - 1) for _ in range(many)}


def _dumped(value: Any, random: Random) -> bytes:
    text = json.dumps(value, indent=random.choice((None, 1)), ensure_ascii=random.random() < 0.8)
    return text.encode("utf-8", "surrogatepass")


def _flipped(data: bytearray, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        if not data:
            break
        at = random.randrange(len(data))
        match random.randrange(4):
            case 0:
                data[at] ^= 1 << random.randrange(8)
            case 1:
                data[at : at + random.randrange(1, 9)] = random.randbytes(random.randrange(9))
            case 2:
                del data[at : at + random.choice((1, 1, 2, 40, 4_000))]
            case _:
                data[at:at] = data[at : at + random.choice((1, 8, 200))]
    return bytes(data)
