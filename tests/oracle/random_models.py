"""Random models, and a broken copy of each, with what Keras says about them.

Everything is drawn from one seed, and every whole model is one that Keras built. Broken copies change one thing of its
config: most Keras refuses, some it takes.
"""

from __future__ import annotations

import copy
import json
import signal
import warnings
from random import Random
from typing import TYPE_CHECKING, Any

from .breaking import break_one
from .growing import NODES, Growing

if TYPE_CHECKING:
    from .asking import Generation

PATIENCE = 20.0
"""Seconds of the processor, not of the clock, for a model: several times what the slowest takes, so that the same ones
have no answer wherever they are asked. Keras 2 waits for a call for ever where that ended in an IndexError."""
NO_ANSWER = "Keras gives no answer"


def cases(
    asked: Generation, *, seed: int, models: int, first: int = 0, growing: type[Growing] = Growing
) -> list[dict[str, Any]]:
    """Models and a broken copy of each: `{"config", "broken": what was changed, "answers": null if refused, "why"}`."""
    found = []
    signal.signal(signal.SIGPROF, _give_up)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(first, first + models):
            random = Random(f"{seed}/{asked.name}/{number}")
            if number % 20 == 0:
                asked.forget()
            config = grown(asked, random, growing)
            whole = _asked(asked, config, None, has_weights=growing is not Growing)
            found += [whole, _broken(asked, config, random)]
    return found


def _broken(asked: Generation, config: dict[str, Any], random: Random) -> dict[str, Any]:
    """A broken copy that Keras has an answer about."""
    while True:
        broken = copy.deepcopy(config)
        changed = break_one(broken["config"], random, asked.is_3)
        if changed is not None:
            said = _asked(asked, broken, changed, has_weights=False)
            if NO_ANSWER not in (said["why"] or ""):
                return said


def grown(asked: Generation, random: Random, growing: type[Growing] = Growing) -> dict[str, Any]:
    """The config of a model that Keras built: the same for the same numbers, wherever it is asked."""
    while True:
        asked.forget_names()
        try:
            config: dict[str, Any] = json.loads(growing(asked, random).grow().to_json())
        except Exception:  # Keras refuses the whole, as it does where it takes a nested model's second call for a cycle
            continue
        if len(config["config"]["layers"]) >= NODES[0]:
            return config


def _asked(asked: Generation, config: dict[str, Any], broken: str | None, *, has_weights: bool) -> dict[str, Any]:
    asked.forget_names()
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        model = asked.build(json.dumps(config))
        answers = {**asked.describe(model), "masks": asked.all_masks(model)}
        if has_weights:
            answers["weights"] = asked.all_weights(model)
    except Exception as error:  # whatever Keras raises is its no
        why = NO_ANSWER if NO_ANSWER in str(error) else asked.words_of(error, 120)
        return {"config": config, "broken": broken, "answers": None, "why": why}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"config": config, "broken": broken, "answers": answers, "why": None}


def _give_up(_signal: int, _frame: object) -> None:
    raise TimeoutError(NO_ANSWER)
