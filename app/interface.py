"""The REST interface as the documentation's page shows it: its OpenAPI description, resolved and in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JSON = Mapping[str, Any]
_SCHEMAS = "#/components/schemas/"
_ORDER = ("models", "training", "data", "projects", "operations")
_FILE = "a file"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a type's name; `schema` is the form that it names, where it names one."""

    text: str
    schema: str | None = None


Kind = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of an object. `default`: as JSON's reader sees it, None where there is none."""

    name: str
    kind: Kind
    place: str
    is_required: bool
    default: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media type, what it is, and its members where they are said right here."""

    media_type: str
    kind: Kind
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers with a status."""

    status: str
    says: str
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    id: str
    method: str
    path: str
    says: str
    is_built: bool
    parameters: tuple[Field, ...]
    bodies: tuple[Content, ...]
    answers: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """Routes about one thing."""

    name: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A named form of JSON that routes take or give."""

    name: str
    says: str
    fields: tuple[Field, ...]


def groups(openapi: JSON, address: str) -> tuple[Group, ...]:
    """All routes by what they are about; `address` stands before the paths of the examples."""
    found: dict[str, list[Route]] = {}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            group = operation.get("tags", ["other"])[0]
            found.setdefault(group, []).append(_route(method.upper(), path, operation, address))
    ordered = [name for name in _ORDER if name in found] + sorted(found.keys() - set(_ORDER))
    return tuple(Group(name, tuple(found[name])) for name in ordered)


def forms(openapi: JSON) -> tuple[Form, ...]:
    """All named forms, by name."""
    schemas = openapi.get("components", {}).get("schemas", {})
    return tuple(
        Form(name, schema.get("description", ""), tuple(_fields(schema))) for name, schema in sorted(schemas.items())
    )


def _route(method: str, path: str, operation: JSON, address: str) -> Route:
    says = operation.get("description", operation.get("summary", ""))
    bodies = tuple(_contents(operation.get("requestBody", {})))
    parameters = tuple(
        _field(p["name"], p["schema"], p["in"], p.get("required", False), p.get("description", ""))
        for p in operation.get("parameters", ())
    )
    answers = tuple(
        Answer(status, answer.get("description", ""), tuple(_contents(answer)))
        for status, answer in operation["responses"].items()
    )
    id = f"{method.lower()}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"
    is_built = "Not built yet" not in says
    curl = _curl(method, address.rstrip("/") + path, parameters, bodies, answers)
    return Route(id, method, path, says, is_built, parameters, bodies, answers, curl)


def _contents(described: JSON) -> Iterator[Content]:
    for media_type, content in described.get("content", {}).items():
        schema = content.get("schema", {})
        # Named forms stand in a list of their own; what has no name is told where it is used.
        yield Content(media_type, _kind(schema), () if "$ref" in schema else tuple(_fields(schema)))


def _fields(schema: JSON, prefix: str = "") -> Iterator[Field]:
    """The members of an object, those of an object inside it after it as `plan.loss`."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        says = member.get("description", "")
        yield _field(prefix + name, member, "", name in required, says)
        if member.get("properties"):
            yield from _fields(member, f"{prefix}{name}.")


def _field(name: str, schema: JSON, place: str, is_required: bool, says: str) -> Field:
    default = schema.get("default")
    shown = None if default is None else str(default).lower() if isinstance(default, bool) else str(default)
    return Field(name, _kind(schema), place, is_required, shown, says)


def _kind(schema: JSON) -> Kind:
    """What a schema allows, in words."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(_SCHEMAS)
        return (Word(name, name),)
    if choices := schema.get("anyOf"):
        return _joined([_kind(choice) for choice in choices], " or ")
    if values := schema.get("enum"):
        return (Word(" | ".join(map(str, values))),)
    if "const" in schema:
        return (Word(str(schema["const"])),)
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return (Word("["), *_joined([_kind(item) for item in schema["prefixItems"]], ", "), Word("]"))
        case "array":
            return (Word("list of "), *_kind(schema.get("items", {})))
        case "object" if isinstance(schema.get("additionalProperties"), Mapping):
            return (Word("object of "), *_kind(schema["additionalProperties"]))
        case "string" if schema.get("format") == "binary":
            return (Word(_FILE),)
        case str(name):
            return (Word(name),)
    return (Word("any JSON"),)


def _joined(kinds: list[Kind], by: str) -> Kind:
    words = list(kinds[0])
    for kind in kinds[1:]:
        words += [Word(by), *kind]
    return tuple(words)


def _curl(
    method: str, address: str, parameters: tuple[Field, ...], bodies: tuple[Content, ...], answers: tuple[Answer, ...]
) -> str:
    """A command that calls the route."""
    options = []
    media_types = {body.media_type for body in bodies}
    if "application/octet-stream" in media_types:
        options.append("--data-binary @model.json")
    elif "application/json" in media_types:
        options.append("--json @request.json")
    elif method != "GET":
        options.append(f"-X {method}")
    given = {content.media_type for answer in answers if answer.status.startswith("2") for content in answer.contents}
    if "text/event-stream" in given:
        options.append("-N")
    if "application/octet-stream" in given:
        options.append("-OJ")
    needed = [p for p in parameters if p.place == "query" and p.is_required]
    query = "&".join(f"{p.name}={p.kind[0].text.split(' | ')[0]}" for p in needed)
    quoted = f"'{address}?{query}'" if query else f"'{address}'" if "{" in address else address
    return " ".join(["curl", *options, quoted])
