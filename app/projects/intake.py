"""What comes in to be kept: a model, a document, or a project that was exported; and what may not."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

from .. import answers
from ..problems import Problem
from ..services import Services
from .kept import NAME_MOST, Kept, NoProjectFile, Project, as_name
from .project_file import Unpacked, unpack

# Of all revisions of a project file together, unpacked: a hundred times a model of 1,000 layers.
MOST_UNPACKED = 128 << 20
EMPTY = {
    "layerwright": 1,
    "model": {
        "module": "keras",
        "class_name": "Functional",
        "config": {"name": "model", "trainable": True, "layers": [], "input_layers": [], "output_layers": []},
        "registered_name": None,
    },
    "view": {"positions": {}, "groups": {}, "notes": {}},
    "plan": {},
}


async def kept_of(shared: Services, body: bytes) -> Kept:
    """A file as what is kept of it.

    Raises:
        Problem: 422, there is no model in it, or it takes too long.
    """
    made = await shared.answer(answers.keep, body)
    if isinstance(made, answers.Answer):
        said = json.loads(made.body)
        raise Problem(HTTPStatus(made.status), said["detail"], diagnostics=said.get("diagnostics"))
    return made


async def from_file(shared: Services, body: bytes, name: str | None, file: str = "") -> Project:
    """A new project of a file, or of an empty model. It is called `name`, else as the file says, else as the file.

    Raises:
        Problem: 422, nothing of it can be kept.
    """
    packed = await _unpacked(body)
    if packed is None:
        kept = await kept_of(shared, body or json.dumps(EMPTY).encode())
        title = name or as_name("Untitled" if not body else kept.name or file.rpartition(".")[0], "Untitled")
        return await shared.kept(lambda store: store.create(title, kept))
    *earlier, newest = packed.states
    kept = await kept_of(shared, newest.document)
    return await shared.kept(lambda store: store.create(name or as_name(packed.name, "Untitled"), kept, earlier))


async def duplicated(shared: Services, id: str) -> Project:
    """A new project with the newest document of another.

    Raises:
        Problem: 404, there is no such project.
    """
    project = await shared.kept(lambda store: store.get(id))
    found = await shared.kept(lambda store: store.document(id))
    kept = await kept_of(shared, found.document)
    name = as_name(f"{project.name[: NAME_MOST - 5]} copy", "copy")
    return await shared.kept(lambda store: store.create(name, kept))


async def _unpacked(body: bytes) -> Unpacked | None:
    try:
        return await asyncio.to_thread(unpack, body, MOST_UNPACKED) if body[:2] == b"PK" else None
    except NoProjectFile as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None
