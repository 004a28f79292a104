"""Fixes: what is offered, that it holds, and that a file is itself but for them."""

from __future__ import annotations

import copy
import itertools
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphcore
from graphcore import edits, formats, mending
from graphcore.codes import CODES
from graphcore.diagnostics import Diagnostic, Fix
from graphcore.formats.write_back import in_bytes, write_back
from graphcore.judge import Judged, judge, judge_again
from graphcore.mend_file import mend_file
from graphcore.mending.trial import Trial
from graphcore.patch import Change, insert, patched, patched_text, put, remove, rename, single, text_edits
from graphcore.source import Limits

from .cases_mending import CASES
from .models import functional, layer, source, tensor
from .notation import write

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "tests" / "models"
FILES = [path for path in sorted(MODELS.glob("keras*/*.json")) if ".expected" not in path.name]
FILES += [ROOT / "app" / "examples" / f"{name}.json" for name in ("mlp", "unet", "transformer")]
SEEDS = [json.loads(path.read_text()) for path in FILES]
LIMITS = Limits()

Case = tuple[str, str]


def _cases() -> dict[str, Case]:
    """Each case's model, and what is offered, by its name."""
    found = {}
    for part in CASES.split("### ")[1:]:
        name, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line.strip()]
        offered = [line for line in lines if line.startswith(("GC", "    "))]
        found[name] = "\n".join(line for line in lines if line not in offered), "\n".join(offered)
    return found


def judged(file: bytes | str | dict[str, Any]) -> Judged:
    return mending.offer(judge(formats.read(file), LIMITS), LIMITS)


def fixes_of(found: Judged) -> list[tuple[Diagnostic, Fix]]:
    return [(problem, fix) for problem in found.found for fix in problem.fixes]


def titles(file: bytes | str | dict[str, Any]) -> list[str]:
    return [fix.title for _, fix in fixes_of(judged(file))]


@pytest.mark.parametrize(("model", "offered"), _cases().values(), ids=_cases())
def test_offers(model: str, offered: str) -> None:
    lines = []
    for problem in judged(write(model).text).found:
        lines.append(f"{problem.code} {problem.at.layer}")
        lines += [f"    {fix.title}{' (safe)' if fix.safe else ''}" for fix in problem.fixes]
    assert "\n".join(lines) == offered


FORMS = {
    "GC003": 'Remove the values of "units" that do not count',
    "GC101": 'Add "inbound_nodes": []',
    "GC102": 'Write ["y", 0, 0] in place of ["y", "0", 0]',
    "GC103": "Write the call with its args and kwargs",
    "GC104": 'Name it "y" in its config too',
    "GC210": 'Set interpolation of "y" to "nearest"',
    "GC307": 'Make "z" an input of the model',
    "GC308": 'Make "y" the output of the model',
    "GC409": 'Set dtype of "x" to float32',
    "GC410": "Correct the recorded shape to what is computed",
    "GC412": 'Set ragged of "x" to false',
}


@pytest.mark.parametrize(("code", "title"), FORMS.items())
def test_example_of_a_code_is_mended(code: str, title: str) -> None:
    assert titles(CODES[code].example.text.encode())[0] == title


def test_module_of_an_older_keras_is_that_of_keras_3() -> None:
    """The messages of keras#19089."""
    model = functional(source("x", 8), layer("Dense", "y", "x", units=4)) | {"module": "keras.src.engine.functional"}
    ((problem, fix),) = fixes_of(judged(model))
    assert (problem.at.pointer, fix.title, fix.safe) == (
        "/module",
        'Write "module": "keras.src.models.functional"',
        True,
    )


# Codes whose problem no change of the file can mend, or where nobody can know what was meant.
WITHOUT = {"GC001", "GC002", "GC004", "GC005", "GC006", "GC007", "GC008", "GC207", "GC209", "GC901"}
WITHOUT |= {"GC211", "GC212", "GC213", "GC214", "GC215", "GC216", "GC309"}


