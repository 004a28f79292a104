"""Every setting of the service, its default and the reason for it. Each is the variable `LAYERWRIGHT_` + its name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "LAYERWRIGHT_"
MEGABYTE = 1 << 20


_TRUTHS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


def _data_home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "layerwright"


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs."""

    # Everything that is kept: the database and the jobs.
    data: Path = field(default_factory=_data_home)
    # Loopback needs no token; any other address does.
    host: str = "127.0.0.1"
    port: int = 8000
    # Whoever knows it may use the service. None: open, and only to be bound to loopback.
    token: str | None = None
    # Names under which the service may be called, beside those of loopback. A stranger's name is DNS rebinding.
    hosts: tuple[str, ...] = ()
    # Below which path a proxy shows the service: every address in a page and every cookie begins with it.
    root_path: str = ""
    # Proxies whose word on the scheme (X-Forwarded-Proto) is taken, by address; anybody else could forge it.
    proxies: tuple[str, ...] = ()
    # A model of 20,000 layers is 18 MB of JSON; 30 MB of brackets already become 800 MB of Python objects.
    body_bytes: int = 32 * MEGABYTE
    # A request that is not there by then is a slow-loris.
    body_seconds: float = 60.0
    # Up to here a JSON file is checked in a thread (10 ms); beyond, and zip and HDF5, in a child process.
    small_bytes: int = 4 * MEGABYTE
    # The promise to hostile files is an answer within 5 s and 512 MB.
    child_seconds: float = 4.5
    child_bytes: int = 448 * MEGABYTE
    # A training takes all cores already; a second one at once makes both slower.
    max_jobs: int = 1
    # More waiting jobs than this are somebody's loop.
    max_queued: int = 100
    # What a worker gets between the wish to stop and the end: the time to write the weights of a large model.
    cancel_seconds: float = 10.0
    # The same where the service itself ends: `docker stop` kills after 10 s, and a second goes to open requests.
    stop_seconds: float = 8.0
    # What a project keeps of its saves; those that somebody named stay beside them. An editor saves each few seconds.
    keep_revisions: int = 500
    # Whether the page of parts, /style, is there: for who works on the looks. `make run` says so.
    development: bool = False
    # Epochs closer together than this share a checkpoint, so that short epochs are not slowed by writing.
    checkpoint_seconds: float = 10.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(/[\w.~-]+)*", self.root_path, re.ASCII):
            raise ValueError(
                f"The root path is {self.root_path!r}; it looks like /layerwright, without a slash at its end"
            )


def settings_from(environ: Mapping[str, str]) -> Settings:
    """The settings that `LAYERWRIGHT_…` variables give; what is not named keeps its default.

    Raises:
        ValueError: a value that is not of the setting's kind, with its name.
    """
    given = {f.name: environ[PREFIX + f.name.upper()] for f in fields(Settings) if environ.get(PREFIX + f.name.upper())}
    return Settings(**{name: _read(name, text) for name, text in given.items()})


def _read(name: str, text: str) -> Any:  # as many types as there are settings
    match Settings.__annotations__[name]:
        case "Path":
            return Path(text).expanduser()
        case "tuple[str, ...]":
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case "bool":
            if text.lower() not in _TRUTHS:
                raise ValueError(f"{PREFIX}{name.upper()} is {text!r}; it takes true or false")
            return _TRUTHS[text.lower()]
        case "int" | "float" as kind:
            try:
                return int(text) if kind == "int" else float(text)
            except ValueError:
                raise ValueError(f"{PREFIX}{name.upper()} is {text!r}, which is no number") from None
    return text
