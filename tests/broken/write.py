"""Writes the broken files of `breakers`, and what Keras says of each: `python -m tests.broken.write`.

Beside each file stands `.expected`, our report as text: it is written anew too, to be read before it is kept. Verdicts
are in `verdicts.json`: null where Keras takes the file, else its words.
"""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from tests.oracle.asking import MODULES, Generation

from .breakers import breaks, wording

HERE = Path(__file__).parent
# tf_keras walks some circles for ever.
_MOST_SECONDS = 20
_MOST_WORDS = 200


def main() -> None:
    """Write every file, its wording, and the verdicts."""
    asked = {name: Generation(name) for name in MODULES}
    verdicts = {}
    for path, one in breaks().items():
        file, _ = one.file()
        place = HERE / path
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(file)
        place.with_name(f"{place.name}.expected").write_text(wording(place))
        verdicts[path] = verdict(asked[one.generation], file)
    (HERE / "verdicts.json").write_text(json.dumps(verdicts, indent=0, sort_keys=True) + "\n")


def verdict(asked: Generation, file: bytes) -> str | None:
    """Why Keras refuses a file; None where it takes it."""
    before = signal.signal(signal.SIGALRM, _late)
    signal.alarm(_MOST_SECONDS)
    asked.forget_names()
    try:
        made = asked.build(file.decode("utf-8", "surrogatepass"))
        if not isinstance(made, asked.keras.Model):
            return f"gives a {type(made).__name__} and no model"
    except Exception as error:  # whatever Keras raises is its no
        return " ".join(f"{type(error).__name__}: {error}".split())[:_MOST_WORDS]
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return None


def _late(*_: Any) -> None:
    raise TimeoutError(f"no answer within {_MOST_SECONDS} s")


if __name__ == "__main__":
    main()
