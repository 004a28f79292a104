"""Do model, plan and data fit together: everything that would stop a training, found before it starts.

Pointers start at the request: `/model`, `/plan`, `/data`.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from graphcore.diagnostics import Diagnostic, Place, sort_diagnostics
from graphcore.shapes import Dim, Shape, TensorSpec, size

OPEN_AXIS = 32
"""The size that synthetic data has along an axis that the model leaves open, such as time."""
MOST_SYNTHETIC_BYTES = 1 << 30  # data stands in memory as a whole, beside the model
MOST_EPOCHS = 100_000
MOST_BATCH = 1 << 20

Kind = Literal["number", "label", "one-hot", "zero-or-one", "sign"]
"""What a loss takes as target: any number, a class number, a distribution, 0 or 1, -1 or 1."""


@dataclass(frozen=True, slots=True)
class Data:
    """What a data set gives for each sample. `shapes`: the forms it can have, all of one size.

    `classes` counts the labels, 0 where the target is a number. Synthetic data fits anything: no shapes.
    """

    name: str
    samples: int
    shapes: tuple[tuple[int, ...], ...] = ()
    classes: int = 0

    @property
    def is_synthetic(self) -> bool:
        return not self.shapes


class Port(NamedTuple):
    """An input or output of a model: its name as `compile` knows it, its spec, and the pointer of its layer."""

    name: str
    spec: TensorSpec
    pointer: str


def check_training(
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    trainable: int | None,
    plan: Mapping[str, Any],
    data: Data,
    layers: Iterable[str] = (),
) -> tuple[Diagnostic, ...]:
    """Every problem that would keep the plan from training the model on the data.

    `trainable` counts the weights that training may change, None where unknown; `frozen` may hold the names in
    `layers`. The model itself is taken to be without errors.
    """
    found = [*check_plan(plan, [port.name for port in outputs], frozenset(layers))]
    found += _check_trainable(trainable)
    found += _check_inputs(inputs, data)
    if not found:  # what follows reads the plan
        found += _check_batches(inputs, plan, data)
        found += _check_size(inputs, data)
        for port, loss, pointer in _losses(outputs, plan["loss"]):
            found += _check_output(port, loss, pointer, data)
        found += _check_target_count(outputs, data)
    return sort_diagnostics(found)


def sample_shape(spec: TensorSpec, data: Data) -> tuple[int, ...] | None:
    """The form in which the data fits an input, None where none does."""
    if spec.shape is None:
        return data.shapes[0]
    return next((shape for shape in data.shapes if _agree(spec.shape[1:], shape)), None)


def _agree(wanted: Shape, given: Shape) -> bool:
    return len(wanted) == len(given) and all(w is None or w == g for w, g in zip(wanted, given, strict=True))


# --- the plan alone ---------------------------------------------------------------------------------------------------


class Offer(NamedTuple):
    """A class of Keras that a plan may name: its arguments, and those without which it cannot be made."""

    arguments: frozenset[str]
    required: frozenset[str] = frozenset()
    kind: Kind = "number"


def _offers(common: str, table: Mapping[str, str], required: Mapping[str, str] | None = None) -> dict[str, Offer]:
    needed = required or {}
    return {
        name: Offer(frozenset(f"{common} {own}".split()), frozenset(needed.get(name, "").split()))
        for name, own in table.items()
    }


OPTIMIZERS = _offers(
    "name learning_rate weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum ema_overwrite_frequency "
    "loss_scale_factor gradient_accumulation_steps",
    {
        "Adadelta": "rho epsilon",
        "Adafactor": "beta_2_decay epsilon_1 epsilon_2 clip_threshold relative_step",
        "Adagrad": "initial_accumulator_value epsilon",
        "Adam": "beta_1 beta_2 epsilon amsgrad",
        "AdamW": "beta_1 beta_2 epsilon amsgrad",
        "Adamax": "beta_1 beta_2 epsilon",
        "Ftrl": "learning_rate_power initial_accumulator_value l1_regularization_strength l2_regularization_strength "
        "l2_shrinkage_regularization_strength beta",
        "Lamb": "beta_1 beta_2 epsilon",
        "Lion": "beta_1 beta_2",
        "Nadam": "beta_1 beta_2 epsilon",
        "RMSprop": "rho momentum epsilon centered",
        "SGD": "momentum nesterov",
    },
)
SCHEDULES = _offers(
    "name",
    {
        "CosineDecay": "initial_learning_rate decay_steps alpha warmup_target warmup_steps",
        "CosineDecayRestarts": "initial_learning_rate first_decay_steps t_mul m_mul alpha",
        "ExponentialDecay": "initial_learning_rate decay_steps decay_rate staircase",
        "InverseTimeDecay": "initial_learning_rate decay_steps decay_rate staircase",
        "PiecewiseConstantDecay": "boundaries values",
        "PolynomialDecay": "initial_learning_rate decay_steps end_learning_rate power cycle",
    },
    {
        "CosineDecay": "initial_learning_rate decay_steps",
        "CosineDecayRestarts": "initial_learning_rate first_decay_steps",
        "ExponentialDecay": "initial_learning_rate decay_steps decay_rate",
        "InverseTimeDecay": "initial_learning_rate decay_steps decay_rate",
        "PiecewiseConstantDecay": "boundaries values",
        "PolynomialDecay": "initial_learning_rate decay_steps",
    },
)
_LOSS_KINDS: Mapping[str, Kind] = {
    "BinaryCrossentropy": "zero-or-one",
    "BinaryFocalCrossentropy": "zero-or-one",
    "CategoricalCrossentropy": "one-hot",
    "CategoricalFocalCrossentropy": "one-hot",
    "CategoricalHinge": "one-hot",
    "Dice": "zero-or-one",
    "Hinge": "sign",
    "KLDivergence": "one-hot",
    "SparseCategoricalCrossentropy": "label",
    "SquaredHinge": "sign",
    "Tversky": "zero-or-one",
}
LOSSES = {
    name: offer._replace(kind=_LOSS_KINDS.get(name, "number"))
    for name, offer in _offers(
        "name reduction dtype",
        {
            "BinaryCrossentropy": "from_logits label_smoothing axis",
            "BinaryFocalCrossentropy": "apply_class_balancing alpha gamma from_logits label_smoothing axis",
            "CategoricalCrossentropy": "from_logits label_smoothing axis",
            "CategoricalFocalCrossentropy": "alpha gamma from_logits label_smoothing axis",
            "CategoricalHinge": "",
            "CosineSimilarity": "axis",
            "Dice": "axis",
            "Hinge": "",
            "Huber": "delta",
            "KLDivergence": "",
            "LogCosh": "",
            "MeanAbsoluteError": "",
            "MeanAbsolutePercentageError": "",
            "MeanSquaredError": "",
            "MeanSquaredLogarithmicError": "",
            "Poisson": "",
            "SparseCategoricalCrossentropy": "from_logits ignore_class axis",
            "SquaredHinge": "",
            "Tversky": "alpha beta axis",
        },
    ).items()
}
METRICS = _offers(
    "name dtype",
    {
        "AUC": "num_thresholds curve summation_method thresholds multi_label num_labels label_weights from_logits",
        "Accuracy": "",
        "BinaryAccuracy": "threshold",
        "BinaryCrossentropy": "from_logits label_smoothing",
        "BinaryIoU": "target_class_ids threshold",
        "CategoricalAccuracy": "",
        "CategoricalCrossentropy": "from_logits label_smoothing axis",
        "CategoricalHinge": "",
        "CosineSimilarity": "axis",
        "F1Score": "average threshold",
        "FBetaScore": "average beta threshold",
        "FalseNegatives": "thresholds",
        "FalsePositives": "thresholds",
        "Hinge": "",
        "IoU": "num_classes target_class_ids ignore_class sparse_y_true sparse_y_pred axis",
        "KLDivergence": "",
        "LogCoshError": "",
        "MeanAbsoluteError": "",
        "MeanAbsolutePercentageError": "",
        "MeanIoU": "num_classes ignore_class sparse_y_true sparse_y_pred axis",
        "MeanSquaredError": "",
        "MeanSquaredLogarithmicError": "",
        "OneHotIoU": "num_classes target_class_ids ignore_class sparse_y_pred axis",
        "OneHotMeanIoU": "num_classes ignore_class sparse_y_pred axis",
        "Poisson": "",
        "Precision": "thresholds top_k class_id",
        "PrecisionAtRecall": "recall num_thresholds class_id",
        "R2Score": "class_aggregation num_regressors",
        "Recall": "thresholds top_k class_id",
        "RecallAtPrecision": "precision num_thresholds class_id",
        "RootMeanSquaredError": "",
        "SensitivityAtSpecificity": "specificity num_thresholds class_id",
        "SparseCategoricalAccuracy": "",
        "SparseCategoricalCrossentropy": "from_logits ignore_class axis",
        "SparseTopKCategoricalAccuracy": "k from_sorted_ids",
        "SpecificityAtSensitivity": "sensitivity num_thresholds class_id",
        "SquaredHinge": "",
        "TopKCategoricalAccuracy": "k",
        "TrueNegatives": "thresholds",
        "TruePositives": "thresholds",
    },
    {
        "IoU": "num_classes target_class_ids",
        "MeanIoU": "num_classes",
        "OneHotIoU": "num_classes target_class_ids",
        "OneHotMeanIoU": "num_classes",
        "PrecisionAtRecall": "recall",
        "RecallAtPrecision": "precision",
        "SensitivityAtSpecificity": "specificity",
        "SpecificityAtSensitivity": "sensitivity",
    },
)
CALLBACKS = _offers(
    "monitor mode min_delta patience verbose",
    {"EarlyStopping": "baseline restore_best_weights start_from_epoch", "ReduceLROnPlateau": "factor cooldown min_lr"},
)

_SHORT = {"mse": "MeanSquaredError", "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError"}
_SHORT |= {"msle": "MeanSquaredLogarithmicError", "bce": "BinaryCrossentropy", "kld": "KLDivergence"}
# `compile` alone knows these: what they mean depends on loss and output.
_CHOSEN_BY_COMPILE = ("accuracy", "acc", "crossentropy", "ce")


def _snake(name: str) -> str:
    """As Keras spells a class as a function: `KLDivergence` → `kl_divergence`."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def _names(offers: Mapping[str, Offer]) -> dict[str, str]:
    short = {name: cls for name, cls in _SHORT.items() if cls in offers}
    return {
        **{_snake(name): name for name in offers},
        **short,
        **{name.upper(): cls for name, cls in short.items()},
        **{name: name for name in offers},
    }