def test_every_code_about_models_has_a_mend_or_a_reason() -> None:
    about_models = {code for code in CODES if not code.startswith(("GC5", "GC6", "GC7", "GC8"))}
    assert about_models - set(mending.PROPOSERS) == WITHOUT
    page = (ROOT / "docs" / "mending.md").read_text()
    assert [code for code in CODES if code not in page] == []


def test_model_without_problems_is_tried_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "Tries", lambda *_: pytest.fail("it was"))
    assert graphcore.check(functional(source("x", 8), layer("Dense", "y", "x", units=4))).ok


@pytest.mark.parametrize("tries", [0, 1, 20])
def test_no_more_tries_than_allowed(monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
    count = 0
    tried = mending.trial._tried

    def counted(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        return tried(*arguments)

    monkeypatch.setattr(mending.trial, "_tried", counted)
    wrong = [layer("Dense", f"d{i}", "x", units=-i) for i in range(1, 40)]
    graphcore.check(functional(source("x", 8), *wrong), Limits(tries=tries))
    assert count <= tries


def test_large_model_is_tried_less() -> None:
    file = functional(source("x", 8), layer("Dense", "y", "x", units=-4))
    assert fixes_of(mending.offer(judge(formats.read(file), LIMITS), Limits(tried_calls=1))) == []


# --- laws -------------------------------------------------------------------------------------------------------------


def holds(before: Judged, problem: Diagnostic, fix: Fix) -> None:
    """A fix that is made removes its problem and adds no error. A safe one may reveal what was hidden behind it."""
    after = mending.apply(before, fix, LIMITS)
    trial = Trial(before, after, fix.stages)
    assert trial.solves(problem), (problem.message, fix.title)
    errors = trial.new_errors()
    if fix.safe:
        errors = [error for error in errors if not trial.is_revealed(error)]
    assert errors == [], (problem.message, fix.title)
    text, value = before.source.text if before.source else None, before.source.value if before.source else None
    for stage in fix.stages:
        text, value = patched_text(text or "", stage), patched(value, stage)
    assert json.dumps(json.loads(text or "")) == json.dumps(value)


def mutated(seed: int) -> str:
    """A model of the gallery with one to three values changed, as a text."""
    rng = random.Random(seed)
    model = copy.deepcopy(rng.choice(SEEDS))
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        _mutate(model, rng)
    return json.dumps(model, indent=rng.choice([None, 1, 2]))


def _mutate(model: Any, rng: random.Random) -> None:
    spots, waiting = [], [model]
    while waiting:
        value = waiting.pop()
        keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            spots.append((value, key))
            waiting.append(value[key])
    holder, key = rng.choice(spots)
    old = holder[key]
    if isinstance(holder, dict) and rng.random() < 0.3:
        value = holder.pop(key)
        if rng.random() < 0.5:
            holder[f"{key}x"] = value
        return
    choices: list[Any] = [None, 1, 8, "x", [], {}]
    if isinstance(old, str):
        choices = [old[:-1], f"{old}x", old[::-1], old.upper(), "same", None, 5]
    elif isinstance(old, int):
        choices = [old + 1, old - 1, old * 2, 0, -old, 3, None, str(old), float(old)]
    elif isinstance(old, list):
        choices = [old[:-1], old + old[-1:], old[::-1], None, []]
    holder[key] = rng.choice(choices)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_fix_holds(seed: int) -> None:
    before = judged(mutated(seed).encode())
    for problem, fix in fixes_of(before):
        holds(before, problem, fix)


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "broken").glob("*.json")), ids=lambda path: path.stem)
def test_every_fix_of_a_broken_file_holds(path: Path) -> None:
    before = judged(path.read_bytes())
    for problem, fix in fixes_of(before):
        holds(before, problem, fix)


