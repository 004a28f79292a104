"""What a file is, told from its beginning: an archive, or something that is no model and deserves its own sentence."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple


class Stranger(NamedTuple):
    """A file of another kind: what it is, after `The file is`, and the way out."""

    says: str
    hint: str


HDF5 = b"\x89HDF\r\n\x1a\n"
_SAVE = "write the model with model.save() or model.to_json(), and open that file"
_UNPACK = "unpack it, and open what is inside"
_WEIGHTS = "open the model's config beside it: what model.save() or model.to_json() wrote"
_SAFETENSORS = Stranger("safetensors: weights without a model", _WEIGHTS)

_STARTS: tuple[tuple[bytes, Stranger], ...] = (
    (
        b"version https://git-lfs",
        Stranger("a pointer of Git LFS, which stands for the file itself", "fetch the file with `git lfs pull`"),
    ),
    (b"\x80\x02", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"\x80\x03", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"\x80\x04", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"\x80\x05", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"ccopy_reg\n", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"(dp", Stranger("a pickle, which runs code when it is read", _SAVE)),
    (b"GGUF", Stranger("a GGUF file of llama.cpp, which holds no Keras config", _SAVE)),
    (b"model_checkpoint_path:", Stranger("the list of TensorFlow's checkpoints: weights without a model", _WEIGHTS)),
    (b'Model: "', Stranger("a table that model.summary() prints", _SAVE)),
    (b"\x93NUMPY", Stranger("an array of NumPy, not a model", _SAVE)),
    (b"\x1f\x8b", Stranger("packed with gzip", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Stranger("packed with 7-Zip", _UNPACK)),
    (b"BZh", Stranger("packed with bzip2", _UNPACK)),
    (b"\xfd7zXZ\x00", Stranger("packed with xz", _UNPACK)),
    (b"Rar!", Stranger("packed with RAR", _UNPACK)),
    (b"\x89PNG", Stranger("a picture, not a model", _SAVE)),
    (b"\xff\xd8\xff", Stranger("a picture, not a model", _SAVE)),
    (b"%PDF", Stranger("a PDF, not a model", _SAVE)),
    (b"<!DOCTYPE", Stranger("a web page, not a model", "download the file itself, not the page that shows it")),
    (b"<!doctype", Stranger("a web page, not a model", "download the file itself, not the page that shows it")),
    (b"<html", Stranger("a web page, not a model", "download the file itself, not the page that shows it")),
)
# A ModelProto: its version, then the program that wrote it, by its name.
_ONNX = re.compile(rb"\x08[\x03-\x20]\x12[\x01-\x7f][A-Za-z]")
_YAML = re.compile(rb"^(backend|class_name|config|keras_version): ?", re.MULTILINE)
_PYTHON = re.compile(rb"^(import|from) [a-z_]+", re.MULTILINE)


def kind(beginning: bytes) -> Literal["zip", "hdf5"] | Stranger | None:
    """What the first bytes of a file say; None where it may be JSON."""
    if beginning.startswith(b"PK\x03\x04") or beginning.startswith(b"PK\x05\x06"):
        return "zip"
    if beginning.startswith(HDF5) or any(beginning.startswith(HDF5, at) for at in (512, 1024, 2048)):
        return "hdf5"
    if beginning[4:8] == b"TFL3":
        return Stranger("a model of TensorFlow Lite, which holds no Keras config", _SAVE)
    if _ONNX.match(beginning):
        return Stranger("a model of ONNX, which holds no Keras config", _SAVE)
    if beginning[8:10] == b'{"' and 2 <= int.from_bytes(beginning[:8], "little") < 2**32:
        return _SAFETENSORS
    for start, stranger in _STARTS:
        if beginning.startswith(start):
            return stranger
    first = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first and first not in b'{["':
        if _YAML.search(beginning):
            return Stranger(
                "YAML, in which no Keras since 2.6 writes models",
                "load it with the Keras that wrote it, and write it with model.to_json()",
            )
        if _PYTHON.search(beginning):
            return Stranger(
                "Python source, which is never run here", "run it, and write its model with model.to_json()"
            )
    return None


def conflict(text: str) -> int | None:
    """Where a mark of a merge conflict stands in a text."""
    match = re.search(r"^(<{7}|={7}|>{7})( |$)", text, re.MULTILINE)
    return match.start() if match else None
