"""What the graph of a SavedModel does beside computing: its operations that run Python, touch files, reach out.

The graph is read from its protocol buffers by their wire format, without TensorFlow, for the operations' names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from .formats.savedmodel import fields

MOST_NODES = 300_000
"""Operations of one graph that are looked at, 1 s of them: EfficientNetB7 saved with its training has 60,000."""

Effect = Literal["python", "reads", "writes", "network", "graph"]

# SavedModel.meta_graphs; of a MetaGraphDef the graph and its files; of a GraphDef nodes and functions.
_META_GRAPH, _GRAPH, _ASSET, _ASSET_NAME = 2, 2, 6, 2
_NODE, _LIBRARY, _FUNCTION = 1, 2, 1
_SIGNATURE, _FUNCTION_NODE = 1, 3
_NAME, _OP = 1, 2

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
# Every SavedModel has these for its variables: in functions of these names, or among the graph's own nodes.
_OF_VARIABLES = frozenset({"SaveV2", "RestoreV2", "MergeV2Checkpoints"})
_SAVING = ("__inference__traced_save_", "__inference__traced_restore_")


class Outside(NamedTuple):
    """An operation that does more than compute: how often it stands there, and where first."""

    op: str
    effect: Effect
    times: int
    function: str


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
    found: dict[str, tuple[int, str]] = {}
    assets: list[str] = []
    left = MOST_NODES
    for meta_graph in _those(memoryview(data), _META_GRAPH):
        for number, content, _ in fields(meta_graph):
            if number == _ASSET:
                assets += [_text(name) for name in _those(content, _ASSET_NAME)]
            if number != _GRAPH:
                continue
            for function, op in _operations(content):
                left -= 1
                if left < 0:
                    break
                if op in _EFFECTS and not (op in _OF_VARIABLES and _is_for_saving(function)):
                    count, first = found.get(op, (0, function))
                    found[op] = (count + 1, first)
    outside = tuple(Outside(op, _EFFECTS[op], *where) for op, where in found.items())
    return Graphs(outside, tuple(assets), left >= 0 and _is_whole(data))


def _operations(graph: memoryview) -> Iterator[tuple[str, str]]:
    """The function, empty for the graph itself, and the name of each operation."""
    for number, content, _ in fields(graph):
        if number == _NODE:
            yield "", _first(content, _OP)
        elif number == _LIBRARY:
            for function in _those(content, _FUNCTION):
                name = ""
                for inner, part, _ in fields(function):
                    if inner == _SIGNATURE:
                        name = _first(part, _NAME)
                    elif inner == _FUNCTION_NODE:
                        yield name or "unnamed", _first(part, _OP)


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
