"""A traceback of Keras as text → what it means: code, layer, cause, way out, and its place where the model is there.

The text is read and never run. Of exceptions that follow each other the last one that means something counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, NamedTuple

from .catalog import CATALOG
from .catalog.names import KERAS2_LAYERS, KERAS3_LAYERS
from .diagnostics import Diagnostic, Place
from .formats.entries import snake_case
from .keras_messages import MESSAGES, OTHER_KERAS, Meaning, Message
from .model import NodeKey
from .report import Report
from .shapes import show

MOST_READ = 50_000
"""Characters of a text, from its end: what a traceback means stands there."""
MOST_SAID = 600
_RUNNING = re.compile(
    r"\b(?:train|predict|test)_(?:function|step)\b|\bin (?:fit|predict|evaluate)\b|\.(?:fit|predict|evaluate)\("
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_EXCEPTION = re.compile(r"^[ \t]*(?:[\w.]+\.)?(?P<kind>[A-Z]\w*(?:Error|Exception|Interrupt|Warning)): ", re.MULTILINE)
_FRAME = re.compile(r'File "(?P<file>[^"\n]+)", line (?P<line>\d+)')
_LIBRARY = re.compile(r"[/\\](?:site|dist)-packages[/\\]|[/\\]lib[/\\]python3|^<|\.pyx$|__autograph")
_SOURCE = re.compile(r'File "[^"\n]+", line \d+(?:, in [^\n]*)?\n[ \t]+(?P<code>[^\n]+)')
_CELL = re.compile(r"^-+> \d+ (?P<code>[^\n]+)", re.MULTILINE)
_MADE_HERE = re.compile(r"\b(?P<cls>[A-Z]\w+)\(")
_NAME_GIVEN = re.compile(r"\bname=[\"'](?P<layer>[^\"'\n]+)[\"']")
# Who a message is about, where its own words do not say so: the nearest before it, or in it.
_NAMED = (
    re.compile(r"calling layer ['\"](?P<layer>[^'\"\n]+)['\"] \(type (?P<cls>\w+)\)"),
    re.compile(r"for object <(?P<cls>\w+) name=(?P<layer>[^,>\n]+)"),
    re.compile(r"the output shape / dtype of '(?P<layer>[^']+)' \(of type (?P<cls>\w+)\)"),
    re.compile(r"calling (?P<cls>[A-Z]\w+)\.call\(\)"),
)
_CONFIG = re.compile(r"'class_name': '(?P<cls>\w+)', 'config': \{(?:[^{}]*, )?'name': '(?P<layer>[^'\n]*)'")
_MADE = re.compile(r"deserializing class '(?P<cls>\w+)' using config=\{(?:[^{}]*, )?'name': '(?P<layer>[^'\n]*)'")
_OF_CLASS = re.compile(r"<class '(?:tf_)?keras\.src\.layers\.[\w.]*\.(?P<cls>\w+)'>")
_MODELS = frozenset({"Functional", "Sequential", "Model"})
# Policies too, which each layer of a file may name.
_OF_KERAS2 = (KERAS2_LAYERS - KERAS3_LAYERS - {"Model", "Functional", "Sequential"}) | {"Policy", "PolicyV1"}
_GIVEN_NAMES = frozenset(map(snake_case, (*KERAS3_LAYERS, *KERAS2_LAYERS)))
_LAYERS = frozenset(entry.cls for entry in CATALOG.entries if entry.name.startswith("layers."))


class Line(NamedTuple):
    """A line of the program that ended so."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a traceback means.

    `said` is the sentence of Keras that counts, `keras` whose it is where the paths tell, `program` the line of the
    user's own that led there. `also` are codes of which Keras says the same. No findings: the message is none of those
    that are known.
    """

    said: str
    keras: Literal["keras3", "keras2"] | None
    program: Line | None
    findings: tuple[Diagnostic, ...]
    also: tuple[str, ...] = ()


def read_traceback(text: str, report: Report | None = None) -> Reading:
    """What a traceback means. With the report of the model, the problems of the model that it is about."""
    text = _COLOUR.sub("", text[-MOST_READ:]).replace("\r\n", "\n")
    found = _find(text)
    keras = _whose(text)
    if found is None:
        return Reading(_said(text, len(text)), keras, _program(text), ())
    message, match = found
    meaning = message.running if message.running is not None and _RUNNING.search(text) else message.meaning
    finding = _finding(meaning, _facts(text, match))
    if report is None or report.graph is None:
        return Reading(_said(text, match.start()), keras, _program(text), (finding,), message.also)
    return Reading(_said(text, match.start()), keras, _program(text), _in_model(finding, message.also, report))


def _whose(text: str) -> Literal["keras3", "keras2"] | None:
    if "/tf_keras/" in text:
        return "keras2"
    return "keras3" if "/keras/src/" in text else None


def match_message(words: str) -> tuple[str, ...]:
    """The codes that a message of Keras may mean, the likeliest first; none where it is not known."""
    found = _find(_COLOUR.sub("", words[-MOST_READ:]))
    return () if found is None else (found[0].meaning.code, *found[0].also)


def _find(text: str) -> tuple[Message, re.Match[str]] | None:
    """The message that counts: the first of the table in the last exception that has any."""
    starts = [match.start() for match in _EXCEPTION.finditer(text)]
    for start, end in zip(reversed([0, *starts]), [len(text), *reversed(starts)], strict=True):
        for message in MESSAGES:
            match = message.pattern.search(text, start, end)
            if match is not None:
                return message, match
    return None


def _facts(text: str, match: re.Match[str]) -> dict[str, str]:
    """The values of a message, and layer and class where they can be told."""
    facts = {name.rstrip("0123456789"): value.strip() for name, value in match.groupdict().items() if value}
    for told in _told(text, match, facts.get("cls")):
        if _is_about(told, facts.get("layer")):
            for name, value in told.items():
                facts.setdefault(name, value)
    return facts


def _is_about(told: Mapping[str, str], layer: str | None) -> bool:
    """Whether what a place tells can be about the layer that is known already."""
    if layer is None:
        return True
    cls = told.get("cls")
    if "layer" in told or cls is None:
        return told.get("layer") == layer
    # A class alone: a model is called around its layers, and a name that Keras gave says the class itself.
    given = re.sub(r"_\d+$", "", layer)
    return cls not in _MODELS and (given not in _GIVEN_NAMES or given == snake_case(cls))


def _told(text: str, match: re.Match[str], cls: str | None) -> Iterator[Mapping[str, str]]:
    node = match.groupdict().get("node")
    if node and "/" in node:  # `sequential/c/Conv2D` is an operation of the layer `c`
        parts = [part for part in node.split("/") if part not in ("convolution", "BiasAdd")]
        yield {"layer": parts[-2] if len(parts) > 1 else parts[0]}
    exceptions = [found.start() for found in _EXCEPTION.finditer(text, 0, match.start() + 1)]
    start = exceptions[-1] if exceptions else 0
    for pattern in _NAMED:
        found = _last(pattern, text, start, match.end())
        if found is not None:
            yield found.groupdict()
    for pattern in (_MADE, _CONFIG):  # the innermost config that was being read
        found = _last(pattern, text, start, match.start())
        if found is not None and found["cls"] not in _MODELS and cls in (None, found["cls"]):
            yield found.groupdict()
    found = _last(_OF_CLASS, text, start, match.start())
    if found is not None:
        yield found.groupdict()
    yield from _told_by_program(text)


def _told_by_program(text: str) -> Iterator[Mapping[str, str]]:
    """The class, and the name where it is given, of the only layer that the program's own line makes."""
    own = [found.start() for found in _FRAME.finditer(text) if not _LIBRARY.search(found["file"])]
    found = _SOURCE.match(text, own[-1]) if own else _CELL.search(text)
    code = "" if found is None else found["code"]
    made = [name["cls"] for name in _MADE_HERE.finditer(code) if name["cls"] in _LAYERS]
    if len(made) != 1:
        return
    name = _NAME_GIVEN.search(code)
    yield {"cls": made[0]} if name is None else {"cls": made[0], "layer": name["layer"]}


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text, start, end):  # noqa: B007  the last one
        pass
    return found


