"""A graph → Python source that rebuilds it with the Functional API of Keras 3.

The source has one function a model, inner ones first, and leaves the model in `model`. Names from the file stand inside
string literals; the variables are made from them and are plain words. Arguments that are Keras's defaults are left out.

A class of the file's author is not in the file: the source holds a stand-in that says so when it is called, to be
replaced by an import. What holds code, or reads a file or an address while it is built, is not written at all.
"""

from __future__ import annotations

from ..catalog import CATALOG, Catalog
from ..migrate import migrate
from ..model import Graph
from .functions import write_function
from .script import Script


def to_python(graph: Graph, catalog: Catalog = CATALOG) -> str:
    """Source that rebuilds the model when it is run, and leaves it in `model`.

    Raises:
        CannotWrite: a layer holds code or reads a file, or the wiring leads nowhere (GC601).
    """
    return Script(catalog, write_function).write(migrate(graph, catalog))
