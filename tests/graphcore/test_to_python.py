"""Models written as Python: the text, that nothing in it is dangerous, and that Keras builds the same from it."""

from __future__ import annotations

import ast
import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import graphcore
from graphcore.catalog import CATALOG
from graphcore.formats.entries import snake_case
from tests.oracle import records

from .notation import write

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
HOSTILE = (
    'a"b',
    "a'b",
    '"""\nimport os\nos.system("x")\n"""',
    "back\\",
    "new\nline",
    "\r\u2028\u0085",
    "__import__('os')",
    "class",
    "layers",
    "Model",
    "build_model",
    "model",
    "print",
    "{x}",
    "ünïcode ☃ \ud800",
    "9 lives",
    "",
    "x" * 5000,
    "named",
)


def python(notation: str) -> str:
    graph, _ = graphcore.read(write(notation).text)
    assert graph is not None
    return graphcore.to_python(graph)


def refusal(notation: str) -> str:
    with pytest.raises(graphcore.CannotWrite) as caught:
        python(notation)
    assert [problem.code for problem in caught.value.diagnostics] == ["GC601"]
    return caught.value.diagnostics[0].message


def body(source: str) -> str:
    """The lines of `build_model`, but for its docstring."""
    function = source.partition("def build_model():\n")[2].partition("\n\n\nmodel = ")[0]
    return "\n".join(line[4:] for line in function.splitlines()[1:])


def test_a_perceptron() -> None:
    graph, _ = graphcore.read(EXAMPLES / "mlp.json")
    assert graph is not None
    assert (
        graphcore.to_python(graph)
        == '''\
"""Test Model, as Keras 3 builds it. Written by Layerwright."""

from keras import Input, Model, layers


def build_model():
    """Test Model."""
    image = Input(shape=(784,), name="Image")
    dense1 = layers.Dense(units=64, activation="relu", name="Dense1")(image)
    dense2 = layers.Dense(units=64, activation="relu", name="Dense2")(dense1)
    output = layers.Dense(units=10, activation="softmax", name="Output")(dense2)
    return Model(inputs=image, outputs=output, name="Test Model")


model = build_model()

if __name__ == "__main__":
    model.summary()
'''
    )


def test_a_shared_layer_is_made_once_and_called_twice() -> None:
    assert (
        body(
            python("""
            a = Input [null, 4]
            b = Input [8, 4] dtype="float16"
            d = Dense(a)(b) units=3
            s = Add([d, d@1]) -> out
            """)
        )
        == """\
a = Input(shape=(4,), name="a")
b = Input(shape=(4,), batch_size=8, dtype="float16", name="b")
shared_d = layers.Dense(units=3, name="d")
d = shared_d(a)
d_2 = shared_d(b)
s = layers.Add(name="s")([d, d_2])
return Model(inputs=[a, b], outputs=[s], name="model")"""
    )


def test_arguments_outputs_operations_and_slices() -> None:
    assert (
        body(
            python("""
            x = Input [null, 5, 4]
            r = LSTM(x) units=3 return_state=true return_sequences=true
            m = MultiHeadAttention(r, value=x, key=x) num_heads=2 key_dim=3
            f = BatchNormalization(r) trainable=false dtype="mixed_bfloat16"
            i = ops.GetItem(f, [0, {"class_name": "__slice__", "config": {"start": 1, "stop": null, "step": 2}}])
            o = ops.Add(r:1, 1.5) -> out
            p = Concatenate([i, r:2]) axis=-1 -> out
            """)
        )
        == """\
x = Input(shape=(5, 4), name="x")
r = layers.LSTM(units=3, return_sequences=True, return_state=True, name="r")(x)
f = layers.BatchNormalization(trainable=False, dtype="mixed_bfloat16", name="f")(r[0])
i = named(f[0, 1::2], "i")
o = named(ops.add(r[1], 1.5), "o")
p = layers.Concatenate(name="p")([i, r[2]])
return Model(inputs=[x], outputs=[o, p], name="model")"""
    )


