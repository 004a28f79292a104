"""What a file of weights alone says of the model that they belong to: its layers by name, arrays and parameters."""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import Any, NamedTuple

from .hdf5_objects import MOST_OBJECTS, Path, walk
from .hdf5_text import text_of

MOST_NAMED = 100
"""Layers whose names are read: each may be a text as long as the file."""
# The states of optimizers and losses, and what a model itself holds, are no layers.
_BESIDE = frozenset({"optimizer", "optimizer_weights", "loss_tracker", "metrics", "vars", "top_level_model_weights"})
Shape = tuple[int, ...]


class Census(NamedTuple):
    """What was counted: groups, the arrays of each layer in the order of the file, other arrays, names of layers.

    The first layers alone are named. `is_whole` is false where there is more than was looked at.
    """

    groups: int
    layers: list[list[Shape]]
    names: list[str]
    others: int
    is_whole: bool

    @property
    def arrays(self) -> int:
        """Arrays of layers."""
        return sum(map(len, self.layers))

    @property
    def params(self) -> int:
        """Numbers in the arrays of layers."""
        return sum(prod(shape) for shapes in self.layers for shape in shapes)


def census(file: Any, h5py: Any) -> Census:
    """Count what a file holds. No link is followed, no data are read; an object with several names counts once.

    Keras 2 names a layer's group by the layer, in the root or in `model_weights`; Keras 3 has groups named by their
    classes in `layers`, and the layer's name in an attribute of its `vars`.
    """
    groups = others = 0
    found: dict[Path, list[Shape]] = {}
    variables: dict[Path, Any] = {}
    is_whole = True
    for count, (path, _, opened) in enumerate(walk(file, h5py)):
        if count >= MOST_OBJECTS:
            is_whole = False
            break
        layer = _layer_of(path)
        if isinstance(opened, h5py.Group):
            groups += 1
            if path == (*layer, "vars"):
                variables[layer] = opened
            elif path == layer and path[-1] not in _BESIDE:
                found[path] = []
        elif isinstance(opened, h5py.Dataset) and opened.shape is not None:
            if layer in found:
                found[layer].append(tuple(map(int, opened.shape)))
            else:
                others += 1
    layers = {path: shapes for path, shapes in found.items() if shapes}
    names = [_name(path, variables.get(path), h5py) for path in islice(layers, MOST_NAMED)]
    return Census(groups, [*layers.values()], names, others, is_whole)


def _name(path: Path, variables: Any, h5py: Any) -> str:
    said = text_of(variables, "name", h5py) if variables is not None else None
    return said if isinstance(said, str) else path[-1]


def _layer_of(path: Path) -> Path:
    """The path of the outermost layer that a path leads into."""
    return path[: 2 if path[0] in ("layers", "model_weights", "_layer_checkpoint_dependencies") else 1]