def _finding(meaning: Meaning, facts: Mapping[str, str]) -> Diagnostic:
    layer, cls = facts.get("layer"), facts.get("cls")
    if layer is not None and cls is not None:
        who = f'{cls} "{layer}"'
    else:
        who = f'Layer "{layer}"' if layer is not None else cls or "A layer"
    said = _Facts(facts, who=who)
    code, says, hint = meaning.code, meaning.says.format_map(said), meaning.hint.format_map(said)
    if code == "GC206" and cls in KERAS3_LAYERS | _MODELS:
        code, hint = "GC101", OTHER_KERAS
        says = f"The config of {cls} names no module by which Keras 3 finds its class"
    elif code == "GC206" and cls in _OF_KERAS2:
        code, says, hint = "GC201", f"The class {cls} is of Keras 2, and Keras 3 has none of this name", OTHER_KERAS
    elif code == "GC206" and cls is not None and (close := _likened(cls)) and not cls.endswith(close):
        code, hint = "GC201", f"did you mean {close}"
    elif code == "GC202" and cls is not None and (known := _of_another_keras(cls, facts)) is not None:
        hint = known
    return Diagnostic(code, says, Place("", layer), hint=hint, data=dict(facts))


def _of_another_keras(cls: str, facts: Mapping[str, str]) -> str | None:
    """What to do about an argument that the class of the other Keras has."""
    for entry in CATALOG.entries:
        param = entry.by_name.get(facts.get("arg", "")) if entry.cls == cls else None
        if param is not None and param.only:
            lost = param.lost(facts.get("value") == "True") if param.lost is not None else None
            return lost or f"{param.name} belongs to {'Keras 2' if 'keras2' in param.only else 'Keras 3'}: remove it"
    return None


