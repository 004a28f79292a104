"""Contracts of custom layers: what their rules give, where they are found, and what is said of one that is wrong."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest

import graphcore
from graphcore import cli, edits
from graphcore.catalog import CATALOG
from graphcore.class_likeness import classes_like
from graphcore.contracts import BadContract, read_contract, read_file
from graphcore.model import Layer, Op
from graphcore.shape_rule import BadRule, bound, made, read_shapes

from .notation import write

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
Contracts = dict[str, Any]

# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sizes", "first", "shapes"),
    [
        ("(batch, time, 64)", {"batch": None, "time": 10}, None, [(None, 10, 64)]),
        ("(n, 2 * m + 1)", {"n": 3, "m": 4}, None, [(3, 9)]),
        ("(n // 2, n % 2, n - 1, -(-n // 2))", {"n": 7}, None, [(3, 1, 6, 4)]),
        ("(n * m,)", {"n": None, "m": 4}, None, [(None,)]),
        ("(None, 3)", {}, None, [(None, 3)]),
        ("()", {}, None, [()]),
        ("(..., 8)", {}, (None, 5, 3), [(None, 5, 8)]),
        ("(b, ..., c)", {"b": 1, "c": 2}, (1, 5, 6, 3), [(1, 5, 6, 2)]),
        ("(..., 8)", {}, None, [None]),
        ("(k[0], k[-1])", {"k": (3, 5)}, None, [(3, 5)]),
        ("(a,), (a, 2)", {"a": 1}, None, [(1,), (1, 2)]),
        ("[(a,), (a, 2)]", {"a": 1}, None, [(1,), (1, 2)]),
    ],
)
def test_a_rule_gives_shapes(text: str, sizes: dict[str, Any], first: Any, shapes: list[Any]) -> None:
    assert made(read_shapes(text), sizes, first) == shapes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a shape is wanted, as in (batch, time, 64)"),
        ("(batch", "a comma or a bracket is missing, or one too many (column 1)"),
        ("64", "a shape stands in brackets, as in (batch, time, 64) (column 1)"),
        ("(a / 2,)", "sizes are whole numbers: write // for a quotient (column 2)"),
        ("(open(a),)", "open(a) is no size: it takes numbers, names, None, ..., + - * // % (column 2)"),
        ("(a.b,)", "a.b is no size: it takes numbers, names, None, ..., + - * // % (column 2)"),
        ("(é, 'x')", "' has no place in a shape (column 5)"),
        ("(2 ** 9,)", "2 ** 9 is no size: it takes numbers, names, None, ..., + - * // % (column 2)"),
        ("(1if,)", "1i has no place in a shape (column 2)"),
        ("(..., ...)", "... can stand once in a shape (column 7)"),
        ("(9223372036854775808,)", "a size is below 2^63 (column 2)"),
        ("(" + "-" * 480 + "1,)", "a size is nested at most 30 deep (column 33)"),
        ("(" * 500, None),
        ("(a, b)" * 100, "a rule has at most 500 characters, this one has 600"),
    ],
)
def test_what_is_no_rule_is_refused_in_its_place(text: str, says: str | None) -> None:
    with pytest.raises(BadRule) as refused:
        read_shapes(text)
    assert says is None or str(refused.value) == says


@pytest.mark.parametrize(
    ("pattern", "shapes", "found"),
    [
        ("(batch, time, 3)", [(None, 9, 3)], {"batch": None, "time": 9}),
        ("(batch, ..., c)", [(None, 9, 8, 3)], {"batch": None, "c": 3}),
        ("(b, q), (b, k)", [(None, 4), (2, 5)], {"b": 2, "q": 4, "k": 5}),
        ("(b, q)", [None], {}),
    ],
)
def test_names_of_a_pattern_stand_for_what_comes_in(pattern: str, shapes: Any, found: Any) -> None:
    assert bound(read_shapes(pattern), shapes) == found


@pytest.mark.parametrize(
    ("pattern", "shapes", "says"),
    [
        ("(b, q)", [(1, 2, 3)], "it takes (b, q), and gets (1, 2, 3)"),
        ("(b, 4)", [(1, 2)], "it takes (b, 4), and gets (1, 2)"),
        ("(b, n), (b, n)", [(1, 2), (1, 3)], "n is 2 and 3 in (1, 3)"),
        ("(b, n)", [(1, 2), (1, 2)], "it takes 1 tensors, and gets 2"),
    ],
)
def test_a_pattern_says_what_it_takes(pattern: str, shapes: Any, says: str) -> None:
    with pytest.raises(BadRule) as refused:
        bound(read_shapes(pattern), shapes)
    assert str(refused.value) == says


# --- models -----------------------------------------------------------------------------------------------------------

TRANSFORMER = """
x = Input [null, 80]
e = !TokenAndPosition(x) maxlen=80 vocab_size=20000 embed_dim=32
h = Dense(e) units=4 -> out
"""


def report(model: Any, contracts: Contracts | None = None) -> Any:
    return json.loads(graphcore.render_json(graphcore.check(model, contracts=contracts, fixes=False)))


def shapes_and_counts(model: Any, contracts: Contracts) -> tuple[dict[str, Any], Any, list[str]]:
    found = report(model, contracts)
    shapes = {node["layer"]: [output["shape"] for output in node["outputs"]] for node in found["nodes"]}
    return shapes, found["params"]["total"], [problem["code"] for problem in found["diagnostics"]]


def test_inference_goes_on_past_a_custom_layer() -> None:
    rule = {"output": "(batch, time, embed_dim)"}
    shapes, total, codes = shapes_and_counts(write(TRANSFORMER).text, {"TokenAndPosition": rule})
    assert shapes == {"x": [[None, 80]], "e": [[None, 80, 32]], "h": [[None, 80, 4]]}
    assert (total, codes) == (None, ["GC214"])


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"weights": {"token": "(vocab_size, embed_dim)", "position": "(maxlen, embed_dim)"}}, 642_560 + 132),
        ({"weights": {"token": [20_000, 32]}, "non_trainable": {"position": [80, 32]}}, 642_560 + 132),
        ({"parameters": "(vocab_size + time) * embed_dim"}, 642_560 + 132),
        ({"parameters": 0}, 132),
        ({"weights": {"token": "(None, embed_dim)"}}, None),
    ],
)
def test_weights_are_counted_where_they_are_said(more: Contracts, total: int | None) -> None:
    rule = {"output": "(batch, time, embed_dim)", **more}
    assert shapes_and_counts(write(TRANSFORMER).text, {"TokenAndPosition": rule})[1] == total


def test_weights_that_are_not_trained_are_counted_so() -> None:
    rule = {"output": "(batch, time, embed_dim)", "weights": {"a": [3]}, "non_trainable": {"b": [5]}}
    params = report(write(TRANSFORMER).text, {"TokenAndPosition": rule})["params"]
    assert params == {"trainable": 3 + 132, "non_trainable": 5, "total": 140, "known": 140}


@pytest.mark.parametrize(
    ("layer", "contract", "shape"),
    [
        (
            "y = !Mine(x)",
            {"output": "(batch, height * width, channels)", "inputs": "(batch, height, width, channels)"},
            [None, 24, 3],
        ),
        ("y = !Mine(x)", {"output": "(batch, rows, columns, channels * 2)"}, [None, 4, 6, 6]),
        ("y = !Mine(x)", {"output": "(..., 9)"}, [None, 4, 6, 9]),
        ("y = !Mine(x) size=[2, 5]", {"output": "(batch, size[0], size[1])"}, [None, 2, 5]),
        ("y = !Mine(x)", {"output": "(batch, ..., columns, 1)"}, [None, 4, 6, 1]),
        (
            "y = !Mine([x, x])",
            {"inputs": ["(b, h, w, c)", "(b, h, w, d)"], "output": "(b, h, w, c + d)"},
            [None, 4, 6, 6],
        ),
        ("y = !Mine(x, mask=x)", {"inputs": "(b, h, w, c), (b, h, w, c)", "output": "(b, w)"}, [None, 6]),
    ],
)
def test_names_are_axes_or_arguments(layer: str, contract: Contracts, shape: list[Any]) -> None:
    model = write(f"x = Input [null, 4, 6, 3]\n{layer} -> out").text
    assert shapes_and_counts(model, {"Mine": contract})[0]["y"] == [shape]


def test_a_layer_may_give_several_tensors_of_several_dtypes() -> None:
    model = write("x = Input [null, 4]\ny = !Split(x)\nz = Dense(y:1) units=3 -> out").text
    contract = {"output": ["(batch, 2)", "batch, 7"], "dtype": ["int32", "float32"]}
    node = report(model, {"Split": contract})["nodes"][1]
    assert node["outputs"] == [{"shape": [None, 2], "dtype": "int32"}, {"shape": [None, 7], "dtype": "float32"}]
    assert shapes_and_counts(model, {"Split": contract})[0]["z"] == [[None, 3]]


def test_what_a_custom_layer_gives_of_an_unknown_shape_is_known_as_far_as_its_rule_says() -> None:
    model = write("x = Input [null, 4]\na = !Secret(x)\ny = !Mine(a) -> out").text
    shapes, _, _ = shapes_and_counts(model, {"Mine": {"output": "(batch, time, 7)"}})
    assert shapes == {"x": [[None, 4]], "a": [None], "y": [[None, None, 7]]}


def test_a_contract_may_be_about_one_layer() -> None:
    code = 'function={"class_name": "__lambda__", "config": {"code": "4wEA"}}'
    model = write(f"x = Input [null, 4]\na = Lambda(x) {code}\nb = Lambda(a) {code} -> out")
    contracts = {"Lambda/a": {"output": "(batch, 9)"}, "Lambda": {"output": "(batch, 2)"}}
    shapes, _, codes = shapes_and_counts(model.text, contracts)
    assert (shapes["a"], shapes["b"]) == ([[None, 9]], [[None, 2]])
    assert codes.count("GC207") == 2


def test_a_contract_stands_in_for_a_class_that_nobody_knows() -> None:
    model = write("x = Input [null, 4]\ny = Secret(x) -> out").text
    assert shapes_and_counts(model, {})[2] == ["GC201"]
    assert shapes_and_counts(model, {"Secret": {"output": "(batch, 2)"}})[::2] == (
        {"x": [[None, 4]], "y": [[None, 2]]},
        ["GC214"],
    )


def test_a_contract_reaches_into_nested_models_and_wrappers() -> None:
    inside = json.loads(write("a = Input [null, 4]\nb = !Mine(a) -> out").text)
    outer = json.loads(write("x = Input [null, 5, 4]\ny = TimeDistributed(x) -> out").text)
    outer["config"]["layers"][1]["config"]["layer"] = inside["config"]["layers"][1]
    shapes, _, _ = shapes_and_counts(outer, {"Mine": {"output": "(batch, 7)"}})
    assert shapes["y"] == [[None, 5, 7]]
    model = json.loads(write("x = Input [null, 4]\ny = Dense(x) units=4\nz = Dense(y) units=1 -> out").text)
    model["config"]["layers"][1] |= {"class_name": "Functional", "module": "keras", "config": inside["config"]}
    shapes, _, _ = shapes_and_counts(model, {"Mine": {"output": "(batch, 7)"}})
    assert shapes["z"] == [[None, 1]]


def test_why_names_the_arguments_of_a_rule() -> None:
    rule = {"output": "(batch, 2 * time, embed_dim)"}
    found = graphcore.explain(graphcore.check(write(TRANSFORMER).text, contracts={"TokenAndPosition": rule}), "e")
    assert found is not None
    assert [axis.steps[-1].text for axis in found.axes] == [
        "the same as the input's",
        "2*80 = 160",
        "embed_dim = 32",
    ]


@pytest.mark.parametrize(
    ("contract", "says"),
    [
        ({"output": "(batch, units)"}, "units is no argument of it, and its input"),
        ({"output": "(batch, width * depth)"}, "width is no argument of it, and no axis"),
        ({"output": "(batch, 1 - 4)"}, "1 - 4 comes to -3, which is no size"),
        ({"output": "(batch, 1 // (4 - 4))"}, "1 // (4 - 4) divides by 0"),
        ({"output": "(batch, word)"}, "word is no whole number"),
        ({"output": "(batch,)", "inputs": "(batch, time)"}, "it takes (batch, time), and gets (None,)"),
        ({"output": "(batch,)", "dtype": ["int8", "int16"]}, "it says 2 dtypes for 1 outputs"),
        ({"treat_as": "Conv2D"}, "cannot be treated as Conv2D"),
    ],
)
def test_a_contract_that_does_not_fit_is_a_warning_at_its_layer(contract: Contracts, says: str) -> None:
    model = write('x = Input [null]\ny = !Mine(x) word="w" -> out').text
    found = report(model, {"Mine": contract})
    problem = next(problem for problem in found["diagnostics"] if problem["code"] == "GC215")
    assert says in problem["message"]
    assert (found["ok"], problem["layer"]) == (True, "y")


# --- what a contract takes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contract", "keys"),
    [
        (3, ()),
        ({"outputs": "(a,)"}, ("outputs",)),
        ({"output": 3}, ("output",)),
        ({"output": ["(a,)", 3]}, ("output",)),
        ({"inputs": "(a"}, ("inputs",)),
        ({"dtype": 3}, ("dtype",)),
        ({"weights": []}, ("weights",)),
        ({"weights": {"k": 3}}, ("weights", "k")),
        ({"weights": {"k": "(a,), (b,)"}}, ("weights", "k")),
        ({"weights": {"k": ["x y"]}}, ("weights", "k")),
        ({"parameters": True}, ("parameters",)),
        ({"parameters": "x)"}, ("parameters",)),
        ({"parameters": 3, "weights": {}}, ("parameters",)),
        ({"treat_as": 3}, ("treat_as",)),
        ({"treat_as": "Dense", "output": "(a,)"}, ("output",)),
    ],
)
def test_what_is_no_contract_is_refused_in_its_place(contract: Any, keys: tuple[str, ...]) -> None:
    with pytest.raises(BadContract) as refused:
        read_contract(contract)
    assert refused.value.keys == keys


def document(contracts: Any) -> dict[str, Any]:
    return {"layerwright": 1, "model": json.loads(write(TRANSFORMER).text), "contracts": contracts}


@pytest.mark.parametrize(
    ("contracts", "pointer"),
    [
        ({"TokenAndPosition": {"output": "(a"}}, "/contracts/TokenAndPosition/output"),
        ({"a/b": {"weights": {"c~d": 3}}}, "/contracts/a~1b/weights/c~0d"),
        ({"TokenAndPosition": {"treat_as": "Nothing"}}, "/contracts/TokenAndPosition/treat_as"),
        ({"TokenAndPosition": {"treat_as": "Lambda"}}, "/contracts/TokenAndPosition/treat_as"),
        ([3], "/contracts"),
    ],
)
def test_a_document_holds_contracts_and_says_which_cannot_be_read(contracts: Any, pointer: str) -> None:
    found = report(document(contracts))
    assert [problem["pointer"] for problem in found["diagnostics"] if problem["code"] == "GC215"] == [pointer]
    assert found["ok"]


def test_a_documents_contracts_are_records_and_come_back() -> None:
    said = document({"TokenAndPosition": {"output": "(batch, 3)"}, "a/b": {"note": "x"}})
    found = edits.records(said)
    assert found["contracts/TokenAndPosition"] == {"output": "(batch, 3)"}
    assert edits.from_records(found)["contracts"] == said["contracts"]
    graph, _ = graphcore.read(said)
    assert graph is not None
    assert graphcore.to_config(graph, "document")["contracts"] == said["contracts"]
    assert "contracts" not in graphcore.to_config(graph, "keras3")


def test_a_documents_own_contract_counts_before_one_that_is_given() -> None:
    said = document({"TokenAndPosition": {"output": "(batch, 3)"}})
    assert shapes_and_counts(said, {"TokenAndPosition": {"output": "(batch, 4)"}})[0]["e"] == [[None, 3]]


# --- classes of Keras -------------------------------------------------------------------------------------------------


def test_the_notes_u_net_has_its_parameters_where_its_subclasses_are_treated_as_what_they_extend() -> None:
    """As printed the model's output is the tensor before `img`: 26,017,028; with both outputs 26,017,541."""
    contracts = {"Conv": {"treat_as": "Conv2D"}, "ConvT": {"treat_as": "Conv2DTranspose"}}
    printed = EXAMPLES / "unet-as-printed.json"
    assert report(printed)["params"]["total"] is None
    assert report(printed, contracts)["params"]["total"] == 26_017_028
    whole = json.loads((EXAMPLES / "unet.json").read_text())
    own = {"Conv2D": "Conv", "Conv2DTranspose": "ConvT"}
    for entry in whole["config"]["layers"]:
        if entry["class_name"] in own:
            entry |= {
                "module": None,
                "class_name": own[entry["class_name"]],
                "registered_name": own[entry["class_name"]],
            }
    assert report(whole)["params"]["total"] is None
    assert report(whole, contracts)["params"]["total"] == 26_017_541