LOSS_NAMES = _names(LOSSES)
"""What a plan may call a loss → its class."""
METRIC_NAMES = {name: cls for name, cls in _names(METRICS).items() if name.lower() != "kld"}  # that one is a loss only
# Keras 3.15 makes a Lamb from its class, and has forgotten its name.
OPTIMIZER_NAMES = {name: cls for cls in OPTIMIZERS if cls != "Lamb" for name in (cls.lower(), cls)}


def loss_kind(loss: Any) -> Kind:  # JSON: a name or {"class_name", "config"} that was checked
    """What a loss takes as target."""
    return LOSSES[LOSS_NAMES[loss] if isinstance(loss, str) else loss["class_name"]].kind


def check_plan(
    plan: Any,  # JSON: whatever was sent
    outputs: Sequence[str],
    layers: frozenset[str],
) -> Iterator[Diagnostic]:
    """What is wrong in a plan whatever the data: unknown keys and names, values that Keras refuses."""
    if not isinstance(plan, Mapping):
        yield _bad("/plan", f"The plan is {_shown(plan)}, not an object")
        return
    for key in plan:
        if key not in _VALUES and key not in _OBJECTS:
            yield _bad(
                f"/plan/{_escaped(key)}", f'A plan has no key "{key}"', _did_you_mean(key, [*_VALUES, *_OBJECTS])
            )
    for key, (wanted, accepts) in _VALUES.items():
        if key in plan and not accepts(plan[key]):
            yield _bad(f"/plan/{key}", f"{key} is {_shown(plan[key])}; it takes {wanted}")
    yield from _check_object("/plan/optimizer", plan.get("optimizer", "adam"), "optimizer", OPTIMIZERS, OPTIMIZER_NAMES)
    yield from _check_losses(plan, outputs)
    yield from _check_metrics(plan.get("metrics"), outputs)
    yield from _check_loss_weights(plan.get("loss_weights"), outputs)
    yield from _check_callbacks(plan)
    frozen = plan.get("frozen", [])
    for i, name in enumerate(frozen if isinstance(frozen, list) else []):
        if layers and isinstance(name, str) and name not in layers:
            yield _bad(f"/plan/frozen/{i}", f"The model has no layer {_shown(name)}", _did_you_mean(name, layers))


