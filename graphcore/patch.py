"""Changes of a JSON value at its pointers: in the value, or in its text, where all that is not named stays as it is.

All pointers of a patch name places of the value before it, so the order of its changes does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # json's own reader of a string
from typing import Any, Literal, NamedTuple, TypeAlias

JSON = Any  # a parsed JSON value


class Change(NamedTuple):
    """One change.

    `put` writes a member, new or not; `remove` takes one away; `insert` puts an item before the one that stands there;
    `rename` gives a member of an object another key, its value; `single` leaves only the last of a key that stands
    twice, which a value cannot show.
    """

    how: Literal["put", "remove", "insert", "rename", "single"]
    pointer: str
    value: JSON = None


Patch: TypeAlias = tuple[Change, ...]


def put(pointer: str, value: JSON) -> Change:
    """Write a member of an object, or an item of a list."""
    return Change("put", pointer, value)


def remove(pointer: str) -> Change:
    """Take a member or an item away."""
    return Change("remove", pointer)


def insert(pointer: str, value: JSON) -> Change:
    """Put an item into a list, before the one at the pointer; at the end where there is none."""
    return Change("insert", pointer, value)


def rename(pointer: str, key: str) -> Change:
    """Give a member another key, in its place."""
    return Change("rename", pointer, key)


def single(pointer: str) -> Change:
    """Keep the last value of a key that stands more than once."""
    return Change("single", pointer)


def parts(pointer: str) -> list[str]:
    """The keys and indices of a pointer.

    >>> parts("/config/a~1b/0")
    ['config', 'a/b', '0']
    """
    if not pointer:
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def value_at(value: JSON, pointer: str) -> JSON:
    """What stands at a pointer; None where nothing does."""
    for part in parts(pointer):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def patched(value: JSON, patch: Iterable[Change]) -> JSON:
    """The value after a patch; it shares with the old one what did not change. Places that are not there are let be.

    >>> patched({"a": [1, 2]}, (insert("/a/1", 5), put("/b", 0)))
    {'a': [1, 5, 2], 'b': 0}
    """
    edits = _by_container(patch)
    made: dict[str, JSON] = {}
    for pointer in sorted(edits, key=lambda pointer: -pointer.count("/")):
        container = value_at(value, pointer)
        prefix = f"{pointer}/"
        if isinstance(container, dict):
            made[pointer] = _patched_object(container, edits[pointer], made, prefix)
        elif isinstance(container, list):
            made[pointer] = _patched_list(container, edits[pointer], made, prefix)
    return made.get("", value)


def patched_text(text: str, patch: Iterable[Change]) -> str:
    r"""The text after a patch: each untouched byte as it was, what is new in the way of what stands around it.

    >>> patched_text('{"a": 1.50,\n "b": [2]}', (put("/c", True), insert("/b/0", 1)))
    '{"a": 1.50,\n "b": [1, 2],\n "c": true}'
    """
    return _Text(text).patched(_by_container(patch))


def text_edits(text: str, patches: Sequence[Patch]) -> list[tuple[int, int, str]]:
    """Where a text changes by patches made one after the other: begin, end and what stands there instead, in order.

    Of one patch each place; of several the stretch that holds all of them.
    """
    if len(patches) == 1:
        made = _Text(text)
        made.patched(_by_container(patches[0]))
        return sorted(made.edits)
    after = text
    for patch in patches:
        after = patched_text(after, patch)
    begin = _alike(text, after)
    end = _alike(text[begin:][::-1], after[begin:][::-1])
    return [(begin, len(text) - end, after[begin : len(after) - end])] if text != after else []


def _alike(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@dataclass(slots=True)
class _Edits:
    """What happens to the members of one container, by key."""

    puts: dict[str, JSON] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    inserts: dict[int, list[JSON]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    singles: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)  # members with changes inside


def _by_container(patch: Iterable[Change]) -> dict[str, _Edits]:
    edits: dict[str, _Edits] = {}
    for how, pointer, value in patch:
        around, slash, last = pointer.rpartition("/")
        if not slash:
            continue
        key = last.replace("~1", "/").replace("~0", "~")
        here = edits.setdefault(around, _Edits())
        if how == "put":
            here.puts[key] = value
        elif how == "remove":
            here.removed.add(key)
        elif how == "rename":
            here.renamed[key] = value
        elif how == "single":
            here.singles.add(key)
        else:
            here.inserts.setdefault(int(key), []).append(value)
        while around:  # its containers change with it
            around, _, last = around.rpartition("/")
            outer = edits.setdefault(around, _Edits())
            if last in outer.inner:
                break
            outer.inner.add(last)
    return edits


def _patched_object(
    container: Mapping[str, JSON], edits: _Edits, made: Mapping[str, JSON], prefix: str
) -> dict[str, JSON]:
    inner = {part.replace("~1", "/").replace("~0", "~"): part for part in edits.inner}
    result = {}
    for key, value in container.items():
        if key in edits.removed:
            continue
        if key in inner:
            value = made.get(prefix + inner[key], value)
        result[edits.renamed.get(key, key)] = edits.puts.get(key, value)
    for key, value in edits.puts.items():
        if key not in container:
            result[key] = value
    return result


def _patched_list(container: Sequence[JSON], edits: _Edits, made: Mapping[str, JSON], prefix: str) -> list[JSON]:
    result: list[JSON] = []
    for i, value in enumerate(container):
        result += edits.inserts.get(i, ())
        key = str(i)
        if key not in edits.removed:
            result.append(edits.puts.get(key, made.get(prefix + key, value)))
    for i in sorted(edits.inserts):
        if i >= len(container):
            result += edits.inserts[i]
    return result


# --- in a text --------------------------------------------------------------------------------------------------------


class _Member(NamedTuple):
    """One member of a container in a text: its key, and where key and value begin and end."""

    key: str
    begin: int  # of the key in an object, of the value in a list
    key_end: int
    start: int
    end: int


class _Text:
    """A text that is patched. Containers on the way to a change are looked through once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.skip = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # json's own reader of one value
        self.known: dict[int, list[_Member]] = {}
        self.is_ascii = text.isascii()
        self.edits: list[tuple[int, int, str]] = []

    def patched(self, edits: Mapping[str, _Edits]) -> str:
        starts = {"": self._past_space(0)}
        for pointer in sorted(edits, key=lambda pointer: pointer.count("/")):
            start = starts.get(pointer)
            if start is None or self.text[start : start + 1] not in ("{", "["):
                continue
            here = edits[pointer]
            for part in here.inner:
                key = part.replace("~1", "/").replace("~0", "~")
                found = self._member(start, key)
                if found is not None:
                    starts[f"{pointer}/{part}"] = found.start
            self._edit(start, here)
        pieces, at = [], 0
        for begin, end, new in sorted(self.edits):
            pieces += [self.text[at:begin], new]
            at = end
        return "".join([*pieces, self.text[at:]])

    def _edit(self, start: int, edits: _Edits) -> None:
        """Note what changes in the container at `start`, and not what changes inside of its members."""
        members = self._members(start)
        is_object = self.text[start] == "{"
        last = {member.key: i for i, member in enumerate(members)}
        for key, value in edits.puts.items():
            if key in last:
                member = members[last[key]]
                self.edits.append((member.start, member.end, self._replacement(member, value, start)))
        for key, to in edits.renamed.items():
            if is_object and key in last:
                member = members[last[key]]
                self.edits.append((member.begin, member.key_end, json.dumps(to, ensure_ascii=self.is_ascii)))
        gone = {i for i, m in enumerate(members) if m.key in edits.removed}
        gone |= {i for i, m in enumerate(members) if m.key in edits.singles and i != last[m.key]}
        new = {i: [self._written(None, value, start) for value in edits.inserts[i]] for i in edits.inserts}
        if is_object:
            added = [(key, value) for key, value in edits.puts.items() if key not in last]
            new = {len(members): [self._written(key, value, start) for key, value in added]} if added else {}
        if gone or new:
            self._rearrange(start, members, gone, new)

    def _rearrange(
        self, start: int, members: Sequence[_Member], gone: set[int], new: Mapping[int, Sequence[str]]
    ) -> None:
        """Rewrite the gaps between those members that stay, where something goes or comes."""
        close = self._close(start, members)
        separator = self._separator(start)
        before: int | None = None  # the member that stays and stands before the gap
        pieces: list[str] = []
        is_changed = False
        for i in range(len(members) + 1):
            coming = [piece for at, some in sorted(new.items()) if min(at, len(members)) == i for piece in some]
            pieces += coming
            is_changed = is_changed or bool(coming)
            if i < len(members) and i in gone:
                is_changed = True
                continue
            begin = start + 1 if before is None else members[before].end
            end = close if i == len(members) else members[i].begin
            if is_changed:
                lead = self._lead(start, members) if before is None else separator
                tail = separator if i < len(members) else self._tail(members, close)
                nothing = (lead if i < len(members) else "") if before is None else tail
                text = f"{lead}{separator.join(pieces)}{tail}" if pieces else nothing
                self.edits.append((begin, end, text))
            before, pieces, is_changed = i, [], False

    def _lead(self, start: int, members: Sequence[_Member]) -> str:
        """What stands between the opening bracket and the first member."""
        return self.text[start + 1 : members[0].begin] if members else ""

    def _tail(self, members: Sequence[_Member], close: int) -> str:
        return self.text[members[-1].end : close] if members else ""

    def _separator(self, start: int) -> str:
        """What stands between two members here: a comma, and a space or a line."""
        members = self._members(start)
        if len(members) > 1:
            return self.text[members[0].end : members[1].begin]
        lead = self._lead(start, members)
        return f",{lead}" if "\n" in lead else ", " if self._is_spaced() else ","

    def _written(self, key: str | None, value: JSON, start: int) -> str:
        """A new member of the container at `start`."""
        members = self._members(start)
        around = self._separator(start)
        indent = around[around.rfind("\n") + 1 :] if "\n" in around else None
        has_lines = any(self._has_lines(member) for member in members)
        unit = self._unit(indent) if indent is not None and has_lines else None
        text = self._dumped(value, indent or "", unit)
        if key is None:
            return text
        colon = self.text[members[0].key_end : members[0].start] if members else ": " if self._is_spaced() else ":"
        return f"{json.dumps(key, ensure_ascii=self.is_ascii)}{colon}{text}"

    def _replacement(self, member: _Member, value: JSON, start: int) -> str:
        if not self._has_lines(member):
            return self._dumped(value, "", None)
        lead = self._lead(start, self._members(start))
        indent = lead[lead.rfind("\n") + 1 :] if "\n" in lead else ""
        return self._dumped(value, indent, self._unit(indent))

    def _dumped(self, value: JSON, indent: str, unit: str | None) -> str:
        """A value on one line, or on lines that are indented by `unit` where there is one."""
        if unit is None or not isinstance(value, (dict, list)) or not value:
            separators = (", ", ": ") if self._is_spaced() else (",", ":")
            return json.dumps(value, ensure_ascii=self.is_ascii, separators=separators)
        return json.dumps(value, ensure_ascii=self.is_ascii, indent=unit).replace("\n", f"\n{indent}")

    def _has_lines(self, member: _Member) -> bool:
        return self.text[member.start : member.start + 1] in "{[" and "\n" in self.text[member.start : member.end]

    def _unit(self, indent: str) -> str:
        """One step of indentation: that of the outermost members, else of these."""
        lead = self._lead(self._past_space(0), self._members(self._past_space(0)))
        outermost = lead[lead.rfind("\n") + 1 :] if "\n" in lead else ""
        return outermost or indent or " "

    def _is_spaced(self) -> bool:
        """Whether the text has a space behind its colons."""
        members = self._members(self._past_space(0))
        if not members or members[0].begin == members[0].start:
            return True
        return self.text[members[0].key_end : members[0].start] != ":"

    def _member(self, start: int, key: str) -> _Member | None:
        return next((member for member in reversed(self._members(start)) if member.key == key), None)

    def _members(self, start: int) -> list[_Member]:
        """The members of the container at `start`."""
        if start in self.known:
            return self.known[start]
        text = self.text
        is_object = text[start] == "{"
        members: list[_Member] = []
        at = self._past_space(start + 1)
        while text[at : at + 1] not in ("}", "]", ""):
            begin = at
            if is_object:
                key, key_end = scanstring(text, at + 1, True)
                at = self._past_space(self._past_space(key_end) + 1)
            else:
                key, key_end = str(len(members)), at
            _, end = self.skip(text, at)
            members.append(_Member(key, begin, key_end, at, end))
            at = self._past_space(end)
            if text[at : at + 1] == ",":
                at = self._past_space(at + 1)
        self.known[start] = members
        return members

    def _close(self, start: int, members: Sequence[_Member]) -> int:
        return self._past_space(members[-1].end if members else start + 1)

    def _past_space(self, at: int) -> int:
        text = self.text
        while at < len(text) and text[at] in " \t\n\r":
            at += 1
        return at
