"""The data that a model can be trained on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter

from graphcore import Language

from ..problems import Problem, not_built
from ..services import Spoken
from ..training.datasets import Dataset, datasets, preview
from ..wire import DatasetDetail, DatasetList
from ..words import said

router = APIRouter(prefix="/api/v1/datasets", tags=["data"])


@router.get("", response_model=DatasetList)
async def list_datasets(language: Spoken = "en") -> Any:  # FastAPI checks it against the model
    """The built-in data sets that are installed, with titles and descriptions in a language."""
    return {"items": [_described(dataset, language) for dataset in datasets().values()], "next": None}


@router.get("/{id}", response_model=DatasetDetail)
def get_dataset(id: str, language: Spoken = "en") -> Any:  # as above; `def`, for the preview reads a file
    """One data set with its columns and first rows."""
    dataset = datasets().get(id)
    if dataset is None:
        raise Problem(HTTPStatus.NOT_FOUND, 'There is no data set "{id}"', {"id": id})
    return {**_described(dataset, language), "columns": [*dataset.columns, dataset.target], "preview": preview(dataset)}


@router.post("", status_code=HTTPStatus.CREATED)
async def add_dataset() -> None:
    """An uploaded data set. Not built yet: 501."""
    raise not_built("Uploading data is not built yet")


def _described(dataset: Dataset, language: Language) -> dict[str, Any]:
    target = {"name": dataset.target, "shape": [], "dtype": "int32" if dataset.classes else "float32"}
    return {
        "id": dataset.id,
        "title": said(dataset.title, language),
        "description": said(dataset.description, language),
        "task": "classification" if dataset.classes else "regression",
        "samples": dataset.samples,
        "inputs": [{"name": "x", "shapes": dataset.shapes, "dtype": "float32", "scaling": dataset.scaling}],
        "targets": [{**target, "classes": dataset.classes}],
    }
