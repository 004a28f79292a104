"""Valid configs with one thing of their JSON changed, a third of them harmlessly, and Keras's verdict on each.

`random_models` changes what a layer means; here the form of the file is changed: keys go missing, values take another
type, names and references part. What Keras says decides whether it mattered.
"""

from __future__ import annotations

import copy
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from .asking import Generation

MODELS = Path(__file__).parents[1] / "models"
# Of the processor: tf_keras walks circles for ever.
_MOST_SECONDS = 20
# Models that tf_keras leaves without weights until they are called have no answers to ask for, nor have changed ones.
_UNBUILT = ("deferred", "built")
ODD: tuple[Any, ...] = (None, True, 0, -1, 3, 2.5, "", "x", [], [2], {}, {"class_name": "Zeros", "config": {}})


def cases(asked: Generation, seed: int, count: int) -> list[dict[str, Any]]:
    """So many changed configs: what was changed, in which layers, and Keras's answers, null where it refuses."""
    random = Random(f"{asked.name} {seed}")
    folder = MODELS / asked.name
    paths = sorted(path for path in folder.glob("*.json") if path.name.count(".") == 1)
    originals = [json.loads(path.read_text()) for path in paths if asked.is_3 or path.stem not in _UNBUILT]
    found: list[dict[str, Any]] = []
    signal.signal(signal.SIGPROF, _late)
    while len(found) < count:
        original = random.choice(originals)
        config = copy.deepcopy(original)
        change = random.choice(HARMLESS if len(found) % 3 == 0 else CHANGES)
        layer = random.choice(config["config"]["layers"])
        name = layer["config"]["name"]
        what = change(config, layer, random)
        if what is None:
            continue
        after = config["config"]["layers"]
        layers = [one["config"]["name"] for one in original["config"]["layers"] if one not in after] or [name]
        asked.forget()
        signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
        try:
            model = asked.build(json.dumps(config))
            if not asked.is_3 and not model.built:
                continue
            answers, why = asked.describe(model), None
        except TimeoutError:
            continue
        except Exception as error:  # whatever Keras raises is its no
            answers, why = None, asked.words_of(error, 300)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        found.append({"config": config, "changed": what, "layers": layers, "answers": answers, "why": why})
    return found


def _late(_signal: int, _frame: object) -> None:
    raise TimeoutError


Layer = dict[str, Any]
Changes = tuple[Callable[[dict[str, Any], Layer, Random], "str | None"], ...]


def _shuffle(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    if config["class_name"] == "Sequential":
        return None
    random.shuffle(config["config"]["layers"])
    return "layers in another order"


def _reverse_keys(config: dict[str, Any], layer: Layer, random: Random) -> str:
    layer["config"] = dict(reversed(layer["config"].items()))
    return "keys in another order"


def _drop_records(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    return "no build_config" if layer.pop("build_config", None) is not None else None


def _wrong_record(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    tensors = [value for value in _objects(layer) if value.get("class_name") == "__keras_tensor__"]
    if not tensors:
        return None
    random.choice(tensors)["config"]["shape"] = [None, 77]
    return "a recorded shape is wrong"


def _other_name(config: dict[str, Any], layer: Layer, random: Random) -> str:
    config["config"]["name"] = "other"
    return "the model has another name"


def _more_keys(config: dict[str, Any], layer: Layer, random: Random) -> str:
    random.choice((config, config["config"], layer))["note"] = "seen"
    return "a key more beside the config"


def _rename(config: dict[str, Any], layer: Layer, random: Random) -> str:
    old = layer["config"]["name"]
    _replace_text(config, old, "renamed")
    return f"{old} is called renamed everywhere"


def _no_version(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    return "no keras_version" if config.pop("keras_version", None) else None


def _freeze(config: dict[str, Any], layer: Layer, random: Random) -> str:
    layer["config"]["trainable"] = not layer["config"].get("trainable", True)
    return "trainable is turned"


HARMLESS: Changes = (
    *(_shuffle, _reverse_keys, _drop_records, _wrong_record, _other_name, _more_keys, _rename, _no_version, _freeze),
)


def _drop(config: dict[str, Any], layer: Layer, random: Random) -> str:
    holder, key = random.choice([*_places(layer)])
    del holder[key]
    return f"without {key}"


def _drop_around(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    holder = random.choice((config, config["config"]))
    key = random.choice([key for key in holder if key not in ("layers", "config")])
    del holder[key]
    return f"the model without {key}"


def _odd(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    holder, key = random.choice([*_places(layer)])
    old, new = holder[key], random.choice(ODD)
    holder[key] = copy.deepcopy(new)
    return f"{key}: {_short(old)} → {_short(new)}" if old != new else None


def _odd_around(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    holder = random.choice((config, config["config"]))
    key = random.choice([key for key in holder if key not in ("layers", "config")])
    old, new = holder[key], random.choice(ODD)
    holder[key] = copy.deepcopy(new)
    return f"the model's {key}: {_short(old)} → {_short(new)}" if old != new else None


def _odd_argument(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    key = random.choice([*layer["config"]])
    old, new = layer["config"][key], random.choice(ODD)
    layer["config"][key] = copy.deepcopy(new)
    return f"{layer['class_name']}.{key}: {_short(old)} → {_short(new)}" if old != new else None


def _twice(config: dict[str, Any], layer: Layer, random: Random) -> str:
    config["config"]["layers"].append(copy.deepcopy(layer))
    return "stands twice"


def _missing(config: dict[str, Any], layer: Layer, random: Random) -> str:
    config["config"]["layers"].remove(layer)
    return "is missing"


def _rename_alone(config: dict[str, Any], layer: Layer, random: Random) -> str:
    holder = random.choice((layer, layer["config"]))
    holder["name"] = "renamed"
    return "has another name in one place"


def _other_class(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    other = random.choice(config["config"]["layers"])["class_name"]
    old, layer["class_name"] = layer["class_name"], other
    return f"{old} → {other}" if old != other else None


def _swap_configs(config: dict[str, Any], layer: Layer, random: Random) -> str | None:
    other = random.choice(config["config"]["layers"])
    if other is layer:
        return None
    layer["config"], other["config"] = other["config"], layer["config"]
    return f"has the config of {layer['config']['name']}"


CHANGES: Changes = (
    *(_drop, _drop, _drop_around, _odd, _odd, _odd_around, _odd_argument, _odd_argument, _odd_argument),
    *(_twice, _missing, _rename_alone, _other_class, _swap_configs),
)


def _places(top: Any) -> Iterator[tuple[Any, Any]]:
    """Each value of a tree as its holder and key."""
    stack = [top]
    while stack:
        holder = stack.pop()
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                stack.append(holder[key])


def _objects(top: Any) -> Iterator[dict[str, Any]]:
    for holder, key in _places(top):
        if isinstance(holder[key], dict):
            yield holder[key]


def _replace_text(top: Any, old: str, new: str) -> None:
    for holder, key in _places(top):
        if holder[key] == old:
            holder[key] = new


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
