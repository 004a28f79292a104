"""Kept files: promised by the interface, still to be built."""

from __future__ import annotations

from fastapi import APIRouter

from ..problems import not_built

router = APIRouter(prefix="/api/v1/files", tags=["projects"])


@router.post("")
async def keep_file() -> None:
    """Not built yet: 501."""
    raise not_built("Keeping files is not built yet")
