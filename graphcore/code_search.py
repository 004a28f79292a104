"""Finds the codes that words are about: an id, a slug, a message of Keras, or what somebody remembers of one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from .codes import CODES, Code
from .keras_says import keras_says
from .traceback_reader import match_message

MOST_WORDS = 60
"""Words that are looked for: a whole traceback is read by its message, not by its words."""
MOST_FOUND = 8
# A code counts where it has this part of what the best one has.
_NEAR = 0.6
_WORD = re.compile(r"[a-z][a-z_0-9]+|\d+")


def find_codes(words: str) -> tuple[Code, ...]:
    """The codes that words are about, the likeliest first; none where nothing fits."""
    asked = words.strip()
    named = [code for code in CODES.values() if asked.lower() in (code.id.lower(), code.slug)]
    if named:
        return tuple(named)
    meant = [CODES[id] for id in match_message(asked)]
    return tuple(dict.fromkeys([*meant, *_ranked(asked)]))[:MOST_FOUND]


def _ranked(asked: str) -> list[Code]:
    """Codes by how many of the words stand in what is said about them, rare words first."""
    wanted = dict.fromkeys(_WORD.findall(asked.lower())[:MOST_WORDS])
    documents, weights = _documents()
    total = sum(weights.get(word, max(weights.values())) for word in wanted)
    scores = {id: sum(weights[word] for word in wanted if word in had) for id, had in documents.items()}
    best = max(scores.values(), default=0)
    if not total or best < total / 2:
        return []
    return [CODES[id] for id, score in sorted(scores.items(), key=lambda pair: -pair[1]) if score >= best * _NEAR]


@cache
def _documents() -> tuple[Mapping[str, frozenset[str]], Mapping[str, float]]:
    """The words of each code, and how much each word tells."""
    documents = {
        code.id: frozenset(
            _WORD.findall(
                " ".join(
                    (
                        code.slug.replace("-", " "),
                        code.title,
                        code.why,
                        code.remedy,
                        *(s.text for s in keras_says(code.id)),
                    )
                ).lower()
            )
        )
        for code in CODES.values()
    }
    seen = Counter(word for words in documents.values() for word in words)
    return documents, {word: math.log(1 + len(documents) / count) for word, count in seen.items()}


def _about(code: Code) -> str:
    said = (saying.text for saying in keras_says(code.id))
    return " ".join((code.slug.replace("-", " "), code.title, code.why, code.remedy, *said))
