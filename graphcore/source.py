"""Bytes → JSON value within limits, and JSON pointer → line and column."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # untyped, and as old as the module
from pathlib import Path
from typing import TypeAlias

from .diagnostics import Diagnostic, Place
from .model import JSON
from .plain_calls import Plain
from .repeats import Alike, decode
from .shapes import TensorSpec

MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work a file may ask for; more is a diagnostic (GC002)."""

    # A model of 20,000 layers has 18 MB.
    bytes: int = 32 * MEBI
    # `[`, `{` and `,` of a text: 30 MB of `[],` become 807 MB of objects; a model of 20,000 layers has 1.1 million.
    tokens: int = 3_000_000
    # A nested model takes four levels, so this is a hundred models in each other; Python's own JSON reader and writer
    # end near 1,000, and whoever writes the answer stands some frames deep already.
    depth: int = 500
    # Files of an archive: a model's has three, and one for each asset.
    members: int = 10_000
    # A config inside an archive or HDF5 file.
    member_bytes: int = 32 * MEBI
    layers: int = 200_000
    # Calls of rules in one inference: a nested model that calls its child twice, 40 deep, would be 2**40.
    steps: int = 5_000_000
    # Fixes that are tried in one run: each reads and infers the model again.
    tries: int = 20
    # Calls inferred again over all tries: 19 times NASNetLarge, and no try at all of a model that takes seconds.
    tried_calls: int = 20_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its value, the text that it came from, and the file's name where it lies in an archive.

    `value` is None where the text is not JSON. `keras_version` and `is_legacy` are what an archive says about it,
    `is_saved` that it lies in a SavedModel, which holds it in no form that could be written back.
    `around` is the source that holds this one's text as a JSON text, and the pointer of it there. `alike` tells configs
    in the value that say the same, `plain` what plain calls and tensors in it say. `has_doubles`: a key stands twice in
    one object of the text.
    `stored` are the weights that an archive holds of layers whose classes are unknown, by the layers' names.
    """

    value: JSON
    text: str | None = None
    member: str | None = None
    keras_version: str | None = None
    is_legacy: bool = False
    is_saved: bool = False
    around: tuple[Source, str] | None = None
    alike: Alike | None = None
    plain: Mapping[int, Plain] = field(default_factory=dict)
    has_doubles: bool = False
    stored: Mapping[str, Mapping[str, TensorSpec]] = field(default_factory=dict)


Given: TypeAlias = "bytes | bytearray | memoryview | str | Path | dict[str, JSON] | list[JSON]"
"""What a caller may pass as a model: bytes, text, a path, or a parsed value."""


def load(
    source: Given, limits: Limits | None = None, member: str | None = None
) -> tuple[Source | None, list[Diagnostic]]:
    """The JSON value of a source, and what is wrong with its text.

    A text that is not JSON gives a Source without a value, so that places in it can be shown; one over a limit gives
    None.

    Raises:
        OSError: a path cannot be read.
    """
    limits = limits or Limits()
    raw = fetch(source)
    if not isinstance(raw, (str, bytes, bytearray, memoryview)):
        return Source(raw), []
    if len(raw) > limits.bytes:
        return None, [over(f"has {len(raw):,} bytes", f"{limits.bytes:,}", member)]
    if isinstance(raw, str):
        return parse(raw, limits, member)
    data = bytes(raw)
    try:
        text = data.decode(json.detect_encoding(data), "surrogatepass")
    except UnicodeDecodeError as error:
        message = f"The file is not text: byte {error.start:,} is no {error.encoding.upper()}"
        return None, [Diagnostic("GC001", message, Place("", member=member), hint="write it as UTF-8")]
    return parse(text, limits, member)


def fetch(source: Given) -> Given:
    """What lies behind a path; anything else is what it is.

    Raises:
        OSError: the path cannot be read.
    """
    if isinstance(source, str) and is_path(source):
        return Path(source).read_bytes()
    return source.read_bytes() if isinstance(source, Path) else source


def is_path(text: str) -> bool:
    """Whether a text names a file: JSON begins with a bracket or a quote, or goes over lines."""
    return bool(text) and "\n" not in text and text.lstrip("\ufeff \t\r")[:1] not in ("{", "[", '"')


def parse(text: str, limits: Limits, member: str | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """The value of a JSON text, counted before it is read. Keys that stand twice are found."""
    if (found := _beyond(text, limits, member)) is not None:
        return None, [found]
    text = text.removeprefix("\ufeff").rstrip("\0")
    try:
        decoded = decode(text)
        # Reading is safe at any depth: its reader stops near 1,000. What it read is less than the text.
        if _depth(decoded.around) + decoded.depth > limits.depth and _depth(text) > limits.depth:
            return None, [_too_deep(limits, member)]
        if decoded.is_sure:
            return Source(decoded.value, text, member, alike=decoded.alike, plain=decoded.plain), []
        value, doubled = _read_pairs(text)
        source = Source(value, text, member, has_doubles=bool(doubled))
        return source, [_doubled(pointer, key, member) for pointer, key in doubled]
    except RecursionError:
        if _depth(text) > limits.depth:
            return None, [_too_deep(limits, member)]
        return None, [_too_deep(limits, member)]
    except JSONDecodeError as error:
        if _depth(text) > limits.depth:
            return None, [_too_deep(limits, member)]
        at = Place("", member=member)
        says, hint = _sentence(text, error)
        return Source(None, text, member), [Diagnostic("GC001", says, at, hint=hint)]
    except ValueError:  # int() refuses more than 4,300 digits
        return Source(None, text, member), [over("holds a number of more than 4,300 digits", "4,300 digits", member)]


def over(says: str, limit: str, member: str | None = None) -> Diagnostic:
    """The problem of a file that breaks a limit."""
    hint = "is this the model's config? Limits can be raised in the library and on the command line"
    return Diagnostic("GC002", f"The file {says}; the limit is {limit}", Place("", member=member), hint=hint)


def _too_deep(limits: Limits, member: str | None) -> Diagnostic:
    message = f"The file is nested deeper than {limits.depth:,} levels"
    hint = "write the model anew with model.to_json(): a hundred models in each other take 400 levels"
    return Diagnostic("GC002", message, Place("", member=member), hint=hint)


def escape(key: str) -> str:
    """A key as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def locate(text: str, pointers: Iterable[str], *, has_doubles: bool = True) -> dict[str, tuple[int, int]]:
    r"""Line and column, from 1, of the value that each pointer names; of the nearest around it where there is none.

    One pass; what no pointer asks for is skipped at the speed of json's own reader. In a text that is not JSON, the
    pointer "" names the place where reading stopped. Of keys that stand twice the last counts; where none does
    (`has_doubles`), the pass ends at the last value that is asked for.

    >>> locate('{"a":\n [1, 22]}', ["/a/1", "/a/7", ""])
    {'/a/1': (2, 6), '/a/7': (2, 2), '': (1, 1)}
    """
    wanted = list(dict.fromkeys(pointers))
    offsets = _Scan(text, wanted, has_doubles=has_doubles).offsets()
    lines: dict[int, tuple[int, int]] = {}
    line, last = 1, 0
    for offset in sorted(set(offsets.values())):
        line += text.count("\n", last, offset)
        last = offset
        lines[offset] = (line, offset - text.rfind("\n", 0, offset))
    return {pointer: lines[offsets[pointer]] for pointer in wanted}


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LONG_NUMBER = re.compile(r"[0-9]{4301}")
_SPACE = re.compile(r"[ \t\n\r]*")
_PASSES = 24


