"""JSON text → value, where what stands again and again is read once.

A model repeats its blocks: in ResNet50 the arguments of 177 layers are 25 different texts, but for the layers' names.
Each of them is read once; the layers that say it hold the very same values, as configs are never changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from .plain_calls import DEPTH, MARK_OF_CALLS, MARK_OF_TENSOR, Plain, take_out

JSON = Any  # a parsed value

# A layer's config up to its name; models are left to the one reading of all that is around configs. Tensors, which are
# half of all objects, are passed over at their first word.
_CONFIG = re.compile(
    r'"class_name":\s*"(?!Functional"|Sequential"|Model"|__keras_tensor__")([^"\\\x00-\x1f]*)",\s*'
    r'"config":\s*(\{\s*"name":\s*"([^"\\\x00-\x1f]*)",)'
)
# Texts of one class that a config is compared with.
_MOST_KNOWN = 32
# Stands for a config while the rest is read: a word that json lets its caller read.
_MARK = "NaN"


class Alike:
    """Which configs of a text say the same but for their names: those of one number do."""

    def __init__(self, configs: Sequence[JSON] = (), numbers: Sequence[int] = ()) -> None:
        self._configs = configs
        self._numbers = numbers
        self._next = 0
        self._by_id: dict[int, int] | None = None

    def number(self, config: JSON) -> int | None:
        """The number of a config of the text; None for any other.

        Nearly all are asked for in the order of the text: a table is made for those that are not.
        """
        at = self._next
        if at < len(self._configs) and self._configs[at] is config:
            self._next = at + 1
            return self._numbers[at]
        if self._by_id is None:
            self._by_id = dict(zip(map(id, self._configs), self._numbers, strict=True))  # which the configs' list holds
        return self._by_id.get(id(config))


class Decoded(NamedTuple):
    """The value of a text, and what was seen on the way.

    `plain` tells what plain calls and tensors say. `is_sure`: no key was lost to a later one of its name. `around` is
    what was read last; in what was read before, brackets lie in each other `depth` times at most.
    """

    value: JSON
    alike: Alike
    plain: Mapping[int, Plain]
    is_sure: bool
    around: str
    depth: int = 0


def decode(text: str) -> Decoded:
    """The value, as `json.loads` gives it.

    Raises:
        ValueError: it is not JSON (a JSONDecodeError), or holds a number that is too long.
        RecursionError: it is nested too deep.
    """
    try:
        return _Reading().whole(text)
    except (ValueError, LookupError, RecursionError, StopIteration):
        return _Reading().plain(text)  # which says what is wrong, and where


class _Said(NamedTuple):
    """What configs say after their names, the first of them as a value, and their number."""

    text: str
    first: dict[str, JSON]
    number: int


def _counting(keys: list[int]) -> Generator[dict[str, JSON], dict[str, JSON], None]:
    """Gives back each object that it is sent, its keys counted: a call of a method takes twice as long."""
    entry: dict[str, JSON] = {}
    while True:
        entry = yield entry
        keys[0] += len(entry)


class _Reading:
    """One text on its way."""

    def __init__(self) -> None:
        self.known: dict[str, list[_Said]] = {}
        self.texts = 0
        self.depth = 0
        self.is_sure = True
        self.keys = [0]
        counting = _counting(self.keys)
        next(counting)
        self.counted = counting.send

    def plain(self, text: str) -> Decoded:
        value = json.JSONDecoder(object_hook=self.counted).decode(text)
        self._compare(text)
        return Decoded(value, Alike(), {}, self.is_sure, text)

    def whole(self, text: str) -> Decoded:
        """Read configs, each text once, then plain calls and tensors, then all around them, with a mark for each."""
        self.scan = json.JSONDecoder(object_hook=self.counted).scan_once  # type: ignore[attr-defined]  # old as json
        pieces: list[str] = []
        configs: list[JSON] = []
        numbers: list[int] = []
        at = done = 0
        while (found := _CONFIG.search(text, at)) is not None:
            cls, _, name = found.groups()
            start, at = found.start(2), found.end()
            said = self._said(cls, name, text, start, at)
            if said is not None:
                pieces += (text[done:start], _MARK)
                config = said.first.copy()
                config["name"] = name
                configs.append(config)
                numbers.append(said.number)
                at = done = at + len(said.text)
        pieces.append(text[done:])
        taken = take_out("".join(pieces))
        alike = Alike(configs[:], numbers)
        marked = {_MARK: configs, MARK_OF_CALLS: taken.calls, MARK_OF_TENSOR: taken.tensors}
        for values in marked.values():
            values.reverse()
        self.keys[0] = 0
        decoder = json.JSONDecoder(object_hook=self.counted, parse_constant=lambda word: marked[word].pop())
        value = decoder.decode(taken.text)  # a LookupError where the text has such a word of its own
        if any(marked.values()):
            raise ValueError("a mark stood where no value stands")
        self._compare(taken.text)
        return Decoded(value, alike, taken.plain, self.is_sure, taken.text, max(self.depth, DEPTH))

    def _said(self, cls: str, name: str, text: str, start: int, rest: int) -> _Said | None:
        """What a config says after its name; None where another name follows, and for a model, whose layers are read.

        A text that is known and stands here means here what it meant: it ends with the config's bracket.
        """
        known = self.known.setdefault(cls, [])
        for said in known:
            if text.startswith(said.text, rest):
                return said
        self.keys[0] = 0
        value, end = self.scan(text, start)
        if "layers" in value or value["name"] != name:
            return None
        config = text[start:end]
        self._compare(config)
        said = _Said(text[rest:end], value, self.texts)
        self.texts += 1
        self.depth = max(self.depth, config.count("[") + config.count("{"))  # as if each lay in the one before
        known.insert(0, said)
        del known[_MOST_KNOWN:]
        return said

    def _compare(self, text: str) -> None:
        """Note whether a text may have more keys than its value, which it has where one of them stands twice.

        Each key ends in `":`. Counting costs 0.3 of a reading, looking at each pair 0.8; the two numbers also differ
        where a text holds `":`, or a key is spaced from its colon.
        """
        self.is_sure = self.is_sure and text.count('":') == self.keys[0]
