"""Tracebacks that Keras 3 and tf_keras printed: what they mean, where, and with which words they are found."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphcore
from graphcore.keras_messages import MESSAGES
from graphcore.traceback_reader import MOST_READ, match_message, read_traceback

from .cases import BOTH, programs
from .records import SAYINGS, recorded, sayings
from .write_messages import MOST_REPORTED, PAGE, page

RECORDED = {
    f"{program.name}-{generation}": (program, text)
    for generation in BOTH
    for program in programs(generation)
    if (text := recorded(generation)[program.name]) is not None
}
EXAMPLES = [name for name, (program, _) in RECORDED.items() if program.file is not None]
LIVE = ["add-of-sizes", "convolution-too-large", "unknown-argument", "two-to-dense", "fit-uncompiled", "never-called"]


@pytest.mark.parametrize("name", RECORDED)
def test_a_traceback_means_its_code(name: str) -> None:
    program, text = RECORDED[name]
    reading = read_traceback(text)
    (finding,) = reading.findings
    assert program.code in (finding.code, *reading.also)
    if program.layer is not None:
        assert finding.at.layer == program.layer
    said = " ".join((finding.message, finding.hint or ""))
    assert "unknown" not in said.replace("not known", "")
    assert not re.search(r"\{\w*\}", said)
    if not program.is_warned:
        assert reading.program is not None
        assert reading.program.file == "train.py"
        assert 1 <= reading.program.line <= len(program.text.splitlines())


def test_what_a_message_means_was_said_by_a_keras() -> None:
    """No code that is found by Keras's words is without those of the installed Keras."""
    assert {message.meaning.code for message in MESSAGES} - sayings().keys() == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_with_the_model_the_place_is_told(name: str) -> None:
    program, text = RECORDED[name]
    assert program.file is not None
    report = graphcore.check(program.file)
    findings = read_traceback(text, report).findings
    if report.graph is None:
        assert program.code in {finding.code for finding in findings} | set(read_traceback(text).also)
        return
    assert {finding.code for finding in findings} == {program.code}
    assert all(finding in report.diagnostics for finding in findings)


def test_there_are_many_messages() -> None:
    masked = {re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "#", read_traceback(text).said) for _, text in RECORDED.values()}
    assert len(masked) >= 120
    assert len(RECORDED) >= 200


# What other versions say, or the installed ones where something is missing: as people report it.
ELSEWHERE = {
    # keras#19089
    "TypeError: Could not deserialize class 'Functional' because its parent module keras.src.engine.functional cannot"
    " be imported. Full object config: {'module': 'keras.src.engine.functional', 'class_name': 'Functional'}": (
        "GC706",
        "The file names the module keras.src.engine.functional as the home of Functional, and the installed Keras has"
        " no such module",
    ),
    "TypeError: Could not deserialize class 'Norm' because its parent module mine.layers cannot be imported. Full": (
        "GC206",
        "The file names the module mine.layers as the home of Norm, and this program cannot import it",
    ),
    # tensorflow#64685
    "TypeError: Error when deserializing class 'InputLayer' using config={'batch_shape': [None, 4], 'name': 'x'}.\n\n"
    "Exception encountered: Unrecognized keyword arguments: ['batch_shape']": (
        "GC202",
        'InputLayer "x" has batch_shape, which is Keras 3\'s word, and this program runs Keras 2',
    ),
    # keras#20106
    "ValueError: Unrecognized keyword arguments passed to Dense: {'batch_input_shape': [None, 8]}": (
        "GC202",
        "Dense has batch_input_shape, which is Keras 2's word, and this program runs Keras 3",
    ),
    # keras#20750
    "ValueError: Unrecognized keyword arguments passed to GRU: {'time_major': False}": (
        "GC202",
        "GRU has no argument time_major",
    ),
    # tensorflow#41929
    "ValueError: Unknown layer: Functional": (
        "GC706",
        "The installed Keras has no class Functional: it calls such a model Model, as all did before TensorFlow 2.3",
    ),
    "ValueError: Unknown layer: CapsuleLayer": (
        "GC206",
        "The class CapsuleLayer is not Keras's own, and this program has not registered it",
    ),
    # Keras_insightface#132
    "TypeError: Could not locate class 'Policy'. Make sure custom classes are decorated with": (
        "GC201",
        "The class Policy is of Keras 2, and Keras 3 has none of this name",
    ),
    # tensorflow#63853
    "ValueError: Layer 'dense' expected 1 input(s). Received 2 instead.": (
        "GC401",
        'Layer "dense" takes 1 tensors, and gets 2',
    ),
    # keras#12951
    "ValueError: Negative dimension size caused by subtracting 3 from 1 for 'conv2d_8/convolution' (op: 'Conv2D') with"
    " input shapes: [?,1,1,128], [3,3,128,128].": (
        "GC407",
        'Layer "conv2d_8" has a window of 3, and only 1 comes in: nothing would be left',
    ),
    # keras#9595
    "ValueError: bad marshal data (unknown type code)": (
        "GC207",
        "The file holds a Lambda, whose bytecode is of another version of Python than runs here",
    ),
    "TypeError: Unable to serialize [2.08 2.11] to JSON. Unrecognized type <class 'EagerTensor'>.": (
        "GC703",
        "The config holds a EagerTensor, and JSON has numbers, texts and lists only",
    ),
    "ValueError: Input tensors to a Functional must come from `tf.keras.Input`. Received: 0 (missing previous": (
        "GC708",
        "A model is made of something else than symbolic tensors",
    ),
    # keras#10935 and what came after it
    **dict.fromkeys(
        (
            "ImportError: Failed to import `pydot`. Please install `pydot`. For example with `pip install pydot`.",
            "You must install pydot (`pip install pydot`) and install graphviz (see …) for plot_model to work.",
            "OSError: `pydot` failed to call GraphViz.Please install GraphViz (https://www.graphviz.org/)",
            'FileNotFoundError: [Errno 2] "dot" not found in path.',
        ),
        ("GC709", "Keras draws with the package pydot and the program dot of Graphviz, and one of them is missing"),
    ),
}