@pytest.mark.parametrize(("model", "offered"), _cases().values(), ids=_cases())
def test_diff_makes_the_document_that_the_mended_file_is(model: str, offered: str) -> None:
    before = judged(write(model).text)
    records = edits.records(mending.document_of(before))
    for problem, fix in fixes_of(before):
        after = mending.document_of(mending.apply(before, fix, LIMITS))
        changed = edits.apply(records, edits.from_json(fix.diff))
        assert changed == edits.records(after)
        assert edits.apply(changed, edits.reverse(edits.from_json(fix.diff))) == records
        codes = [found.code for found in judge(formats.read(edits.from_records(changed)), LIMITS).found]
        assert codes.count(problem.code) < [found.code for found in before.found].count(problem.code)


def test_effect_says_what_becomes_of_the_model() -> None:
    model = _cases()["a Reshape of another size"][0]
    (_, fix), *_ = fixes_of(judged(write(model).text))
    assert fix.effect == {
        "params": [None, 122_116],
        "outputs": [[None], [[None, 5, 5, 4]]],
        "solves": {"GC406": 1},
        "reveals": 0,
        "known": 2,
    }


def test_fix_of_many_layers_is_told_at_the_first_ones() -> None:
    layers = [layer("Dense", f"d{i}", f"d{i - 1}" if i else "x", units=4, extra=None) for i in range(100)]
    offered = fixes_of(judged(functional(source("x", 8), *layers)))
    assert {fix.title for _, fix in offered} == {"Remove extra from 100 layers"}
    assert len(offered) == 10


# --- a file and its fixes ---------------------------------------------------------------------------------------------

ODD = b"""{ "module":"keras.src.models.functional", "class_name" : "Functional",
\t"registered_name": "Functional", "note": [1.50, 1e3, -0.0, "\xc3\xa9", "\\u00e9"],
  "config": {"name": "odd", "trainable": true, "layers": [
    {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "name": "x", "inbound_nodes": [],
     "config": {"name": "x", "batch_shape": [ null,8 ], "dtype": "float32"}},
    {"module": "keras.layers", "class_name": "Desne", "registered_name": null, "name": "y",
     "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 8], "dtype": "float32",
       "keras_history": ["x", 0, 0]}}], "kwargs": {}}],
     "config": {"name": "y", "units": 4, "extra": null   }}],
  "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}
"""
MENDED = ODD.replace(b'"Desne"', b'"Dense"').replace(b'"units": 4, "extra": null ', b'"units": 4 ')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_mended_file_keeps_every_other_byte(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(ODD.decode().replace("\n", ending).encode(encoding))
    mending_ = mend_file(path, LIMITS)
    assert len(mending_.made) == 2
    write_back(path, mending_.after)
    assert path.read_bytes() == MENDED.decode().replace("\n", ending).encode(encoding)


def test_archive_keeps_its_other_members(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}', zipfile.ZIP_DEFLATED)
        archive.writestr("config.json", ODD)
        archive.writestr("model.weights.h5", bytes(range(256)) * 100)
    write_back(path, mend_file(path, LIMITS).after)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert archive.read("config.json") == MENDED
        assert archive.read("model.weights.h5") == bytes(range(256)) * 100
        assert archive.getinfo("metadata.json").compress_type == zipfile.ZIP_DEFLATED


@pytest.mark.parametrize("kind", [bytes, str])
def test_hdf5_keeps_its_weights(tmp_path: Path, kind: type) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = ODD if kind is bytes else ODD.decode()
        file.attrs["keras_version"] = "3.15.1"
        file.create_dataset("model_weights/y/kernel", data=range(32))
    write_back(path, mend_file(path, LIMITS).after)
    with h5py.File(path) as file:
        said = file.attrs["model_config"]
        assert (said.encode() if isinstance(said, str) else bytes(said)) == MENDED
        assert list(file["model_weights/y/kernel"]) == list(range(32))


def test_model_in_a_text_is_mended_there(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"model_config": ODD.decode(), "keras_version": "3.15.1"}, indent=2))
    write_back(path, mend_file(path, LIMITS).after)
    assert json.loads(path.read_text()) == {"model_config": MENDED.decode(), "keras_version": "3.15.1"}


