"""Real trainings by real workers: order of events, ends with a reason, weights that Keras loads."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.services import shipped
from app.training.datasets import datasets
from app.training.engine import LocalEngine
from app.training.folder import Event, JobFolder
from app.training.plan import complete
from app.training.states import JobTable, State
from app.training.supervisor import Supervisor

from .configs import digit_classifier, functional, layer, regressor, source

pytestmark = pytest.mark.keras

BOSTON = {"dataset": "boston-housing", "shape": [13]}
ENDLESS = {"loss": "mse", "epochs": 100_000}


class Bench:
    """A supervisor over a folder, as the service has one."""

    def __init__(self, root: Path, *, max_jobs: int = 1, checkpoint_seconds: float = 10.0) -> None:
        self.database = Database(root / "index.sqlite")
        self.supervisor = Supervisor(
            root / "jobs",
            JobTable(self.database),
            LocalEngine(checkpoint_seconds),
            max_jobs=max_jobs,
            max_queued=10,
            cancel_seconds=120,
            stop_seconds=120,
        )

    async def __aenter__(self) -> Bench:
        self.supervisor.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.supervisor.close()
        self.database.close()

    def submit(self, config: Any, data: Any = BOSTON, **plan: Any) -> str:
        job: str = self.supervisor.submit(config, complete(plan), data)["id"]
        return job

    async def events(self, id: str, until: Callable[[Event], bool] = lambda event: False) -> list[Event]:
        """The job's events to its end, or to the first that `until` wants."""
        seen: list[Event] = []
        watched = self.supervisor.watch(id, 0)
        async for event in watched:
            if event is not None:
                seen.append(event)
                if until(event):
                    break
        await watched.aclose()
        return seen

    def pid(self, id: str) -> int:
        holder = self.supervisor.folder(id).holder()
        assert holder
        return holder


def run(root: Path, scenario: Callable[[Bench], Awaitable[Any]], **settings: Any) -> Any:
    async def story() -> Any:
        async with Bench(root, **settings) as bench:
            return await scenario(bench)

    return asyncio.run(story())


