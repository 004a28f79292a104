"""The worker: builds one job's Keras model, trains it, and leaves weights. The only file that imports TensorFlow.

It knows its job's folder and nothing else of the service, so that any engine can start it anywhere.
"""

from __future__ import annotations

import errno
import gc
import json
import math
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its greetings would be the last log lines of every failed job
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from keras.src.saving.serialization_lib import SafeModeScope

from .arrays import Slot, read_arrays
from .folder import EXIT_NO_SPACE, EventWriter, JobFolder, write_json
from .safe_config import refuse_unsafe, with_mixed_precision

# The size that synthetic data has along an axis that the model leaves open, such as time.
OPEN_AXIS = 32
# A curve needs no more points than this; after an hour a second is soon enough.
FASTEST, SLOWEST = 0.05, 1.0

WEIGHTS, MODEL, STATE = "model.weights.h5", "model.keras", "state.npz"


class Stopped(Exception):
    """Somebody wants the process to end."""


class LossNotFinite(Exception):
    """The loss became NaN or infinite."""


# The fork server preloads this module; what it holds by now is garbage to no collector of its children.
gc.freeze()


def run(path: str, checkpoint_seconds: float) -> None:
    """Do the job in this folder to its end; with a checkpoint in it, from there on.

    SIGTERM ends it: as cancelled where the folder holds `cancel`, else without an outcome, to be taken up again.
    """
    folder = JobFolder(Path(path))
    _write_output_to(folder.log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is meant for the service, which tells us
    with folder.locked():
        if folder.read_outcome() is None:
            try:
                _run(folder, EventWriter(folder), checkpoint_seconds)
            except OSError as error:
                traceback.print_exception(error)
                sys.exit(EXIT_NO_SPACE if _is_disk_full(error) else 1)


def _write_output_to(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)


def _run(folder: JobFolder, events: EventWriter, checkpoint_seconds: float) -> None:
    events.append("state", {"state": "running"})
    try:
        _Training(folder, events, checkpoint_seconds).run()
        outcome: dict[str, Any] = {"state": "succeeded", "error": None}
    except Stopped:
        if not folder.cancel.exists():
            return
        outcome = {"state": "cancelled", "error": None}
    except Exception as error:  # the boundary: whatever Keras raises becomes a sentence
        traceback.print_exception(error)
        code, message = _reason(error)
        outcome = {"state": "failed", "error": {"code": code, "message": message, "log_tail": folder.log_tail()}}
    write_json(folder.outcome, outcome)
    events.append("end", outcome)


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, LossNotFinite):
        return "nan-loss", str(error)
    if isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError)):
        return "out-of-memory", "The training needs more memory than the machine has: a smaller batch_size needs less"
    if isinstance(error, OSError) and _is_disk_full(error):
        return "disk-full", "The disk that holds the jobs is full: delete old jobs or free some space, then train again"
    # Keras wraps what goes wrong in a layer into a page about serialization that ends with these words.
    said = str(error).rpartition("Exception encountered:")[2]
    lines = [line.strip() for line in said.splitlines() if line.strip()] or [""]
    return "training-error", f"Keras stopped with {type(error).__name__}: {lines[0][:500]}"


def _is_disk_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)  # h5py puts it into the text