def test_serialized_objects_are_made_where_they_are_not_the_default() -> None:
    def made(cls: str, **config: Any) -> str:
        return json.dumps({"module": "keras", "class_name": cls, "config": config, "registered_name": None})

    assert body(
        python(f"""
        x = Input [null, 4]
        d = Dense(x) units=3 kernel_initializer={made("GlorotUniform", seed=None)} bias_initializer={made("Ones")}
        e = Dense(d) units=3 kernel_initializer={made("RandomNormal", mean=0.0, stddev=0.1, seed=3)} activation="linear"
        f = Dense(e) units=3 kernel_regularizer={made("L2", l2=0.5)} bias_constraint={made("NonNeg")} -> out
        """)
    ).splitlines()[1:-1] == [
        'd = layers.Dense(units=3, bias_initializer="ones", name="d")(x)',
        "e = layers.Dense(",
        "    units=3,",
        "    kernel_initializer=initializers.RandomNormal(stddev=0.1, seed=3),",
        '    name="e",',
        ")(d)",
        "f = layers.Dense(",
        "    units=3,",
        "    kernel_regularizer=regularizers.L2(l2=0.5),",
        "    bias_constraint=constraints.NonNeg(),",
        '    name="f",',
        ")(e)",
    ]


def test_arrays_are_arrays_and_tensors_are_tensors() -> None:
    def constant(cls: str, value: Any, dtype: str) -> str:
        return json.dumps({"class_name": cls, "config": {"value": value, "dtype": dtype}})

    fives = f'{{"class_name": "Constant", "config": {{"value": {constant("__numpy__", [5.0], "float32")}}}}}'
    source = python(f"""
    np = Input [null, 2]
    a = ops.Add(np, {constant("__numpy__", [1.0, 2.0], "float16")})
    b = ops.Add(a, {constant("__tensor__", [3, 4], "int32")})
    c = Dense(b) units=2 bias_initializer={fives} -> out
    """)
    assert "\n\nimport numpy as np\nfrom keras import " in source
    assert body(source).splitlines()[:-1] == [
        'np_2 = Input(shape=(2,), name="np")',
        'a = named(ops.add(np_2, np.array([1.0, 2.0], dtype="float16")), "a")',
        'b = named(ops.add(a, ops.convert_to_tensor((3, 4), dtype="int32")), "b")',
        "c = layers.Dense(",
        "    units=2,",
        '    bias_initializer=initializers.Constant(value=np.array([5.0], dtype="float32")),',
        '    name="c",',
        ")(b)",
    ]


def test_policies_are_names_where_they_have_one() -> None:
    def policy(cls: str, **config: Any) -> str:
        return json.dumps({"module": "keras.dtype_policies", "class_name": cls, "config": config})

    float8 = {"mode": "float8", "source_name": "float32", "amax_history_length": 9}
    half = json.loads(policy("Int4DTypePolicy", mode="int4/128", source_name="float16"))
    source = python(f"""
    x = Input [null, 4]
    a = Dense(x) units=2 dtype={policy("QuantizedDTypePolicy", mode="int8", source_name="float32")}
    b = Dense(a) units=2 dtype={policy("QuantizedDTypePolicy", mode="int4", source_name="float32")}
    c = Dense(b) units=2 dtype={policy("QuantizedFloat8DTypePolicy", **float8)}
    d = Dense(c) units=2 dtype={policy("DTypePolicyMap", default_policy="float32", policy_map={"d": half})} -> out
    """)
    assert body(source).splitlines()[1:-1] == [
        'a = layers.Dense(units=2, dtype="int8_from_float32", name="a")(x)',
        'b = layers.Dense(units=2, dtype="int4_from_float32", name="b")(a)',
        "c = layers.Dense(",
        "    units=2,",
        "    dtype=dtype_policies.QuantizedFloat8DTypePolicy(",
        '        mode="float8",',
        '        source_name="float32",',
        "        amax_history_length=9,",
        "    ),",
        '    name="c",',
        ")(b)",
        "d = layers.Dense(",
        "    units=2,",
        "    dtype=dtype_policies.DTypePolicyMap(",
        '        default_policy="float32",',
        '        policy_map={"d": dtype_policies.get("int4/128_from_float16")},',
        "    ),",
        '    name="d",',
        ")(c)",
    ]


def test_a_policy_without_a_name_says_nothing() -> None:
    nameless = json.dumps({"module": "tf_keras.mixed_precision", "class_name": "Policy", "config": {"name": None}})
    assert 'y = layers.Dense(units=2, name="y")(x)' in python(
        f"x = Input [null, 4]\ny = Dense(x) units=2 dtype={nameless} -> out"
    )


