"""The command `layerwright`: what it prints and how it ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import graphcore
from graphcore import CODES, cli

from .models import functional, layer, source, text

GOOD = text(functional(source("x", 8), layer("Dense", "y", "x", units=4), name="good"))
BAD = text(functional(source("x", 8), layer("Dense", "y", "x"), name="bad"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "bad.json").write_text(BAD)
    (tmp_path / "damaged.json").write_text("{")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Run:
    """A call of the command in this process: exit code, output and errors."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> None:
        self.code = cli.main(arguments)
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        self.output, self.errors = captured.out.decode(), captured.err.decode()


Capture = pytest.CaptureFixture[bytes]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["good.json"], 0),
        (["bad.json"], 1),
        (["damaged.json"], 1),
        (["missing.json"], 2),
        (["."], 2),
        (["good.json", "bad.json"], 1),
        (["missing.json", "bad.json", "good.json"], 2),
        (["bad.json", "missing.json"], 2),
    ],
)
@pytest.mark.parametrize("format", ["text", "jsonl", "sarif", "github"])
def test_exit_codes(folder: Path, capfdbinary: Capture, files: list[str], code: int, format: str) -> None:
    assert Run(capfdbinary, "check", *files, "--format", format).code == code


def test_check_as_text(folder: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "bad.json", "missing.json", "good.json")
    start = BAD.index('"config": {', BAD.index('"Dense"')) + len('"config": ')
    line, column = BAD.count("\n", 0, start) + 1, start - BAD.rindex("\n", 0, start)
    assert run.output == (
        'error[GC203] Dense "y" has no units, which it needs\n'
        f"  --> bad.json:{line}:{column}  /config/layers/1/config\n"
        f"{' ' * len(str(line))} |\n"
        f"{line} | {BAD.splitlines()[line - 1].strip()}\n"
        f"{' ' * len(str(line))} | {' ' * BAD.splitlines()[line - 1].strip().index('{')}^\n"
        "hint: add units to its config: a whole number above 0\n"
        "\n"
        "Keras 3: 1 error\n"
        "\n"
        "ok  good.json  good  Keras 3  2 layers  36 parameters\n"
    )
    assert run.errors == "layerwright check: missing.json: No such file or directory\n"


def test_json_is_one_report_for_one_file(folder: Path, capfdbinary: Capture) -> None:
    assert json.loads(Run(capfdbinary, "check", "good.json", "--format", "json").output)["params"]["total"] == 36
    run = Run(capfdbinary, "check", "good.json", "bad.json", "--format=json")
    assert (run.code, run.output) == (2, "")
    assert "use --format jsonl" in run.errors


def test_jsonl_is_a_line_for_every_argument(folder: Path, capfdbinary: Capture) -> None:
    files = ["./good.json", "missing.json", "damaged.json", "good.json"]
    lines = [json.loads(line) for line in Run(capfdbinary, "check", *files, "--format", "jsonl").output.splitlines()]
    assert [line["file"] for line in lines] == files
    assert [line["ok"] for line in lines] == [True, False, False, True]
    assert lines[1]["error"] == "No such file or directory"


def test_sarif_is_one_log(folder: Path, capfdbinary: Capture) -> None:
    log = json.loads(Run(capfdbinary, "check", "good.json", "bad.json", "damaged.json", "--format", "sarif").output)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["GC203", "GC001"]