def _is_number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= sys.float_info.max  # JSON has numbers of 400 digits
    return isinstance(value, float) and math.isfinite(value)


def _is_count(most: int, least: int = 1) -> Any:  # a predicate on JSON
    return lambda value: type(value) is int and least <= value <= most


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_FLAG = ("true or false", _is_flag)
_VALUES: Mapping[str, tuple[str, Any]] = {  # key → what it takes, and the predicate that says so
    "epochs": (f"a whole number from 1 to {MOST_EPOCHS:,}", _is_count(MOST_EPOCHS)),
    "batch_size": (f"a whole number from 1 to {MOST_BATCH:,}", _is_count(MOST_BATCH)),
    "validation_split": ("a number from 0 to below 1", lambda v: _is_number(v) and 0 <= v < 1),
    "shuffle": _FLAG,
    "seed": ("null or a whole number from 0 to 4,294,967,295", lambda v: v is None or _is_count(2**32 - 1, 0)(v)),
    "run_eagerly": _FLAG,
    "jit_compile": _FLAG,
    "mixed_precision": _FLAG,
    "frozen": ("a list of layers' names", lambda v: isinstance(v, list) and all(isinstance(n, str) for n in v)),
    "initial_weights": ("null or the id of an upload", lambda v: v is None or isinstance(v, str)),
    "callbacks": ("a list of objects", lambda v: isinstance(v, list)),
}
_OBJECTS = ("optimizer", "loss", "loss_weights", "metrics")


