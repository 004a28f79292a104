"""GC5xx: a table of plans and data against models, and each table of names against the installed Keras."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from graphcore import training_fit
from graphcore.shapes import TensorSpec
from graphcore.training_fit import Data, Port, check_training, loss_kind, sample_shape

BOSTON = Data("boston-housing", 506, ((13,),))
DIGITS = Data("digits", 1797, ((8, 8, 1), (8, 8), (64,)), 10)
CANCER = Data("breast-cancer", 569, ((30,),), 2)
SYNTHETIC = Data("synthetic", 512)


def port(*shape: int | None, name: str = "x", dtype: str = "float32", sparse: bool = False) -> Port:
    return Port(name, TensorSpec((None, *shape), dtype, sparse), "")


def found(
    inputs: list[Port],
    outputs: list[Port],
    data: Data,
    trainable: int | None = 1,
    layers: tuple[str, ...] = (),
    **plan: Any,
) -> list[tuple[str, str]]:
    plan.setdefault("loss", "mse")
    problems = check_training(inputs, outputs, trainable, plan, data, layers)
    return [(problem.code, problem.at.pointer) for problem in problems]


@pytest.mark.parametrize(
    ("inputs", "outputs", "data", "loss"),
    [
        ([port(13)], [port(1)], BOSTON, "mse"),
        ([port(None)], [port(1)], BOSTON, {"class_name": "Huber", "config": {"delta": 2.0}}),
        ([port(8, 8, 1)], [port(10)], DIGITS, "sparse_categorical_crossentropy"),
        ([port(8, 8)], [port(12)], DIGITS, "SparseCategoricalCrossentropy"),
        ([port(64)], [port(10)], DIGITS, "categorical_crossentropy"),
        ([port(None, None, 1)], [port(10)], DIGITS, "mse"),
        ([port(30)], [port(1)], CANCER, "bce"),
        ([port(30)], [port(2)], CANCER, "kld"),
        ([port(5, dtype="int32"), port(3, 3)], [port(4, 4, 2), port(1, name="b")], SYNTHETIC, "mae"),
    ],
)
def test_what_fits_is_accepted(inputs: list[Port], outputs: list[Port], data: Data, loss: Any) -> None:
    assert found(inputs, outputs, data, loss=loss) == []


@pytest.mark.parametrize(
    ("inputs", "outputs", "data", "loss", "expected"),
    [
        ([port(14)], [port(1)], BOSTON, "mse", ("GC503", "/data")),
        ([port(13, 1)], [port(1)], BOSTON, "mse", ("GC503", "/data")),
        ([port(13, dtype="int32")], [port(1)], BOSTON, "mse", ("GC503", "/data")),
        ([port(13), port(13)], [port(1)], BOSTON, "mse", ("GC503", "/data")),
        ([], [port(1)], SYNTHETIC, "mse", ("GC503", "/model")),
        ([port(3, dtype="string")], [port(1)], SYNTHETIC, "mse", ("GC503", "/data")),
        ([port(3, sparse=True)], [port(1)], SYNTHETIC, "mse", ("GC503", "/data")),
        ([port(1000, 1000, 3)], [port(1)], SYNTHETIC, "mse", ("GC503", "/data/synthetic/samples")),
        ([port(13)], [port(2)], BOSTON, "mse", ("GC504", "/data")),
        ([port(64)], [port(9)], DIGITS, "sparse_categorical_crossentropy", ("GC504", "/data")),
        ([port(64)], [port(11)], DIGITS, "categorical_crossentropy", ("GC504", "/data")),
        ([port(64)], [port(1)], DIGITS, "bce", ("GC504", "/data")),
        ([port(64)], [port(10), port(10, name="b")], DIGITS, "mse", ("GC504", "/data")),
        ([port(13)], [port(1)], BOSTON, "bce", ("GC502", "/plan/loss")),
        ([port(64)], [port(1)], DIGITS, "sparse_categorical_crossentropy", ("GC502", "/plan/loss")),
        ([port(64)], [port(1)], SYNTHETIC, "categorical_crossentropy", ("GC502", "/plan/loss")),
        ([port(64)], [port(1, dtype="int32")], SYNTHETIC, "mse", ("GC502", "/plan/loss")),
    ],
)
def test_what_does_not_fit_is_named_once(
    inputs: list[Port], outputs: list[Port], data: Data, loss: Any, expected: tuple[str, str]
) -> None:
    assert found(inputs, outputs, data, loss=loss) == [expected]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"epochs": 0}, ("GC505", "/plan/epochs")),
        ({"epochs": True}, ("GC505", "/plan/epochs")),
        ({"epochs": 1e3}, ("GC505", "/plan/epochs")),
        ({"epochs": 10**9}, ("GC505", "/plan/epochs")),
        ({"batch_size": None}, ("GC505", "/plan/batch_size")),
        ({"validation_split": 1}, ("GC505", "/plan/validation_split")),
        ({"validation_split": float("nan")}, ("GC505", "/plan/validation_split")),
        ({"validation_split": 0.9999}, ("GC505", "/plan/validation_split")),
        ({"shuffle": "yes"}, ("GC505", "/plan/shuffle")),
        ({"seed": -1}, ("GC505", "/plan/seed")),
        ({"epoch": 3}, ("GC505", "/plan/epoch")),
        ({"a/b~": 3}, ("GC505", "/plan/a~1b~0")),
        ({"frozen": ["nobody"]}, ("GC505", "/plan/frozen/0")),
        ({"frozen": [["x"]]}, ("GC505", "/plan/frozen")),
        ({"loss": None}, ("GC505", "/plan/loss")),
        ({"loss": 3}, ("GC505", "/plan/loss")),
        ({"loss": "means_squared_error"}, ("GC506", "/plan/loss")),
        ({"loss": {"class_name": "__import__", "config": {}}}, ("GC506", "/plan/loss/class_name")),
        (
            {"loss": {"class_name": "Huber", "config": {"delta": {"class_name": "Lambda"}}}},
            ("GC505", "/plan/loss/config/delta"),
        ),
        ({"loss": ["mse", "mse"]}, ("GC505", "/plan/loss")),
        ({"loss": {"y": "mse", "z": "mse"}}, ("GC505", "/plan/loss/z")),
        ({"loss": {}}, ("GC505", "/plan/loss")),
        ({"loss_weights": {"z": 1}}, ("GC505", "/plan/loss_weights/z")),
        ({"loss_weights": "heavy"}, ("GC505", "/plan/loss_weights")),
        ({"metrics": ["mae", "accurracy"]}, ("GC506", "/plan/metrics/1")),
        ({"metrics": ["IoU"]}, ("GC505", "/plan/metrics/0")),
        ({"metrics": {"y": [{"class_name": "MeanIoU"}]}}, ("GC505", "/plan/metrics/y/0/config")),
        ({"optimizer": "adm"}, ("GC506", "/plan/optimizer")),
        ({"optimizer": {"class_name": "Adam", "config": {"lr": 1}}}, ("GC505", "/plan/optimizer/config/lr")),
        (
            {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0}}},
            ("GC505", "/plan/optimizer/config/learning_rate"),
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"learning_rate": {"class_name": "Sudden", "config": {}}}}},
            ("GC506", "/plan/optimizer/config/learning_rate/class_name"),
        ),
        ({"optimizer": {"class_name": "Adam", "config": 3}}, ("GC505", "/plan/optimizer/config")),
        (
            {"callbacks": [{"class_name": "CSVLogger", "config": {"filename": "/etc/x"}}]},
            ("GC506", "/plan/callbacks/0/class_name"),
        ),
        ({"callbacks": ["EarlyStopping"]}, ("GC505", "/plan/callbacks/0")),
        ({"callbacks": [{"class_name": "EarlyStopping"}]}, ("GC505", "/plan/callbacks/0")),
    ],
)
def test_every_part_of_a_plan_is_checked(plan: dict[str, Any], expected: tuple[str, str]) -> None:
    assert found([port(13)], [port(1, name="y")], BOSTON, layers=("x", "y"), **plan) == [expected]


def test_all_problems_come_at_once() -> None:
    problems = found([port(14)], [port(1)], BOSTON, trainable=0, loss="mze", epochs=-1)
    assert problems == [
        ("GC503", "/data"), ("GC501", "/model"), ("GC505", "/plan/epochs"), ("GC506", "/plan/loss"),
    ]  # fmt: skip


def test_a_plan_that_is_no_object_is_one_problem() -> None:
    plan: Any = []  # what a stranger may send
    assert [d.message for d in check_training([port(13)], [port(1)], 1, plan, BOSTON)] == [
        "The plan is [], not an object"
    ]


def test_a_fixed_batch_size_must_be_the_plans() -> None:
    fixed = Port("x", TensorSpec((8, 13), "float32"), "")
    assert found([fixed], [port(1)], BOSTON) == [("GC505", "/plan/batch_size")]
    assert found([fixed], [port(1)], BOSTON, batch_size=8) == [("GC505", "/data")]
    assert found([fixed], [port(1)], Data("made", 512, ((13,),)), batch_size=8) == []


def test_messages_say_both_sides_and_the_way_out() -> None:
    (problem,) = check_training([port(28, 28, 1, name="Image")], [port(10)], 1, {"loss": "mse"}, BOSTON)
    assert problem.message == 'Input "Image" takes (28, 28, 1), "boston-housing" gives (13,)'
    assert problem.hint == "change the input's shape to (13,), or choose other data"
    (problem,) = check_training([port(13)], [port(1)], 1, {"loss": "mean_sqared_error"}, BOSTON)
    assert (problem.message, problem.hint) == (
        'There is no loss "mean_sqared_error"',
        'did you mean "mean_squared_error"',
    )


def test_data_takes_the_form_that_fits() -> None:
    assert sample_shape(TensorSpec((None, None, 8), "float32"), DIGITS) == (8, 8)
    assert sample_shape(TensorSpec(None, "float32"), DIGITS) == (8, 8, 1)
    assert sample_shape(TensorSpec((None, 9), "float32"), DIGITS) is None


def test_losses_have_kinds() -> None:
    assert [loss_kind(x) for x in ("mse", {"class_name": "Hinge"}, "kl_divergence")] == ["number", "sign", "one-hot"]


@pytest.mark.keras
def test_every_name_on_offer_is_keras_s() -> None:
    import keras

    for module, offers in (
        (keras.losses, training_fit.LOSSES),
        (keras.metrics, training_fit.METRICS),
        (keras.optimizers, training_fit.OPTIMIZERS),
        (keras.optimizers.schedules, training_fit.SCHEDULES),
        (keras.callbacks, training_fit.CALLBACKS),
    ):
        for name, offer in offers.items():
            parameters = {
                key: parameter
                for key, parameter in inspect.signature(getattr(module, name).__init__).parameters.items()
                if key not in ("self", "kwargs")
            }
            assert offer.arguments == parameters.keys(), name
            assert offer.required == {k for k, p in parameters.items() if p.default is inspect.Parameter.empty}, name
    for name in training_fit.LOSS_NAMES:
        keras.losses.get(name)
    for name in training_fit.METRIC_NAMES:
        if not training_fit.METRICS[training_fit.METRIC_NAMES[name]].required:
            keras.metrics.get(name)
    for name in training_fit.OPTIMIZER_NAMES:
        keras.optimizers.get(name)