def test_a_frozen_functional_model_says_so_and_a_sequential_one_not() -> None:
    """As Keras reads them: of a Sequential it forgets what the model says, and keeps what its layers say."""
    functional = json.loads(write("x = Input [null, 4]\ny = Dense(x) units=3 -> out").text)
    layers = [{key: v for key, v in one.items() if key != "inbound_nodes"} for one in functional["config"]["layers"]]
    sequential = {**functional, "class_name": "Sequential", "config": {"name": "model", "layers": layers}}
    last_lines = []
    for config in (functional, sequential):
        config["config"]["trainable"] = False
        graph, _ = graphcore.read(config)
        assert graph is not None
        last_lines.append(body(graphcore.to_python(graph)).splitlines()[-1])
    assert last_lines == [
        'return Model(inputs=[x], outputs=[y], name="model", trainable=False)',
        'return Sequential([Input(shape=(4,), name="x"), layers.Dense(units=3, name="y")], name="model")',
    ]


CELLS = {
    kind: {"module": "keras.layers", "class_name": f"{kind}Cell", "config": {"units": 2}} for kind in ("LSTM", "GRU")
}


def stacked(*cells: Any, outputs: str) -> str:
    cell = {"module": "keras.layers", "class_name": "StackedRNNCells", "config": {"cells": cells}}
    return python(f"""
    x = Input [null, 4, 3]
    r = RNN(x) return_state=true cell={json.dumps(cell)}
    y = Concatenate([{outputs}]) -> out
    """)


def test_the_states_of_a_cell_of_several_are_a_list() -> None:
    source = stacked(CELLS["LSTM"], CELLS["GRU"], CELLS["LSTM"], outputs="r, r:1, r:2, r:3, r:4, r:5")
    assert 'y = layers.Concatenate(name="y")([r[0], r[1][0], r[1][1], r[2], r[3][0], r[3][1]])' in source


def test_states_that_nobody_can_count_are_refused() -> None:
    mine = {"module": "mine", "class_name": "LSTMCell", "config": {}, "registered_name": "mine>LSTMCell"}
    with pytest.raises(graphcore.CannotWrite, match="one of which keeps an unknown number"):
        stacked(mine, CELLS["GRU"], outputs="r, r:1")


def test_a_custom_class_is_a_stand_in_that_says_so() -> None:
    source = python(
        """
        x = Input [null, 4]
        c = !my>Thing(x) idx=3 Odd\x20="no name" -> out
        """.replace("Odd\x20=", "lambda=")
    )
    assert "class Thing(layers.Layer):" in source
    assert 'c = Thing(idx=3, **{"lambda": "no name"}, name="c")(x)' in source
    compile(source, "model.py", "exec")


@pytest.mark.parametrize(
    ("notation", "says"),
    [
        ("x = Input [null, 4]\ny = Lambda(x) function=3 -> out", 'Lambda "y" holds code, which is never written out'),
        ('x = Input [null, 4]\ny = TFSMLayer(x) filepath="/" -> out', 'TFSMLayer "y" reads a saved model from a path'),
        ("x = Input [null, 4]\ny = Desne(x) -> out", 'Desne "y" is of class Desne, which Keras has not'),
        (
            'x = Input [null, 4] dtype="string"\ny = StringLookup(x) vocabulary="/etc/passwd" -> out',
            'StringLookup "y" reads its vocabulary from a file',
        ),
        ("x = Input [null, 4]\ny = Dense(z) units=3 -> out", "The model's wiring leads nowhere: "),
        ("x = Input [null, 4]\ny = Dense(x) units=3", "The model has no outputs, so there is no source for it"),
        ("x = Input [null, 4]\ny = ops.Map(x) -> out", 'Map "y" calls functions that are not in the file'),
    ],
)
def test_what_has_no_source_is_refused(notation: str, says: str) -> None:
    assert refusal(notation).startswith(says)


