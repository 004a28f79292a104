"""`make oracle`: asks the installed Keras everything that the tests replay, and keeps its answers with its version.

Each generation is asked in a process of its own, because they share a backend and neither gives memory back.
"""

from __future__ import annotations

import gc
import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, NamedTuple

from graphcore.model import Dialect

from . import records
from .growing_further import GrowingFurther
from .random_models import cases

KINDS: Mapping[str, tuple[str, ...]] = {
    "keras3": (
        "layers",
        "drawn",
        "random",
        "further",
        "applications",
        "mutations",
        "later",
        "forms",
        "masks",
        "quantized",
        "special",
        "costs",
    ),
    "keras2": (
        "layers",
        "drawn",
        "random",
        "further",
        "applications",
        "mutations",
        "later",
        "forms",
        "masks",
        "special",
    ),
}
"""What each generation is asked, the longest first."""
AFTER: Mapping[str, tuple[str, ...]] = {
    "drawn": ("layers",),
    "later": ("drawn",),
    "forms": ("drawn",),
    "masks": ("drawn",),
    "costs": ("applications",),
}
"""Questions that begin with the answers to others."""
PROCESSES = os.cpu_count() or 1
"""How many are asked at once; each takes about a gigabyte."""


class Task(NamedTuple):
    """One kind of question of one generation, or a part of one."""

    what: str
    generation: str
    parts: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """As the command line names it."""
        return (self.what, self.generation, *self.parts)


def tasks() -> list[Task]:
    """All there is to ask: random models in parts, because they take as long as all others together."""
    found = []
    for generation, kinds in KINDS.items():
        for what in kinds:
            if what == "random":
                count = records.RANDOM_MODELS[generation] // records.A_FILE
                found += [Task(what, generation, (str(part),)) for part in range(count)]
            else:
                found.append(Task(what, generation))
    return found


def main(arguments: list[str]) -> None:
    """Without arguments everything is asked; else one kind of question of one generation, in this process.

    Each answer depends on its question alone, so what is asked at once, and in which order, makes no difference.
    """
    if not arguments:
        ask_at_once(tasks())
        return
    what, generation, *parts = arguments
    ASKED[what](generation, *parts)


def ask_at_once(waiting: list[Task]) -> None:
    """Ask in processes of their own, several at a time.

    Raises:
        CalledProcessError: a process failed; those that run are waited for.
    """
    versions: dict[str, str] = {}
    running: dict[Future[str], Task] = {}
    with ThreadPoolExecutor(PROCESSES) as pool:
        while waiting or running:
            for task in [task for task in waiting if len(running) < PROCESSES and _is_ready(task, waiting, running)]:
                if len(running) < PROCESSES:
                    waiting.remove(task)
                    running[pool.submit(_asked_apart, task)] = task
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                versions[running.pop(future).generation] = future.result()
    records.VERSIONS.write_text(json.dumps(dict(sorted(versions.items(), reverse=True)), indent=1) + "\n")


def _is_ready(task: Task, waiting: list[Task], running: Mapping[Future[str], Task]) -> bool:
    """Whether the answers that a task begins with are there."""
    others = [*waiting, *running.values()]
    return not any(one.generation == task.generation and one.what in AFTER.get(task.what, ()) for one in others)


def _asked_apart(task: Task) -> str:
    """Ask in a process; gives the version of Keras that answered."""
    start = time.monotonic()
    command = [sys.executable, "-m", "tests.oracle.record", *task.words]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(f"{' '.join(task.words)}: {time.monotonic() - start:.0f} s", flush=True)
    return out.splitlines()[-1]


def applications(generation: str) -> None:
    """Build every model of `keras.applications`, without weights."""
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    builders = {n: f for n, f in vars(asked.keras.applications).items() if inspect.isfunction(f) and n[0].isupper()}
    for name, build in sorted(builders.items()):
        asked.forget()
        model = build(weights=None)
        records.write(generation, name, {"config": json.loads(model.to_json()), "answers": asked.describe(model)})
        del model
        gc.collect()
    print(asked.version)


