"""Small wrong models with the problems that they must have: all in one run, one for each cause, and nothing more.

A comment under a layer is a problem at that layer's line: its code, where it points inside the layer's entry, and how
the sentence goes on. At the end stand the problems of the whole model.
"""

# ruff: noqa: E501  a problem is one line, however long
from __future__ import annotations

import re

import pytest

import graphcore

from .notation import FIRST_LINE, write


def annotated(notation: str) -> str:
    """The notation with the problems that we find, as comments."""
    plain = "\n".join(line for line in notation.splitlines() if not line.lstrip().startswith("#"))
    written = write(plain)
    report = graphcore.check(written.text)
    assert report.more == 0
    found: dict[int, list[str]] = {}
    for problem in report.diagnostics:
        line, column = report.place(problem.at)
        assert line is not None
        assert column is not None
        assert written.text.splitlines()[line - 1][column - 1 :].strip() != ""
        index = line - FIRST_LINE
        layer = written.lines.get(line, "")
        pointer = problem.at.pointer.removeprefix(f"/config/layers/{index}/").removeprefix("/config/")
        message = re.sub(rf'^(Layer|[\w.>]+) "{re.escape(layer)}" ', "", problem.message)
        found.setdefault(index if layer else -1, []).append(f"  # {problem.code} {pointer}: {message}")
    lines: list[str] = []
    for i, text in enumerate(filter(None, map(str.strip, plain.splitlines()))):
        lines += [text, *found.pop(i, [])]
    lines += found.pop(-1, [])
    assert found == {}
    return "\n".join(lines) + "\n"


