"""From submitting a job to its first batch, through the service, against a plain Keras script."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from .figures import Figure, Section, seconds, shown, times
from .service import served

FROM_THE_SECOND = 0.7
JOBS = 5
MODEL = Path(__file__).parents[1] / "app" / "examples" / "mlp.json"
_REQUEST = {"plan": {"loss": "categorical_crossentropy", "epochs": 1}, "data": {"synthetic": {"samples": 256}}}
_SCRIPT = """
import sys, keras, numpy as np
class First(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        sys.exit()
text = open(sys.argv[1]).read().replace("Test Model", "test")  # TensorFlow refuses the space
model = keras.models.model_from_json(text)
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((256, 784)), np.zeros((256, 10)), verbose=0, callbacks=[First()])
"""


def measure() -> Section:
    """A few jobs one after another, then as many scripts."""
    first, *later = _jobs()
    script = [sys.executable, "-c", _SCRIPT, str(MODEL)]
    plain = statistics.median(seconds(lambda: subprocess.run(script, check=True)) for _ in range(3))
    usual = statistics.median(later)
    figures = [
        Figure("Submit → first batch, the first job after the start", shown(first)),
        Figure(
            f"Submit → first batch, the median of the next {JOBS - 1}",
            shown(usual),
            f"≤ {shown(FROM_THE_SECOND)}",
            usual <= FROM_THE_SECOND,
        ),
        Figure(f"A plain script's start → first batch ({shown(plain)}), against that", times(plain / usual)),
    ]
    how = (
        "The perceptron of the gallery on synthetic data: POST to `/api/v1/jobs`, then its events to the first `batch`."
    )
    return Section("Training", how, figures)


def _jobs() -> list[float]:
    body = json.dumps({"model": json.loads(MODEL.read_text()), **_REQUEST}).encode()
    with served() as address:
        host = address.removeprefix("http://")
        return [_first_batch(host, body) for _ in range(JOBS)]


def _first_batch(host: str, body: bytes) -> float:
    """Seconds from the request to the first batch; the job is over when this returns."""
    start = time.perf_counter()
    job = _ask(host, "POST", "/api/v1/jobs", body)
    took = None
    with closing(http.client.HTTPConnection(host)) as connection:
        connection.request("GET", f"/api/v1/jobs/{job['id']}/events")
        for line in connection.getresponse():
            if line.startswith(b"event: batch") and took is None:
                took = time.perf_counter() - start
    if took is None:
        raise RuntimeError(f"The job had no batch: {_ask(host, 'GET', '/api/v1/jobs/' + job['id'])}")
    return took


def _ask(host: str, method: str, path: str, body: bytes | None = None) -> Any:
    with closing(http.client.HTTPConnection(host)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        read = answer.read()
        if answer.status >= 400:
            raise RuntimeError(read.decode())
        return json.loads(read)