def _check_losses(plan: Mapping[str, Any], outputs: Sequence[str]) -> Iterator[Diagnostic]:
    loss = plan.get("loss")
    if loss is None:
        yield _bad("/plan/loss" if "loss" in plan else "/plan", "The plan names no loss", 'name one, such as "mse"')
    for pointer, one, known in _by_output("/plan/loss", loss, outputs):
        if not known:
            yield _no_such_output(pointer, outputs)
        elif one is not None:
            yield from _check_object(pointer, one, "loss", LOSSES, LOSS_NAMES)
    if isinstance(loss, Mapping) and "class_name" not in loss:
        for name in outputs:
            if loss.get(name) is None:
                yield _bad(
                    "/plan/loss", f'Output "{name}" has no loss', f'name one for "{name}", or leave the output away'
                )
    if isinstance(loss, list):
        for i, name in enumerate(outputs[: len(loss)]):
            if loss[i] is None:
                yield _bad(f"/plan/loss/{i}", f'Output "{name}" has no loss', "name one, or leave the output away")
    if isinstance(loss, list) and len(loss) != len(outputs):
        yield _bad("/plan/loss", f"{len(loss)} losses for {len(outputs)} outputs", "name one for each output")


def _check_metrics(metrics: Any, outputs: Sequence[str]) -> Iterator[Diagnostic]:
    for pointer, some, known in _by_output("/plan/metrics", metrics, outputs, is_list_for_each=True):
        if not known:
            yield _no_such_output(pointer, outputs)
            continue
        for i, metric in enumerate(some if isinstance(some, list) else [some]):
            if metric is not None and not (isinstance(metric, str) and metric in _CHOSEN_BY_COMPILE):
                place = f"{pointer}/{i}" if isinstance(some, list) else pointer
                yield from _check_object(place, metric, "metric", METRICS, METRIC_NAMES)


def _check_loss_weights(weights: Any, outputs: Sequence[str]) -> Iterator[Diagnostic]:
    if weights is None:
        return
    for pointer, weight, known in _by_output("/plan/loss_weights", weights, outputs):
        if not known:
            yield _no_such_output(pointer, outputs)
        elif not _is_number(weight):
            yield _bad(pointer, f"The weight of a loss is {_shown(weight)}; it takes a number")
    if isinstance(weights, list) and len(weights) != len(outputs):
        yield _bad(
            "/plan/loss_weights", f"{len(weights)} weights for {len(outputs)} outputs", "give one for each output"
        )


