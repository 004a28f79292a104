"""Every diagnostic code: what it is called, how bad it is, why it happens and the way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Example:
    """What triggers a code: a model's file, a request for a training, a program, or a description.

    `safety`: a model that has to be looked through for it. A program dies in Keras, and its traceback is what means the
    code; a description stands where no text can show it.
    """

    text: str
    kind: Literal["model", "safety", "request", "program", "description"] = "model"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem. `why` is what Keras does and for what reason, `remedy` the ways out."""

    id: str
    slug: str
    severity: Severity
    title: str
    why: str
    remedy: str
    example: Example


# --- small models for the examples ------------------------------------------------------------------------------------

_JSON = dict[str, Any]


def _tensor(layer: str, shape: list[int | None], node: int = 0, tensor: int = 0, dtype: str = "float32") -> _JSON:
    config = {"shape": shape, "dtype": dtype, "keras_history": [layer, node, tensor]}
    return {"class_name": "__keras_tensor__", "config": config}


def _entry(cls: str, name: str, *inputs: Any, **config: Any) -> _JSON:
    """A layer with one call on these tensors; without any, it is never called."""
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": list(inputs), "kwargs": {}}] if inputs else [],
    }


def _input(name: str, *shape: int | None, dtype: str = "float32", **config: Any) -> _JSON:
    return _entry("InputLayer", name, batch_shape=[None, *shape], dtype=dtype, **config)


def _file(*layers: _JSON, outputs: list[list[Any]] | None = None, inputs: list[list[Any]] | None = None) -> str:
    """A model as Keras 3 writes it, a line for each layer."""
    sources = [[entry["name"], 0, 0] for entry in layers if entry.get("class_name") == "InputLayer"]
    ends = [[layers[-1]["name"], 0, 0]] if outputs is None else outputs
    listed = ",\n  ".join(json.dumps(entry) for entry in layers)
    named = f'"input_layers": {json.dumps(sources if inputs is None else inputs)}, "output_layers": {json.dumps(ends)}'
    return (
        '{"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",\n'
        f' "config": {{"name": "example", "trainable": true, "layers": [\n  {listed}],\n'
        f"  {named}}}}}\n"
    )


def _agreed(contracts: Mapping[str, Any]) -> str:
    """A document with a layer of a custom class, and contracts."""
    layer = _entry("Linear", "y", _tensor("x", [None, 8]), units=4)
    model = _file(_input("x", 8), layer | {"module": "models", "registered_name": "models>Linear"})
    return f'{{"layerwright": 1, "contracts": {json.dumps(contracts)},\n"model": {model.rstrip()}}}\n'


def _safety(layer: _JSON) -> Example:
    dtype = layer["inbound_nodes"][0]["args"][0]["config"]["dtype"]
    return Example(_file(_input("x", 8, dtype=dtype), layer), "safety")


_OLD_HARD_SIGMOID = """{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "example", "layers": [
  {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 9, 4], "dtype": "float32"}},
  {"class_name": "LSTM", "config": {"name": "y", "units": 3, "recurrent_activation": "hard_sigmoid"}}]}}
"""
_X8 = _input("x", 8)
_TO_X8 = _tensor("x", [None, 8])
_IMAGE = _input("image", 8, 8, 3)
_TO_IMAGE = _tensor("image", [None, 8, 8, 3])
_REGRESSOR = _file(_input("x", 13), _entry("Dense", "y", _tensor("x", [None, 13]), units=1))
_HOUSES = {"dataset": "boston-housing"}


def _request(model: str = _REGRESSOR, data: Mapping[str, Any] = _HOUSES, **plan: Any) -> Example:
    said = {"data": data, "plan": {"loss": "mse", **plan}}
    return Example(f'{{"model": {model.rstrip()},\n{json.dumps(said)[1:]}\n', "request")


def _program(*lines: str) -> Example:
    return Example("\n".join(("import keras", "from keras import layers", "", *lines, "")), "program")


_SAFETY_LAMBDA = _safety(
    _entry(
        "Lambda",
        "y",
        _TO_X8,
        function={
            "class_name": "__lambda__",
            "config": {
                "code": "4wEAAAAAAAAAAAAAAAQAAAADAAAA8yIAAACXAHQBAAAAAAAAAAAAAGQBfACmAgAAqwIAAAAAAAAA\n"
                "AFMAKQJO2gVoZWxsbykB2gVwcmludCkB2gF4cwEAAAAg+gg8c3RyaW5nPvoIPGxhbWJkYT5yBgAA\n"
                "AAEAAABzEAAAAIAAjSWQB5gR0Qob1AobgADzAAAAAA==\n",
            },
        },
    )
)

# --- the codes --------------------------------------------------------------------------------------------------------