def test_zeros_behind_the_end_stay() -> None:
    assert in_bytes(b"{}\0\0", '{"a": 1}') == b'{"a": 1}\0\0'


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_model_without_a_safe_fix_is_not_touched(path: Path) -> None:
    made = mend_file(path, LIMITS)
    assert (made.made, made.after.text) == ((), made.before.text)


def test_named_fixes_are_made_one_after_the_other() -> None:
    model = write(_cases()["a word that is misspelt"][0]).text
    ids = [fix.id for _, fix in fixes_of(judged(model))]
    mended = graphcore.mend(model, [ids[0], ids[2], "GC999-1"])
    assert mended.done == ('Set padding of "c" to "same"', 'Set activation of "y" to "relu"')
    assert (mended.report.ok, mended.missing) == (True, ("GC999-1",))


def test_fix_that_another_has_made_needless_is_left_out() -> None:
    model = write(_cases()["a class that is misspelt, twice"][0]).text
    mended = graphcore.mend(model, ["GC201-1", "GC201-1"])
    assert (len(mended.done), mended.missing, mended.report.ok) == (1, (), True)


def test_named_fixes_that_make_up_one_name_are_both_made() -> None:
    model = """\
x = Input [null, 8]
z = Input [null, 8]
y = Dense([x, z]) units=2 -> out
w = Dense([z, x]) units=3 -> out"""
    offered = fixes_of(judged(write(model).text))
    ids = [fix.id for _, fix in offered if fix.title.startswith("Put a Concatenate before")]
    mended = graphcore.mend(write(model).text, ids)
    assert mended.done == ('Put a Concatenate before "y"', 'Put a Concatenate before "w"')
    assert (mended.report.ok, mended.missing) == (True, ())


def test_a_fix_is_found_again_by_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    model = write(_cases()["a word that is misspelt"][0]).text
    before = judged(model)
    ids = [fix.id for _, fix in fixes_of(before)]
    offer, count = mending.offer, itertools.count()

    def in_other_words(*given: Any) -> Judged:
        offered, n = offer(*given), next(count)
        found = [
            replace(problem, fixes=tuple(replace(fix, title=f"{fix.id} {n}") for fix in problem.fixes))
            for problem in offered.found
        ]
        return replace(offered, found=tuple(found))

    monkeypatch.setattr(mending, "offer", in_other_words)
    after, titles, missing = mending.apply_named(before, [ids[0], ids[2]], LIMITS)
    assert (titles, missing, after.found) == (["GC204-1 0", "GC204-1 1"], [], ())


def test_arguments_that_cannot_stand_together_are_named_in_the_data() -> None:
    for code in ("GC204", "GC205", "GC210"):
        for problem in judged(CODES[code].example.text.encode()).found:
            beside = problem.data.get("beside", [])
            assert all(name in problem.message for name in beside), problem.message
    (problem,) = judged(CODES["GC205"].example.text.encode()).found
    assert (problem.at.arg, problem.data["beside"]) == ("dilation_rate", ["strides"])


# --- patches ----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_patched_text_holds_the_patched_value(seed: int) -> None:
    rng = random.Random(seed)
    value = _value(rng, 4)
    patch = _patch(rng, value)
    forms: list[dict[str, Any]] = [{}, {"indent": 1}, {"indent": 4, "ensure_ascii": False}, {"separators": (",", ":")}]
    for form in forms:
        text = json.dumps(value, **form)
        after = patched_text(text, patch)
        assert json.dumps(json.loads(after)) == json.dumps(patched(value, patch))
        for begin, end, new in reversed(text_edits(text, [patch])):
            text = text[:begin] + new + text[end:]
        assert text == after


