"""What every test stands on: the same environment everywhere, and the same examples in every run."""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, settings

# Before anything imports them: Keras asks once, TensorFlow prints a page otherwise.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
# No setting of the machine reaches a test, and no test the user's data.
for name in [name for name in os.environ if name.startswith("LAYERWRIGHT_")]:
    del os.environ[name]
_data = tempfile.TemporaryDirectory(prefix="layerwright-tests-")
os.environ["LAYERWRIGHT_DATA"] = _data.name

# The same examples every time: what fails for one fails for all. A slow machine is no failure.
settings.register_profile(
    "layerwright",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# `pytest --hypothesis-profile=random` draws others.
settings.register_profile("random", settings.get_profile("layerwright"), derandomize=False)
settings.load_profile("layerwright")
