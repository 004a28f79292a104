"""What the graph of a SavedModel does beside computing: its operations that run Python, touch files, reach out.

The graph is read from its protocol buffers by their wire format, without TensorFlow, for the operations' names, and
for the texts that come into those that are told: a path or an address in a constant, followed through calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple

from .formats.savedmodel import fields

MOST_NODES = 300_000
"""Operations of one graph that are looked at, 1 s of them: EfficientNetB7 saved with its training has 60,000."""

Effect = Literal["python", "reads", "writes", "network", "graph"]

# SavedModel.meta_graphs; of a MetaGraphDef the graph and its files; of a GraphDef nodes and functions.
_META_GRAPH, _GRAPH, _ASSET, _ASSET_TENSOR, _ASSET_NAME = 2, 2, 6, 1, 2
_NODE, _LIBRARY, _FUNCTION = 1, 2, 1
_SIGNATURE, _FUNCTION_NODE = 1, 3
_NAME, _OP, _INPUT, _ATTRIBUTE = 1, 2, 3, 5
_ARGUMENT = 2
# Of a node's attribute its key and value; of a value a tensor, a function; of a tensor its texts.
_KEY, _VALUE = 1, 2
_TENSOR, _CALLED = 8, 10
_TEXTS = 8

_EFFECTS: Mapping[str, Effect] = {
    **dict.fromkeys(("PyFunc", "PyFuncStateless", "EagerPyFunc"), "python"),
    "DatasetFromGraph": "graph",
    **dict.fromkeys(
        (
            *("ReadFile", "MatchingFiles", "MatchingFilesDataset", "ExperimentalMatchingFilesDataset", "RecordInput"),
            *("WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2", "FixedLengthRecordReader"),
            *("FixedLengthRecordReaderV2", "TFRecordReader", "TFRecordReaderV2", "LMDBReader", "TextLineDataset"),
            *("TFRecordDataset", "TFRecordDatasetV2", "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2"),
            *("LMDBDataset", "ExperimentalLMDBDataset", "SqlDataset", "ExperimentalSqlDataset", "CSVDataset"),
            *("CSVDatasetV2", "ExperimentalCSVDataset", "LoadDataset", "ListSnapshotChunksDataset", "ImmutableConst"),
            *("SnapshotChunkDataset", "SnapshotDatasetReader", "SnapshotNestedDatasetReader", "LoadAndRemapMatrix"),
            *("InitializeTableFromTextFile", "InitializeTableFromTextFileV2", "Restore", "RestoreSlice", "RestoreV2"),
        ),
        "reads",
    ),
    **dict.fromkeys(
        (
            *("WriteFile", "Save", "SaveSlices", "SaveV2", "MergeV2Checkpoints", "DistributedSave", "SaveDataset"),
            *("SaveDatasetV2", "SnapshotDataset", "SnapshotDatasetV2", "CacheDataset", "CacheDatasetV2"),
            *("DatasetToTFRecord", "ExperimentalDatasetToTFRecord", "CreateSummaryFileWriter", "CreateSummaryDbWriter"),
            *("PrintV2", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount"),
            *("DebugNumericSummary", "DebugNumericSummaryV2"),
        ),
        "writes",
    ),
    **dict.fromkeys(
        (
            *("DataServiceDataset", "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4"),
            *("RegisterDataset", "RegisterDatasetV2", "BigQueryReader", "GenerateBigQueryReaderPartitions"),
            *("RemoteCall", "ConfigureDistributedTPU", "FileSystemSetConfiguration"),
        ),
        "network",
    ),
}
# What hands on the texts that come in, whole or joined.
_HANDS_ON = frozenset(
    {"Identity", "IdentityN", "StopGradient", "EnsureShape", "Reshape", "ExpandDims", "Squeeze", "StringJoin", "Pack"}
)
_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
MOST_FOLLOWED = 1_000
"""Operations that are gone through for the texts of one."""
MOST_TEXTS = 3
"""Texts of one kind of operation that are told."""
_MOST_OF_A_TEXT = 120

# Every SavedModel has these for its variables: in functions of these names, or among the graph's own nodes.
_OF_VARIABLES = frozenset({"SaveV2", "RestoreV2", "MergeV2Checkpoints"})
_SAVING = ("__inference__traced_save_", "__inference__traced_restore_")


class Outside(NamedTuple):
    """An operation that does more than compute: how often it stands there, where first, and with which texts.

    `texts` are constants that come into one of them: paths, addresses, and what a program would have to look up.
    """

    op: str
    effect: Effect
    times: int
    function: str
    texts: tuple[str, ...] = ()


class Graphs(NamedTuple):
    """What the graphs of a SavedModel do beside computing, the files that they name, and whether all was looked at."""

    outside: tuple[Outside, ...]
    assets: tuple[str, ...]
    is_whole: bool


def look_through(data: bytes) -> Graphs:
    """What the graphs of a saved_model.pb do.

    >>> look_through(b"")
    Graphs(outside=(), assets=(), is_whole=True)
    """
    outside: list[Outside] = []
    assets: list[str] = []
    left = MOST_NODES
    for meta_graph in _those(memoryview(data), _META_GRAPH):
        files: dict[str, str] = {}
        for asset in _those(meta_graph, _ASSET):
            assets.append(_first(asset, _ASSET_NAME))
            for tensor in _those(asset, _ASSET_TENSOR):
                files[_first(tensor, _NAME).split(":")[0]] = f"assets/{assets[-1]}"
        for content in _those(meta_graph, _GRAPH):
            found: dict[str, list[tuple[str, memoryview]]] = {}
            for function, node in _operations(content):
                left -= 1
                if left < 0:
                    break
                op = _first(node, _OP)
                if op in _EFFECTS and not (op in _OF_VARIABLES and _is_for_saving(function)):
                    found.setdefault(op, []).append((function, node))
            texts = _texts_of(content, files, found)
            outside += [Outside(op, _EFFECTS[op], len(at), at[0][0], texts[op]) for op, at in found.items()]
    return Graphs(tuple(outside), tuple(assets), left >= 0 and _is_whole(data))


def _texts_of(
    graph: memoryview, files: Mapping[str, str], found: Mapping[str, Sequence[tuple[str, memoryview]]]
) -> dict[str, tuple[str, ...]]:
    """The first texts that come into each kind of operation; nothing is gone through where there are none."""
    wiring = _Wiring.of(graph, files) if found else _Wiring({})
    told = {}
    for op, places in found.items():
        texts: dict[str, None] = {}
        for function, node in places[:MOST_FOLLOWED]:
            for text in wiring.texts(function, node):
                texts.setdefault(text)
            if len(texts) >= MOST_TEXTS:
                break
        told[op] = tuple(texts)[:MOST_TEXTS]
    return told


@dataclass
class _Wiring:
    """Which operation feeds which, in a graph and its functions; the graph itself is the function of no name."""

    files: Mapping[str, str]  # the file of the SavedModel's own that an operation of the graph stands for
    nodes: dict[tuple[str, str], memoryview] = field(default_factory=dict)
    assigned: dict[tuple[str, str], str] = field(default_factory=dict)
    arguments: dict[str, dict[str, int]] = field(default_factory=dict)
    calls: dict[str, list[tuple[str, memoryview]]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: memoryview, files: Mapping[str, str]) -> _Wiring:
        """The wiring of a graph, as far as its operations are looked at."""
        wiring = cls(files)
        for function, node in islice(_operations(graph), MOST_NODES):
            wiring.nodes[function, _first(node, _NAME)] = node
            op = _first(node, _OP)
            if op == "AssignVariableOp" and len(inputs := _inputs(node)) == 2:
                wiring.assigned[function, inputs[0]] = inputs[1]
            if op in _CALLS:
                for called in _called(node):
                    wiring.calls.setdefault(called, []).append((function, node))
        for library in _those(graph, _LIBRARY):
            for definition in _those(library, _FUNCTION):
                for signature in _those(definition, _SIGNATURE):
                    names = (_first(argument, _NAME) for argument in _those(signature, _ARGUMENT))
                    wiring.arguments[_first(signature, _NAME)] = {name: i for i, name in enumerate(names)}
        return wiring

    def texts(self, function: str, node: memoryview) -> Iterator[str]:
        """Constant texts that come into an operation, through what hands them on and through calls."""
        waiting = [(function, ref) for ref in reversed(_inputs(node))]
        seen: set[tuple[str, str]] = set()
        while waiting and len(seen) < MOST_FOLLOWED:
            where, ref = waiting.pop()
            name = ref.split(":")[0]
            if (where, name) in seen:
                continue
            seen.add((where, name))
            feeding = self.nodes.get((where, name))
            if not where and name in self.files:
                yield self.files[name]
            elif feeding is None:
                if (number := self.arguments.get(where, {}).get(name)) is not None:
                    for caller, call in self.calls.get(where, ()):
                        waiting += [(caller, given) for given in _inputs(call)[number : number + 1]]
            elif (op := _first(feeding, _OP)) == "Const":
                yield from _constants(feeding)
            elif op == "ReadVariableOp":
                waiting += [
                    (where, self.assigned[where, ref]) for ref in _inputs(feeding) if (where, ref) in self.assigned
                ]
            elif op in _HANDS_ON:
                waiting += [(where, given) for given in reversed(_inputs(feeding))]


def _operations(graph: memoryview) -> Iterator[tuple[str, memoryview]]:
    """Each operation, with its function, which is empty for the graph itself."""
    for number, content, _ in fields(graph):
        if number == _NODE:
            yield "", content
        elif number == _LIBRARY:
            for function in _those(content, _FUNCTION):
                name = ""
                for inner, part, _ in fields(function):
                    if inner == _SIGNATURE:
                        name = _first(part, _NAME)
                    elif inner == _FUNCTION_NODE:
                        yield name or "unnamed", part


def _inputs(node: memoryview) -> list[str]:
    """What comes into an operation, without what it only waits for."""
    return [ref for content in _those(node, _INPUT) if not (ref := _text(content)).startswith("^")]


def _values(node: memoryview, wanted: str) -> Iterator[memoryview]:
    for attribute in _those(node, _ATTRIBUTE):
        if _first(attribute, _KEY) == wanted:
            yield from _those(attribute, _VALUE)


def _called(node: memoryview) -> Iterator[str]:
    """The functions that an operation calls."""
    for value in _values(node, "f"):
        yield from (_first(called, _NAME) for called in _those(value, _CALLED))


def _constants(node: memoryview) -> Iterator[str]:
    """The texts of a constant; numbers have none."""
    for value in _values(node, "value"):
        for tensor in _those(value, _TENSOR):
            for content in islice(_those(tensor, _TEXTS), MOST_TEXTS):
                text = bytes(content[:_MOST_OF_A_TEXT]).decode("utf-8", "replace")
                yield f"{text}…" if len(content) > _MOST_OF_A_TEXT else text


def _is_for_saving(function: str) -> bool:
    return function == "" or function.startswith(_SAVING)


def _is_whole(data: bytes) -> bool:
    return all(is_whole for _, _, is_whole in fields(memoryview(data)))


def _those(message: memoryview, wanted: int) -> Iterator[memoryview]:
    return (content for number, content, _ in fields(message) if number == wanted)


def _first(message: memoryview, wanted: int) -> str:
    return next((_text(content) for content in _those(message, wanted)), "")


def _text(content: memoryview) -> str:
    return bytes(content[:200]).decode("utf-8", "replace")
