"""docs/messages.md: the messages of Keras that people report most, beside ours, from what was recorded.

python -m tests.tracebacks.write_messages
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from graphcore.traceback_reader import read_traceback

from .cases import Generation, programs
from .records import recorded

PAGE = Path(__file__).parents[2] / "docs" / "messages.md"


class Reported(NamedTuple):
    """A program of `cases.py`, whose Keras says so, and where people report it."""

    program: str
    generation: Generation
    title: str
    reported: str


MOST_REPORTED = (
    Reported("new-key-in-old-keras", "keras2", "A file of Keras 3 in Keras 2", "tensorflow#64685"),
    Reported(
        "groups-of-a-depthwise-convolution", "keras3", "An argument that another version wrote", "keras#19151, #20750"
    ),
    Reported("custom-layer", "keras3", "A class of one's own", "keras#19899, #21046, CREsted#111"),
    Reported("lambda-loaded-archive", "keras3", "A Lambda in a file", "keras#18284, tf-keras#44"),
    Reported("load-weights-that-are-not-there", "keras3", "Weights of another model", "keras#20128, #19039"),
    Reported("input-forgotten", "keras2", "An input that was forgotten", "keras#8166, #10936, #13722, #14260"),
    Reported("four-stages-too-many", "keras3", "Convolutions that run out of pixels", "keras#12951, #10128"),
    Reported("concatenate-of-sizes", "keras3", "Branches of different sizes", "keras#12975, #14248, #16826"),
    Reported("tensorflow-function", "keras3", "A function of TensorFlow on a symbolic tensor", "keras#20124, #20339"),
    Reported("fit-other-columns", "keras2", "Data that does not fit", "questions in forums, in many wordings"),
)


def page() -> str:
    """The page as it must stand."""
    names = {"keras3": f"Keras {recorded('keras3')['version']}", "keras2": f"tf_keras {recorded('keras2')['version']}"}
    parts = [
        "# What Keras says, and what Layerwright says\n\n"
        "Ten messages that people report again and again, each printed by running the program above it, and what"
        " `layerwright\nexplain --traceback` makes of the traceback. Written by `python -m"
        " tests.tracebacks.write_messages` from what `make oracle`\nrecorded; a test holds the page to it. With the model's"  # noqa: E501  as it stands on the page
        " file the place is named too, and `layerwright check` finds it without\nKeras.\n"
    ]
    for number, reported in enumerate(MOST_REPORTED, 1):
        program = next(one for one in programs(reported.generation) if one.name == reported.program)
        reading = read_traceback(recorded(reported.generation)[reported.program] or "")
        (finding,) = reading.findings
        parts.append(
            f"## {number}. {reported.title}\n"
            f"Reported as {reported.reported}.\n"
            f"```\n{program.text.strip()}\n```\n"
            f"{names[reported.generation]}:\n```\n{reading.said}\n```\n"
            f"Layerwright:\n```\n{finding.severity}[{finding.code}] {finding.message}\nhint: {finding.hint}\n```\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