def test_a_dash_is_standard_input(capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert Run(capfdbinary, "check", "-").output == "ok  -  good  Keras 3  2 layers  36 parameters\n"


def test_limits_may_be_larger(folder: Path, capfdbinary: Capture) -> None:
    padded = folder / "padded.json"
    padded.write_text(GOOD + " " * (33 << 20))
    run = Run(capfdbinary, "check", "padded.json")
    assert (run.code, run.output.splitlines()[0][:12]) == (1, "error[GC002]")
    assert Run(capfdbinary, "check", "padded.json", "--limits", "2").code == 0


def test_summary(folder: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "summary", "good.json")
    assert (run.code, run.output.splitlines()[0]) == (0, 'Model: "good"')
    assert Run(capfdbinary, "summary", "bad.json").code == 1
    run = Run(capfdbinary, "summary", "good.json", "--show-trainable", "--layer-range", "nowhere", "x")
    assert (run.code, run.output) == (2, "")
    assert "no layer's name begins with 'nowhere'" in run.errors
    run = Run(capfdbinary, "summary", "damaged.json")
    assert (run.code, run.output, run.errors[:12]) == (1, "", "error[GC001]")
    assert Run(capfdbinary, "summary", "missing.json").code == 2


def test_plot(folder: Path, capfdbinary: Capture) -> None:
    options = ["--show-shapes", "--show-layer-names", "--rankdir", "LR", "--layer-range", "x", "y", "--dpi", "72"]
    assert Run(capfdbinary, "plot", "good.json", "-o", "good.dot", *options).code == 0
    dot = (folder / "good.dot").read_text()
    assert "<b>(None, 4)</b>" in dot
    assert "rankdir=LR" in dot
    assert Run(capfdbinary, "plot", "bad.json", "-o", "bad.svg").code == 1
    assert "GC203" in (folder / "bad.svg").read_text()
    for arguments in (["-o", "x.gif"], ["-o", "none/x.svg"], ["-o", "x.svg", "--layer-range", "(", "y"]):
        run = Run(capfdbinary, "plot", "good.json", *arguments)
        assert (run.code, run.errors[:18]) == (2, "layerwright plot: ")


def test_a_picture_that_is_simpler_than_asked_for_says_so(folder: Path, capfdbinary: Capture) -> None:
    chain = [source("x", 8), *(layer("Dense", f"y{i}", f"y{i - 1}" if i else "x", units=4) for i in range(120))]
    (folder / "long.json").write_text(text(functional(*chain, name="long")))
    run = Run(capfdbinary, "plot", "long.json", "-o", "long.png", "--dpi", "600")
    assert (run.code, run.errors.split(" The ")[0]) == (0, f"info[{CODES['GC602'].id}]")


def test_convert(folder: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "convert", "good.json", "--to", "document")
    assert (run.code, json.loads(run.output)["layerwright"]) == (0, 1)
    assert Run(capfdbinary, "convert", "good.json", "--to", "keras3", "-o", "out.json").code == 0
    assert Run(capfdbinary, "check", "out.json").output == "ok  out.json  good  Keras 3  2 layers  36 parameters\n"
    compile(Run(capfdbinary, "convert", "good.json", "--to", "python").output, "model.py", "exec")


@pytest.mark.parametrize(
    "arguments", [["check"], ["check", "a", "--format", "xml"], ["draw", "a"], ["plot", "a", "--dpi", "0"]]
)
def test_a_wrong_call_is_exit_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2


def test_without_a_command_it_helps(capfdbinary: Capture) -> None:
    run = Run(capfdbinary)
    assert run.code == 2
    assert "serve" in run.errors
    assert Run(capfdbinary, "--version").output.startswith("layerwright 0.")


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path) -> None:
    command = [sys.executable, "-m", "graphcore.cli", "check", *["good.json"] * 2_000]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env={"PYTHONPATH": str(root)}
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_nothing_heavy_is_imported() -> None:
    heavy = {"tensorflow", "keras", "numpy", "h5py", "pydot", "fastapi", "pydantic", "uvicorn", "app"}
    code = (
        f"import sys, graphcore.cli; graphcore.cli.main(['check', '-']); print(sorted({heavy!r} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=GOOD,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


SAVED = Path(__file__).parents[1] / "models" / "keras2" / "nested.keras_metadata.pb"
MISSPELT = text(functional(source("x", 8), layer("Desne", "y", "x", units=4, extra=7), name="misspelt"))


@pytest.fixture
def misspelt(folder: Path) -> Path:
    path = folder / "misspelt.json"
    path.write_text(MISSPELT)
    return path


def test_fix_makes_the_safe_ones_in_the_file(misspelt: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "--fix", "misspelt.json")
    assert run.code == 1
    assert run.errors == 'fixed misspelt.json: Make "y" a Dense in place of Desne\n'
    assert run.output.startswith('error[GC202] Dense "y" has no argument extra\n')
    assert misspelt.read_text() == MISSPELT.replace("Desne", "Dense")


def test_fix_of_several_files(misspelt: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "good.json", "misspelt.json", "missing.json", "--fix", "--format", "jsonl")
    assert (run.code, len(run.output.splitlines())) == (2, 3)
    assert (misspelt.parent / "good.json").read_text() == GOOD


def test_fix_leaves_a_saved_model_as_it_is(folder: Path, capfdbinary: Capture) -> None:
    """Keras runs its saved_model.pb; the document that the page makes of it can be mended."""
    broken = SAVED.read_bytes().replace(b'"activation": "linear"', b'"activation": "linaer"')
    path = folder / "keras_metadata.pb"
    path.write_bytes(broken)
    run = Run(capfdbinary, "check", "--fix", "keras_metadata.pb")
    assert (run.code, path.read_bytes()) == (1, broken)
    assert run.errors.startswith("layerwright check: keras_metadata.pb: a SavedModel runs its saved_model.pb")
    mended = graphcore.mend(broken)
    assert mended.done
    assert mended.report.diagnostics == ()


def test_fix_mends_the_config_in_a_checkpoint_of_orbax(folder: Path, capfdbinary: Capture) -> None:
    inside = folder / "saved" / "3" / "model_config"
    inside.mkdir(parents=True)
    (inside / "_strings.json").write_text(json.dumps({"config": MISSPELT}))
    with zipfile.ZipFile(folder / "saved.zip", "w") as packed:
        packed.write(inside / "_strings.json", "saved/3/model_config/_strings.json")
    for path in ("saved", "saved.zip"):
        run = Run(capfdbinary, "check", "--fix", path)
        assert run.errors == f'fixed {path}: Make "y" a Dense in place of Desne\n'
        assert Run(capfdbinary, "check", path).output.startswith('error[GC202] Dense "y" has no argument extra\n')
    said = json.loads((inside / "_strings.json").read_text())
    assert said == {"config": MISSPELT.replace("Desne", "Dense")}


def test_fix_leaves_an_archive_as_it_is_that_cannot_be_copied_whole(folder: Path, capfdbinary: Capture) -> None:
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("config.json", MISSPELT)
        packed.writestr("model.weights.h5", b"weights")
    broken = path.read_bytes().replace(b"weights", b"w?ights", 2).replace(b"model.w?ights", b"model.weights")
    path.write_bytes(broken)
    run = Run(capfdbinary, "check", "--fix", "m.keras")
    assert run.errors.startswith("layerwright check: m.keras: model.weights.h5 is damaged: Bad CRC-32")
    assert (run.code, path.read_bytes()) == (2, broken)


def test_diff_writes_nothing(misspelt: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "misspelt.json", "--fix=all", "--yes", "--diff")
    assert (run.code, misspelt.read_text()) == (1, MISSPELT)
    assert run.output.startswith("--- a/misspelt.json\n+++ b/misspelt.json\n@@ ")
    assert '-    "class_name": "Desne",\n+    "class_name": "Dense",\n' in run.output
    assert run.errors.startswith("would fix misspelt.json: ")


def test_fix_all_takes_the_first_of_each_problem(misspelt: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "misspelt.json", "--fix=all", "--yes")
    assert (run.code, run.errors.count("fixed")) == (0, 2)
    assert json.loads(misspelt.read_text())["config"]["layers"][1]["config"] == {"name": "y", "units": 4}


@pytest.mark.parametrize(
    ("answers", "made"), [(["y", "y"], 2), (["n", "y"], 1), (["?", "1", "q"], 1), (["q"], 0), ([], 0)]
)
def test_fix_all_asks_for_each(
    misspelt: Path, capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch, answers: list[str], made: int
) -> None:
    said = iter(answers)

    def answer() -> str:
        for word in said:
            return word
        raise EOFError

    two = text(functional(source("x", 8), layer("Dense", "y", "x", units=-4), layer("Dropout", "d", "y", rate="0.5")))
    misspelt.write_text(two)
    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run = Run(capfdbinary, "check", "misspelt.json", "--fix=all")
    assert (run.errors.count("fixed misspelt.json"), run.code) == (made, 0 if made == 2 else 1)


@pytest.mark.parametrize("arguments", [["-", "--fix"], ["misspelt.json", "--fix=all"]])
def test_fix_without_a_file_or_an_answer_is_refused(
    misspelt: Path, capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    run = Run(capfdbinary, "check", *arguments)
    assert (run.code, run.output, misspelt.read_text()) == (2, "", MISSPELT)


def test_sarif_carries_fixes_as_places_of_the_text(misspelt: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "check", "misspelt.json", "--format", "sarif")
    results = json.loads(run.output)["runs"][0]["results"]
    (change,) = results[0]["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    line = MISSPELT.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"Desne"'
    assert replacement["insertedContent"] == {"text": '"Dense"'}


def test_explain_a_code(capfdbinary: Capture) -> None:
    by_id, by_slug = Run(capfdbinary, "explain", "gc404"), Run(capfdbinary, "explain", "broadcast-mismatch")
    assert by_id.code == 0
    assert by_id.output == by_slug.output
    code = CODES["GC404"]
    assert by_id.output.startswith(f"error[GC404] broadcast-mismatch\n{code.title}\n\nWhy:\n")
    assert "What Keras says:\n  Keras 3" in by_id.output
    assert "Inputs have incompatible shapes. Received shapes" in by_id.output


def test_explain_words_of_keras(capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "explain", "Inputs have incompatible shapes. Received shapes (28, 28, 32) and (28, 28, 64)")
    assert "GC404" in run.output.split("\n")[0]
    some = Run(capfdbinary, "explain", "expected", "min_ndim", "found", "ndim", "--format", "json")
    assert json.loads(some.output)[0]["code"] == "GC403"
    nothing = Run(capfdbinary, "explain", "xyzzy plugh")
    assert (nothing.code, nothing.output) == (1, "")
    assert Run(capfdbinary, "explain").code == 2


TRACEBACK = """Traceback (most recent call last):
  File "train.py", line 7, in <module>
    y = layers.Dense(4, units_out=2, name="y")(x)
ValueError: Unrecognized keyword arguments passed to Dense: {'units_out': 2}
"""


def test_explain_a_traceback(folder: Path, capfdbinary: Capture) -> None:
    (folder / "error.txt").write_text(TRACEBACK)
    run = Run(capfdbinary, "explain", "--traceback", "error.txt")
    assert run.code == 0
    assert run.output == (
        'error[GC202] Dense "y" has no argument units_out\n'
        "hint: correct the name, or remove the argument; files of another version may hold arguments that are gone\n"
        "\n"
        "Keras says: ValueError: Unrecognized keyword arguments passed to Dense: {'units_out': 2}\n"
        "in the program: train.py:7\n"
    )
    (folder / "other.txt").write_text("ZeroDivisionError: division by zero\n")
    assert Run(capfdbinary, "explain", "--traceback", "other.txt").code == 1
    assert Run(capfdbinary, "explain", "--traceback", "missing.txt").code == 2


def test_explain_a_traceback_in_the_model(folder: Path, capfdbinary: Capture) -> None:
    (folder / "error.txt").write_text("TypeError: Dense.__init__() missing 1 required positional argument: 'units'\n")
    run = Run(capfdbinary, "explain", "--traceback", "error.txt", "bad.json", "--format", "json")
    (found,) = json.loads(run.output)["diagnostics"]
    assert (found["code"], found["layer"], found["pointer"]) == ("GC203", "y", "/config/layers/1/config")
    assert found["line"] == BAD.count("\n", 0, BAD.index('"config": {', BAD.index('"Dense"'))) + 1


def test_explain_a_shape(folder: Path, capfdbinary: Capture) -> None:
    run = Run(capfdbinary, "explain", "good.json", "y")
    assert run.code == 0
    assert run.output == (
        "y[0][0]  Dense  (None, 4)  float32\n\n"
        "axis 0: None\n  x  known when the model runs\n  kept by 1 other call on the way\n\n"
        "axis 1: 4\n  y  units = 4\n\n"
        "what comes in: x (None, 8)\n"
    )
    assert json.loads(Run(capfdbinary, "explain", "good.json", "y:0:0", "--format", "json").output)["shape"] == [
        None,
        4,
    ]
    missing = Run(capfdbinary, "explain", "good.json", "yy")
    assert (missing.code, missing.output) == (2, "")
    assert "did you mean y" in missing.errors
    assert Run(capfdbinary, "explain", "bad.json", "y").code == 1
    assert Run(capfdbinary, "explain", "damaged.json", "y").code == 1


def test_warnings_can_be_ignored_and_errors_cannot(folder: Path, capfdbinary: Capture) -> None:
    idle = functional(source("x", 8), layer("Dropout", "d", "x", rate=0), name="idle")
    (folder / "idle.json").write_text(text(idle))
    assert "GC212" in Run(capfdbinary, "check", "idle.json").output
    assert "GC212" not in Run(capfdbinary, "check", "idle.json", "--ignore", "gc305, GC212").output
    for wrong in ("GC404", "GC999", "x"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["check", "idle.json", "--ignore", wrong])
        assert ended.value.code == 2


def test_diff_tells_two_models_apart(folder: Path, capfdbinary: Capture) -> None:
    wider = text(functional(source("x", 8), layer("Dense", "y", "x", units=5), name="good"))
    (folder / "wider.json").write_text(wider)
    same = Run(capfdbinary, "diff", "good.json", "good.json")
    assert (same.code, same.output) == (0, "good.json → good.json\n\nthe models are the same: 2 layers\n")
    other = Run(capfdbinary, "diff", "good.json", "wider.json")
    assert other.code == 1 and "    units: 4 → 5\n" in other.output and "parameters: 36 → 45\n" in other.output
    said = json.loads(Run(capfdbinary, "diff", "good.json", "wider.json", "--format", "json").output)
    assert said["layers"][0]["changes"][0] == {"what": "units", "before": 4, "after": 5}


def test_diff_needs_two_models(folder: Path, capfdbinary: Capture) -> None:
    damaged = Run(capfdbinary, "diff", "good.json", "damaged.json")
    assert damaged.code == 1 and "GC001" in damaged.errors and damaged.output == ""
    assert Run(capfdbinary, "diff", "good.json", "missing.json").code == 2
    assert Run(capfdbinary, "diff", "-", "-").code == 2


def test_convert_says_what_keras_refuses_of_what_it_wrote(folder: Path, capfdbinary: Capture) -> None:
    """Keras 3 has no `time_major`; what Keras 2 takes comes through as it is, and is no model of Keras 3."""
    recurrent = {"class_name": "LSTM", "config": {"name": "r", "units": 3, "time_major": True}}
    first = {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [4, None, 8]}}
    model = {"name": "old", "layers": [first, recurrent]}
    (folder / "old.json").write_text(
        text({"class_name": "Sequential", "config": model, "keras_version": "2.15.0", "backend": "tensorflow"})
    )
    assert Run(capfdbinary, "check", "old.json").code == 0
    run = Run(capfdbinary, "convert", "old.json", "--to", "keras3")
    assert run.code == 1 and '"time_major": true' in run.output
    assert run.errors == 'layerwright convert: GC202 LSTM "r" has no argument time_major\n'
    assert Run(capfdbinary, "convert", "good.json", "--to", "keras2").code == 0
