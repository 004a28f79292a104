"""What the service answers about a model: from a file's bytes to an answer's, the same in a thread and in a child process."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

import graphcore

Form = Literal["keras3", "keras2", "python", "document"]
Picture = Literal["svg", "png", "pdf", "dot"]


class Answer(NamedTuple):
    """The status, kind and bytes of a response."""

    media_type: str
    body: bytes
    status: int = HTTPStatus.OK