class _Facts(dict[str, str]):
    """Values for a sentence; what a message did not give is said to be unknown."""

    def __missing__(self, key: str) -> str:
        return "unknown"


def _likened(cls: str) -> str | None:
    """A class of Keras that is spelt alike, where this one is none of Keras."""
    names = [entry.cls for entry in CATALOG.entries]
    close = get_close_matches(cls, names, n=1, cutoff=0.8) if cls not in names and len(cls) < 80 else []
    return close[0] if close else None


# --- in a model -------------------------------------------------------------------------------------------------------


def _in_model(finding: Diagnostic, also: Collection[str], report: Report) -> tuple[Diagnostic, ...]:
    """The problems of the model that the message is about; else the message, at the layer that it names."""
    assert report.graph is not None
    alike = [problem for problem in report.diagnostics if problem.code == finding.code or problem.code in also]
    layer, cls = finding.data.get("layer"), finding.data.get("cls")
    classes = {name: one.op.cls for name, one in report.graph.layers.items()}
    fits = [
        [problem for problem in alike if layer is not None and problem.at.layer == layer],
        [problem for problem in alike if cls is not None and classes.get(problem.at.layer or "") == cls],
        [problem for problem in report.diagnostics if layer is not None and problem.at.layer == layer],
        alike,
    ]
    found = next((some for some in fits if some), None)
    return tuple(found) if found is not None else (_placed(finding, report, classes),)


def _placed(finding: Diagnostic, report: Report, classes: Mapping[str, str]) -> Diagnostic:
    """A finding at the layer of the model that it names, or at the only one that fits what is said of it."""
    graph = report.graph
    assert graph is not None
    layer, cls = finding.data.get("layer"), finding.data.get("cls")
    if layer not in graph.layers:
        names = [name for name, one in classes.items() if cls is not None and one == cls]
        fed = _fed_with(finding.data, report, names or list(classes))
        names = fed if len(fed) == 1 else names
        layer = names[0] if len(names) == 1 else None
    if layer is None or layer not in graph.layers:
        return Diagnostic(finding.code, finding.message, Place(graph.origin), hint=finding.hint, data=finding.data)
    place = Place(graph.layers[layer].origin, layer, 0 if NodeKey(layer, 0) in graph.nodes else None)
    return Diagnostic(finding.code, finding.message, place, hint=finding.hint, data=finding.data)


def _fed_with(data: Mapping[str, str], report: Report, names: list[str]) -> list[str]:
    """The layers among these that get a tensor of the shape that the message names."""
    inference = report.inference
    wanted = {"".join(value.split()) for key, value in data.items() if key in ("got", "a", "b", "shape")}
    if inference is None:
        return []
    among = frozenset(names)
    return [
        key.layer
        for key, tensors in inference.inbound.items()
        if key.layer in among and any("".join(show(inference.spec(ref).shape).split()) in wanted for _, ref in tensors)
    ]


# --- what stands around it --------------------------------------------------------------------------------------------


def _said(text: str, at: int) -> str:
    """The exception that a place belongs to, without configs and what was received, in few lines."""
    starts = [match.start() for match in _EXCEPTION.finditer(text)]
    start = max((s for s in starts if s <= at), default=0)
    end = min((s for s in starts if s > at), default=len(text))
    said = text[start:end].strip()
    if not starts and "\n" in said and said.startswith("Traceback"):
        return ""
    return clean_message(said)


def clean_message(said: str) -> str:
    """A message of Keras as people search for it: no frames, no configs, no values of tensors, nothing of the call."""
    said = re.split(
        r"\n[ \t]*(?:Call )?[Aa]rguments received by |\nDuring handling of|\nThe above exception|\nTraceback ", said
    )[0]
    said = re.sub(r'(?m)^[ \t]+File "[^\n]*\n(?:[ \t]+[^\n]*\n)?', "", said)
    said = re.sub(r"\nDetected at node [^\n]*|\n[ \t]*\[\[\{\{node [^\n]*", "", said)
    said = re.sub(r" ?Target variable: .*|\n\nList of objects that could not be loaded:.*", "", said, flags=re.DOTALL)
    first, *_, last = [part.strip() for part in said.split("Exception encountered: ")] * 2
    if last != first:
        said = f"{re.split(r'config=|Full object config', first)[0].strip()} … Exception encountered: {last}"
    said = re.sub(r"config=\{.*|Full object config: .*", "", said, flags=re.DOTALL)
    said = "\n".join(filter(None, map(str.strip, said.splitlines())))
    return said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 1]}…"


def _program(text: str) -> Line | None:
    """The last line of the user's own program."""
    own = [found for found in _FRAME.finditer(text) if not _LIBRARY.search(found["file"])]
    return Line(own[-1]["file"][-300:], int(own[-1]["line"][:9])) if own else None