def hostile_model() -> dict[str, Any]:
    """Every hostile text as the name of a layer, a model, a class and a value."""
    config: dict[str, Any] = json.loads(write("x = Input [null, 4]\ny = Dense(x) units=3 -> out").text)
    first, last = config["config"]["layers"]
    before = "x"
    for i, text in enumerate(HOSTILE):
        layer = json.loads(json.dumps(last))
        name = f"{text}{'' if i % 2 else '/'}"
        layer["name"] = layer["config"]["name"] = name
        layer["config"]["kernel_initializer"] = text
        layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = before
        if i % 3 == 0:
            layer |= {"module": text, "class_name": f"my>{text}", "registered_name": f"my>{text}"}
            layer["config"] = {"name": name, "said": text, text: [text, {text: text}]}
        config["config"]["layers"].append(layer)
        before = name
    config["config"]["layers"] = [first, *config["config"]["layers"][2:]]
    config["config"] |= {"name": HOSTILE[2], "output_layers": [[before, 0, 0]]}
    return config


OWN = {"Input", "Model", "Sequential", "layers", "ops", "initializers", "regularizers", "constraints", "named"}


def test_no_text_of_a_file_gets_out_of_its_literal() -> None:
    graph, _ = graphcore.read(hostile_model())
    assert graph is not None
    source = graphcore.to_python(graph)
    assert source.isascii()
    tree = ast.parse(source)
    [imported] = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert isinstance(imported, ast.ImportFrom)
    assert imported.module == "keras"
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert functions == {"build_model"}
    assert not classes & OWN
    roots = OWN | classes | functions | {"NotImplementedError"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            while isinstance(called, (ast.Attribute, ast.Call)):
                called = called.value if isinstance(called, ast.Attribute) else called.func
            assert isinstance(called, ast.Name)
            assert called.id in roots or called.id == "model"
    assigned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert not assigned & (roots - {"build_model"})


def test_a_model_that_begins_in_the_middle_is_refused() -> None:
    model = json.loads(write("x = Input [null, 4]\ny = Dense(x) units=3\nz = Dense(y) units=2 -> out").text)
    model["config"]["input_layers"] = [["y", 0, 0]]
    graph, _ = graphcore.read(model)
    assert graph is not None
    with pytest.raises(graphcore.CannotWrite, match='is fed by "x", which is made after it or not at all'):
        graphcore.to_python(graph)


def test_a_policy_whose_class_is_no_text_has_no_source() -> None:
    model = json.loads(write("x = Input [null, 4]\ny = Dense(x) units=3 -> out").text)
    model["config"]["layers"][1]["config"]["dtype"] = {"class_name": {"a": 1}, "config": {"name": "float32"}}
    graph, _ = graphcore.read(model)
    assert graph is not None
    with pytest.raises(graphcore.CannotWrite):
        graphcore.to_python(graph)


def test_a_chain_of_20_000_layers_and_operations_is_written_without_recursion() -> None:
    made = ("Dropout({}) rate=0.5", "ops.Add({}, 1.5)")
    lines = [f"d{i} = {made[i % 2].format(f'd{i - 1}' if i else 'x')}" for i in range(20_000)]
    source = python("\n".join(["x = Input [null, 4]", *lines]) + " -> out")
    assert (source.count("layers.Dropout("), source.count("ops.add(")) == (10_000, 10_000)


def test_deeply_nested_arguments_are_refused() -> None:
    said: Any = 1
    for _ in range(100):
        said = [said]
    deep = f"x = Input [null, 4]\ny = !Mine(x) said={json.dumps(said)} -> out"
    assert refusal(deep) == 'Mine "y" has a value that is nested deeper than 60'


@pytest.mark.parametrize("generation", records.GENERATIONS)
def test_every_application_can_be_written(generation: str) -> None:
    for name in records.names(generation):
        graph, _ = graphcore.read(records.read(generation, name)["config"])
        assert graph is not None
        source = graphcore.to_python(graph)
        compile(source, name, "exec")
        assert max(map(len, source.splitlines())) <= 110


# Against Keras


def entries(config: Any) -> Any:
    """What Keras wrote, but for what a model becomes by being compiled or loaded, and by calls outside of it."""
    if isinstance(config, dict):
        # Of calls, Keras records `training: false` and `mask: null` by itself: with some arguments beside them and not
        # with others, and no mask where the tensor is cast first.
        by_itself = [key for key, value in (("training", False), ("mask", None)) if config.get(key, ...) is value]
        left_out = ("compile_config", "build_config", *by_itself)
        return {key: entries(value) for key, value in config.items() if key not in left_out}
    return [entries(value) for value in config] if isinstance(config, list) else config


def rebuilt(asked: Any, config: Any) -> Any:
    """The model that the source of a config builds."""
    graph, _ = graphcore.read(config)
    assert graph is not None
    asked.forget_names()
    built: dict[str, Any] = {"__name__": "test"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(graphcore.to_python(graph), "model.py", "exec"), built)
    return built["model"]


def same(asked: Any, config: Any) -> list[str]:
    """What Keras writes otherwise after a rebuilding: layers, and parts of the model's own config.

    Held to the file; where Keras itself does not write that again, as of a Sequential's dtype policy, to what it makes
    of the file.
    """
    got = json.loads(rebuilt(asked, config).to_json())["config"]
    found = differing(config["config"], got)
    if not found:
        return []
    asked.forget_names()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = asked.keras.models.model_from_json(json.dumps(config))
    return differing(json.loads(read.to_json())["config"], got)


def differing(one: Any, other: Any) -> list[str]:
    """The names of what differs in two configs of models."""
    parts = ({**c, **{layer["name"]: layer for layer in c["layers"]}, "layers": len(c["layers"])} for c in (one, other))
    a, b = (entries(each) for each in parts)
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


@pytest.mark.keras
def test_keras_builds_the_same_from_it() -> None:
    from tests.oracle.asking import Generation  # imports Keras

    asked = Generation("keras3")
    configs = {name: json.loads((EXAMPLES / f"{name}.json").read_text()) for name in ("mlp", "unet", "transformer")}
    configs["resnet50"] = records.read("keras3", "ResNet50")["config"]
    for part in ("keras3-0", "keras3-9"):
        wholes = [case["config"] for case in records.read("random", part) if case["broken"] is None]
        configs |= {f"{part} {i}": config for i, config in enumerate(wholes[:60])}
    assert {name: found for name, config in configs.items() if (found := same(asked, config))} == {}


@pytest.mark.keras
def test_every_operation_is_made_by_the_function_of_its_entry() -> None:
    """Its arguments stand where the entry says, and one that is left out has the default of the entry."""
    from keras import ops

    operations = [entry for entry in CATALOG.entries if entry.name.startswith("ops.") and not entry.unwritten]
    wrong: dict[str, Any] = {}
    for entry in operations:
        function = entry.function
        if function is None:
            continue
        place = getattr(ops, function.room) if function.room else ops
        made = inspect.signature(getattr(place, function.name or snake_case(entry.cls))).parameters
        takes_more = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in made.values())
        names = [name.rstrip("?") for name in entry.inputs.names]
        by_place = [*function.before, *names[: function.by_place]]
        others = {name for param in entry.params if (name := param.name) not in made}
        defaults = {
            param.name
            for param in entry.params
            if param.name in made and not param.required and param.name not in function.always
            if param.read(made[param.name].default) != param.default
        }
        if (
            list(made)[: len(by_place)] != by_place
            or (others and not takes_more)
            or not {*names} <= {*made}
            or defaults
        ):
            wrong[entry.name] = (list(made), by_place, others, defaults)
    assert len(operations) > 300
    assert wrong == {}