def _beyond(text: str, limits: Limits, member: str | None) -> Diagnostic | None:
    """The limit that a text breaks, found without reading it."""
    if len(text) > limits.bytes:
        return over(f"has {len(text):,} characters", f"{limits.bytes:,}", member)
    if len(text) > limits.tokens and (tokens := text.count("[") + text.count("{") + text.count(",")) > limits.tokens:
        return over(f"has {tokens:,} values", f"{limits.tokens:,}", member)
    return None


def _depth(text: str) -> int:
    """How deep brackets lie in each other.

    Innermost pairs are taken away until none are left: a dozen passes over ever less, ten times faster than looking at
    each bracket, which is left for deep texts and for those with brackets inside strings.
    """
    left = text.encode("utf-8", "surrogatepass").translate(_BRACKETS, _NO_BRACKETS)
    for depth in range(_PASSES):
        if not left:
            return depth
        fewer = left.replace(b"[]", b"")
        if len(fewer) == len(left):
            break
        left = fewer
    left = _STRING.sub("", text).encode("utf-8", "surrogatepass").translate(_BRACKETS, _NO_BRACKETS)
    step = {91: 1, 93: -1}
    return max(accumulate(map(step.__getitem__, left)), default=0)


def _read_pairs(text: str) -> tuple[JSON, list[tuple[str, str]]]:
    """The value, and the pointer and name of each key that stands more than once in its object."""
    doubled: dict[int, tuple[dict[str, JSON], list[str]]] = {}

    def hook(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        entry = dict(pairs)
        if len(entry) != len(pairs):
            seen: set[str] = set()
            again: dict[str, None] = {}
            for key, _ in pairs:
                if key in seen:
                    again[key] = None
                seen.add(key)
            doubled[id(entry)] = (entry, list(again))
        return entry

    value = json.JSONDecoder(object_pairs_hook=hook).decode(text)
    found: list[tuple[str, str]] = []
    stack: list[tuple[str, JSON]] = [("", value)] if doubled else []
    while stack:
        pointer, here = stack.pop()
        if isinstance(here, dict):
            if id(here) in doubled:
                found += [(f"{pointer}/{escape(key)}", key) for key in doubled[id(here)][1]]
            stack.extend((f"{pointer}/{escape(key)}", inner) for key, inner in here.items())
        elif isinstance(here, list):
            stack.extend((f"{pointer}/{i}", inner) for i, inner in enumerate(here))
    return value, found


def _doubled(pointer: str, key: str, member: str | None) -> Diagnostic:
    message = f'Key "{key[:80]}" stands more than once in one object; the last one counts'
    return Diagnostic("GC003", message, Place(pointer, member=member), hint="remove the one that is not meant")


_MOST_QUOTED = 24
_PYTHON_WORDS = {"N": ("None", "null"), "T": ("True", "true"), "F": ("False", "false")}


def _sentence(text: str, error: JSONDecodeError) -> tuple[str, str | None]:
    """What is wrong with a text at the place where its reading stopped, and what to do."""
    at, message = error.pos, error.msg
    here, before = text[at : at + 1], text[:at].rstrip()[-1:]
    if not text.strip():
        return "The file is empty", "write the model with model.to_json()"
    if message.startswith("Unterminated string"):
        return (
            "A text that begins here has no end",
            "close it with a double quote, or fetch the file again if it is cut off",
        )
    if message.startswith("Invalid control character"):
        return "A text holds a line end or another control character", "write it as \\n or \\u00XX"
    if message.startswith("Invalid \\"):
        return "A text holds a backslash that escapes nothing", "write a backslash as \\\\"
    if message.startswith("Extra data"):
        return f"More stands after the end of the model: {_excerpt(text, at)}", "remove what follows the last bracket"
    if not here:
        return "The text ends before its brackets are closed", "was the file cut off? Write or copy it again"
    if here in "}]" and before == ",":
        return f'A comma stands before "{here}"', "remove the comma"
    if here == ",":
        closing = text[at + 1 :].lstrip()[:1]
        if closing and closing in "}]":  # Python 3.13 stops at the comma itself
            return f'A comma stands before "{closing}"', "remove the comma"
    if here == "'":
        return "A single quote stands where JSON has a double quote", "write the file with json.dumps, not with print"
    if here in _PYTHON_WORDS and text.startswith(_PYTHON_WORDS[here][0], at):
        word, meant = _PYTHON_WORDS[here]
        return f"{word} stands where JSON has {meant}", "write the file with json.dumps, not with print"
    if text.startswith(("//", "/*", "#"), at):
        return "A comment stands here, which JSON has not", "remove it"
    if message.startswith("Expecting ',' delimiter"):
        return f"A comma or a closing bracket is missing before {_excerpt(text, at)}", "add the comma or the bracket"
    if message.startswith("Expecting ':' delimiter"):
        return f"A colon is missing before {_excerpt(text, at)}", "write a colon between a key and its value"
    if message.startswith("Expecting property name"):
        return f"A key in double quotes belongs where {_excerpt(text, at)} stands", "put the key into double quotes"
    if at == len(text) - len(text.lstrip()):
        return f"The file does not begin as JSON does, but with {_excerpt(text, at)}", "is this the model's file?"
    return f"A value belongs where {_excerpt(text, at)} stands", "write a text, a number, true, false, null, [ or {"


def _excerpt(text: str, at: int) -> str:
    line = (text[at : at + 200].splitlines() or [""])[0]
    return line if len(line) <= _MOST_QUOTED else f"{line[:_MOST_QUOTED]}…"


class _Scan:
    """One pass over a text that notes where the values begin whose pointers are asked for."""

    def __init__(self, text: str, pointers: list[str], *, has_doubles: bool) -> None:
        self.text = text
        self.pointers = pointers
        self.has_doubles = has_doubles
        self.skip = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # json's own reader of one value
        self.end = 0  # where the value ends that was gone through last
        # Of each value on the way: the pointers of its members to look at.
        self.inner: dict[str, set[str]] = {}
        for pointer in pointers:
            while pointer:
                around = pointer.rpartition("/")[0]
                members = self.inner.setdefault(around, set())
                if pointer in members:
                    break
                members.add(pointer)
                pointer = around
        self.asked = 1 + sum(map(len, self.inner.values()))  # the whole, too
        self.found: dict[str, int] = {}

    def offsets(self) -> Mapping[str, int]:
        try:
            self._walk()
        except JSONDecodeError as error:
            self.found[""] = min(error.pos, len(self.text))
        except StopIteration as error:
            self.found[""] = min(int(error.value), len(self.text))
        except (ValueError, RecursionError):
            number = _LONG_NUMBER.search(self.text)
            self.found[""] = number.start() if number else 0
        found = {}
        for pointer in self.pointers:
            around = pointer
            while around and around not in self.found:
                around = around.rpartition("/")[0]
            found[pointer] = self.found.get(around, 0)
        return found

    def _walk(self) -> None:
        text = self.text
        start = self.found[""] = _past_space(text, 0)
        if "" in self.pointers:
            end = _past_space(text, self.skip(text, start)[1])
            if end != len(text):
                raise JSONDecodeError("Extra data", text, end)
        if "" not in self.inner or text[start : start + 1] not in ("{", "["):
            return
        stack = [self._members("", start)]
        while stack and not self._is_done():
            entered = next(stack[-1], None)
            if entered is None:
                stack.pop()
            else:
                stack.append(self._members(*entered))

    def _members(self, pointer: str, at: int) -> Iterator[tuple[str, int]]:
        """Members of the object or list at `at` to go into; notes where those that are asked for begin."""
        text, skip, wanted = self.text, self.skip, self.inner[pointer]
        is_object = text[at] == "{"
        at = _past_space(text, at + 1)
        index = 0
        while text[at : at + 1] not in ("}", "]", ""):
            if is_object:
                key, at = scanstring(text, at + 1, True)
                name = f"{pointer}/{escape(key)}"
                at = _past_space(text, _past_space(text, at) + 1)
            else:
                name = f"{pointer}/{index}"
                index += 1
            if name in wanted:
                self.found[name] = at
                if self._is_done():
                    return
            if name in self.inner and text[at : at + 1] in ("{", "["):
                yield name, at
                at = _past_space(text, self.end)
            else:
                at = _past_space(text, skip(text, at)[1])
            if text[at : at + 1] == ",":
                at = _past_space(text, at + 1)
        self.end = at + 1

    def _is_done(self) -> bool:
        """Whether nothing is left to find; a key that stands once more may come later."""
        return not self.has_doubles and len(self.found) == self.asked


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
