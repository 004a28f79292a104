"""Small models written as text, a layer a line, for tests that say which problems a model has.

    x = Input [null, 28, 28, 1]
    c = Conv2D(x) filters=8 kernel_size=3
    s = Add([c, x]) -> out

`name = Class(call)(another call) argument=json`. A call's arguments are `x` (a tensor), `x@1` (of its second call),
`x:1` (its second output), lists of those, JSON, and `key=value`. `!Class` is a user's class, `ops.Class` an operation.
`-> out` makes a layer an output of the model; an Input is one of its inputs. A key in quotes stands beside `config`.

The JSON has one layer a line, in the order of the text, so that a problem's line names its layer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

FIRST_LINE = 3
"""The line of the JSON on which the first layer stands."""

_HEAD = re.compile(r"(?P<name>\S+) = (?P<custom>!?)(?P<cls>[\w.>]+)")
_TENSOR = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:@(?P<node>-?\d+))?(?::(?P<tensor>-?\d+))?")
_WORDS = ("null", "true", "false")


@dataclass
class Written:
    """A model as JSON, and the layers by their lines in it."""

    text: str
    lines: dict[int, str] = field(default_factory=dict)


def write(notation: str) -> Written:
    """The JSON of a model, as Keras 3 would write it."""
    entries, inputs, outputs = [], [], []
    for line in filter(None, (line.strip() for line in notation.splitlines())):
        entry = _Line(line).entry()
        entries.append(entry)
        if entry["class_name"] == "InputLayer":
            inputs.append([entry["name"], 0, 0])
        if line.endswith("-> out"):
            outputs.append([entry["name"], 0, 0])
    listed = ",\n".join(json.dumps(entry) for entry in entries)
    ends = f'"input_layers": {json.dumps(inputs)},\n"output_layers": {json.dumps(outputs)}'
    text = (
        '{"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",\n'
        f'"config": {{"name": "model", "trainable": true, "layers": [\n{listed}\n],\n{ends}}}}}\n'
    )
    return Written(text, {FIRST_LINE + i: entry["name"] for i, entry in enumerate(entries)})


class _Line:
    """One layer's line, read from left to right."""

    def __init__(self, line: str) -> None:
        self.rest = line.removesuffix("-> out").strip()

    def entry(self) -> dict[str, Any]:
        head = _HEAD.match(self.rest)
        assert head is not None, self.rest
        self.rest = self.rest[head.end() :].strip()
        name, cls = head["name"], head["cls"]
        config: dict[str, Any] = {"name": name}
        beside: dict[str, Any] = {}
        calls = []
        if cls == "Input":
            cls, config["batch_shape"] = "InputLayer", self._json()
        while self.rest.startswith("("):
            calls.append(self._call())
        while self.rest:
            key, _, self.rest = self.rest.partition("=")
            target = beside if key.startswith('"') else config
            target[key.strip('"')] = self._json()
        module: str | None = "keras.layers"
        registered: str | None = None
        if cls.startswith("ops."):
            cls = cls.removeprefix("ops.")
            module, registered = "keras.src.ops.numpy", cls
        if head["custom"]:
            module, registered = None, cls
        entry = {"module": module, "class_name": cls, "config": config, "registered_name": registered}
        return {**entry, "name": name, **beside, "inbound_nodes": calls}

    def _call(self) -> dict[str, Any]:
        self.rest = self.rest[1:]
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        while not self.rest.startswith(")"):
            named = re.match(r"(\w+)=", self.rest)
            if named:
                self.rest = self.rest[named.end() :]
                kwargs[named[1]] = self._value()
            else:
                args.append(self._value())
            self.rest = self.rest.removeprefix(",").strip()
        self.rest = self.rest[1:].strip()
        return {"args": args, "kwargs": kwargs}

    def _value(self) -> Any:
        """A tensor, a list of values, or JSON."""
        tensor = _TENSOR.match(self.rest)
        if tensor and tensor[0] not in _WORDS:
            self.rest = self.rest[tensor.end() :].strip()
            history = [tensor["name"], int(tensor["node"] or 0), int(tensor["tensor"] or 0)]
            config = {"shape": None, "dtype": "float32", "keras_history": history}
            return {"class_name": "__keras_tensor__", "config": config}
        if self.rest.startswith("["):
            self.rest = self.rest[1:]
            items = []
            while not self.rest.startswith("]"):
                items.append(self._value())
                self.rest = self.rest.removeprefix(",").strip()
            self.rest = self.rest[1:].strip()
            return items
        return self._json()

    def _json(self) -> Any:
        value, end = json.JSONDecoder().raw_decode(self.rest)
        self.rest = self.rest[end:].strip()
        return value
