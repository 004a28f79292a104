"""Training: jobs, their events and what they leave."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

import graphcore
from graphcore import Language

from ..bodies import read_body
from ..event_stream import EventStream
from ..problems import Problem, not_built
from ..services import Services, Shared, Spoken
from ..training.folder import Event
from ..training.requests import Refused, prepare
from ..training.states import State
from ..training.supervisor import QueueFull
from ..wire import Job, JobList, JobRequest

router = APIRouter(prefix="/api/v1/jobs", tags=["training"])

FORMATS = ("weights.h5", "keras", "h5", "savedmodel", "checkpoint", "tflite", "onnx", "npz")


def _described(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model of models, whole: OpenAPI resolves references from its own root, where these are not."""
    schema = model.model_json_schema()
    for name, inner in schema.pop("$defs", {}).items():
        for key, value in schema["properties"].items():
            if value.get("$ref") == f"#/$defs/{name}":
                schema["properties"][key] = inner
    return schema


_REQUEST = {"requestBody": {"required": True, "content": {"application/json": {"schema": _described(JobRequest)}}}}


@router.post("", status_code=HTTPStatus.CREATED, response_model=Job, openapi_extra=_REQUEST)
async def start_job(
    request: Request, response: Response, shared: Shared, language: Spoken = "en"
) -> Any:  # FastAPI checks it against the model
    """Queue a training. What cannot work is refused now, with diagnostics."""
    if not shared.can_train:
        raise Problem(
            HTTPStatus.NOT_IMPLEMENTED,
            "Training is off: TensorFlow is not installed here; "
            "pip install 'layerwright[train]' installs it, then start the service again",
        )
    job = await shared.answer(prepare, await read_body(request, shared.settings), language=language)
    if isinstance(job, Refused):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, job.detail, diagnostics=job.diagnostics)
    try:
        queued = shared.supervisor.submit(job.config, job.plan, job.data)
    except QueueFull:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "Too many jobs wait already", headers={"Retry-After": "60"}
        ) from None
    except OSError as error:
        raise Problem(
            HTTPStatus.INSUFFICIENT_STORAGE, "The job cannot be kept: {why}", {"why": error.strerror}
        ) from error
    response.headers["Location"] = f"{request.scope['root_path']}{router.prefix}/{queued['id']}"
    return queued


@router.get("", response_model=JobList)
async def list_jobs(shared: Shared, language: Spoken = "en") -> Any:  # as above
    """All jobs, the newest first."""
    return {"items": [_told(job, language) for job in shared.supervisor.jobs()], "next": None}


@router.get("/{id}", response_model=Job)
async def get_job(id: str, shared: Shared, language: Spoken = "en") -> Any:  # as above
    """Where a job stands; why it failed is said in a language."""
    return _told(_job(shared, id), language)


@router.post("/{id}/cancel", response_model=Job)
async def cancel_job(id: str, shared: Shared) -> Any:  # as above
    """Ask for the end of a job. Its weights are saved as they are; one that has ended stays as it is."""
    _job(shared, id)
    shared.supervisor.cancel(id)
    return _job(shared, id)


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_job(id: str, shared: Shared) -> None:
    """Delete a job that has ended, with everything that it left."""
    if not State(_job(shared, id)["state"]).is_final:
        raise Problem(HTTPStatus.CONFLICT, "The job has not ended: cancel it first")
    shared.supervisor.remove(id)


@router.get("/{id}/events", response_class=EventStream, status_code=HTTPStatus.OK)
async def follow_job(id: str, request: Request, shared: Shared, language: Spoken = "en") -> Response:
    """What happens, as it happens, as server-sent events."""
    _job(shared, id)
    last = request.headers.get("last-event-id", "0")
    if not re.fullmatch(r"[0-9]{1,18}", last):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Last-Event-ID is {id}, not the number of an event",
            {"id": repr(last[:40])},
        )
    return EventStream(_told_events(shared.followed(shared.supervisor.watch(id, int(last))), language))


@router.get(
    "/{id}/weights", response_class=FileResponse, responses={200: {"content": {"application/octet-stream": {}}}}
)
async def get_weights(id: str, shared: Shared, format: str = "weights.h5") -> Response:
    """The trained weights."""
    job = _job(shared, id)
    if format not in FORMATS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "There is no format {format}: there are {formats}",
            {"format": repr(format[:40]), "formats": ", ".join(FORMATS)},
        )
    name = f"model.{format}"
    path = shared.supervisor.folder(id).artifacts / name
    if path.is_file():
        return FileResponse(path, media_type="application/octet-stream", filename=name)
    if format in FORMATS[:2]:
        raise Problem(
            HTTPStatus.NOT_FOUND, "The job is {state} and has left no {name}", {"state": job["state"], "name": name}
        )
    raise not_built("The format {format} is not built yet", {"format": format})


@router.post("/{id}/evaluate")
async def evaluate(id: str, shared: Shared) -> None:
    """The trained model's loss and metrics on data. Not built yet: 501."""
    _job(shared, id)
    raise not_built("Evaluating a trained model is not built yet")


@router.post("/{id}/predict")
async def predict(id: str, shared: Shared) -> None:
    """The trained model's outputs for data. Not built yet: 501."""
    _job(shared, id)
    raise not_built("Predicting with a trained model is not built yet")


def _told(said: dict[str, Any], language: Language) -> dict[str, Any]:
    """A job, or what its last event says, with the reason of its end in a language."""
    error = said.get("error")
    if error is None:
        return said
    reason = error["message"]
    return {**said, "error": {**error, "message": graphcore.say(reason, language)}}


async def _told_events(
    events: AsyncGenerator[Event | None, None], language: Language
) -> AsyncGenerator[Event | None, None]:
    async with aclosing(events):
        async for event in events:
            yield event if event is None else event._replace(data=_told(event.data, language))


def _job(shared: Services, id: str) -> dict[str, Any]:
    job = shared.supervisor.job(id) if re.fullmatch(r"[0-9a-f]{16}", id) else None
    if job is None:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no job {id}", {"id": repr(id[:40])})
    return job
