"""Keras judges fixes: whatever is offered for a broken model makes a model that the installed Keras loads."""

from __future__ import annotations

import pytest

from graphcore import mending
from graphcore.codes import CODES
from tests.graphcore.notation import write
from tests.graphcore.test_mending import FORMS, LIMITS, _cases, fixes_of, judged

pytestmark = pytest.mark.keras

# Which Keras wrote the examples that are not of Keras 3.
OLD = {"GC409", "GC412"}


@pytest.mark.parametrize("model", [model for model, _ in _cases().values()], ids=_cases())
def test_keras_loads_what_was_mended(model: str) -> None:
    from keras.models import model_from_json

    # The notation records no shapes; Keras asks for some, and does not read them.
    before = judged(write(model).text.replace('"shape": null', '"shape": [null]'))
    for _, fix in fixes_of(before):
        after = mending.apply(before, fix, LIMITS)
        # Another problem is still in it, or a class that Keras has not and nobody here.
        if after.errors or any(problem.code == "GC206" for problem in after.found):
            continue
        assert after.source is not None and after.source.text is not None
        loaded = model_from_json(after.source.text)
        if fix.effect["params"][1] is not None:
            assert loaded.count_params() == fix.effect["params"][1], fix.title
        assert [list(output.shape) for output in loaded.outputs] == fix.effect["outputs"][1], fix.title


@pytest.mark.parametrize("code", FORMS)
def test_keras_loads_the_mended_example_of_a_code(code: str) -> None:
    if code in OLD:
        from tf_keras.models import model_from_json
    else:
        from keras.models import model_from_json
    before = judged(CODES[code].example.text.encode())
    for _, fix in fixes_of(before):
        after = mending.apply(before, fix, LIMITS)
        assert after.errors == []
        assert after.source is not None and after.source.text is not None
        assert model_from_json(after.source.text).count_params() == fix.effect["params"][1], fix.title