class _Training:
    """One run: model, data and plan from the folder, events and files into it."""

    def __init__(self, folder: JobFolder, events: EventWriter, checkpoint_seconds: float) -> None:
        self.folder = folder
        self.events = events
        self.checkpoint_seconds = checkpoint_seconds
        self.plan: dict[str, Any] = json.loads(folder.plan.read_bytes())
        self.stopping = False
        self.model: keras.Model
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def go_on(self) -> None:
        """Raise Stopped where somebody wants the end."""
        if self.stopping:
            raise Stopped

    def run(self) -> None:
        plan = self.plan
        if plan["seed"] is not None:
            keras.utils.set_random_seed(plan["seed"])
        self.model = self._build()
        self.go_on()
        x, y = self._data()
        self._compile()
        first_epoch = self._restore()
        reporter = _Reporter(self, first_epoch)
        try:
            with _names_for_tensorflow(self.model):
                if self.model.built:
                    # Else its variables come into being while TensorFlow traces the first step, which it then traces
                    # once more: two fifths of the way to the first batch.
                    self.model.optimizer.build(self.model.trainable_variables)
                self.model.fit(
                    x,
                    y,
                    epochs=plan["epochs"],
                    initial_epoch=first_epoch,
                    batch_size=plan["batch_size"],
                    validation_split=plan["validation_split"],
                    shuffle=plan["shuffle"],
                    callbacks=[*(_make(keras.callbacks, c) for c in plan["callbacks"]), reporter],
                    verbose=0,
                )
        except Stopped:
            if self.folder.cancel.exists():
                self._leave_artifacts()
            else:
                self.checkpoint(reporter.epochs_done)
            raise
        self._leave_artifacts()

    def _build(self) -> keras.Model:
        config = json.loads(self.folder.config.read_bytes())
        refuse_unsafe(config)
        if self.plan["mixed_precision"]:
            # A CPU has no fast float16; bfloat16 also needs no scaled loss.
            has_gpu = bool(tf.config.list_physical_devices("GPU"))
            policy = "mixed_float16" if has_gpu else "mixed_bfloat16"
            config = with_mixed_precision(config, policy)
            keras.config.set_dtype_policy(policy)  # for layers whose config names none
        with SafeModeScope(True):
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        for name in self.plan["frozen"]:
            layer = model
            for part in name.split("/"):
                layer = layer.get_layer(part.replace("~1", "/"))
            layer.trainable = False
        return model

    def _data(self) -> tuple[Any, Any]:  # trees of arrays, as the model's inputs and outputs are trees
        model, plan = self.model, self.plan
        data = json.loads(self.folder.data.read_bytes())
        below = _embedded(model)
        inputs = [
            Slot(
                tuple(data.get("shape") or _closed(tensor.shape[1:])),
                tensor.dtype,
                below.get(id(tensor), _smallest_vocabulary(model, tensor)),
            )
            for tensor in model.inputs
        ]
        outputs = [
            Slot(_closed(spec.shape[1:]), spec.dtype, loss=_snake(loss))
            for spec, loss in zip(_output_specs(model, inputs), self._by_output(plan["loss"]), strict=True)
        ]
        x, y = read_arrays(data, inputs, outputs, plan["seed"])
        return _packed(model, "_inputs_struct", x), _packed(model, "_outputs_struct", y)

    def _compile(self) -> None:
        model, plan = self.model, self.plan
        losses = [_make(keras.losses, loss) for loss in self._by_output(plan["loss"])]
        weights = plan["loss_weights"]
        metrics = [[_make(keras.metrics, m) for m in _listed(ms)] for ms in self._by_output(plan["metrics"], each=True)]
        model.compile(
            optimizer=_make(keras.optimizers, plan["optimizer"]),
            loss=_packed(model, "_outputs_struct", losses),
            loss_weights=None if weights is None else _packed(model, "_outputs_struct", self._by_output(weights)),
            metrics=_packed(model, "_outputs_struct", metrics) if any(metrics) else None,
            run_eagerly=plan["run_eagerly"],
            jit_compile=plan["jit_compile"],
        )

    def _by_output(self, value: Any, *, each: bool = False) -> list[Any]:  # JSON
        """One entry an output. `each`: a list is meant for every output, not one entry for each."""
        # A Sequential has an output and no name for it.
        names = getattr(self.model, "output_names", None) or [self.model.layers[-1].name]
        if isinstance(value, Mapping) and "class_name" not in value:
            return [value.get(name, [] if each else None) for name in names]
        if isinstance(value, list) and not each:
            return value
        return [value] * len(names)

    def checkpoint(self, epochs_done: int) -> None:
        """Leave what a restart continues from. The weights are at once what a failed job can still give away.

        A death between the two files repeats some epochs from newer weights, which does no harm.
        """
        self._save(WEIGHTS, self.model.save_weights)
        state: dict[str, Any] = {}
        self.model.optimizer.save_own_variables(state)
        temporary = self.folder.checkpoint / f".{STATE}"
        with open(temporary, "wb") as file:
            np.savez(file, epochs_done=epochs_done, **{f"optimizer_{key}": value for key, value in state.items()})
        os.replace(temporary, self.folder.checkpoint / STATE)

    def _restore(self) -> int:
        """Continue from the checkpoint, if there is one, and say how many epochs it has behind it."""
        path = self.folder.checkpoint / STATE
        if not path.exists():
            return 0
        self.model.load_weights(self.folder.artifacts / WEIGHTS)
        with np.load(path) as state:
            self.model.optimizer.build(self.model.trainable_variables)
            self.model.optimizer.load_own_variables(
                {key.removeprefix("optimizer_"): state[key] for key in state.files if key.startswith("optimizer_")}
            )
            epochs_done = int(state["epochs_done"])
        self.events.append("log", {"text": f"Continues after epoch {epochs_done}, from the last checkpoint"})
        return epochs_done

    def _leave_artifacts(self) -> None:
        self._save(WEIGHTS, self.model.save_weights)
        self._save(MODEL, self.model.save)
        for name in (WEIGHTS, MODEL):
            size = (self.folder.artifacts / name).stat().st_size
            self.events.append("artifact", {"format": name.removeprefix("model."), "bytes": size})

    def _save(self, name: str, save: Any) -> None:  # a bound method of Keras, which is not typed
        temporary = self.folder.artifacts / f".{name}"
        save(temporary)
        os.replace(temporary, self.folder.artifacts / name)