def test_a_subclass_is_offered_to_be_what_it_extends() -> None:
    found = graphcore.check(EXAMPLES / "unet-as-printed.json")
    titles = [[fix.title for fix in problem.fixes] for problem in found.diagnostics]
    convs = ["Make 2 layers a Conv2D in place of Conv"]
    assert titles == [convs, convs, ['Make "ConvT1" a Conv2DTranspose in place of ConvT']]
    fixes = [problem.fixes[0].id for problem in found.diagnostics[1:]]
    mended = graphcore.mend(EXAMPLES / "unet-as-printed.json", fixes)
    assert (mended.missing, report(mended.text)["params"]["total"]) == ((), 26_017_028)


def test_in_a_document_it_is_offered_to_be_treated_so() -> None:
    said = {"layerwright": 1, "model": json.loads((EXAMPLES / "unet-as-printed.json").read_text())}
    fixes = {fix.title: fix for problem in graphcore.check(said).diagnostics for fix in problem.fixes}
    assert set(fixes["Treat Conv as Conv2D"].diff["added"]) == {"contracts/Conv"}
    ids = [fixes[title].id for title in ("Treat Conv as Conv2D", "Treat ConvT as Conv2DTranspose")]
    mended = graphcore.mend(said, ids)
    assert (mended.missing, report(mended.document)["params"]["total"]) == ((), 26_017_028)