def _value(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(5)
    if depth == 4:
        kind = rng.randrange(2, 5)
    if depth == 0 or kind < 2:
        return rng.choice([1, 1.5, "é/~", None, True])
    if kind == 2:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {f"{rng.choice('abc/~é')}{i}": _value(rng, depth - 1) for i in range(rng.randrange(4))}


def _patch(rng: random.Random, value: Any) -> tuple[Change, ...]:
    places, waiting = [], [("", value)]
    while waiting:
        pointer, here = waiting.pop()
        items = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, inner in items:
            at = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            places.append((at, isinstance(here, dict)))
            waiting.append((at, inner))
    changes: list[Change] = []
    taken: list[str] = []
    for at, is_object in rng.sample(places, min(3, len(places))):
        if any(f"{at}/".startswith(f"{other}/") or f"{other}/".startswith(f"{at}/") for other in taken):
            continue
        taken.append(at)
        new = _value(rng, 2)
        around = at.rpartition("/")[0]
        choices = [put(at, new), remove(at)]
        in_object = [rename(at, f"new{len(changes)}"), put(f"{around}/one more", new)]
        choices += in_object if is_object else [insert(at, new)]
        changes.append(rng.choice(choices))
    return tuple(changes)


def test_doubled_key_is_left_once() -> None:
    assert patched_text('{"a": 1, "b": 2, "a": 3}', (single("/a"),)) == '{"b": 2, "a": 3}'


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ('{"a": [1, 2, 3]}', remove("/a/0"), '{"a": [2, 3]}'),
        ('{"a": [1, 2, 3]}', remove("/a/2"), '{"a": [1, 2]}'),
        ('{"a": [1]}', remove("/a/0"), '{"a": []}'),
        ('{"a": []}', insert("/a/0", {"b": 1}), '{"a": [{"b": 1}]}'),
        ('{"a":1}', put("/b", [1, 2]), '{"a":1,"b":[1,2]}'),
        ('{\n  "a": 1\n}', put("/b", 2), '{\n  "a": 1,\n  "b": 2\n}'),
        ('{"a": [\n  {"b": 1}\n]}', insert("/a/1", {"b": 2}), '{"a": [\n  {"b": 1},\n  {"b": 2}\n]}'),
        ('{"a": {\n  "b": 1.50\n }}', remove("/a/b"), '{"a": {}}'),
        ('{"a": 1, "b": 2}', rename("/a", "c"), '{"c": 1, "b": 2}'),
        ('{"é": "é"}', put("/b", "ü"), '{"é": "é", "b": "ü"}'),
        ('{"a": "\\u00e9"}', put("/b", "ü"), '{"a": "\\u00e9", "b": "\\u00fc"}'),
    ],
)
def test_text_is_written_as_what_stands_around_it(before: str, change: Change, after: str) -> None:
    assert patched_text(before, [change]) == after


def test_an_argument_that_said_something_is_not_taken_away() -> None:
    """Without time_major the layer would take the batch for the time, and every shape would stay."""
    model = json.loads(write("x = Input [7, 5, 4]\ny = GRU(x) units=3 return_sequences=true -> out").text)
    for value, offered in ((False, ['Remove time_major from "y"']), (True, [])):
        model["config"]["layers"][1]["config"]["time_major"] = value
        (problem,) = judged(model).found
        assert [fix.title for fix in problem.fixes] == offered
        assert ("transpose" in (problem.hint or "")) is value


def test_a_policy_of_keras_2_is_named_as_keras_3_does() -> None:
    model = json.loads(write("x = Input [null, 8]\ny = Dense(x) units=4 -> out").text)
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    model["config"]["layers"][1]["config"]["dtype"] = policy
    ((problem, fix),) = fixes_of(judged(model))
    assert (problem.code, fix.title, fix.safe) == ("GC204", 'Set dtype of "y" to "mixed_float16"', True)