def trimmed(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(f"  {line}" if line.startswith("#") else line for line in lines) + "\n"


CASES = {
    "several causes in one run, none in what follows from them": """
        x = Input [null, 28, 28, 1]
        c = Conv2D(x) filters=8 kernel_size=3 padding="sme"
          # GC204 config/padding: has padding "sme"; it takes one of "valid", "same"
        d = Conv2D(c) filters=8 kernel_size=[3, 3, 3]
          # GC204 config/kernel_size: has kernel_size [3, 3, 3]; it takes a whole number above 0, or 2 of them
        f = Flatten(d)
        g = Desne(f) units=10
          # GC201 class_name: is of class Desne, which is none of Keras
        h = Dense(g) units=-1
          # GC204 config/units: has units -1; it takes a whole number above 0
        i = Dense(h) unit=3 -> out
          # GC202 config/unit: has no argument unit
    """,
    "arguments": """
        x = Input [null, 28, 28, 4]
        a = Conv2D(x) filters=8
          # GC203 config: has no kernel_size, which it needs
        b = Conv2D(x) filters=8 kernel_size=3 strides=2 dilation_rate=2
          # GC205 config/dilation_rate: cannot have both strides (2, 2) and dilation_rate (2, 2) above 1
        c = Conv2D(x) filters=8 kernel_size=3 groups=3
          # GC205 config/groups: cannot divide 8 filters into 3 groups
        d = Conv2D(x) filters=6 kernel_size=3 groups=4
          # GC205 config/groups: cannot divide 6 filters into 4 groups
        e = Dropout(x) rate=2
          # GC204 config/rate: has rate 2; it takes a number from 0 to 1
        f = Activation(x) activation="reluu"
          # GC204 config/activation: has activation "reluu"; it takes the name of an activation
        g = MaxPooling2D(x) pool_size=2 data_format="channel_first"
          # GC204 config/data_format: has data_format "channel_first"; it takes "channels_last" or "channels_first"
        h = Reshape(x) target_shape="8"
          # GC210 config/target_shape: has target_shape "8", which Keras takes for [null]
        i = Dense(x) units=8 kernel_regularizer=3
          # GC204 config/kernel_regularizer: has kernel_regularizer 3; it takes the name of a regularizer, an object with class_name, or null
        j = Concatenate([a, b, c, d, e, f, g, h, i]) -> out
    """,
    "custom classes and lambdas are warnings": """
        x = Input [null, 4]
        c = !my>Thing(x) anything=3
          # GC206 class_name: is a custom class: its shape and weights are unknown
        d = Dense(c) units=2
        l = Lambda(d) function={"class_name": "__lambda__", "config": {"code": "4wEA"}} -> out
          # GC207 layers/3: holds code: it is drawn and kept, never run
    """,
    "wiring: names, calls, outputs": """
        x = Input [null, 4]
        a = Dense(x) units=2
        b = Dense(dens) units=2
          # GC302 inbound_nodes/0: is fed by "dens", and the model has no such layer
        c = Dense(a@1) units=2
          # GC303 inbound_nodes/0: is fed by call 1 of "a", which has 1 call, counted from 0
        d = Dense(a:1) units=2
          # GC304 inbound_nodes/0: is fed by output 1 of "a", which has 1, counted from 0
        e = Dense(d) units=2
        f = Add([b, c, e]) -> out
    """,
    "a circle is one problem": """
        x = Input [null, 4]
        a = Add([x, c])
          # GC306 inbound_nodes/0: waits for itself: "a" → "b" → "c" → "a"
        b = Dense(a) units=4
        c = Dense(b) units=4
        d = Dense(c) units=4 -> out
    """,
    "an unused branch is one warning": """
        x = Input [null, 4]
        a = Dense(x) units=2 -> out
        b = Dense(x) units=2
        c = Dense(b) units=2
          # GC305 inbound_nodes/0: leads to no output, nor does "b" before it
    """,
    "ranks": """
        x = Input [null, 784]
        a = Conv2D(x) filters=8 kernel_size=3
          # GC403 inbound_nodes/0: needs rank 4 or more, gets (None, 784) of rank 2
        b = MaxPooling2D(a) pool_size=2
        c = Dense(b) units=10 -> out
    """,
    "merges": """
        x = Input [null, 8]
        y = Input [null, 9]
        z = Input [null, 4, 8]
        a = Add([x, y])
          # GC404 inbound_nodes/0: cannot combine (None, 8) with (None, 9)
        b = Multiply([x, z])
        c = Concatenate([x, z]) axis=-1
          # GC403 inbound_nodes/0: cannot join (None, 8) with (None, 4, 8): their ranks differ
        d = Concatenate([z, x, y]) axis=1
          # GC403 inbound_nodes/0: cannot join (None, 4, 8) with (None, 8): their ranks differ
        e = Dot([x, y]) axes=1
          # GC405 inbound_nodes/0: cannot multiply (None, 8) with (None, 9) along axes 1 and 1: 8 and 9
        f = Add(x)
          # GC401 inbound_nodes/0: takes a list of tensors, gets one tensor
        g = Subtract([x, x, x])
          # GC401 inbound_nodes/0: takes 2 tensors, gets 3
        h = Concatenate([a, b, c, d, e, f, g]) -> out
    """,
    "sizes": """
        x = Input [null, 5, 5, 3]
        a = Conv2D(x) filters=8 kernel_size=7
          # GC407 config/kernel_size: makes (-1, -1) of (5, 5): kernel_size (7, 7) does not fit
        b = MaxPooling2D(x) pool_size=6
          # GC407 config/pool_size: makes (0, 0) of (5, 5): pool_size (6, 6) does not fit
        c = Cropping2D(x) cropping=3
          # GC407 config/cropping: makes (-1, -1) of (5, 5): cropping ((3, 3), (3, 3)) leaves nothing
        d = Reshape(x) target_shape=[7, 7]
          # GC406 inbound_nodes/0: cannot make (7, 7) from (None, 5, 5, 3): it needs 49 values a sample and gets 75
        e = Reshape(x) target_shape=[-1, 4]
          # GC406 inbound_nodes/0: cannot make (-1, 4) from (None, 5, 5, 3): 75 values a sample are no multiple of 4
        f = Permute(x) dims=[1, 2]
          # GC403 inbound_nodes/0: needs rank 3 for dims (1, 2), gets (None, 5, 5, 3) of rank 4
        g = Add([a, b, c, d, e, f]) -> out
    """,
    "sizes that are not known": """
        x = Input [null, null, null]
        a = Dense(x) units=4
          # GC408 inbound_nodes/0: needs a known size on axis 2, gets (None, None, None)
        b = BatchNormalization(x)
          # GC408 inbound_nodes/0: needs a known size on axis 2, gets (None, None, None)
        c = Flatten(x)
        d = Dense(c) units=3
          # GC408 inbound_nodes/0: needs a known size on axis 1, gets (None, None)
        e = Concatenate([a, b, d]) -> out
    """,
    "a shared layer whose calls need other weights": """
        x = Input [null, 4]
        y = Input [null, 5]
        d = Dense(x)(y) units=3
          # GC411 inbound_nodes/1: has a kernel of (4, 3) from call 0, and this one needs (5, 3)
        e = Add([d, d@1]) -> out
    """,
    "a record that says otherwise, and a stale build_config": """
        x = Input [null, 4]
        d = Dense(x) units=3 "build_config"={"input_shape": [null, 5]}
          # GC208 build_config: is built for (None, 5) by its build_config, and gets (None, 4)
        e = Dense(d) units=3 -> out
    """,
    "dtypes": """
        x = Input [null, 4] dtype="string"
        a = Dense(x) units=3
        b = Embedding(a) input_dim=10 output_dim=4 -> out
    """,
    "nothing at all comes out": """
        x = Input [null, 4]
        a = Dense(x) units=3
          # GC308 output_layers: The model "model" has no output
    """,
    "inputs of calls": """
        x = Input [null, 4, 8]
        a = Dense() units=3
          # GC402 inbound_nodes/0: has nothing connected to its input
        b = Dense([x, x]) units=3
          # GC401 inbound_nodes/0: takes 1 tensor, gets 2
        c = MultiHeadAttention(x) num_heads=2 key_dim=4
          # GC402 inbound_nodes/0: has nothing for value
        d = LSTM(x, x) units=3
        e = Add([a, b, c, d]) -> out
    """,
    "two layers of one name": """
        x = Input [null, 4]
        a = Dense(x) units=3
        a = Dense(x) units=4
          # GC301 name: Two layers are named "a": a Dense, and one after it
        b = Dense(a) units=2 -> out
    """,
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_models(name: str) -> None:
    assert annotated(CASES[name]) == trimmed(CASES[name])


# What is wrong with the file itself: its text, the code, and where the problem is.
FILES = [
    ("", "GC001", "", 1, 1),
    ('{"class_name": "Sequential",}', "GC001", "", 1, 29),
    ('{"config": [\n  1 2]}', "GC001", "", 2, 5),
    ("[1, 2]", "GC004", "", 1, 1),
    ('{"a": 1}', "GC004", "", 1, 1),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "GC007", "", None, None),
]


@pytest.mark.parametrize(("text", "code", "pointer", "line", "column"), FILES)
def test_wrong_files(text: str, code: str, pointer: str, line: int | None, column: int | None) -> None:
    report = graphcore.check(text.encode())
    assert [(found.code, found.at.pointer, *report.place(found.at)) for found in report.diagnostics] == [
        (code, pointer, line, column)
    ]
    assert not report.ok


def without(text: str, part: str, instead: str = "") -> str:
    assert part in text
    return text.replace(part, instead, 1)


SMALL = write("x = Input [null, 4]\ny = Dense(x) units=3 -> out").text
FORMS = [
    (without(SMALL, '"name": "y", "inbound_nodes"', '"inbound_nodes"'), ["GC101"]),
    (without(SMALL, '"layers": [', '"layers": 3, "more": ['), ["GC102"]),
    (without(SMALL, '"keras_history": ["x", 0, 0]', '"keras_history": ["x", 0]'), ["GC103"]),
    (without(SMALL, '"units": 3', '"units": 3, "units": 4'), ["GC003"]),
    (without(SMALL, '"output_layers": ', '"outputs": '), ["GC101"]),
    (without(SMALL, '"args": [', '"args": 3, "more": ['), ["GC103"]),
    (SMALL, []),
]


@pytest.mark.parametrize(("text", "codes"), FORMS)
def test_wrong_forms_are_named_once(text: str, codes: list[str]) -> None:
    assert [problem.code for problem in graphcore.check(text).diagnostics] == codes


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (graphcore.Limits(bytes=100), "bytes; the limit is 100"),
        (graphcore.Limits(tokens=10), "values; the limit is 10"),
        (graphcore.Limits(depth=3), "nested deeper than 3 levels"),
        (graphcore.Limits(layers=1), "more than 1 layers"),
        (graphcore.Limits(steps=0), "more than 0 steps"),
    ],
)
def test_every_limit_is_a_problem_and_no_crash(limits: graphcore.Limits, says: str) -> None:
    [problem] = graphcore.check(SMALL, limits).diagnostics
    assert problem.code == "GC002"
    assert says in problem.message
