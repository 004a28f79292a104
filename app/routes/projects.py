"""Projects and kept files: promised by the interface, still to be built."""

from __future__ import annotations

from fastapi import APIRouter

from ..problems import not_built

router = APIRouter(prefix="/api/v1", tags=["projects"])

_METHODS = {
    "/projects": ["GET", "POST"],
    "/projects/{id}": ["GET", "PATCH", "DELETE"],
    "/projects/{id}/document": ["GET", "PUT"],
    "/files": ["POST"],
}


async def _answer() -> None:
    """Not built yet: 501."""
    raise not_built("Keeping projects and files")


for _path, _methods in _METHODS.items():
    for _method in _methods:
        router.add_api_route(_path, _answer, methods=[_method], name=f"{_method.lower()} {_path}")