class _Reporter(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is not typed
    """Turns what Keras says into events, and stops where the loss is lost or somebody wants the end."""

    def __init__(self, training: _Training, first_epoch: int) -> None:
        super().__init__()
        self.training = training
        self.epochs_done = first_epoch
        self.started = self.reported = self.saved = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        now = time.monotonic()
        pause = min(max((now - self.started) / 200, FASTEST), SLOWEST)
        if batch == 0 or now - self.reported >= pause:
            self._report(batch, logs or {}, now)
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            self._report(batch, logs or {}, now)
            raise LossNotFinite(
                f"The loss became {'NaN' if math.isnan(loss) else 'infinite'} in epoch {self.epochs_done + 1}, step "
                f"{batch + 1}: a smaller learning_rate or clipnorm usually helps"
            )
        self.training.go_on()

    def _report(self, batch: int, logs: Mapping[str, float], now: float) -> None:
        # The first batch of an epoch counts for the pace too: short epochs may come a hundred times a second.
        if batch == 0 and self.epochs_done and now - self.reported < FASTEST:
            return
        self.reported = now
        self.training.events.append("batch", self._seen(batch + 1, self.epochs_done + 1, logs, now))

    def _seen(self, step: int, epoch: int, logs: Mapping[str, float], now: float) -> dict[str, Any]:
        return {
            "epoch": epoch,
            "epochs": self.params["epochs"],
            "step": step,
            "steps": self.params["steps"],
            "logs": _finite(logs),
            "seconds": round(now - self.started, 3),
        }

    def on_test_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self.training.go_on()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.epochs_done = epoch + 1
        now = time.monotonic()
        self.training.events.append("epoch", self._seen(self.params["steps"], epoch + 1, logs or {}, now))
        if now - self.saved >= self.training.checkpoint_seconds and self.epochs_done < self.params["epochs"]:
            self.training.checkpoint(self.epochs_done)
            self.saved = time.monotonic()


@contextmanager
def _names_for_tensorflow(model: keras.Model) -> Iterator[None]:
    """Names that TensorFlow takes as scopes, while it traces: Keras 3.15 allows "Test Model" and cannot fit it.

    Files keep their own names: weights are stored by class and position, and the model is saved outside.
    """
    layers = [model, *model._flatten_layers(include_self=False)]
    names = [layer.name for layer in layers]
    for layer in layers:
        layer.name = _scope(layer.name)
    for variable in model.variables:
        variable._path = _scope(variable.path)  # the optimizer names its own variables after it
    try:
        yield
    finally:
        for layer, name in zip(layers, names, strict=True):
            layer.name = name


def _scope(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_./-]", "_", name)
    return plain if plain[:1].isalnum() else f"x{plain}"  # the outermost scope must not begin with a mark


def _finite(logs: Mapping[str, Any]) -> dict[str, float | None]:
    values = {key: float(value) for key, value in logs.items()}
    return {key: value if math.isfinite(value) else None for key, value in values.items()}


def _make(module: Any, said: Any) -> Any:  # one of Keras's modules, JSON, and one of Keras's objects
    """A loss, metric, optimizer or callback from `{"class_name", "config"}`, and only one that the module offers.

    A name stays a name: Keras then chooses what `accuracy` means for an output, and calls `mae` by that name.
    """
    if said is None or isinstance(said, str):
        return said
    config = dict(said.get("config") or {})
    if isinstance(schedule := config.get("learning_rate"), Mapping):
        config["learning_rate"] = _make(keras.optimizers.schedules, schedule)
    return getattr(module, said["class_name"])(**config)


def _listed(value: Any) -> list[Any]:  # JSON
    return value if isinstance(value, list) else [value]


def _packed(model: keras.Model, struct: str, flat: list[Any]) -> Any:
    """The values in the tree that the model's inputs or outputs form; a Sequential has one of each."""
    if len(flat) == 1 and not isinstance(getattr(model, struct, None), Mapping):
        return flat[0]
    return keras.tree.pack_sequence_as(getattr(model, struct), flat)


def _output_specs(model: keras.Model, inputs: list[Slot]) -> list[Any]:
    """Shape and dtype of each output for inputs of these shapes."""
    tensors = [keras.KerasTensor((None, *slot.shape), slot.dtype) for slot in inputs]
    return list(keras.tree.flatten(model.compute_output_spec(_packed(model, "_inputs_struct", tensors))))


def _closed(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    return tuple(OPEN_AXIS if size is None else size for size in shape)


def _snake(loss: Any) -> str:  # JSON
    """The loss's name as Keras's functions are called: `MeanSquaredError`, `mse` → `mean_squared_error`."""
    if loss is None:
        return ""
    made = keras.losses.get(loss) if isinstance(loss, str) else getattr(keras.losses, loss["class_name"])
    name = getattr(made, "__name__", type(made).__name__).replace("KLD", "KlD")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _embedded(model: keras.Model) -> dict[int, int]:
    """By id of an input tensor: how many rows the smallest table has that is indexed with it."""
    found: dict[int, int] = {}
    for rows, call in _tables(model):
        for tensor in call.input_tensors:
            found[id(tensor)] = min(rows, found.get(id(tensor), rows))
    return found


def _smallest_vocabulary(model: keras.Model, tensor: Any) -> int | None:
    """For an input of integers that reaches tables in a roundabout way: what is small enough for all of them."""
    if not tensor.dtype.startswith(("int", "uint")):
        return None
    return min((rows for rows, _ in _tables(model)), default=None)


def _tables(model: keras.Model) -> Iterator[tuple[int, Any]]:
    for layer in model._flatten_layers(include_self=False):
        rows = getattr(layer, "input_dim", None) or getattr(layer, "num_tokens", None)
        if isinstance(rows, int):
            for call in layer._inbound_nodes:
                yield rows, call