def test_events_come_in_order_and_batches_while_the_epoch_runs(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> tuple[list[Event], dict[str, Any]]:
        id = bench.submit(regressor(), loss="mse", metrics=["mae"], epochs=2, validation_split=0.2, seed=7)
        events = await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return events, job

    events, job = run(tmp_path, scenario)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [event.kind for event in events]
    assert kinds[:3] == ["state", "state", "batch"]
    assert kinds[-3:] == ["artifact", "artifact", "end"]
    assert [e.data["state"] for e in events if e.kind == "state"] == ["queued", "running"]
    first_epoch = kinds.index("epoch")
    assert events[2].data["step"] == 1 < events[first_epoch].data["steps"] == 13
    assert job["state"] == "succeeded" and job["error"] is None
    assert (job["epoch"], job["epochs"], job["step"], job["steps"]) == (2, 2, 13, 13)
    assert job["formats"] == ["weights.h5", "keras"]
    assert {key: len(values) for key, values in job["history"].items()} == {
        **dict.fromkeys(["loss", "mae", "val_loss", "val_mae"], 2)
    }
    assert job["history"]["loss"][1] < job["history"]["loss"][0]


def test_a_first_batch_is_reported_before_its_epoch_ends(tmp_path: Path) -> None:
    """The epoch here is endless to all intents: the only way to see its first batch is while it runs."""

    async def scenario(bench: Bench) -> list[Event]:
        data = {"synthetic": {"samples": 1_000_000, "seed": 0}}
        id = bench.submit(regressor(), data, loss="mse", batch_size=1)
        events = await bench.events(id, until=lambda event: event.kind == "batch")
        bench.supervisor.cancel(id)
        return events + [event for event in await bench.events(id) if event.kind in ("epoch", "end")]

    events = run(tmp_path, scenario)
    assert [event.kind for event in events] == ["state", "state", "batch", "end"]
    assert events[-1].data == {"state": "cancelled", "error": None}


def test_digits_are_learned_and_the_weights_predict_the_same_in_plain_keras(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> JobFolder:
        data = {"dataset": "digits", "shape": [8, 8, 1]}
        id = bench.submit(
            digit_classifier(), data, loss="sparse_categorical_crossentropy", metrics=["accuracy"], epochs=4,
            validation_split=0.2, seed=1,
        )  # fmt: skip
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job and job["state"] == "succeeded", job
        assert job["history"]["val_accuracy"][-1] > 0.8
        return bench.supervisor.folder(id)

    folder = run(tmp_path, scenario)
    import keras
    import numpy as np

    rebuilt = keras.models.model_from_json(json.dumps(digit_classifier()))
    rebuilt.load_weights(folder.artifacts / "model.weights.h5")
    saved = keras.models.load_model(folder.artifacts / "model.keras")
    images = np.random.default_rng(0).random((4, 8, 8, 1), dtype="float32")
    np.testing.assert_array_equal(rebuilt.predict(images, verbose=0), saved.predict(images, verbose=0))
    fresh = keras.models.model_from_json(json.dumps(digit_classifier()))
    assert not np.allclose(fresh.predict(images, verbose=0), saved.predict(images, verbose=0))


def test_a_killed_worker_leaves_a_failed_job_with_a_reason(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(regressor(), **ENDLESS)
        await bench.events(id, until=lambda event: event.kind == "epoch")
        os.kill(bench.pid(id), signal.SIGKILL)
        end = (await bench.events(id))[-1]
        job = bench.supervisor.job(id)
        assert job and end.kind == "end" and end.data["state"] == job["state"]
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "failed"
    assert job["error"]["code"] == "killed"
    assert "ran out of memory" in job["error"]["message"]


def test_a_killed_worker_leaves_the_weights_of_its_last_checkpoint(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> tuple[dict[str, Any], JobFolder]:
        id = bench.submit(regressor(), **ENDLESS)
        await bench.events(id, until=lambda event: event.kind == "epoch" and event.data["epoch"] == 3)
        os.kill(bench.pid(id), signal.SIGKILL)
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job, bench.supervisor.folder(id)

    job, folder = run(tmp_path, scenario, checkpoint_seconds=0)
    assert job["formats"] == ["weights.h5"]
    import keras

    keras.models.model_from_json(json.dumps(regressor())).load_weights(folder.artifacts / "model.weights.h5")


def test_cancel_saves_what_was_learned(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(regressor(), **ENDLESS)
        await bench.events(id, until=lambda event: event.kind == "epoch")
        bench.supervisor.cancel(id)
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert (job["state"], job["error"], job["formats"]) == ("cancelled", None, ["weights.h5", "keras"])


def test_an_interrupted_job_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    async def first(bench: Bench) -> str:
        id = bench.submit(regressor(), loss="mse", epochs=80)
        await bench.events(id, until=lambda event: event.kind == "epoch" and event.data["epoch"] == 2)
        return id

    id = run(tmp_path, first)

    async def second(bench: Bench) -> tuple[list[Event], dict[str, Any]]:
        events = await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return events, job

    events, job = run(tmp_path, second)
    assert job["state"] == "succeeded"
    assert [e.data["state"] for e in events if e.kind == "state"] == ["queued", "running", "running"]
    epochs = [event.data["epoch"] for event in events if event.kind == "epoch"]
    assert epochs == list(range(1, 81))
    assert len(job["history"]["loss"]) == 80
    assert any("from the last checkpoint" in event.data["text"] for event in events if event.kind == "log")


def test_a_worker_that_outlives_its_service_is_found_again(tmp_path: Path) -> None:
    """As after a service that was killed: its task vanishes, the worker trains on, the next service must not start a
    second one."""

    async def story() -> list[Event]:
        bench = Bench(tmp_path)
        bench.supervisor.open()
        id = bench.submit(regressor(), loss="mse", epochs=80)
        await bench.events(id, until=lambda event: event.kind == "epoch")
        pid = bench.pid(id)
        for job in bench.supervisor._live.values():
            job.task.cancel()
        bench.database.close()
        async with Bench(tmp_path) as later:
            assert later.pid(id) == pid
            return await later.events(id)

    events = asyncio.run(story())
    assert events[-1].data == {"state": "succeeded", "error": None}
    assert [e.data["state"] for e in events if e.kind == "state"] == ["queued", "running"]


def test_a_job_without_checkpoint_that_lost_service_and_worker_fails_with_a_reason(tmp_path: Path) -> None:
    async def story() -> dict[str, Any]:
        bench = Bench(tmp_path)
        bench.supervisor.open()
        id = bench.submit(regressor(), **ENDLESS)
        await bench.events(id, until=lambda event: event.kind == "batch")
        pid = bench.pid(id)
        folder = bench.supervisor.folder(id)
        for live in bench.supervisor._live.values():
            live.task.cancel()
        bench.database.close()
        os.kill(pid, signal.SIGKILL)
        with folder.locked():  # it lets go of the lock when it is dead
            pass
        async with Bench(tmp_path) as later:
            await later.events(id)
            job = later.supervisor.job(id)
            assert job
            return job

    job = asyncio.run(story())
    assert (job["state"], job["error"]["code"]) == ("failed", "service-stopped")


def test_a_loss_that_becomes_nan_fails_with_advice(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> tuple[list[Event], dict[str, Any]]:
        optimizer = {"class_name": "SGD", "config": {"learning_rate": 1e30}}
        id = bench.submit(regressor(), loss="mse", optimizer=optimizer, epochs=50)
        events = await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return events, job

    events, job = run(tmp_path, scenario)
    assert (job["state"], job["error"]["code"]) == ("failed", "nan-loss")
    assert "learning_rate" in job["error"]["message"]
    assert events[-2].data["logs"]["loss"] is None


def test_a_full_disk_fails_with_a_reason(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(regressor(), **ENDLESS)
        # The checkpoint goes to a device that is always full.
        (bench.supervisor.folder(id).checkpoint / ".state.npz").symlink_to("/dev/full")
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario, checkpoint_seconds=0)
    assert (job["state"], job["error"]["code"]) == ("failed", "disk-full")
    assert job["error"]["log_tail"]


def test_an_error_of_keras_is_told_with_the_last_lines(tmp_path: Path) -> None:
    broken = functional(source("x", 13), layer("Dense", "price", ["x"], units="many"))

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(broken, loss="mse")
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert (job["state"], job["error"]["code"]) == ("failed", "training-error")
    assert "`units`" in job["error"]["message"]
    assert any("`units`" in line for line in job["error"]["log_tail"])


@pytest.mark.parametrize(
    "evil",
    [
        layer("Lambda", "evil", ["x"], function={"class_name": "__lambda__", "config": {"code": "4wEA"}}),
        layer("TFSMLayer", "evil", ["x"], filepath="/tmp/model"),
        {**layer("Dense", "evil", ["x"], units=1), "module": "os", "class_name": "system"},
        {**layer("Dense", "evil", ["x"], units=1), "module": "keras.src.utils.file_utils", "class_name": "get_file"},
        {**layer("Dense", "evil", ["x"], units=1), "registered_name": "my>Dense"},
        layer("StringLookup", "evil", ["x"], vocabulary="/etc/passwd"),
        layer("IntegerLookup", "evil", ["x"], vocabulary="/etc/passwd"),
    ],
    ids=["lambda", "saved-model", "os", "get_file", "registered", "string-lookup", "vocabulary-file"],
)
def test_the_worker_refuses_what_could_run_or_read_something(tmp_path: Path, evil: Any) -> None:
    """Nothing of the kind gets past the service; the worker does not rely on that."""

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(functional(source("x", 13), evil), loss="mse")
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "failed"
    assert "UnsafeConfig" in job["error"]["message"]


def test_synthetic_data_fits_shared_and_multiple_inputs_and_outputs(tmp_path: Path) -> None:
    model = functional(
        source("words", None, dtype="int32"),
        source("picture", None, None, 3),
        layer("Embedding", "embedding", ["words"], input_dim=7, output_dim=4),
        layer("GlobalAveragePooling1D", "mean", ["embedding"]),
        layer("Conv2D", "conv", ["picture"], filters=4, kernel_size=[3, 3]),
        layer("GlobalMaxPooling2D", "most", ["conv"]),
        layer("Concatenate", "both", ["mean", "most"]),
        layer("Dense", "kind", ["both"], units=5, activation="softmax"),
        layer("Dense", "yes", ["both"], units=1, activation="sigmoid"),
        outputs=["kind", "yes"],
    )

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(
            model,
            {"synthetic": {"samples": 16, "seed": 3}},
            loss={"kind": "sparse_categorical_crossentropy", "yes": "bce"},
            loss_weights={"kind": 2.0, "yes": 1.0},
            metrics={"kind": ["accuracy"], "yes": [{"class_name": "AUC", "config": {}}]},
            batch_size=8,
        )
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]
    assert {"loss", "kind_loss", "yes_loss", "kind_accuracy"} <= job["history"].keys()


@pytest.mark.parametrize("id", sorted(datasets()))
def test_every_data_set_trains(tmp_path: Path, id: str) -> None:
    dataset = datasets()[id]
    shape = dataset.shapes[-1]
    loss = "categorical_crossentropy" if dataset.classes else "mae"
    model = functional(
        source("x", *shape),
        layer("Flatten", "flat", ["x"]),
        layer("Dense", "y", ["flat"], units=len(dataset.classes) or 1),
    )

    async def scenario(bench: Bench) -> dict[str, Any]:
        job = bench.submit(model, {"dataset": id, "shape": list(shape)}, loss=loss, batch_size=100)
        await bench.events(job)
        found = bench.supervisor.job(job)
        assert found
        return found

    job = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]
    assert job["steps"] == -(-dataset.samples // 100)


def test_frozen_layers_keep_their_weights_and_policies_become_mixed(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> JobFolder:
        id = bench.submit(regressor(), loss="mse", frozen=["hidden"], mixed_precision=True, seed=3)
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job and job["state"] == "succeeded", job
        return bench.supervisor.folder(id)

    folder = run(tmp_path, scenario)
    import keras
    import numpy as np

    trained = keras.models.load_model(folder.artifacts / "model.keras")
    assert {entry.dtype_policy.name for entry in trained.layers[1:]} == {"mixed_bfloat16"}
    keras.utils.set_random_seed(3)
    fresh = keras.models.model_from_json(json.dumps(regressor()))
    np.testing.assert_array_equal(fresh.get_layer("hidden").kernel, trained.get_layer("hidden").kernel)
    assert not np.array_equal(fresh.get_layer("price").kernel, trained.get_layer("price").kernel)


def test_jobs_start_in_the_order_of_their_coming(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> list[str]:
        ended: list[str] = []

        async def watch(id: str) -> None:
            await bench.events(id)
            ended.append(id)

        ids = [bench.submit(regressor(), loss="mse") for _ in range(3)]
        assert [bench.supervisor.job(id)["state"] for id in ids] == ["queued"] * 3  # type: ignore[index]  # they are there
        await asyncio.gather(*(watch(id) for id in ids))
        assert ended == ids
        return ids

    run(tmp_path, scenario)


def test_a_queued_job_is_cancelled_at_once(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        running = bench.submit(regressor(), **ENDLESS)
        waiting = bench.submit(regressor(), loss="mse")
        bench.supervisor.cancel(waiting)
        events = await bench.events(waiting)
        assert [event.kind for event in events] == ["state", "end"]
        assert State(bench.supervisor.job(waiting)["state"]) is State.CANCELLED  # type: ignore[index]  # it is there
        bench.supervisor.cancel(running)
        await bench.events(running)

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    ("name", "data", "loss"),
    [
        ("mlp", {"dataset": "mnist-5k", "shape": [784]}, "sparse_categorical_crossentropy"),
        ("unet", {"synthetic": {"samples": 8, "seed": 0}}, {"ConvT2": "mse", "CLF": "categorical_crossentropy"}),
        ("transformer", {"synthetic": {"samples": 8, "seed": 0}}, {"class_name": "SparseCategoricalCrossentropy"}),
    ],
)
def test_the_gallery_trains(tmp_path: Path, name: str, data: Any, loss: Any) -> None:
    config = json.loads((shipped("examples") / f"{name}.json").read_text())

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(config, data, loss=loss, batch_size=50, metrics=["accuracy"])
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]


def test_models_whose_inputs_and_outputs_have_names_train(tmp_path: Path) -> None:
    model = functional(
        source("right", 3),
        source("left", 2),
        layer("Dense", "a", ["left"], units=1),
        layer("Dense", "b", ["right"], units=2),
    )
    model["config"]["input_layers"] = {"r": ["right", 0, 0], "l": ["left", 0, 0]}
    model["config"]["output_layers"] = {"two": ["b", 0, 0], "one": ["a", 0, 0]}

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(model, {"synthetic": {"samples": 8, "seed": 0}}, loss="mse", validation_split=0.5)
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]


def test_a_sequential_trains(tmp_path: Path) -> None:
    layers = [source("x", 13), layer("Dense", "y", units=1)]
    for entry in layers:
        del entry["inbound_nodes"], entry["name"]
    model = {
        **{"module": "keras", "class_name": "Sequential", "registered_name": None},
        "config": {"name": "sequence", "trainable": True, "layers": layers},
    }

    async def scenario(bench: Bench) -> dict[str, Any]:
        id = bench.submit(model, loss="mse")
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job

    job = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]


@pytest.mark.parametrize("name", ["Test Model", "模型", "_model", 'a"b:c', "<b>"])
def test_names_that_tensorflow_would_refuse_are_trained_and_kept(tmp_path: Path, name: str) -> None:
    model = functional(source("x", 13), layer("Dense", f"{name} out", ["x"], units=1), name=name)

    async def scenario(bench: Bench) -> tuple[dict[str, Any], JobFolder]:
        id = bench.submit(model, loss="mse")
        await bench.events(id)
        job = bench.supervisor.job(id)
        assert job
        return job, bench.supervisor.folder(id)

    job, folder = run(tmp_path, scenario)
    assert job["state"] == "succeeded", job["error"]
    import keras

    saved = keras.models.load_model(folder.artifacts / "model.keras")
    assert [saved.name, saved.layers[-1].name] == [name, f"{name} out"]