def _check_callbacks(plan: Mapping[str, Any]) -> Iterator[Diagnostic]:
    callbacks = plan.get("callbacks")
    for i, callback in enumerate(callbacks if isinstance(callbacks, list) else []):
        pointer = f"/plan/callbacks/{i}"
        problems = [*_check_object(pointer, callback, "callback", CALLBACKS, {})]
        yield from problems
        if problems:
            continue
        watched = (callback.get("config") or {}).get("monitor", "val_loss")
        if isinstance(watched, str) and watched.startswith("val_") and plan.get("validation_split", 0) == 0:
            yield _bad(
                pointer,
                f"{callback['class_name']} watches {watched}, and validation_split is 0, so there is no such value",
                'set validation_split, or watch "loss"',
            )


def _check_object(
    pointer: str, said: Any, what: str, offers: Mapping[str, Offer], names: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """A name or `{"class_name", "config"}` of something that Keras offers."""
    if isinstance(said, str) and names:
        if said not in names:
            yield _unknown(pointer, what, said, names)
        elif missing := sorted(offers[names[said]].required):
            yield _bad(
                pointer, f'The {what} "{said}" needs {", ".join(missing)}', "write it as an object with a config"
            )
        return
    if not isinstance(said, Mapping) or not isinstance(said.get("class_name"), str):
        form = "a name or an object" if names else "an object"
        yield _bad(pointer, f'The {what} is {_shown(said)}; it takes {form} with "class_name" and "config"')
        return
    offer = offers.get(said["class_name"])
    if offer is None:
        yield _unknown(f"{pointer}/class_name", what, said["class_name"], offers)
        return
    config = said.get("config") or {}
    if not isinstance(config, Mapping):
        yield _bad(f"{pointer}/config", f"The config of a {what} is {_shown(config)}, not an object")
        return
    yield from _check_arguments(pointer, said["class_name"], config, offer)


def _check_arguments(pointer: str, cls: str, config: Mapping[str, Any], offer: Offer) -> Iterator[Diagnostic]:
    for key, value in config.items():
        place = f"{pointer}/config/{_escaped(key)}"
        if key not in offer.arguments:
            yield _bad(place, f'{cls} has no argument "{key}"', _did_you_mean(key, offer.arguments))
        elif key == "learning_rate" and isinstance(value, Mapping):
            yield from _check_object(place, value, "schedule", SCHEDULES, {})
        elif key == "learning_rate" and not (_is_number(value) and value > 0):
            yield _bad(place, f"learning_rate is {_shown(value)}; it takes a number above 0 or a schedule")
        elif not _is_plain(value):
            yield _bad(
                place, f"{key} is {_shown(value)}; it takes a number, a text, true, false, null or a list of them"
            )
    if missing := sorted(offer.required - config.keys()):
        yield _bad(f"{pointer}/config", f"{cls} needs {', '.join(missing)}")


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(v is None or isinstance(v, (bool, str)) or _is_number(v) for v in value)
    return value is None or isinstance(value, (bool, str)) or _is_number(value)


def _by_output(
    pointer: str, value: Any, outputs: Sequence[str], *, is_list_for_each: bool = False
) -> Iterator[tuple[str, Any, bool]]:
    """Each part of what may be given by output: its pointer, itself, and whether there is such an output."""
    if isinstance(value, Mapping) and "class_name" not in value:
        for name, one in value.items():
            yield f"{pointer}/{_escaped(name)}", one, name in outputs
    elif isinstance(value, list) and not is_list_for_each:
        for i, one in enumerate(value):
            yield f"{pointer}/{i}", one, True
    elif value is not None:
        yield pointer, value, True


def _no_such_output(pointer: str, outputs: Sequence[str]) -> Diagnostic:
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return _bad(pointer, f'The model has no output "{name}"', f"its outputs are {', '.join(outputs)}")


# --- the plan with model and data -------------------------------------------------------------------------------------


def _check_trainable(trainable: int | None) -> Iterator[Diagnostic]:
    if trainable == 0:
        yield Diagnostic(
            "GC501",
            "The model has no weight that training could change",
            Place("/model"),
            hint="add a layer with weights, or set trainable to true",
        )


def _check_inputs(inputs: Sequence[Port], data: Data) -> Iterator[Diagnostic]:
    if not inputs:
        yield Diagnostic(
            "GC503",
            "The model has no input layer, so its inputs have no shape yet",
            Place("/model"),
            hint="add an InputLayer with the shape of one sample",
        )
    if not data.is_synthetic and len(inputs) > 1:
        yield Diagnostic(
            "GC503",
            f'The model has {len(inputs)} inputs, "{data.name}" gives one',
            Place("/data"),
            hint="choose synthetic data, which fits any inputs",
        )
        return
    for port in inputs:
        yield from _check_input(port, data)


def _check_input(port: Port, data: Data) -> Iterator[Diagnostic]:
    spec, at = port.spec, Place("/data", layer=port.name)
    if spec.dtype == "string" or spec.sparse or spec.ragged:
        kind = "text" if spec.dtype == "string" else "a sparse tensor" if spec.sparse else "a ragged tensor"
        yield Diagnostic("GC503", f'Input "{port.name}" takes {kind}, which no data here can give', at)
    elif data.is_synthetic:
        return
    elif spec.dtype is not None and not spec.dtype.startswith(("float", "bfloat")):
        yield Diagnostic(
            "GC503",
            f'Input "{port.name}" takes {spec.dtype}, "{data.name}" gives float32',
            at,
            hint="choose synthetic data, or change the input's dtype",
        )
    elif sample_shape(spec, data) is None:
        given = " or ".join(str(shape) for shape in data.shapes)
        yield Diagnostic(
            "GC503",
            f'Input "{port.name}" takes {_sample(spec.shape)}, "{data.name}" gives {given}',
            at,
            hint=f"change the input's shape to {data.shapes[0]}, or choose other data",
            data={"wanted": list(spec.shape[1:]) if spec.shape else None, "given": [list(s) for s in data.shapes]},
        )


def _check_batches(inputs: Sequence[Port], plan: Mapping[str, Any], data: Data) -> Iterator[Diagnostic]:
    split = plan.get("validation_split", 0.0)
    trained = math.floor(data.samples * (1 - split))
    if trained < 1 or (split and trained == data.samples):
        yield _bad(
            "/plan/validation_split",
            f"validation_split {split} of {data.samples} samples leaves {trained} to train and "
            f"{data.samples - trained} to validate",
            "both need one sample at least",
        )
    for port in inputs:
        fixed = port.spec.shape[0] if port.spec.shape else None
        batch = plan.get("batch_size", 32)
        if fixed is None:
            continue
        if batch != fixed:
            yield _bad(
                "/plan/batch_size",
                f'Input "{port.name}" takes batches of exactly {fixed}, batch_size is {batch}',
                f"set batch_size to {fixed}",
                {"key": "batch_size", "value": fixed},
            )
        elif trained % fixed or (data.samples - trained) % fixed:
            yield _bad(
                "/data",
                f'Input "{port.name}" takes batches of exactly {fixed}; {trained} samples to train and '
                f"{data.samples - trained} to validate leave an incomplete one",
                "leave the batch size of the input open (null)",
            )


def _check_size(inputs: Sequence[Port], data: Data) -> Iterator[Diagnostic]:
    if not data.is_synthetic:
        return
    values = sum(size(_closed(port.spec.shape)) or 0 for port in inputs)
    if (total := 4 * values * data.samples) > MOST_SYNTHETIC_BYTES:
        yield Diagnostic(
            "GC503",
            f"{data.samples:,} samples of {values:,} values take {total:,} bytes; synthetic data may take "
            f"{MOST_SYNTHETIC_BYTES:,}",
            Place("/data/synthetic/samples"),
            hint=f"ask for {max(1, MOST_SYNTHETIC_BYTES // (4 * values)):,} samples at most",
            data={"most": max(1, MOST_SYNTHETIC_BYTES // (4 * values))},
        )


def _closed(shape: Shape | None) -> Shape:
    return tuple(OPEN_AXIS if dim is None else dim for dim in shape[1:]) if shape else ()


def _losses(outputs: Sequence[Port], loss: Any) -> Iterator[tuple[Port, Any, str]]:
    for i, port in enumerate(outputs):
        if isinstance(loss, Mapping) and "class_name" not in loss:
            yield port, loss[port.name], f"/plan/loss/{_escaped(port.name)}"
        elif isinstance(loss, list):
            yield port, loss[i], f"/plan/loss/{i}"
        else:
            yield port, loss, "/plan/loss"


def _check_output(port: Port, loss: Any, pointer: str, data: Data) -> Iterator[Diagnostic]:
    shape, dtype = port.spec.shape, port.spec.dtype
    name = loss if isinstance(loss, str) else loss["class_name"]
    kind, at = loss_kind(loss), Place(pointer, layer=port.name)
    if dtype is not None and not dtype.startswith(("float", "bfloat")):
        yield Diagnostic(
            "GC502",
            f'Output "{port.name}" is {dtype}: a loss needs numbers that can change by little, such as float32',
            at,
        )
        return
    if shape is None:
        return
    last: Dim = shape[-1] if len(shape) > 1 else 1
    if kind in ("label", "one-hot") and last == 1:
        yield Diagnostic(
            "GC502",
            f'Output "{port.name}" {shape} has one value a sample; {name} needs one for each class',
            at,
            hint=f"give the output {data.classes} units"
            if data.classes > 2
            else 'use "binary_crossentropy", or more units',
            data={"classes": data.classes} if data.classes else {},
        )
        return
    if not data.is_synthetic:
        yield from _check_target(port, shape, name, kind, data)


def _check_target(port: Port, shape: Shape, loss: str, kind: Kind, data: Data) -> Iterator[Diagnostic]:
    at = Place("/data", layer=port.name)
    sample = shape[1:]
    if not data.classes:
        if kind != "number":
            yield Diagnostic(
                "GC502",
                f'"{data.name}" gives a number for each sample; {loss} takes classes',
                Place("/plan/loss"),
                hint='use "mse" or "mae", or data with classes',
            )
        elif not _agree(sample, (1,)) and sample != ():
            yield Diagnostic(
                "GC504",
                f'Output "{port.name}" gives {_sample(shape)}, "{data.name}" has one number for each sample',
                at,
                hint="end the model with Dense(1)",
            )
    elif kind == "label":
        if len(sample) != 1 or (sample[0] is not None and sample[0] < data.classes):
            yield _too_few(port, shape, data)
    elif not _agree(sample, (data.classes,)) and not (
        _agree(sample, (1,)) and (kind == "number" or (data.classes == 2 and kind in ("zero-or-one", "sign")))
    ):
        yield _too_few(port, shape, data)


def _too_few(port: Port, shape: Shape, data: Data) -> Diagnostic:
    return Diagnostic(
        "GC504",
        f'Output "{port.name}" gives {_sample(shape)}, "{data.name}" has {data.classes} classes',
        Place("/data", layer=port.name),
        hint=f"end the model with Dense({data.classes})",
        data={"classes": data.classes},
    )


def _check_target_count(outputs: Sequence[Port], data: Data) -> Iterator[Diagnostic]:
    if not data.is_synthetic and len(outputs) != 1:
        yield Diagnostic(
            "GC504",
            f'The model has {len(outputs)} outputs, "{data.name}" has one target',
            Place("/data"),
            hint="choose synthetic data, which fits any outputs",
        )


# --- sentences --------------------------------------------------------------------------------------------------------


def _bad(pointer: str, message: str, hint: str | None = None, data: Mapping[str, Any] | None = None) -> Diagnostic:
    return Diagnostic("GC505", message, Place(pointer), hint=hint, data=data or {})


def _unknown(pointer: str, what: str, name: str, known: Iterable[str]) -> Diagnostic:
    hint = _did_you_mean(name, known := list(known))
    close = get_close_matches(name[:80], known, 1)
    key = pointer.removeprefix("/plan/")
    data = {"key": key, "value": close[0]} if close and key in ("loss", "optimizer") else {}
    return Diagnostic("GC506", f'There is no {what} "{name[:80]}"', Place(pointer), hint=hint, data=data)


def _did_you_mean(name: Any, known: Iterable[str]) -> str | None:
    close = get_close_matches(str(name)[:80], list(known), n=1)
    return f'did you mean "{close[0]}"' if close else None


def _sample(shape: Shape | None) -> str:
    return "unknown" if shape is None else str(shape[1:])


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _escaped(key: object) -> str:
    return str(key)[:80].replace("~", "~0").replace("/", "~1")
