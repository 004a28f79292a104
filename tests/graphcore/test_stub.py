"""Stubs of custom classes: what they say, and that no name of a file gets out of its place."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

import graphcore
from graphcore import cli
from graphcore.stub import to_stub

from .notation import write
from .test_to_python import HOSTILE


def stub(model: Any, contracts: dict[str, Any] | None = None) -> str:
    graph, _ = graphcore.read(model, contracts=contracts)
    assert graph is not None
    source = to_stub(graphcore.infer(graph))
    assert source is not None
    return source


def test_a_stub_says_what_file_and_contract_say() -> None:
    model = write(
        "x = Input [null, 9, 8]\na = !Mine(x) units=4 rate=0.5\nb = !Mine(a) units=5 rate=0.5 -> out",
    ).text
    contract = {
        "output": "(batch, 2 * time, units)",
        "weights": {"w": "(channels, units)"},
        "non_trainable": {"n": [3]},
    }
    assert stub(model, {"Mine": contract}).partition("saving\n\n\n")[2] == (
        '''\
class Mine(layers.Layer):
    """Mine: layer a and 1 more of the file."""

    def __init__(self, units=4, rate=0.5, **kwargs):
        # units: also 5
        super().__init__(**kwargs)
        self.units = units
        self.rate = rate

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), name="w")
        self.n = self.add_weight(shape=(3,), name="n", trainable=False)

    def call(self, inputs):
        raise NotImplementedError("Mine.call is not in the file: write it here")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], None if input_shape[1] is None else 2 * input_shape[1], self.units)


saving.get_custom_objects()["Mine"] = Mine
'''
    )


def test_a_rule_is_read_off_what_the_file_recorded() -> None:
    model = write("x = Input [null, 9, 8]\na = !Mine(x) units=4\nb = Dense(a) units=1 -> out").text
    recorded = json.loads(model)
    tensor = recorded["config"]["layers"][2]["inbound_nodes"][0]["args"][0]["config"]
    tensor["shape"] = [None, 9, 4]
    assert "        return (input_shape[0], input_shape[1], self.units)\n" in stub(recorded)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_a_file_stay_in_their_places(name: str) -> None:
    model = json.loads(write("x = Input [null, 8]\na = !Mine(x) units=4 -> out").text)
    layer = model["config"]["layers"][1]
    layer |= {"class_name": name or "?", "registered_name": f"{name}>{name}", "module": name}
    layer["config"] |= {name: name, "deep": [[[{name: [name]}]]]}
    model["config"]["name"] = name
    contract = {"output": "(batch, units)", "weights": {name: [3]}, "non_trainable": {f"{name}!": [3]}}
    tree = ast.parse(stub(model, {f"{name}>{name}": contract}))
    kinds = [type(node) for node in tree.body]
    assert kinds == [ast.Expr, ast.Import, ast.ImportFrom, ast.ClassDef, *([] if name else [ast.Assign])]
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called <= {
        *("saving.register_keras_serializable", "super", "super().__init__", "super().get_config", "kwargs.pop"),
        *("saving.get_custom_objects", "more.items", "self.add_weight", "NotImplementedError"),
    }


def test_the_command_writes_a_stub(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text(write("x = Input [null, 8]\na = !Mine(x) units=4 -> out").text)
    (tmp_path / "b.json").write_text(write("x = Input [null, 8]\na = Dense(x) units=4 -> out").text)
    assert cli.main(["stub", str(tmp_path / "a.json"), "-o", str(tmp_path / "a.py")]) == 0
    assert "class Mine(layers.Layer):" in (tmp_path / "a.py").read_text()
    assert cli.main(["stub", str(tmp_path / "b.json")]) == 2
    assert capsys.readouterr().err == "layerwright stub: the model has no custom layers\n"