@pytest.mark.keras
def test_keras_3_builds_the_same_of_models_of_keras_2() -> None:
    from tests.oracle.asking import Generation  # imports Keras

    asked = Generation("keras3")
    for name in ("MobileNetV3Small", "EfficientNetV2B0", "ConvNeXtTiny"):
        record = records.read("keras2", name)
        found = asked.describe(rebuilt(asked, record["config"]))
        assert (name, found["total"], found["trainable"]) == (
            name,
            record["answers"]["total"],
            record["answers"]["trainable"],
        )


def keras_models(keras: Any) -> dict[str, Any]:
    """What the random ones have not: dicts, operations, masks, wrappers around models, nested models called twice."""
    layers, ops = keras.layers, keras.ops
    image, words = keras.Input((8, 8, 3), name="image"), keras.Input((8,), dtype="int32", name="words")
    encoder = keras.Sequential([layers.Dense(3), layers.Dense(2, activation=layers.LeakyReLU(0.2))], name="encoder")
    x = layers.Embedding(10, 4, mask_zero=True)(words)
    run = layers.Bidirectional(layers.LSTM(3, return_state=True, return_sequences=True))(x)
    cells = layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell(3)])
    both = layers.Bidirectional(layers.RNN(cells, return_state=True))(image[:, 0])
    back = layers.StackedRNNCells([layers.GRUCell(2), layers.LSTMCell(3)])
    apart = layers.Bidirectional(
        layers.RNN(cells, return_state=True),
        backward_layer=layers.RNN(back, return_state=True, go_backwards=True),
        merge_mode=None,
    )(image[:, 0])
    frames = layers.TimeDistributed(keras.Sequential([layers.Flatten(), layers.Dense(3)]))(image)
    inner = keras.Input((4,), name="inner")
    outer = keras.Model(inner, {"a": layers.Dense(2, name="a")(inner), "b": inner}, name="outer")
    pair = outer(layers.GlobalAveragePooling1D()(run[0][:, :, :4]))
    outputs = {
        "states": [run[1], run[2], both[1][1], both[2], both[3][0], both[4]],
        "apart": [*apart[:2], *apart[2], apart[3], *apart[4], apart[5]],
        "item": image[:, 1:, ..., ::2],
        "pad": ops.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=1),
        "cast": ops.cast(ops.mean(image, axis=(1, 2)), "float16"),
        "split": ops.split(image, 2, axis=1)[1],
        "where": ops.where(image > 0, image, 0.5),
        "einsum": ops.einsum("bhwc,bhwd->bcd", image, image),
        "stack": ops.stack([image, image], axis=1),
        "twice": [encoder(image), encoder(image * 2)],
        "frames": frames,
        "constant": image + ops.convert_to_tensor([1.0, 2.0, 3.0]),
        "pair": [pair["b"], pair["a"]],
        "added": layers.Add(name="add_9")([image, image]),
        "first": ops.average_pool(ops.transpose(image, (0, 3, 1, 2)), 2, data_format="channels_first"),
        "full": ops.full((2, 3), ops.sum(image)),
        "resized": ops.image.resize(image, (4, 4)),
        "parts": [*ops.unstack(image[:, :1], axis=1), *ops.split(image, 1), *ops.unravel_index(words, (9,))],
        "casts": [ops.cast(layers.ReLU(dtype="float16", name="half")(image), "float32")],
        "crossed": layers.HashedCrossing(3, dtype="float32")([words[:, :1], words[:, 1:2]]),
    }
    return {"many": keras.Model({"image": image, "words": words}, outputs, name="many")}


