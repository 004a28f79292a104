"""Starts worker processes: a fork server that has imported TensorFlow and run nothing forks one for each job.

Importing TensorFlow takes three seconds, forking a process that has imported it a few milliseconds; threads and device
state, which do not survive a fork, come into being only when something runs. A spare that had trained a tiny model
before its job came was tried: it saved a tenth of the 1.5 s of computing that come before the first batch (most of it
is Keras tracing the job's own model), and took as long itself and 60 MB.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.process import BaseProcess

_WORKER = f"{__name__.rpartition('.')[0]}.worker"  # the package has another name in the wheel


def start_worker(path: str, checkpoint_seconds: float) -> BaseProcess:
    """Start a process that does the job in this folder. The first call waits for the fork server: some seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_WORKER])
    process = context.Process(target=_work, args=(path, checkpoint_seconds), daemon=True)
    process.start()
    return process


def _work(path: str, checkpoint_seconds: float) -> None:
    from .worker import run  # late: only the fork server and its children ever load TensorFlow

    run(path, checkpoint_seconds)
