"""What all functions of a script share: imports, names, stand-ins, and the order of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..catalog import Catalog, is_operation
from ..migrate import migrate
from ..model import JSON, Graph, Op
from ..python_text import Expression, Names, call, in_docstring, keyword_argument, literal, snake
from .brought import APPLICATIONS, NAMED, stand_in

MOST_WRAPPED = 8
"""Wrappers around models around wrappers: each costs a piece of Python's stack."""
OURS = frozenset(
    (
        *("Input", "Model", "Sequential", "layers", "ops", "initializers", "regularizers", "constraints"),
        *("keras", "model", "named", "np", "build_model", "random", "saving", "quantizers", "dtype_policies"),
    )
)
"""What no variable may be called: the script's own names."""


class Unwritable(Exception):
    """Why something has no source: continues the sentence that begins with the layer."""


class Script:
    """What all functions of a script share: imports, stand-ins, names of functions."""

    def __init__(self, catalog: Catalog, function: FunctionWriter) -> None:
        self.catalog = catalog
        self._function = function
        self.imports: set[str] = set()
        self.stand_ins: dict[str, tuple[str, str]] = {}  # key → the name and the text
        self.names = Names(taken=OURS)
        self.builders: dict[int, str] = {}
        self._wrapped = 0
        self.functions: list[str] = []
        self.auto = AutoNames()
        self.names_operations = False
        self.has_arrays = False
        self.has_masks = False
        self.has_inner_operations = False

    def write(self, graph: Graph) -> str:
        """The whole source."""
        self.has_inner_operations = _has_inner_operations(graph)
        self._define_all(graph, "build_model")
        return self._assembled(graph)

    def define(self, graph: Graph) -> str:
        """The function that builds a model inside a wrapper, by its name."""
        self._wrapped += 1
        if self._wrapped > MOST_WRAPPED:
            raise Unwritable(f"wraps models more than {MOST_WRAPPED} deep")
        name = self.names.variable(f"build_{snake(graph.name) or 'inner'}", "build_inner")
        self._define_all(migrate(graph, self.catalog), name)
        self._wrapped -= 1
        return name

    def _define_all(self, graph: Graph, name: str) -> None:
        """A function for each model, inner ones before those that hold them; without recursion."""
        order: list[Graph] = []
        stack = [graph]
        while stack:
            one = stack.pop()
            order.append(one)
            stack.extend(layer.body for layer in reversed(list(one.layers.values())) if layer.body is not None)
        self.builders[id(graph)] = name
        for one in reversed(order):
            if one is not graph:
                inner = self.names.variable(f"build_{snake(one.name) or 'inner'}", "build_inner")
                self.builders[id(one)] = inner
        for one in reversed(order):
            self.functions.append(self._function(self, one, self.builders[id(one)]))

    def _assembled(self, graph: Graph) -> str:
        head = f'"""{in_docstring(graph.name)}, as Keras 3 builds it. Written by Layerwright."""'
        numpy = "import numpy as np\n" if self.has_arrays else ""
        parts = [f"{head}\n\n{numpy}from keras import {_imported(self.imports)}\n"]
        if self.names_operations:
            parts.append(NAMED)
        parts += [text for _, text in self.stand_ins.values() if text]
        parts += self.functions
        parts.append(
            'model = build_model()\n\nif __name__ == "__main__":\n    model.summary()\n',
        )
        return "\n\n".join(parts)

    def stand_in(self, op: Op, *, base: str) -> str:
        """The name of a class or function that the file names and does not hold."""
        key = f"{op.registered or ''}:{op.module or ''}:{op.cls}:{base}"
        if key not in self.stand_ins:
            name = self.names.cls(op.cls)
            if base == "layers":
                self.imports.add("layers")
            self.stand_ins[key] = (name, stand_in(name, op, base))
        return self.stand_ins[key][0]

    def array(self, cls: str, config: Mapping[str, JSON]) -> Expression:
        """A constant of the file: `__numpy__` is an array, which Keras writes as one again, `__tensor__` a tensor."""
        dtype = config.get("dtype")
        items = [literal(config.get("value"))] + ([keyword_argument("dtype", literal(dtype))] if dtype else [])
        if cls == "__numpy__":
            self.has_arrays = True
            return call("np.array", *items)
        self.imports.add("ops")
        return call("ops.convert_to_tensor", *items)

    def application(self, cls: str) -> str:
        """The name of a class of keras.applications that the source brings along."""
        key = f"applications:{cls}"
        if key not in self.stand_ins:
            text, needs = APPLICATIONS[cls]
            name = self.names.cls(cls)
            self.imports.update(needs)
            self.stand_ins[key] = (name, text if name == cls else text.replace(f"class {cls}(", f"class {name}("))
        return self.stand_ins[key][0]


FunctionWriter = Callable[[Script, Graph, str], str]
"""Gives the text of the function, by its name, that builds a model."""


def _imported(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=lambda name: (name.islower(), name)))


class AutoNames:
    """Names that Keras gives to operations in a fresh session: `add`, then `add_1`.

    `unsure`: prefixes of operations that Keras made unasked, nobody knows how many.
    """

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self.unsure: set[str] = set()

    def next(self, prefix: str) -> str:
        """The next one of a prefix.

        Source: Keras 3, `keras.src.utils.naming.uniquify`.
        """
        number = self._used.get(prefix, -1) + 1
        self._used[prefix] = number
        return f"{prefix}_{number}" if number else prefix


def _has_inner_operations(graph: Graph) -> bool:
    """Whether a nested model holds operations, at any depth."""
    bodies = [layer.body for layer in graph.layers.values() if layer.body is not None]
    for body in bodies:  # grows on the way
        if any(is_operation(layer.op) for layer in body.layers.values()):
            return True
        bodies.extend(layer.body for layer in body.layers.values() if layer.body is not None)
    return False