@pytest.mark.keras
def test_what_is_quantized_stays_so() -> None:
    from tests.oracle.asking import Generation  # imports Keras

    asked = Generation("keras3")
    taken = [case["model"] for case in records.read("quantized", "keras3") if case["outputs"] is not None]
    assert {i: found for i, config in enumerate(taken) if i % 20 == 0 and (found := same(asked, config))} == {}


@pytest.mark.keras
def test_dicts_operations_masks_and_nested_models() -> None:
    from tests.oracle.asking import Generation  # imports Keras

    asked = Generation("keras3")
    for name, model in keras_models(asked.keras).items():
        config = json.loads(model.to_json())
        assert (name, same(asked, config)) == (name, [])


def test_what_keras_3_cannot_be_told_is_not_left_out() -> None:
    """A recurrent layer of Keras 2 that takes the time first is none of Keras 3 that takes the batch first."""
    call = [[["x", 0, 0, {}]]]
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [None, 5, 4]}},
        {"class_name": "LSTM", "name": "y", "config": {"name": "y", "units": 3, "time_major": False}},
    ]
    layers = [{**one, "inbound_nodes": [] if one["name"] == "x" else call} for one in layers]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}
    model: dict[str, Any] = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}
    graph, _ = graphcore.read(model)
    assert graph is not None
    assert "time_major" not in graphcore.to_python(graph)
    layers[1]["config"]["time_major"] = True
    graph, _ = graphcore.read(model)
    assert graph is not None
    with pytest.raises(graphcore.CannotWrite, match='LSTM "y" has time_major true, which Keras 3 has not'):
        graphcore.to_python(graph)
