"""A wish to train, looked through before anything is queued: the model as it will be built, the whole plan, the data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import graphcore
from graphcore import Diagnostic, Place

from .datasets import datasets
from .plan import complete
from .safe_config import UnsafeConfig, refuse_unsafe

DEFAULT_SAMPLES = 512
MOST_SAMPLES = 1_000_000


class Prepared(NamedTuple):
    """A job that can work: what goes into its folder."""

    config: dict[str, Any]
    plan: dict[str, Any]
    data: dict[str, Any]