def test_arguments_of_a_subclass_of_its_own_are_no_problem() -> None:
    model = write("x = Input [null, 8]\ny = !Mine(x) units=4 idx=3 -> out").text
    shapes, total, codes = shapes_and_counts(model, {"Mine": {"treat_as": "Dense"}})
    assert (shapes["y"], total, codes) == ([[None, 4]], 36, ["GC214"])


@pytest.mark.parametrize(
    ("config", "classes"),
    [
        ({"rate": 0.5, "seed": None, "noise_shape": None}, ["Dropout", "AlphaDropout"]),
        ({"rate": 0.5, "seed": None}, []),
        (
            {
                "filters": 8,
                "kernel_size": [3, 3],
                "strides": [1, 1],
                "padding": "same",
                "data_format": None,
                "dilation_rate": [1, 1],
                "groups": 1,
                "activation": "relu",
                "use_bias": True,
            },
            ["Conv2D"],
        ),
        ({"num_heads": 2, "key_dim": 3}, []),
    ],
)
def test_a_class_is_known_by_the_arguments_that_it_writes(config: Any, classes: list[str]) -> None:
    layer = Layer("x", Op("MyDropout", None, "MyDropout"), {"name": "x", "trainable": True, **config})
    assert [entry.cls for entry in classes_like(layer, CATALOG, "keras3")] == classes


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "model.json").write_text(write(TRANSFORMER).text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def last_line(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    cli.main(arguments)
    captured = capsys.readouterr()
    return (captured.out + captured.err).splitlines()[-1]


@pytest.mark.parametrize("name", ["model.contracts.json", "model.json.contracts.json", "model.contracts.toml"])
def test_contracts_beside_a_model_are_found(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    rule = {"output": "(batch, time, embed_dim)", "parameters": 8}
    toml = '[TokenAndPosition]\noutput = "(batch, time, embed_dim)"\nparameters = 8\n'
    (folder / name).write_text(toml if name.endswith("toml") else json.dumps({"TokenAndPosition": rule}))
    assert last_line(capsys, "check", "model.json") == "ok  model.json  model  Keras 3  3 layers  140 parameters"
    assert "140 (560.00 B)" in "".join(filter(None, [_printed(capsys, "summary", "model.json")]))


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    cli.main(arguments)
    return capsys.readouterr().out


def test_contracts_are_not_looked_for_beside_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "-.contracts.json").write_text('{"TokenAndPosition": {"output": "(batch, time, 3)"}}')
    monkeypatch.setattr("sys.stdin", type("Piped", (), {"buffer": io.BytesIO((folder / "model.json").read_bytes())})())
    assert "1 warning" in last_line(capsys, "check", "-")


def test_a_file_of_contracts_that_cannot_be_read_ends_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.json").write_text('{"TokenAndPosition": {"output": "(batch"}}')
    where, what = "c.json → TokenAndPosition → output", "a comma or a bracket is missing, or one too many"
    says = f"layerwright check: {where}: {what} (column 1)"
    assert last_line(capsys, "check", "model.json", "--contracts", "c.json") == says
    assert cli.main(["check", "model.json", "--contracts", "c.json"]) == 2
    assert cli.main(["check", "model.json", "--contracts", "missing.json"]) == 2
    for text, says in (("[]", "takes an object"), ("{", "is no JSON"), (" " * 1_000_001, "more than 1,000,000 bytes")):
        (folder / "c.json").write_text(text)
        with pytest.raises(BadContract, match=says):
            read_file(folder / "c.json")


# --- weights that a file holds ----------------------------------------------------------------------------------------


def archive(path: Path, config: dict[str, Any]) -> Path:
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        for folder, name, shapes in (
            ("mine", "a", [(4, 3), (3,)]),
            ("mine/dense", "dense_7", [(2, 2)]),
            ("dense", "b", [(3, 1)]),
        ):
            group = file.create_group(f"layers/{folder}/vars")
            group.attrs["name"] = name
            for i, shape in enumerate(shapes):
                group.create_dataset(str(i), shape=shape, dtype="f4")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("config.json", json.dumps(config))
        packed.writestr("model.weights.h5", weights.getvalue())
    return path


STORED = json.loads(write("x = Input [null, 4]\na = !Mine(x)\nb = Dense(a) units=1 -> out").text)


def test_weights_that_an_archive_holds_of_a_custom_layer_are_counted(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", STORED)
    found = report(path, {"Mine": {"output": "(batch, 3)"}})
    assert found["params"] == {"trainable": 19 + 4, "non_trainable": 0, "total": 23, "known": 23}
    (problem,) = report(path)["diagnostics"]
    assert problem["message"] == 'Mine "a" is a custom class: its weights are taken from the file, its shape is unknown'
    nodes = report(path.read_bytes())["nodes"]
    assert nodes[1]["params"] == {"trainable": 19, "non_trainable": 0}


def test_a_document_keeps_what_its_archive_held(tmp_path: Path) -> None:
    graph, _ = graphcore.read(archive(tmp_path / "m.keras", STORED))
    assert graph is not None
    document = graphcore.to_config(graph, "document")
    assert document["stored"]["a"]["dense/0"] == {"shape": [2, 2], "dtype": "float32"}
    assert report(document)["nodes"][1]["params"] == {"trainable": 19, "non_trainable": 0}
    assert (
        report({**document, "stored": {"a": {"x": 3}, "b": 4, "c": {"y": {"shape": [-1]}}}})["nodes"][1]["params"][
            "trainable"
        ]
        is None
    )


def test_a_contracts_own_weights_count_before_the_files(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", STORED)
    assert report(path, {"Mine": {"output": "(batch, 3)", "parameters": 5}})["params"]["total"] == 9


def test_the_call_of_a_class_that_is_treated_as_another_may_take_more() -> None:
    model = json.loads(write("x = Input [null, 8]\ny = !Mine(x) -> out").text)
    call = model["config"]["layers"][1]["inbound_nodes"][0]
    call["kwargs"] = {"scale": 2.0}
    assert report(json.dumps(model), {"Mine": {"treat_as": "ReLU"}})["ok"]