@pytest.mark.parametrize("said", ELSEWHERE)
def test_what_other_versions_say_is_known(said: str) -> None:
    code, says = ELSEWHERE[said]
    (finding,) = read_traceback(said).findings
    assert (finding.code, finding.message) == (code, says)


def test_an_argument_of_another_keras_is_said_to_be_that() -> None:
    hints = {}
    for value in ("False", "True"):
        said = f"ValueError: Unrecognized keyword arguments passed to LSTM: {{'time_major': {value}}}"
        hints[value] = read_traceback(said).findings[0].hint or ""
    assert hints["False"] == "time_major belongs to Keras 2: remove it"
    assert "keras.ops.transpose(x, (1, 0, 2)) before the layer" in hints["True"]


@pytest.mark.parametrize(("cls", "code"), [("Desne", "GC201"), ("MyAttention", "GC206"), ("CustomConv2D", "GC206")])
def test_a_class_that_is_named_after_one_of_keras_is_none_that_is_misspelt(cls: str, code: str) -> None:
    said = f"ValueError: Unknown layer: '{cls}'. Please ensure you are using a `keras.utils.custom_object_scope`"
    (finding,) = read_traceback(said).findings
    assert finding.code == code


def test_every_message_of_the_table_was_said() -> None:
    """No pattern that no recorded traceback has, or people report."""
    unseen = []
    for message in MESSAGES:
        if not any(message.pattern.search(text) for text in (*ELSEWHERE, *(text for _, text in RECORDED.values()))):
            unseen.append(message.regex)
    assert unseen == []


def test_what_keras_says_is_what_was_recorded() -> None:
    assert json.loads(SAYINGS.read_text(encoding="utf-8"))["says"] == sayings()


@pytest.mark.parametrize("code", [id for id in graphcore.CODES if graphcore.keras_says(id)])
def test_words_of_keras_find_the_code(code: str) -> None:
    for saying in graphcore.keras_says(code):
        assert code in {found.id for found in graphcore.find_codes(saying.text)}, saying.text


def test_a_message_without_its_traceback_is_enough() -> None:
    said = 'Input 0 of layer "conv2d" is incompatible with the layer: expected min_ndim=4, found ndim=2.'
    finding = read_traceback(f"ValueError: {said} Full shape received: (None, 784)").findings[0]
    assert (finding.code, finding.at.layer) == ("GC403", "conv2d")
    assert finding.message == 'Layer "conv2d" needs 4 axes, the batch among them, and gets (None, 784) with 2'


NOTEBOOK = """\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
<ipython-input-9-882590e77519> in <cell line: 10>()
      9 # the skip connection
---> 10 y = layers.Add(name="skip")([a, b])

1 frames
/usr/local/lib/python3.10/dist-packages/keras/src/layers/merging/base_merge.py in _compute_elemwise_op(self, a, b)
     80                 if i != j:
---> 81                     raise ValueError(

ValueError: Inputs have incompatible shapes. Received shapes (28, 28, 32) and (28, 28, 64)
"""


def test_a_traceback_of_a_notebook() -> None:
    reading = read_traceback(NOTEBOOK)
    assert [(f.code, f.at.layer) for f in reading.findings] == [("GC404", "skip")]
    assert reading.keras == "keras3"


def test_the_last_exception_counts() -> None:
    first = "ValueError: Could not interpret loss identifier: msee"
    second = "ValueError: You must call `compile()` before using the model."
    between = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    assert match_message(f"{first}{between}{second}") == ("GC505",)
    assert match_message(f"{second}{between}{first}") == ("GC506",)


def test_a_layer_that_only_its_class_tells_is_found_in_the_model() -> None:
    said = "ValueError: Exception encountered when calling Conv2D.call().\n\nComputed output size would be zero or"
    said += " negative. Received `inputs shape=(None, 4, 4, 3)`, `kernel shape=(9, 9, 3, 4)`, `dilation_rate=[1 1]`."
    good = graphcore.CODES["GC407"].example.text.replace("[9, 9]", "[3, 3]")
    (finding,) = read_traceback(said, graphcore.check(good)).findings
    assert (finding.code, finding.at.layer, finding.at.pointer) == ("GC407", "y", "/config/layers/1")


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    read_traceback(text)
    graphcore.find_codes(text)


@pytest.mark.parametrize(
    "piece",
    ["a", "(", 'File "', "ValueError: ", "Exception encountered: ", "config={", "\x1b[", "calling layer 'x' ", " \n"],
)
def test_a_long_text_is_read(piece: str) -> None:
    assert read_traceback(piece * (2 * MOST_READ // len(piece))).findings == ()


@pytest.mark.keras
@pytest.mark.parametrize("generation", BOTH)
def test_keras_still_says_so(generation: str) -> None:
    command = [sys.executable, "-m", "tests.tracebacks.record", generation, *LIVE]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    said = json.loads(out.splitlines()[-1])
    for name in LIVE:
        assert read_traceback(said[name]).said == read_traceback(recorded(generation)[name] or "").said


def test_the_page_of_messages_is_true() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
    assert len(MOST_REPORTED) == 10
