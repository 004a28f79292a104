"""What the routes share: settings, the supervisor of jobs, the bounded worker, templates and counters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates

from .bounded import BoundedWorker
from .settings import Settings
from .training.supervisor import Supervisor

_HERE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """A folder that ships with the package: inside it in the wheel, beside it in the checkout."""
    inside = _HERE / folder
    return inside if inside.is_dir() else _HERE.parent / folder


@dataclass
class Services:
    """One of each for a running service."""

    settings: Settings
    supervisor: Supervisor
    worker: BoundedWorker
    templates: Jinja2Templates
    counters: Counter[str] = field(default_factory=Counter)

    @property
    def can_train(self) -> bool:
        """Whether TensorFlow is installed; there are platforms without it. It is found without being imported."""
        return find_spec("tensorflow") is not None


def services(request: Request) -> Services:
    """The services of the app that got the request."""
    found: Services = request.app.state.services
    return found


Shared = Annotated[Services, Depends(services)]
