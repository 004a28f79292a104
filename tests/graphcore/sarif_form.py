"""The part of SARIF 2.1.0 that we write, as its schema has it: what must be there, and that nothing else is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["none", "note", "warning", "error"]
URI = r"^[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+$"


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Text(Form):
    text: str


class Configuration(Form):
    level: Level


class Rule(Form):
    id: str
    name: str
    shortDescription: Text
    fullDescription: Text
    help: Text
    helpUri: str | None = Field(None, pattern=URI)
    defaultConfiguration: Configuration


class Driver(Form):
    name: str
    version: str | None = None
    informationUri: str | None = Field(None, pattern=URI)
    rules: list[Rule]


class Tool(Form):
    driver: Driver


class Region(Form):
    startLine: int = Field(ge=1)
    startColumn: int | None = Field(None, ge=1)
    endLine: int | None = Field(None, ge=1)
    endColumn: int | None = Field(None, ge=1)


class Artifact(Form):
    uri: str = Field(pattern=URI)


class Physical(Form):
    artifactLocation: Artifact
    region: Region | None = None


class Logical(Form):
    fullyQualifiedName: str


class Location(Form):
    physicalLocation: Physical
    logicalLocations: list[Logical]


class Replacement(Form):
    deletedRegion: Region
    insertedContent: Text


class Change(Form):
    artifactLocation: Artifact
    replacements: list[Replacement] = Field(min_length=1)


class Mend(Form):
    description: Text
    artifactChanges: list[Change] = Field(min_length=1)


class Properties(Form):
    pointer: str


class Result(Form):
    ruleId: str
    ruleIndex: int = Field(ge=-1)
    level: Level
    message: Text
    locations: list[Location]
    fixes: list[Mend] | None = None
    properties: Properties


class Run(Form):
    tool: Tool
    columnKind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    results: list[Result]


class Log(Form):
    schema_: str = Field(alias="$schema", pattern=URI)
    version: Literal["2.1.0"]
    runs: list[Run]