_TABLE = (
    Code(
        "GC001",
        "not-json",
        "error",
        "The file is not JSON",
        "A model's config is JSON. Where the text breaks its rules, nothing after that place can be read for sure,"
        " so reading ends there.",
        "Look at the line and column that are named: most often a comma too many, a single quote or a missing"
        " bracket is there. Write the file again with model.to_json() where you can.",
        Example('{"class_name": "Functional",\n "config": {"name": "example",}}\n'),
    ),
    Code(
        "GC002",
        "over-limit",
        "error",
        "The file is larger or deeper than the limit",
        "Reading is bounded: a small file can unfold into more memory than a machine has. The message names the"
        " limit and what it is.",
        "Check that the file is the model's config and not its weights or data. On the command line and in the"
        " library larger limits can be passed.",
        Example("[" * 1_001 + "]" * 1_001 + "\n"),
    ),
    Code(
        "GC003",
        "duplicate-key",
        "warning",
        "A key stands twice in one object",
        "JSON readers keep the last value of a key and drop the others without a word, Keras's among them. What"
        " stands first has no effect.",
        "Remove the value that is not meant.",
        Example(
            _file(_X8, _entry("Dense", "y", _TO_X8, units=4)).replace('"units": 4', '"units": 16, "units": 4'),
        ),
    ),
    Code(
        "GC004",
        "not-a-model",
        "error",
        "The file holds no model",
        "The text can be read, and it has none of the forms in which Keras writes a model: no class_name with a"
        " config that lists layers.",
        "Write the model with model.to_json() or model.save(), and open that file.",
        Example('{"name": "settings", "batch_size": 32}\n'),
    ),
    Code(
        "GC005",
        "damaged-archive",
        "error",
        "The archive cannot be read",
        "The file begins as a .keras archive or an HDF5 file does, and its inside is cut off, encrypted or"
        " contradicts itself.",
        "Copy or download the file again, and compare its size with the original's.",
        Example("The first half of a .keras file, as an interrupted download leaves it.", "description"),
    ),
    Code(
        "GC006",
        "weights-only",
        "error",
        "The file holds weights and no model",
        "save_weights() writes the numbers of each variable, not the layers and how they are connected, so there is"
        " nothing to draw or check. The report tells whose numbers they are: the layers, with their largest arrays.",
        "Find the model with these layers: the program that built it, then load_weights() and model.save(); or a .json"
        " or .keras file beside the weights, which opens by itself.",
        Example("A .weights.h5 file, written by model.save_weights().", "description"),
    ),
    Code(
        "GC007",
        "wrong-file",
        "error",
        "The file is something else",
        "What the file is can be told from its beginning, and it is no model: a pickle, a pointer of Git LFS, a"
        " text with marks of a merge conflict, the config of a tokenizer.",
        "Fetch or write the model's own file: `git lfs pull` where a pointer stands for it, a resolved merge where"
        " there are marks.",
        Example(
            "version https://git-lfs.github.com/spec/v1\n"
            "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
        ),
    ),
    Code(
        "GC008",
        "weights-do-not-fit",
        "error",
        "The weights in the file are not those of the model",
        "A file of weights holds a list of arrays for each layer and nothing that says how they are connected. Keras"
        " lays them into the model that the program builds, and stops where a layer has another number of weights or"
        " other sizes.",
        "Build the model exactly as it was when the weights were saved: the same layers in the same order, with the"
        " same sizes. Where only some layers are to be taken over, give them the same names and load with"
        " skip_mismatch=True.",
        _program(
            'keras.Sequential([keras.Input((8,)), layers.Dense(4, name="y")]).save_weights("w.weights.h5")',
            'model = keras.Sequential([keras.Input((8,)), layers.Dense(5, name="y")])',
            'model.load_weights("w.weights.h5")',
        ),
    ),
    Code(
        "GC101",
        "missing-field",
        "error",
        "Something that Keras reads is not there",
        "Keras takes this key without asking whether it exists, and stops with a KeyError.",
        "Add the key that the message names. A file that Keras wrote has it: write it again where you can.",
        Example(_file({k: v for k, v in _X8.items() if k != "inbound_nodes"}, _entry("Dense", "y", _TO_X8, units=4))),
    ),
    Code(
        "GC102",
        "wrong-type",
        "error",
        "A value has the wrong type",
        "Keras expects an object, a list, a text or a number here, and what stands there is another of these.",
        'Write what the message names: an object such as {"units": 4}, a list such as [3, 3], a number without'
        " quotes. Where a converter wrote the file, build the model anew and take its model.to_json().",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8, units=4)).replace('[["y", 0, 0]]', '[["y", "0", 0]]')),
    ),
    Code(
        "GC103",
        "malformed-call",
        "error",
        "The record of a call has the wrong form",
        "An entry of inbound_nodes says which tensors a layer was called with. Keras 3 writes an object with args"
        " and kwargs, Keras 2 a list of [layer, node_index, tensor_index, arguments].",
        'Write {"args": [tensor], "kwargs": {}} in a file of Keras 3, and [["x", 0, 0, {}]] in one of'
        " Keras 2. Most often a file holds both: take the form that its other layers have.",
        Example(_file(_X8, _entry("Dense", "y", units=4) | {"inbound_nodes": [{"args": [_TO_X8]}]})),
    ),
    Code(
        "GC104",
        "accepted-oddity",
        "warning",
        "Keras accepts this, and it may not be what you mean",
        "The file breaks a rule that Keras does not hold it to: the model loads, though not everything in the file"
        " has an effect.",
        "Mend the place where the file is yours; a file that a tool wrote can stay as it is.",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8, units=4) | {"config": {"name": "z", "units": 4}})),
    ),
    Code(
        "GC201",
        "unknown-layer",
        "error",
        "There is no such layer",
        "Keras has no layer or operation of this class, and the file does not say that it is a custom one.",
        "Correct the name; the hint names classes that are spelt alike. For a class of your own, register it with"
        " keras.saving.register_keras_serializable, so that the file says whose it is.",
        Example(_file(_X8, _entry("Desne", "y", _TO_X8, units=4))),
    ),
    Code(
        "GC202",
        "unknown-argument",
        "error",
        "The layer has no such argument",
        "Keras passes every key of the config to the constructor, which refuses those that it does not know.",
        "Correct the key, or remove it. Files of older versions may hold arguments that are gone.",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8, units=4, units_out=4))),
    ),
    Code(
        "GC203",
        "missing-argument",
        "error",
        "An argument is missing",
        "The constructor has no default for this argument, so the layer cannot be made without it.",
        "Add it to the config of the layer: units of a Dense, filters and kernel_size of a Conv2D, input_dim and"
        " output_dim of an Embedding. What it was can be read from the shape of the layer's weights, or from the"
        " shapes that the file records behind it.",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8))),
    ),
    Code(
        "GC204",
        "bad-value",
        "error",
        "An argument has a value that the layer refuses",
        "A layer looks at its arguments when it is made or built. Most often a number stands in quotes, a word"
        " is misspelt or begins with a capital, a size is 0 or negative, or a rate is above 1.",
        "Write what the message names as what it takes. Where you do not need the argument, remove it: the layer"
        " then has its default.",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8, units=-4))),
    ),
    Code(
        "GC205",
        "conflicting-arguments",
        "error",
        "Two arguments cannot stand together",
        "Each value is fine alone, and the layer refuses them together.",
        "Keep the one that you mean, and remove the other or set it back to its default: strides or"
        " dilation_rate above 1, sparse or ragged, ragged or an output_sequence_length. Numbers that have to do"
        " with each other are made to fit: filters a multiple of groups.",
        Example(
            _file(
                _IMAGE,
                _entry("Conv2D", "y", _TO_IMAGE, filters=4, kernel_size=[3, 3], strides=[2, 2], dilation_rate=[2, 2]),
            )
        ),
    ),
    Code(
        "GC206",
        "custom-layer",
        "warning",
        "A custom layer: its shape is taken from the file",
        "The class is defined outside of Keras. Its code is never run here, so its shape is what the file recorded,"
        " or unknown, and its parameters cannot be counted.",
        "Nothing needs to be mended. To have it computed, say once what the class gives, in a contract: its output's"
        " shape, as in (batch, time, 64), or the class of Keras that it extends. docs/custom-layers.md says how.",
        Example(
            _file(
                _X8,
                _entry("Linear", "y", _TO_X8, units=4) | {"module": "models", "registered_name": "models>Linear"},
            )
        ),
    ),
    Code(
        "GC207",
        "lambda-kept",
        "warning",
        "A Lambda is kept and never run",
        "A Lambda holds code, and code from a file is never run here; Keras in safe mode refuses it. Its shape is"
        " what its output_shape says in Keras 3, else what the file recorded, or unknown.",
        "Where the function is simple, use an operation of keras.ops or a layer in its place: both are checked,"
        " drawn and written like any other.",
        Example(
            _file(
                _X8,
                _entry(
                    "Lambda",
                    "y",
                    _TO_X8,
                    function={"class_name": "__lambda__", "config": {"code": "4wEA"}},
                ),
            )
        ),
    ),
    Code(
        "GC208",
        "build-config",
        "error",
        "The build_config does not fit the input",
        "Keras 3 makes a layer's weights from its build_config before it calls the layer, and the call then gets"
        " another shape than the weights are for.",
        "Remove the build_config: Keras then builds the layer from what comes in.",
        Example(
            _file(_X8, _entry("Dense", "y", _TO_X8, units=4) | {"build_config": {"input_shape": [None, 9]}}),
        ),
    ),
    Code(
        "GC209",
        "no-rule-yet",
        "warning",
        "Layerwright has no rule for this class yet",
        "The class is Keras's own, and its shapes are not computed here yet: they are what the file recorded, or"
        " unknown.",
        "Nothing needs to be mended. A report that names the class helps to add its rule.",
        Example("A class of Keras that the catalog does not hold.", "description"),
    ),
    Code(
        "GC210",
        "suspicious-value",
        "warning",
        "A value that Keras accepts and that does nothing good",
        "Keras does not look at this argument when it makes the layer. It fails later, when the model runs, or has"
        " no effect.",
        "Give it a value of the kind that the message names now: Keras loads the file without a word, and the"
        " mistake shows when the model runs, or never.",
        Example(_file(_IMAGE, _entry("UpSampling2D", "y", _TO_IMAGE, interpolation="nearst"))),
    ),
    Code(
        "GC211",
        "bias-before-normalization",
        "info",
        "A bias that BatchNormalization takes away again",
        "BatchNormalization subtracts the mean of each channel, the bias before it included, and adds an offset of"
        " its own. The bias is trained and changes nothing.",
        "Set use_bias to false on the layer before, which saves its parameters. In a model whose weights are trained"
        " already it can stay.",
        Example(
            _file(
                _IMAGE,
                _entry("Conv2D", "c", _TO_IMAGE, filters=4, kernel_size=[1, 1]),
                _entry("BatchNormalization", "y", _tensor("c", [None, 8, 8, 4])),
            )
        ),
    ),
    Code(
        "GC212",
        "idle-dropout",
        "warning",
        "A dropout that drops nothing, or everything",
        "The rate is the part of the values that is dropped while the model is trained. With 0 the layer does nothing,"
        " with 1 nothing gets through it and nothing is learnt.",
        "Give it a rate between 0 and 1, or take the layer away.",
        Example(_file(_X8, _entry("Dropout", "y", _TO_X8, rate=0))),
    ),
    Code(
        "GC213",
        "frozen-after-trained",
        "warning",
        "A layer is trained though a frozen one comes after it",
        "A frozen layer keeps the weights that it learnt for the values it got then. What stands before it is"
        " trained and gives it other values.",
        "Freeze the layers before a frozen one too, or train both. It is meant so where a new layer adapts an input"
        " to a trained model, and in the generator of a GAN.",
        Example(
            _file(
                _X8,
                _entry("Dense", "h", _TO_X8, units=4),
                _entry("Dense", "y", _tensor("h", [None, 4]), units=2, trainable=False),
            )
        ),
    ),
    Code(
        "GC214",
        "custom-layer-by-contract",
        "info",
        "A custom layer is computed as its contract says",
        "The class is defined outside of Keras, and its code is never run here. What it gives was said once for the"
        " class, in a contract: its output's shape, or the class of Keras that it is like. What follows from it is"
        " only as true as the contract.",
        "Nothing needs to be mended. Where Keras computes another shape than this, change the contract.",
        Example(_agreed({"models>Linear": {"output": "(batch, units)"}})),
    ),
    Code(
        "GC215",
        "contract-misfit",
        "warning",
        "A contract of a custom layer cannot be read, or does not fit",
        "A contract says what a custom layer gives, as in (batch, time, 64). Names in it are axes that come in or"
        " arguments of the layer. Where one of them is neither, or where the text is no shape, the layer's shape is"
        " what the file recorded, or unknown.",
        "Change the contract at the place that is named. docs/custom-layers.md says what it takes.",
        Example(_agreed({"models>Linear": {"treat_as": "Conv2D"}})),
    ),
    Code(
        "GC216",
        "other-in-keras-three",
        "info",
        "A function that Keras 3 computes otherwise than Keras 2",
        "Keras 1 and 2 compute hard_sigmoid as 0.2*x + 0.5 within 0 and 1, Keras 3 as relu6(x + 3)/6. Between -3 and 3"
        " they differ by up to 0.083 (at 2.5: 1 and 0.917), so a model that was trained in the one gives other values"
        " in the other, and many steps of a recurrent layer add up.",
        "Nothing is wrong with the file. Where its trained weights go to Keras 3, use a function of your own, or train"
        " it further there. A model that is trained anew can keep the name.",
        Example(_OLD_HARD_SIGMOID),
    ),
    Code(
        "GC301",
        "duplicate-name",
        "error",
        "Two layers have the same name",
        "Layers refer to each other by name, so a name may stand for one layer only; Keras refuses the model.",
        "Rename one of them, and the places that mean it. To use one layer twice, keep one entry and give it two"
        " calls.",
        Example(
            _file(
                _X8,
                _entry("Dense", "y", _TO_X8, units=4),
                _entry("Dense", "y", _TO_X8, units=8),
            )
        ),
    ),
    Code(
        "GC302",
        "no-such-layer",
        "error",
        "A call names a layer that is not there",
        "A tensor is named by the layer that gives it, and the file has no layer of that name.",
        "Correct the name; the hint names layers that are spelt alike. Where the layer was taken out or renamed,"
        " connect the call to the layer that gives the tensor now.",
        Example(_file(_X8, _entry("Dense", "y", _tensor("z", [None, 8]), units=4))),
    ),
    Code(
        "GC303",
        "no-such-call",
        "error",
        "A tensor comes from a call that does not exist",
        "node_index says which call of a shared layer gives the tensor, counted from 0. The layer has fewer calls.",
        "Correct the index: it is 0 for a layer that is called once. Where the second call of a shared layer is"
        " missing, add it to the inbound_nodes of that layer.",
        Example(_file(_X8, _entry("Dense", "y", _tensor("x", [None, 8], node=1), units=4))),
    ),
    Code(
        "GC304",
        "no-such-output",
        "error",
        "A tensor is an output that the layer does not have",
        "tensor_index says which output of a call is meant, counted from 0. The layer gives fewer.",
        "Correct the index. Some layers give more outputs by an argument, such as return_state.",
        Example(_file(_X8, _entry("Dense", "y", _tensor("x", [None, 8], tensor=1), units=4))),
    ),
    Code(
        "GC305",
        "unused-layer",
        "warning",
        "A layer leads to no output",
        "Keras keeps what the outputs need and drops the rest when the model is made: the layer will not be there.",
        "Connect the layer, make it an output, or remove it.",
        Example(
            _file(
                _X8,
                _entry("Dense", "unused", _TO_X8, units=4),
                _entry("Dense", "y", _TO_X8, units=4),
            )
        ),
    ),
    Code(
        "GC306",
        "cycle",
        "error",
        "Layers wait for each other",
        "Each call needs a tensor that comes, in the end, from itself, so none of them can be first.",
        "Cut the circle at the connection that is not meant. To feed something back over time, use a recurrent layer.",
        Example(
            _file(
                _X8,
                _entry("Add", "a", [_TO_X8, _tensor("b", [None, 8])]),
                _entry("Activation", "b", _tensor("a", [None, 8]), activation="relu"),
                outputs=[["b", 0, 0]],
            )
        ),
    ),
    Code(
        "GC307",
        "disconnected",
        "error",
        "An output cannot be computed from the inputs",
        "What the output needs comes from an input layer that is not among the model's inputs.",
        "Add that input layer to input_layers, or connect the output to the inputs that are there. In a program,"
        " name every Input in keras.Model(inputs=[a, b], outputs=y); a tensor that another model made is had by"
        " calling that model.",
        Example(
            _file(
                _X8,
                _input("z", 8),
                _entry("Add", "y", [_TO_X8, _tensor("z", [None, 8])]),
                inputs=[["x", 0, 0]],
            )
        ),
    ),
    Code(
        "GC308",
        "no-output",
        "error",
        "The model has no output",
        "A model is what leads from its inputs to its outputs; without outputs nothing is computed, and Keras"
        " refuses it.",
        "Name the tensors that the model gives in output_layers.",
        Example(_file(_X8, _entry("Dense", "y", _TO_X8, units=4), outputs=[])),
    ),
    Code(
        "GC309",
        "alike-and-not-shared",
        "info",
        "Two inputs go through layers that are alike and not the same",
        "Two inputs of one form pass through the same layers with the same arguments and are compared then. The layers"
        " have weights of their own, so that the same input would give two different results.",
        "To treat both inputs alike, as a Siamese network does, make the layers once and call them twice, or put"
        " them into a model of their own. Leave it where each input is to have its own weights.",
        Example(
            _file(
                _X8,
                _input("z", 8),
                _entry("Dense", "a", _TO_X8, units=4),
                _entry("Dense", "b", _tensor("z", [None, 8]), units=4),
                _entry("Subtract", "y", [_tensor("a", [None, 4]), _tensor("b", [None, 4])]),
            )
        ),
    ),
    Code(
        "GC401",
        "input-count",
        "error",
        "The layer gets too many or too few inputs",
        "Each layer takes a certain number of tensors: a merging layer two or more, most others one.",
        "Connect the tensors that are missing, or take away those that are too many. A Dense that is given"
        " several needs a Concatenate or an Add before it; an Add, Subtract or Dot that is given one has lost a"
        " branch. To give a layer several calls, write several entries in its inbound_nodes.",
        Example(_file(_X8, _entry("Subtract", "y", [_TO_X8, _TO_X8, _TO_X8]))),
    ),
    Code(
        "GC402",
        "missing-input",
        "error",
        "A tensor that the layer needs is not there",
        "The layer takes several tensors by name, and one of them that has no default was not given.",
        "Connect a tensor to the argument that the message names.",
        Example(
            _file(
                _input("x", 5, 8),
                _entry("MultiHeadAttention", "y", _tensor("x", [None, 5, 8]), num_heads=2, key_dim=4),
            )
        ),
    ),
    Code(
        "GC403",
        "rank-mismatch",
        "error",
        "The input has the wrong number of axes",
        "The layer counts on certain axes: a Conv2D on batch, height, width and channels. The input has more or fewer.",
        "Put a Reshape, Flatten or pooling layer before it, or use the layer for this number of axes (Conv1D,"
        " Conv2D, Conv3D).",
        Example(_file(_X8, _entry("Conv2D", "y", _TO_X8, filters=4, kernel_size=[3, 3]))),
    ),
    Code(
        "GC404",
        "broadcast-mismatch",
        "error",
        "Inputs cannot be combined element by element",
        "These layers combine their inputs element by element. On each axis, counted from the right, the sizes must"
        " be equal, or one of them must be 1.",
        "Most often a branch changed its channels: give both branches the same filters or units. Where the sizes of"
        ' an image differ, a stride or padding="valid" on one branch did it. Where the difference is meant, project'
        " one branch with a 1×1 Conv2D, or use Concatenate.",
        Example(
            _file(
                _X8,
                _input("z", 9),
                _entry("Add", "y", [_TO_X8, _tensor("z", [None, 9])]),
            )
        ),
    ),
    Code(
        "GC405",
        "sizes-differ",
        "error",
        "Sizes that must be equal differ",
        "The layer joins its inputs along one axis, or multiplies along a pair of axes; the other sizes, or those"
        " of the pair, must be equal.",
        "Make the sizes equal that the message names, or join along another axis: axis=-1 joins channels. Where"
        " images of two branches differ, give both the same strides and padding, or crop, pad or pool one of"
        " them. For a Dot or an attention, choose axes or a Dense that make the two sizes one.",
        Example(_file(_X8, _input("z", 9), _entry("Dot", "y", [_TO_X8, _tensor("z", [None, 9])], axes=1))),
    ),
    Code(
        "GC406",
        "reshape-size",
        "error",
        "The new shape has another number of values",
        "Reshape only arranges values anew: the product of the sizes must stay the same.",
        "Choose a target whose product is that of the input, or write -1 for one size, which is then computed.",
        Example(_file(_X8, _entry("Reshape", "y", _TO_X8, target_shape=[3, 3]))),
    ),
    Code(
        "GC407",
        "empty-output",
        "error",
        "Nothing would be left of the input",
        "The window or the cropping is larger than the input, so that a size of the output would be 0 or less.",
        'Make the kernel, the stride or the cropping smaller, use padding="same", or take a layer that makes the'
        " input smaller out of the way before it.",
        Example(_file(_IMAGE, _entry("Conv2D", "y", _TO_IMAGE, filters=4, kernel_size=[9, 9]))),
    ),
    Code(
        "GC408",
        "unknown-size",
        "error",
        "A size must be known and is not",
        "The layer's weights have the size of this axis, so that it must be known when the model is made; it is"
        " only known when data comes in.",
        "Give the input layer the size of this axis.",
        Example(
            _file(_input("x", None), _entry("Dense", "y", _tensor("x", [None, None]), units=4)),
        ),
    ),
    Code(
        "GC409",
        "dtype-refused",
        "error",
        "The layer cannot work on this type of values",
        "Text cannot be multiplied, and some operations take whole numbers or truth values only.",
        "Convert the values first: StringLookup or TextVectorization for text, Embedding for whole numbers,"
        " keras.ops.cast (in Keras 2 tf.cast) from one type of numbers to another.",
        Example(
            '{"class_name": "Functional", "keras_version": "2.15.0", "backend": "tensorflow",\n'
            ' "config": {"name": "example", "trainable": true, "layers": [\n'
            '  {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],\n'
            '   "config": {"name": "x", "batch_input_shape": [null, 8], "dtype": "int32"}},\n'
            '  {"class_name": "Softmax", "name": "y", "inbound_nodes": [[["x", 0, 0, {}]]],\n'
            '   "config": {"name": "y"}}],\n'
            '  "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}\n'
        ),
    ),
    Code(
        "GC410",
        "contradicts-file",
        "warning",
        "The file recorded another shape",
        "Keras 3 writes the shape of each tensor beside it and never reads it again. The recorded one is not what"
        " the layers make, so that the file was changed after Keras wrote it.",
        "Nothing needs to be mended: the computed shape is what Keras will have. Where you did not expect it, look"
        " at what was changed upstream.",
        Example(
            _file(
                _X8,
                _entry("Dense", "h", _TO_X8, units=4),
                _entry("Dense", "y", _tensor("h", [None, 5]), units=2),
            )
        ),
    ),
    Code(
        "GC411",
        "weights-differ",
        "error",
        "A shared layer gets inputs that need different weights",
        "A layer has its weights once, made for its first input. Another call with another size cannot use them.",
        "Make the sizes of both inputs equal before the layer: by Resizing, cropping or padding for images, by a"
        " Dense for features. Or use a layer of its own for each.",
        Example(
            _file(
                _X8,
                _input("z", 9),
                _entry("Dense", "y", units=4)
                | {
                    "inbound_nodes": [
                        {"args": [_TO_X8], "kwargs": {}},
                        {"args": [_tensor("z", [None, 9])], "kwargs": {}},
                    ]
                },
                outputs=[["y", 0, 0], ["y", 1, 0]],
            )
        ),
    ),
    Code(
        "GC412",
        "ragged-or-sparse-refused",
        "error",
        "The layer cannot work on a ragged or sparse tensor",
        "A ragged tensor has rows of different lengths, a sparse one holds only what is not 0; few layers know how"
        " to work on them.",
        "Set ragged or sparse of the input to false, or make the tensor dense before this layer.",
        Example(
            '{"class_name": "Functional", "keras_version": "2.15.0", "backend": "tensorflow",\n'
            ' "config": {"name": "example", "trainable": true, "layers": [\n'
            '  {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],\n'
            '   "config": {"name": "x", "batch_input_shape": [null, null, 8], "dtype": "float32", "ragged": true}},\n'
            '  {"class_name": "Conv1D", "name": "y", "inbound_nodes": [[["x", 0, 0, {}]]],\n'
            '   "config": {"name": "y", "filters": 4, "kernel_size": [3]}}],\n'
            '  "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}\n'
        ),
    ),
    Code(
        "GC501",
        "nothing-to-train",
        "error",
        "The model has no weight that training could change",
        "Training changes weights. All layers of this model are frozen, or have none.",
        "Set trainable to true on the layers that are to learn, or add a layer with weights.",
        _request(_file(_input("x", 13), _entry("Dense", "y", _tensor("x", [None, 13]), units=1, trainable=False))),
    ),
    Code(
        "GC502",
        "loss-mismatch",
        "error",
        "The loss does not fit the output",
        "Each loss compares outputs and targets of a certain form: a cross-entropy over classes needs one value for"
        " each class, and classes as targets.",
        "Choose the loss for what the data holds: a number (mse, mae), one of several classes"
        " (sparse_categorical_crossentropy), yes or no (binary_crossentropy).",
        _request(loss="sparse_categorical_crossentropy"),
    ),
    Code(
        "GC503",
        "data-mismatch",
        "error",
        "The data does not fit the inputs",
        "A sample of the data must have the shape and type that the input layer names, the batch axis left out.",
        "Change the shape of the input to that of the data, choose other data, or try the model on synthetic data,"
        " which fits any input.",
        _request(_file(_X8, _entry("Dense", "y", _TO_X8, units=1))),
    ),
    Code(
        "GC504",
        "target-mismatch",
        "error",
        "The targets do not fit the outputs",
        "The loss compares an output with a target value by value, so that both must have the same shape.",
        "Give the last layer the number of units that the targets have.",
        _request(_file(_input("x", 13), _entry("Dense", "y", _tensor("x", [None, 13]), units=3))),
    ),
    Code(
        "GC505",
        "bad-plan",
        "error",
        "The plan holds a value that cannot be used",
        "How the model is to be trained is checked before it is queued: a value that Keras would refuse in the"
        " middle is named here.",
        "Give the key a value of the kind that the message names.",
        _request(epochs=0),
    ),
    Code(
        "GC506",
        "unknown-name",
        "error",
        "Keras has nothing of this name",
        "Optimizers, losses, metrics, callbacks and data sets are named by their class or short name, and there is"
        " none of this one.",
        "Correct the name; the hint names those that are spelt alike.",
        _request(optimizer="adamm"),
    ),
    Code(
        "GC507",
        "never-built",
        "error",
        "The model holds a layer that is never built here",
        "Only layers of Keras's own that need no code and no file from elsewhere are ever built. A Lambda, a custom"
        " class and a vocabulary on disk are drawn and kept, and not trained.",
        "Replace the layer by one of Keras's own, or train the model where its code is.",
        _request(
            _file(
                _input("x", 13),
                _entry("Dense", "h", _tensor("x", [None, 13]), units=1),
                _entry("Linear", "y", _tensor("h", [None, 1]), units=1)
                | {"module": "models", "registered_name": "models>Linear"},
            )
        ),
    ),
    Code(
        "GC508",
        "activation-before-logits",
        "warning",
        "The loss applies an activation that was applied already",
        "A loss with from_logits=True applies softmax or sigmoid itself. Where the last layer did so before, all"
        " outputs come out nearly alike, and the model learns slowly or not at all.",
        "Set from_logits to false, or take the activation of the last layer away.",
        Example(
            _file(_X8, _entry("Dense", "y", _TO_X8, units=4, activation="softmax")).rstrip()[:-1]
            + ',\n "compile_config": {"optimizer": "adam", "loss": {"module": "keras.losses", "registered_name": null,'
            ' "class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": true}}}}\n'
        ),
    ),
    Code(
        "GC509",
        "activation-does-not-fit",
        "warning",
        "The last activation does not fit the loss",
        "A crossentropy takes probabilities: numbers from 0 to 1, which for one class of several add up to 1. It takes"
        " others without a word, and cuts them off.",
        "End the model in softmax for one class of several, in sigmoid for yes or no, or set from_logits to true and"
        " end it without an activation.",
        Example(
            _file(_X8, _entry("Dense", "y", _TO_X8, units=4)).rstrip()[:-1]
            + ',\n "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}}\n'
        ),
    ),
    Code(
        "GC601",
        "cannot-write",
        "error",
        "The model cannot be written in this form",
        "The form has no words for something in the model: Python code that stood in the file, a layer that only"
        " another version of Keras has, a call that refers to nothing.",
        "Mend the errors that the model has, or write it in another form.",
        Example("A model with a Lambda, written as Python: its code is never copied into a program.", "description"),
    ),
    Code(
        "GC602",
        "drawing-simplified",
        "info",
        "The drawing is simpler than asked for",
        "Routing the edges of a large model at right angles takes minutes. The time for a drawing is bounded, and"
        " what is left out is named.",
        'Draw a part of it with layer_range, ask for splines="spline", or open the model in the editor, which has'
        " no such bound.",
        Example("A model of 1,000 layers, drawn with splines=ortho.", "description"),
    ),
    Code(
        "GC701",
        "no-such-file",
        "error",
        "Keras finds no file there",
        "The path is looked up in the folder that the program runs in, which is not always the one that its file is in."
        " Keras says the same of a .keras file that is there and is no zip archive.",
        "Print os.getcwd() and compare it with the path. Where the file is there, look at its first bytes: a pointer of"
        " Git LFS, an error page or a download that broke off is no archive.",
        _program('model = keras.models.load_model("models/best.keras")'),
    ),
    Code(
        "GC702",
        "format-not-read",
        "error",
        "This version of Keras does not read this kind of file",
        "Keras 3 reads .keras archives and HDF5 files. What Keras 2 wrote as a folder (SavedModel) it can call and not"
        " load.",
        "Load the folder with Keras 2 (the package tf_keras) and save it as a .keras or .h5 file. To only run it,"
        " wrap it in keras.layers.TFSMLayer.",
        _program("import os", "", 'os.makedirs("saved", exist_ok=True)', 'keras.models.load_model("saved")'),
    ),
    Code(
        "GC703",
        "custom-class-not-remade",
        "error",
        "A class of your own cannot be made from its config",
        "Keras makes a layer anew by calling its class with every key of the config. The config holds name,"
        " trainable and dtype for every layer, and what get_config adds; __init__ has to take all of it.",
        "Let __init__ take **kwargs and hand them to super().__init__(**kwargs). Let get_config return the arguments of"
        " __init__ besides those of super().get_config().",
        _program(
            "@keras.saving.register_keras_serializable()",
            "class Scale(layers.Layer):",
            "    def __init__(self, factor=2):",
            "        super().__init__()",
            "        self.factor = factor",
            "",
            "    def call(self, x):",
            "        return self.factor * x",
            "",
            'x = keras.Input((8,), name="x")',
            "keras.models.model_from_json(keras.Model(x, Scale()(x)).to_json())",
        ),
    ),
    Code(
        "GC704",
        "not-built-yet",
        "error",
        "Something is asked of a layer or model before it has met an input",
        "A layer makes its weights when it is first called, because only then it knows what comes in. Before that it"
        " has no output, no weights and nothing to count.",
        "Begin the model with keras.Input(shape), or call build(input_shape). For the output of a layer inside a model,"
        " take it from the model: model.get_layer(name).output.",
        _program('layer = layers.Dense(4, name="y")', "layer.output"),
    ),
    Code(
        "GC705",
        "symbolic-tensor-outside-keras",
        "error",
        "A function outside of Keras gets a symbolic tensor",
        "While a model is put together its tensors have a shape and no values. Only layers and operations of Keras can"
        " work on them; TensorFlow's and NumPy's functions, if, for and float() need values.",
        "Use the operation of the same name from keras.ops. Where there is none, put the code into the call method of a"
        " layer of your own, and call that layer.",
        _program("import numpy as np", "", "x = keras.Input((8,))", "np.log(x)"),
    ),
    Code(
        "GC706",
        "name-of-another-version",
        "error",
        "The installed Keras has nothing of this name",
        "Modules, functions and arguments were renamed or taken away between versions. The program was written for"
        " another one than is installed.",
        "Use the present name: keras.layers instead of keras.layers.core, fit instead of fit_generator, learning_rate"
        " instead of lr, a name that ends in .keras or .weights.h5. To run old code unchanged, install the version that"
        " it was written for.",
        _program("from keras.layers.core import Dense"),
    ),
    Code(
        "GC707",
        "out-of-memory",
        "error",
        "There is not enough memory for a tensor",
        "The tensor whose shape is named does not fit beside what is there already. Training keeps every activation"
        " of a batch, and an optimizer such as Adam keeps two more copies of the weights.",
        "Make the batch smaller first. Where the shape is that of a weight, such as a Dense behind a Flatten, put a"
        " pooling layer before it. The summary tells which layers are large.",
        _program("x = keras.Input((10_000_000,))", 'layers.Dense(10_000_000, name="y")(x)'),
    ),
    Code(
        "GC708",
        "not-a-layer-or-tensor",
        "error",
        "Something else stands where Keras needs a layer or a tensor",
        "A layer is made first and called then: Dense(8)(x). Without its second brackets it is a layer and no tensor,"
        " without its first it is a class; a function that returns nothing gives None.",
        "Give Sequential layers, Dense(8). Give Model and calls of layers what calls of layers returned.",
        _program("x = keras.Input((8,))", "keras.Sequential([x, layers.Flatten])"),
    ),
    Code(
        "GC709",
        "cannot-draw",
        "error",
        "Keras cannot draw: pydot or Graphviz is missing",
        "plot_model hands its drawing to the package pydot, which hands it to the program dot of Graphviz. pip installs"
        " packages, not that program, and Keras says the same whichever of the two is missing.",
        "Install Graphviz (apt install graphviz, brew install graphviz, or its installer on Windows) and see that dot"
        " is on the PATH, then pip install pydot. layerwright plot draws the same picture without both.",
        Example("`keras.utils.plot_model(model)`, where Graphviz is not installed.", "description"),
    ),
    Code(
        "GC801",
        "runs-code",
        "warning",
        "The file holds code, or calls a function, when it is loaded",
        "A Lambda holds Python bytecode, a TorchModuleWrapper a pickle; a TFOpLambda names a function of TensorFlow,"
        " a SavedModel's graph may call Python, and an object may name any function as its class. Keras runs them, in"
        " which versions the hint says. Nothing of it is run here: bytecode is gone through for the names in it.",
        "Load the file with safe_mode=True in Keras 3.12.4, or 3.15.1 and later, or make a copy with placeholders:"
        " layerwright check --safety --safe-copy OUT. docs/safety.md says what that does.",
        _SAFETY_LAMBDA,
    ),
    Code(
        "GC802",
        "names-a-module",
        "warning",
        "The file names a module that Keras would import",
        "The object's class is said to live in a module that is not Keras's. Early versions of Keras 3, and tf_keras,"
        " import it and call what is named in it; later ones take only what is registered under the name.",
        "Where the class is yours, import it before you load the file. Else make a copy with placeholders.",
        _safety(_entry("Linear", "y", _TO_X8, units=4) | {"module": "models", "registered_name": "models>Linear"}),
    ),
    Code(
        "GC803",
        "reads-a-file",
        "warning",
        "The file names another file, which Keras would open",
        "A vocabulary may be a path, and so may be arguments of other classes. An HDF5 file may keep its values in"
        " another one, and a file in an archive may have a name that leads out of it.",
        "Load the file only where nothing of interest lies at that path, or make a copy with placeholders.",
        _safety(_entry("StringLookup", "y", _tensor("x", [None, 8], dtype="string"), vocabulary="/etc/passwd")),
    ),
    Code(
        "GC804",
        "reaches-the-network",
        "warning",
        "The file names an address, which Keras would ask",
        "An argument is an address, or the function that downloads files is named as a part of the model. TensorFlow's"
        " file system opens many kinds of addresses where a path may stand.",
        "Load the file without a network, or make a copy with placeholders.",
        _safety(
            _entry("StringLookup", "y", _tensor("x", [None, 8], dtype="string"), vocabulary="https://example.com/v")
        ),
    ),
    Code(
        "GC805",
        "exhausts-memory",
        "warning",
        "Loading the file would take very much memory",
        "A few characters can ask for weights of any size, and a packed file of a few bytes can hold very many. Keras"
        " makes the weights while it loads the model.",
        "Load it where that much memory is, and within a limit.",
        _safety(_entry("Dense", "y", _TO_X8, units=10_000_000_000)),
    ),
    Code(
        "GC806",
        "not-looked-through",
        "info",
        "A file in the archive was not looked through",
        "It is too large to be unpacked here, damaged, an archive itself, or of a kind that Keras does not write.",
        "Unpack the archive into an empty folder and look at the file there, without loading it. A model needs"
        " its config, metadata.json and weights, and assets where a layer has some; a safe copy leaves out what"
        " was not looked through.",
        Example("A .keras archive with another archive in it, and layerwright check --safety.", "description"),
    ),
    Code(
        "GC901",
        "rule-crashed",
        "error",
        "A rule of Layerwright failed",
        "This is a mistake in Layerwright and none of yours. The output of the layer is unknown; everything else"
        " was checked.",
        "Report it with the config of the layer that is named.",
        Example("A rule that divides by zero.", "description"),
    ),
)

CODES: Mapping[str, Code] = {code.id: code for code in _TABLE}
"""Every code by its id, in order."""
