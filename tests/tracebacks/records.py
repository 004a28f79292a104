"""What the programs of `cases.py` print as they die, recorded: a packed file for each generation."""

from __future__ import annotations

import json
import lzma
import re
from functools import cache
from pathlib import Path

import graphcore
from graphcore.traceback_reader import read_traceback

from .cases import BOTH, programs

FOLDER = Path(__file__).parent / "recorded"
SAYINGS = Path(graphcore.__file__).with_name("keras_says.json")


@cache
def recorded(generation: str) -> dict[str, str | None]:
    """The traceback of each program by name, None where it runs through; `version` is Keras's."""
    read: dict[str, str | None] = json.loads(lzma.decompress((FOLDER / f"{generation}.json.xz").read_bytes()))
    return read


def keep(generation: str, said: dict[str, str | None]) -> None:
    """Keep what a generation said; the same gives the same bytes."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(said, indent=0)
    (FOLDER / f"{generation}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def sayings() -> dict[str, list[list[str]]]:
    """For each code what Keras says: who says it, and the text, once where messages differ by names and sizes only."""
    said: dict[str, dict[str, tuple[list[str], str]]] = {}
    for generation in BOTH:
        for program in programs(generation):
            text = recorded(generation)[program.name]
            if text is None:
                continue
            reading = read_traceback(text)
            masked = re.sub(r"[(\[][^()\[\]]*[)\]]|\d+|'[^']*'|\"[^\"]*\"|`[^`]*`", "#", reading.said)[:120]
            whose, _ = said.setdefault(program.code, {}).setdefault(masked, ([], reading.said))
            if generation not in whose:
                whose.append(generation)
    return {code: [[" ".join(whose), text] for whose, text in found.values()] for code, found in sorted(said.items())}


def keep_sayings() -> None:
    """Keep what Keras says for each code where graphcore reads it."""
    names = {"keras3": "Keras", "keras2": "tf_keras"}
    versions = {whose: f"{names[whose]} {recorded(whose)['version']}" for whose in BOTH}
    text = json.dumps({"keras": versions, "says": sayings()}, indent=1, ensure_ascii=False)
    SAYINGS.write_text(f"{text}\n", encoding="utf-8")