def test_a_word_of_keras_3_in_a_file_of_keras_2_is_renamed() -> None:
    """People write it so because Keras 3 asks for it, or the other way round; the rest is of Keras 2."""
    path = MODELS / "keras2" / "shared.json"
    model = json.loads(path.read_text())
    first = model["config"]["layers"][0]["config"]
    model["config"]["layers"][0]["config"] = {
        ("batch_shape" if key == "batch_input_shape" else key): value for key, value in first.items()
    }
    found = judged(model)
    assert found.graph is not None
    assert (found.graph.dialect, found.found[0].code) == ("keras2", "GC202")
    fix = found.found[0].fixes[0]
    assert fix.title.endswith("to batch_input_shape")
    assert graphcore.mend(model, [fix.id]).report.ok


def test_what_a_depthwise_convolution_of_keras_2_never_read_is_safe_to_remove() -> None:
    model = json.loads(write("x = Input [null, 8, 8, 3]\ny = DepthwiseConv2D(x) kernel_size=3 -> out").text)
    initializer = {"class_name": "GlorotUniform", "config": {"seed": None}}
    model["config"]["layers"][1]["config"] |= {"groups": 1, "kernel_initializer": initializer}
    assert [fix.safe for _, fix in fixes_of(judged(model))] == [True, True]


def test_a_try_sees_that_a_shared_layer_has_other_weights() -> None:
    """What was inferred before is taken over call by call; a later call must not hide behind it."""
    model = functional(source("x", 8), source("z", 8), layer("Dense", "y", "x", "z", units=4), outputs=[["y", 1, 0]])
    before = judge(formats.read(model), LIMITS)
    after = judge_again(before, patched(model, [put("/config/layers/0/config/batch_shape/1", 9)]), LIMITS)
    assert [problem.code for problem in before.errors] == []
    assert [problem.code for problem in after.errors] == ["GC411"]


def test_an_axis_of_no_size_gets_no_pooling() -> None:
    model = functional(source("x", 4, 3), source("z", 0, 3), layer("Add", "y", ["x", "z"]))
    (problem,) = (one for one in graphcore.check(json.dumps(model)).diagnostics if one.code == "GC404")
    assert not any("MaxPooling" in fix.title for fix in problem.fixes)


# --- wires and inputs that were lost ----------------------------------------------------------------------------------


def _lists_of_tensors(entry: dict[str, Any]) -> list[list[Any]]:
    """The tensors of each call that joins some, in the form of either Keras."""
    calls = entry["inbound_nodes"]
    lists = [call["args"][0] if isinstance(call, dict) and call["args"] else call for call in calls]
    return [one for one in lists if isinstance(one, list) and len(one) > 1]