def random_models(generation: str, *parts: str) -> None:
    """Build random models, break copies of them, and keep what Keras says about each; only those parts where named."""
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    for part in parts or map(str, range(records.RANDOM_MODELS[generation] // records.A_FILE)):
        found = cases(asked, seed=0, models=records.A_FILE, first=int(part) * records.A_FILE)
        records.write("random", f"{generation}-{part}", found)
        gc.collect()
    print(asked.version)


def further(generation: str) -> None:
    """Build random models that carry masks and use layers in further ways."""
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    models = records.FURTHER_MODELS[generation]
    records.write("further", generation, cases(asked, seed=0, models=models, growing=GrowingFurther))
    print(asked.version)


def drawn(generation: str, *classes: str) -> None:
    """Ask about argument sets drawn for every layer; only for those classes where named."""
    from .asking import Generation  # imports Keras
    from .asking_layers import ask_all

    asked = Generation(generation)
    kept = records.read("drawn", generation) if classes else {}
    records.write("drawn", generation, dict(sorted({**kept, **ask_all(asked, classes)}.items())))
    print(asked.version)


def quantized(generation: str) -> None:
    """Quantize layers, write and read them again, and ask about drawn files of such."""
    from .asking import Generation  # imports Keras
    from .quantizing import ask_all

    asked = Generation(generation)
    records.write("quantized", generation, ask_all(asked))
    print(asked.version)


def special(generation: str) -> None:
    """Ask every layer about sparse and ragged inputs."""
    from .asking import Generation  # imports Keras
    from .special import ask_all

    asked = Generation(generation)
    records.write("special", generation, ask_all(asked))
    print(asked.version)


def later(generation: str) -> None:
    """Call every layer again with other inputs, alone and in nested models."""
    from .asking import Generation  # imports Keras
    from .later_calls import ask_all

    asked = Generation(generation)
    records.write("later", generation, ask_all(asked))
    print(asked.version)


def forms(generation: str) -> None:
    """Call every layer with arguments that its call may not have."""
    from .asking import Generation  # imports Keras
    from .call_forms import ask_all

    asked = Generation(generation)
    records.write("forms", generation, ask_all(asked))
    print(asked.version)


def masks(generation: str) -> None:
    """Feed every layer with masked tensors."""
    from .asking import Generation  # imports Keras
    from .masking import ask_all

    asked = Generation(generation)
    records.write("masks", generation, ask_all(asked))
    print(asked.version)


def mutations(generation: str) -> None:
    """Change one thing in the form of files, and keep what Keras says about each."""
    from .asking import Generation  # imports Keras
    from .mutations import cases as changed

    asked = Generation(generation)
    records.write("mutations", generation, changed(asked, seed=0, count=records.MUTATIONS))
    print(asked.version)


def layers(generation: str) -> None:
    """Ask about each row of the tables of single layers."""
    from tests.graphcore import cases_a, cases_b

    from .answers import ask_keras, key, packed
    from .asking import Generation  # imports Keras

    asked = Generation(generation)
    dialect: Dialect = "keras3" if asked.is_3 else "keras2"
    for name, cases_of_table in (("a", cases_a.CASES), ("b", cases_b.CASES)):
        rows = [case for case in cases_of_table if not case.only or dialect in case.only]
        answers = {}
        for i, case in enumerate(rows):
            if i % 500 == 0:
                asked.forget()
            answers[key(case)] = packed(ask_keras(case, dialect))
        records.write("layers", f"{name}-{generation}", answers)
    if asked.is_3:
        operations()
    else:
        functions(generation)
        methods(asked)
    print(asked.version)


def costs(generation: str) -> None:
    """Count the multiply-adds of some models with TensorFlow's profiler."""
    from .asking import Generation  # imports Keras
    from .profiling import MODELS, multiply_adds

    asked = Generation(generation)
    answers = {}
    for name, build in MODELS.items():
        asked.forget()
        model = build(asked.keras)
        config = None if name in records.names(generation) else json.loads(model.to_json())
        answers[name] = {"config": config, "multiply_adds": multiply_adds(model)}
        del model
        gc.collect()
    records.write("costs", generation, answers)
    print(asked.version)


def operations() -> None:
    """Ask Keras 3 about each call of an operation, of the tables and drawn, and about its public functions."""
    from .asking_operations import ask_all
    from .drawing_operations import ROWS
    from .operating import ask_keras
    from .public_operations import every

    records.write("layers", "operations-keras3", {case.title: ask_keras(case).outputs for case in ROWS})
    records.write("drawn", "operations-keras3", ask_all())
    records.write("layers", "public-operations", {name: found._asdict() for name, found in every()})


def functions(generation: str, *names: str) -> None:
    """Ask tf_keras about each call of a function of TensorFlow, of the tables and drawn; drawn only where named."""
    from tests.graphcore.cases_tf_b import ROWS

    from .asking import Generation  # imports Keras
    from .asking_functions import ask_all
    from .operating import ask_tf_keras
    from .public_functions import dispatched

    asked = Generation(generation)
    kept = records.read("drawn", "functions-keras2") if names else {}
    drawn_ones = dict(sorted({**kept, **ask_all(asked, names)}.items()))
    records.write("drawn", "functions-keras2", drawn_ones)
    if names:
        return
    records.write("layers", "public-functions-keras2", dispatched())

    records.write("layers", "functions-keras2", {case.title: ask_tf_keras(case).outputs for case in ROWS})


def methods(asked: Any) -> None:
    """Ask tf_keras about parts and methods of ragged and sparse tensors."""
    from .methods import ROWS, ask_tf_keras

    records.write("layers", "methods-keras2", {row.title: ask_tf_keras(asked, row) for row in ROWS})


ASKED: Mapping[str, Callable[..., None]] = {
    "applications": applications,
    "random": random_models,
    "further": further,
    "mutations": mutations,
    "layers": layers,
    "drawn": drawn,
    "later": later,
    "forms": forms,
    "masks": masks,
    "quantized": quantized,
    "special": special,
    "costs": costs,
    "functions": functions,
}
"""How each kind of question is asked."""


if __name__ == "__main__":
    main(sys.argv[1:])