def _without_a_wire() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Files of the gallery with one wire of a join cut, and the files as they were."""
    found = []
    for path, model in zip(FILES, SEEDS, strict=True):
        for n, entry in enumerate(model["config"]["layers"] if isinstance(model.get("config"), dict) else ()):
            if entry["class_name"] not in ("Add", "Concatenate", "Multiply", "Subtract", "Average", "Maximum"):
                continue
            for k, tensors in enumerate(_lists_of_tensors(entry)):
                for i in range(len(tensors)):
                    cut = copy.deepcopy(model)
                    del _lists_of_tensors(cut["config"]["layers"][n])[k][i]
                    found.append((f"{path.parent.name}-{path.stem}-{entry['name']}-{i}", cut, model))
    return found


def test_wire_that_was_cut_is_first_where_a_layer_leads_nowhere() -> None:
    """Whatever a layer that joins has lost of what nothing else takes, the file is what it was, to the last key."""
    mended = 0
    for name, cut, model in _without_a_wire():
        for problem in graphcore.check(json.dumps(cut)).diagnostics:
            if problem.code == "GC305":
                assert problem.fixes[0].title.startswith("Connect "), name
                assert json.loads(graphcore.mend(json.dumps(cut), [problem.fixes[0].id]).text or "") == model, name
                mended += 1
    assert mended == 9


def _joined(cls: str, *names: str, **changed: Any) -> dict[str, Any]:
    """A model that joins three layers, of which some are named, as Keras recorded it with all of them."""
    sizes = {"Concatenate": (6, 4, 3)}.get(cls, (1, 1, 4))
    size = sum(sizes) if cls == "Concatenate" else max(sizes)
    layers = [
        layer("Dense", name, tensor("x", shape=[None, 8]), units=units, **changed)
        for name, units in zip("abc", sizes, strict=True)
    ]
    join = layer(cls, "m", [tensor(name, shape=[None, sizes["abc".index(name)]]) for name in names])
    end = layer("Dense", "y", tensor("m", shape=[None, size]), units=2) | {
        "build_config": {"input_shape": [None, size]}
    }
    return functional(source("x", 8), *layers, join, end)


@pytest.mark.parametrize("cls", ["Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"])
def test_size_that_only_a_lost_wire_explains_is_mended_by_it(cls: str) -> None:
    assert graphcore.check(_joined(cls, "a", "b", "c")).diagnostics == ()
    before = judged(_joined(cls, "a", "b"))
    assert [problem.code for problem in before.found] == ["GC208", "GC305", "GC410"]
    assert {problem.fixes[0].title for problem in before.found} == {'Connect "c" to "m"'}
    fix = before.found[0].fixes[0]
    assert mending.apply(before, fix, LIMITS).found == ()
    assert graphcore.mend(_joined(cls, "a", "b")).done == ()  # no safe one would bury the mistake


def test_a_layer_that_goes_takes_no_build_config_of_another_with_it() -> None:
    model = write(_cases()["a wire that was cut, of three into a Concatenate"][0]).text
    before = judged(model)
    (fix,) = [fix for _, fix in fixes_of(before) if fix.title == 'Remove "b"']
    after = mending.apply(before, fix, LIMITS)
    assert [problem.code for problem in after.found] == ["GC208"]


def test_size_that_was_changed_before_a_join_is_no_lost_wire() -> None:
    """A spare layer of just the size that is missing: what comes into the join was recorded of another size too."""
    model = _joined("Concatenate", "a", "b")
    model["config"]["layers"][2]["config"]["units"] = 1
    end = model["config"]["layers"][5]
    end["inbound_nodes"] = layer("", "", tensor("m", shape=[None, 10]))["inbound_nodes"]
    end["build_config"] = {"input_shape": [None, 10]}
    found = {problem.code: [(fix.title, fix.safe) for fix in problem.fixes] for problem in judged(model).found}
    assert found["GC208"] == [('Remove build_config from "y"', True)]
    assert found["GC305"] == [('Make "c" an output', False), ('Remove "c"', False)]


@pytest.mark.parametrize("cls", ["Dot", "Subtract"])
def test_join_of_two_gets_no_third(cls: str) -> None:
    """Nor is a Dot without its axes asked, which has nothing to say."""
    offered = titles(_joined(cls, "a"))
    assert offered
    assert [title for title in offered if title.startswith('Connect "b" and "c"')] == []


def test_wire_is_looked_for_beside_a_call_of_a_layer_that_is_not_there() -> None:
    """From the fuzz."""
    halves = [["tower", 0, 0, {}], ["tower", 1, 0, {}]]
    config = {"batch_input_shape": [None, 6]}
    layers: list[dict[str, Any]] = [
        {"name": "left", "class_name": "InputLayer", "config": config},
        {"name": "right", "class_name": "InputLayer", "config": config},
        {
            "name": "tower",
            "class_name": "Dense",
            "config": {"units": 3},
            "inbound_nodes": [[["left", 0, 0, {}]], [["right", 0, 0, {}]]],
        },
        {"class_name": "Dot", "config": {"axes": 1}, "inbound_nodes": [halves]},
        {},
        {"name": "score", "inbound_nodes": [[["joined", 0, 0, {}]]]},
        {"class_name": "Multiply", "inbound_nodes": [halves]},
    ]
    ends = {"input_layers": [["left", 0, 0], ["right", 0, 0]], "output_layers": [["score", 0, 0], ["times", 0, 0]]}
    model = {"class_name": "Model", "config": {"name": "m", "layers": layers, **ends}, "keras_version": "2.0.9"}
    assert fixes_of(judged(model))


def test_recorded_shape_is_not_corrected_safely_where_a_wire_is_lost() -> None:
    model = _joined("Concatenate", "a", "b")
    del model["config"]["layers"][5]["build_config"]
    offered = [
        (problem.code, fix.title, fix.safe) for problem, fix in fixes_of(judged(model)) if problem.code == "GC410"
    ]
    assert offered == [
        ("GC410", 'Connect "c" to "m"', False),
        ("GC410", "Correct the recorded shape to what is computed", False),
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_input_that_is_gone_is_put_back(path: Path) -> None:
    """Of the shape and dtype that the file recorded; in Keras 2 of the shape that a layer was built for."""
    model = json.loads(path.read_text())
    is_bare = "config" not in model
    config = model if is_bare else model["config"]
    inputs = [entry for entry in config["layers"] if entry["class_name"] == "InputLayer" and "inbound_nodes" in entry]
    for entry in inputs:
        layers = [other for other in config["layers"] if other is not entry]
        cut = {**config, "layers": layers}
        before = judged(cut if is_bare else {**model, "config": cut})
        fixes = [problem.fixes[0] for problem in before.found if problem.code == "GC302" and problem.fixes]
        for fix in fixes:
            assert fix.title.startswith(f'Add an InputLayer "{entry["name"]}" of shape ')
            after = mending.apply(before, fix, LIMITS)
            value = after.source.value if after.source else {}
            put_back = (value if is_bare else value["config"])["layers"][0]["config"]
            told = set(put_back) - ({"dtype"} if "batch_input_shape" in put_back else set())  # Keras 2 records none
            assert {key: put_back[key] for key in told} == {key: entry["config"][key] for key in told}
            assert after.errors == []
        assert fixes or "batch_input_shape" in entry["config"]


def test_input_is_put_back_beside_one_whose_name_is_alike() -> None:
    """Keras numbers inputs, so that the next one is nearly spelt alike, and is another."""
    model = functional(
        source("input_layer", 8),
        source("input_layer_1", 5, dtype="int32"),
        layer("Dense", "a", tensor("input_layer", shape=[None, 8]), units=4),
        layer("Embedding", "e", tensor("input_layer_1", shape=[None, 5]), input_dim=9, output_dim=4),
        layer("Flatten", "f", tensor("e", shape=[None, 5, 4])),
        layer("Concatenate", "y", [tensor("a", shape=[None, 4]), tensor("f", shape=[None, 20])]),
    )
    model["config"]["layers"][3]["inbound_nodes"][0]["args"][0]["config"]["dtype"] = "int32"
    (lost,) = model["config"]["layers"][1:2]
    model["config"]["layers"][1:2] = []
    before = judged(model)
    assert {fix.title for _, fix in fixes_of(before)} == {'Add an InputLayer "input_layer_1" of shape (None, 5)'}
    after = mending.apply(before, before.found[0].fixes[0], LIMITS)
    assert after.found == ()
    assert after.source is not None
    assert after.source.value["config"]["layers"][0] == lost


def test_input_that_has_another_name_in_its_layer_is_named() -> None:
    model = functional(
        source("x", 8), layer("Dense", "y", tensor("tokens", shape=[None, 8]), units=2), inputs=["tokens"]
    )
    problem = judged(model).found[0]
    assert problem.fixes[0].title == 'Write "x" in place of "tokens" in 2 places'
