"""The command `layerwright`: check, summary, plot, convert, stub, explain, diff; the server's where it is installed.

Exit code 0: every file is ok. 1: one is not. 2: a file could not be had, or the call was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from difflib import get_close_matches, unified_diff
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import (
    CODES,
    CannotDraw,
    CannotWrite,
    Graph,
    Inference,
    Limits,
    Report,
    check,
    find_codes,
    read_traceback,
    to_config,
)
from .compare import compare
from .contracts import BadContract, beside, read_file
from .diagnostics import Diagnostic, Fix
from .diagram import HEATS
from .explain import Explanation, explain_shape
from .formats.write_back import whole_text, write_back
from .mend_file import Mending, mend_file
from .model import TensorRef
from .plot import plot_model
from .render.compared import comparison_as_data, comparison_as_text
from .render.explained import (
    code_as_data,
    code_as_text,
    codes_as_text,
    explanation_as_data,
    explanation_as_text,
    reading_as_data,
    reading_as_text,
)
from .render.github import render_github
from .render.json import render_json
from .render.plain_text import printable
from .render.sarif import render_sarif
from .render.text import render_text
from .report import make_report
from .safe_copy import CannotCopy, copy_safely
from .stub import to_stub
from .summary import summary
from .to_python import to_python

OK, NOT_OK, UNUSABLE = 0, 1, 2
STDIN = "-"
# Where the server's commands are: in the wheel under its own name, in a checkout beside this package.
_SERVERS = ("layerwright_server", "app")
_TENSOR = re.compile(r"(.+?)(?::(\d{1,9}))?(?::(\d{1,9}))?", re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    given = ["--fix=safe" if argument == "--fix" else argument for argument in given]  # which takes no word after it
    parsed = _parser(given).parse_args(given)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that has no box lines shows escapes instead of a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except BadContract as error:
        return _complain(given[0], str(error))
    except KeyboardInterrupt:
        return 130
    return code


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layerwright", description="Check, summarise, draw and convert Keras models without TensorFlow."
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.set_defaults(run=lambda parsed: _version(parser, parsed))
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_check(commands)
    _add_summary(commands)
    _add_plot(commands)
    _add_convert(commands)
    _add_stub(commands)
    _add_explain(commands)
    _add_diff(commands)
    if not given or given[0] not in commands.choices:  # its settings take a while to read
        _add_server_commands(commands)
    return parser


Commands = Any  # argparse has no public name for it


def _add_check(commands: Commands) -> None:
    parser = commands.add_parser("check", help="say what is wrong with models, all at once")
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON, .keras or .h5; - is standard input")
    parser.add_argument("--format", choices=["text", "json", "jsonl", "sarif", "github"], default="text")
    parser.add_argument(
        "--ignore",
        type=_ignored,
        default=(),
        metavar="GCnnn[,…]",
        help="leave out warnings and hints of these codes; errors cannot be ignored",
    )
    parser.add_argument(
        "--fix",
        choices=["safe", "all"],
        help="mend the files: safe fixes (also without =safe), or all of them, each after a question",
    )
    parser.add_argument("--diff", "--dry-run", action="store_true", help="show what --fix would change; write nothing")
    parser.add_argument("--yes", action="store_true", help="answer every question of --fix=all with its first fix")
    parser.add_argument(
        "--safety", action="store_true", help="say too what the files could do; 1 where one could do something"
    )
    parser.add_argument("--safe-copy", metavar="OUT", help="with --safety: write a copy of the file that cannot do it")
    _add_contracts(parser)
    _add_limits(parser)
    parser.set_defaults(run=_check)


def _add_summary(commands: Commands) -> None:
    parser = commands.add_parser("summary", help="print the table that model.summary() prints")
    _add_file(parser)
    parser.add_argument("--expand-nested", action="store_true", help="show the layers of nested models")
    parser.add_argument("--show-trainable", action="store_true", help="show which layers are trained")
    parser.add_argument("--layer-range", nargs=2, metavar=("FIRST", "LAST"), help="patterns of the layers between")
    parser.add_argument("--cost", action="store_true", help="show memory and multiply-adds of one sample")
    parser.set_defaults(run=_summary)


def _add_plot(commands: Commands) -> None:
    parser = commands.add_parser("plot", help="draw a model as plot_model does")
    _add_file(parser)
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a name ending in .svg, .png, .pdf or .dot"
    )
    for name in _PLOT_FLAGS:
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true")
    parser.add_argument("--rankdir", choices=["TB", "BT", "LR", "RL"], default="TB")
    parser.add_argument("--dpi", type=_dpi, default=200)
    parser.add_argument("--splines", choices=["ortho", "curved", "polyline", "spline", "line"], default="ortho")
    parser.add_argument("--heat", choices=list(HEATS), help="colour layers by how much of it they have")
    parser.add_argument("--layer-range", nargs=2, metavar=("FIRST", "LAST"), help="patterns of the layers between")
    parser.set_defaults(run=_plot)


_PLOT_FLAGS = (
    *("show_shapes", "show_dtype", "show_layer_names", "expand_nested"),
    *("show_layer_activations", "show_trainable"),
)


def _add_convert(commands: Commands) -> None:
    parser = commands.add_parser("convert", help="write a model in another form")
    _add_file(parser)
    parser.add_argument("--to", required=True, choices=["keras3", "keras2", "python", "document"])
    parser.add_argument("-o", "--output", metavar="OUT", help="a file instead of standard output")
    parser.set_defaults(run=_convert)


def _add_stub(commands: Commands) -> None:
    parser = commands.add_parser("stub", help="write a Python class for each custom layer of a model, to be filled in")
    _add_file(parser)
    parser.add_argument("-o", "--output", metavar="OUT", help="a file instead of standard output")
    parser.set_defaults(run=_stub)


def _add_explain(commands: Commands) -> None:
    parser = commands.add_parser(
        "explain",
        help="say what a code or a message of Keras means, or why a tensor has its shape",
        description="layerwright explain GC404 · explain broadcast-mismatch · explain 'words of a message of Keras'"
        " · explain --traceback error.txt [MODEL] · explain MODEL LAYER[:call[:output]] (why this shape)",
    )
    parser.add_argument(
        "what",
        nargs="*",
        metavar="CODE|WORDS|FILE LAYER",
        help="a code, its slug, words of a message, or a model and a layer",
    )
    parser.add_argument("--traceback", metavar="TEXT", help="a file with a traceback of Keras; - is standard input")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    _add_contracts(parser)
    _add_limits(parser)
    parser.set_defaults(run=_explain)


def _add_diff(commands: Commands) -> None:
    parser = commands.add_parser(
        "diff",
        help="say what makes one model another, layer by layer",
        description="Exit code 0: the models are the same. 1: they differ, or a file holds no model. 2: a file could"
        " not be had.",
    )
    parser.add_argument("before", metavar="A", help="JSON, .keras or .h5; - is standard input")
    parser.add_argument("after", metavar="B", help="JSON, .keras or .h5; - is standard input")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    _add_contracts(parser)
    _add_limits(parser)
    parser.set_defaults(run=_diff)


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON, .keras or .h5; - is standard input")
    _add_contracts(parser)
    _add_limits(parser)


def _add_contracts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contracts",
        metavar="FILE",
        help="what custom layers give, JSON or TOML; else model.contracts.json beside model.keras",
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limits", type=int, default=1, metavar="N", help="take files N times as large as a stranger's may be"
    )


def _ignored(said: str) -> tuple[str, ...]:
    codes = tuple(part.strip().upper() for part in said.split(",") if part.strip())
    for code in codes:
        if code not in CODES:
            raise argparse.ArgumentTypeError(f"there is no code {printable(code, most=40)}")
        if CODES[code].severity == "error":
            raise argparse.ArgumentTypeError(f"{code} is an error, which cannot be ignored")
    return codes


def _dpi(said: str) -> int:
    dpi = int(said)
    if not 10 <= dpi <= 600:
        raise argparse.ArgumentTypeError("dpi takes a whole number from 10 to 600")
    return dpi


def _add_server_commands(commands: Commands) -> None:
    for name in _SERVERS:
        found = find_spec(name)
        if found is None or found.origin is None:
            continue
        # `app` is a common name: only the one beside this package is the server.
        if name != "app" or Path(found.origin).parent.parent == Path(__file__).parent.parent:
            import_module(f"{name}.commands").add_commands(commands)
            return


# --- what they do -----------------------------------------------------------------------------------------------------


def _version(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> int:
    if not parsed.version:
        parser.print_help(sys.stderr)
        return UNUSABLE
    from importlib.metadata import version

    print(f"layerwright {version('layerwright')}")
    return OK


def _check(parsed: argparse.Namespace) -> int:
    if parsed.format == "json" and len(parsed.files) > 1:
        return _complain("check", "json is one report for one file; use --format jsonl for several")
    if parsed.fix is not None and (refusal := _cannot_fix(parsed)) is not None:
        return _complain("check", refusal)
    if parsed.safe_copy is not None and (refusal := _cannot_copy(parsed)) is not None:
        return _complain("check", refusal)
    code = OK
    checked: list[tuple[str, Report]] = []
    for i, file in enumerate(parsed.files):
        try:
            report = _mended(file, parsed) if parsed.fix else _judged(file, parsed)
        except OSError as error:
            code = _cannot_read("check", file, error)
            if parsed.format == "jsonl":  # a line for every argument
                _write(_json_line(file, Report(None, None), error=error.strerror or str(error)))
            continue
        code = max(code, OK if report.ok and report.dangers == 0 else NOT_OK)
        if parsed.format == "sarif":
            checked.append((file, report))
        else:
            _write(_rendered(parsed.format, file, report, is_first=i == 0))
    if parsed.format == "sarif":
        print(render_sarif(checked))
    return max(code, _copy(parsed)) if parsed.safe_copy is not None else code


def _cannot_copy(parsed: argparse.Namespace) -> str | None:
    if not parsed.safety or parsed.fix is not None:
        return "--safe-copy goes with --safety, and not with --fix"
    if len(parsed.files) > 1 or STDIN in parsed.files:
        return "--safe-copy makes a copy of one file"
    return None


def _copy(parsed: argparse.Namespace) -> int:
    """Write the safe copy, and say what was taken out."""
    try:
        taken = copy_safely(Path(parsed.files[0]), Path(parsed.safe_copy), _limits(parsed.limits))
    except CannotCopy as error:
        print(f"layerwright check: {printable(str(error))}", file=sys.stderr)
        return NOT_OK
    except OSError as error:
        return _cannot_read("check", parsed.safe_copy, error)
    for danger in taken:
        print(f"taken out of {printable(parsed.safe_copy)}: {printable(danger.diagnostic.message)}", file=sys.stderr)
    return OK


def _judged(file: str, parsed: argparse.Namespace) -> Report:
    contracts = _contracts(file, parsed)
    return check(_source(file), _limits(parsed.limits), ignore=parsed.ignore, contracts=contracts, safety=parsed.safety)


def _cannot_fix(parsed: argparse.Namespace) -> str | None:
    """Why files cannot be mended as asked, before any is touched."""
    if STDIN in parsed.files and not parsed.diff:
        return "--fix writes files, and - is none: show what it would change with --diff"
    if parsed.fix == "all" and not parsed.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        return "--fix=all asks before each fix, and here is nobody to answer: use --fix, or --fix=all --yes"
    return None


def _mended(file: str, parsed: argparse.Namespace) -> Report:
    """Mend a file, and give the report of what it is then; with --diff of what it is still."""
    limits = _limits(parsed.limits)
    ask = None if parsed.fix == "safe" else _first if parsed.yes else _ask
    mending = mend_file(_source(file), limits, ask, parsed.ignore, _contracts(file, parsed))
    if mending.made and mending.after.is_saved:
        says = "a SavedModel runs its saved_model.pb, and is not mended: mend what layerwright convert makes of it"
        print(f"layerwright check: {printable(file)}: {says}", file=sys.stderr)
        return mending.report_before
    if mending.made and parsed.diff:
        sys.stderr.flush()
        _write(_difference(file, mending).encode("utf-8", "surrogatepass"))
    elif mending.made:
        write_back(Path(file), mending.after)
    verb = "would fix" if parsed.diff else "fixed"
    for fix in mending.made:
        print(f"{verb} {printable(file)}: {printable(fix.title)}", file=sys.stderr)
    return mending.report_before if parsed.diff else mending.report


def _difference(file: str, mending: Mending) -> str:
    """A unified diff of the text of the config."""
    member = mending.after.member
    name = printable(file if member is None else f"{file}/{member}")
    before, after = whole_text(mending.before), whole_text(mending.after)
    lines = unified_diff(before.splitlines(True), after.splitlines(True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _first(problem: Diagnostic) -> Fix | None:
    return problem.fixes[0]


def _ask(problem: Diagnostic) -> Fix | None:
    """Which fix of a problem is wanted. None: none of them.

    Raises:
        EOFError: no more questions.
    """
    print(f"{problem.severity}[{problem.code}] {printable(problem.message)}", file=sys.stderr)
    for n, fix in enumerate(problem.fixes, 1):
        print(f"  {n}  {printable(fix.title)}", file=sys.stderr)
    while True:
        print("Make fix 1? [y, n, a number, q] ", end="", file=sys.stderr, flush=True)
        answer = input().strip().lower()
        if answer in ("q", "quit"):
            raise EOFError
        if answer in ("n", "no", ""):
            return None
        if answer in ("y", "yes"):
            return problem.fixes[0]
        if answer.isdecimal() and 1 <= int(answer) <= len(problem.fixes):
            return problem.fixes[int(answer) - 1]


def _rendered(format: str, file: str, report: Report, *, is_first: bool) -> bytes:
    if format == "json":
        return render_json(report) + b"\n"
    if format == "jsonl":
        return _json_line(file, report)
    if format == "github":
        return render_github(report, file).encode("utf-8", "backslashreplace")
    said = render_text(report, file, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ, lines=True)
    return ("" if is_first else "\n").encode() + said.encode(sys.stdout.encoding or "utf-8", "backslashreplace")


def _json_line(file: str, report: Report, **more: str) -> bytes:
    """The report with the file's name as it was given, and with why it could not be read."""
    return json.dumps({"file": file, **more})[:-1].encode() + b", " + render_json(report)[1:] + b"\n"


def _write(body: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(body)


def _summary(parsed: argparse.Namespace) -> int:
    def show(graph: Graph, inference: Inference | None) -> None:
        options = {name: getattr(parsed, name) for name in ("expand_nested", "show_trainable", "layer_range", "cost")}
        print(summary(graph, inference=inference, **options), end="")

    return _with_graph("summary", parsed, show)


def _plot(parsed: argparse.Namespace) -> int:
    def write(graph: Graph, inference: Inference | None) -> None:
        options: dict[str, Any] = {
            name: getattr(parsed, name) for name in (*_PLOT_FLAGS, "rankdir", "dpi", "splines", "heat", "layer_range")
        }
        for note in plot_model(graph, parsed.output, inference=inference, **options):
            print(f"info[GC602] {note}", file=sys.stderr)

    return _with_graph("plot", parsed, write)


def _convert(parsed: argparse.Namespace) -> int:
    refused: list[Diagnostic] = []

    def write(graph: Graph, _inference: Inference | None) -> None:
        text = _converted(graph, parsed.to)
        if parsed.to != "python":  # what Keras 3 has no word for stays as it was
            refused.extend(check(text, _limits(parsed.limits), fixes=False).diagnostics)
        if parsed.output is None:
            _write(text.encode("utf-8", "surrogatepass"))
        else:
            Path(parsed.output).write_bytes(text.encode("utf-8", "surrogatepass"))

    code = _with_graph("convert", parsed, write)
    errors = [problem for problem in refused if problem.severity == "error"]
    if code != OK or not errors:
        return code
    for problem in errors:
        print(f"layerwright convert: {problem.code} {printable(problem.message)}", file=sys.stderr)
    return NOT_OK


def _stub(parsed: argparse.Namespace) -> int:
    def write(_graph: Graph, inference: Inference | None) -> None:
        text = None if inference is None else to_stub(inference)
        if text is None:
            raise ValueError("the model has no custom layers")
        if parsed.output is None:
            _write(text.encode("utf-8", "surrogatepass"))
        else:
            Path(parsed.output).write_bytes(text.encode("utf-8", "surrogatepass"))

    return _with_graph("stub", parsed, write)


def _converted(graph: Graph, form: Any) -> str:
    if form == "python":
        return to_python(graph)
    return json.dumps(to_config(graph, form), indent=1) + "\n"


def _explain(parsed: argparse.Namespace) -> int:
    if parsed.traceback is not None:
        return _explain_traceback(parsed)
    if not parsed.what:
        return _complain("explain", "name a code, words of a message, or a traceback")
    if len(parsed.what) == 2 and (parsed.what[0] == STDIN or Path(parsed.what[0]).exists()):
        return _explain_shape(parsed, *parsed.what)
    found = find_codes(" ".join(parsed.what))
    if parsed.format == "json":
        print(json.dumps([code_as_data(code) for code in found], indent=1))
    elif len(found) == 1:
        print(code_as_text(found[0]), end="")
    elif found:
        print(codes_as_text(found), end="")
    if not found:
        return _unknown(parsed.what)
    return OK


def _explain_shape(parsed: argparse.Namespace, file: str, tensor: str) -> int:
    try:
        report = check(_source(file), _limits(parsed.limits), contracts=_contracts(file, parsed))
    except OSError as error:
        return _cannot_read("explain", file, error)
    if report.graph is None or report.inference is None:
        print(render_text(report, file, lines=True), end="", file=sys.stderr)
        return NOT_OK
    said = _named_tensor(report.inference, tensor)
    if said is None:
        names = get_close_matches(tensor.split(":")[0], report.graph.layers, n=3)
        hint = f"; did you mean {' or '.join(names)}" if names else ""
        return _complain("explain", f"the model has no tensor {tensor[:200]}{hint}")
    if parsed.format == "json":
        _write(json.dumps(explanation_as_data(said, report), indent=1).encode() + b"\n")
    else:
        print(explanation_as_text(said, report, file), end="")
    return OK if said.problem is None else NOT_OK


def _named_tensor(inference: Inference, said: str) -> Explanation | None:
    """`layer`, `layer:call` or `layer:call:output`; a layer inside a nested model is `encoder/dense`."""
    found = _TENSOR.fullmatch(said)
    name, *numbers = ("", "0", "0") if found is None else found.groups("0")
    *path, layer = name.split("/")
    ref = TensorRef(name, *map(int, numbers))  # a name may hold slashes and colons of its own
    whole = explain_shape(inference, ref) or explain_shape(inference, TensorRef(said, 0, 0))
    return whole or explain_shape(inference, ref._replace(layer=layer), tuple(path))


def _unknown(words: Sequence[str]) -> int:
    print(f"layerwright explain: nothing is known about {printable(' '.join(words), most=80)!r}", file=sys.stderr)
    return NOT_OK


def _explain_traceback(parsed: argparse.Namespace) -> int:
    if len(parsed.what) > 1:
        return _complain("explain", "a traceback is about one model")
    report = None
    try:
        text = _source(parsed.traceback)
        said = text if isinstance(text, bytes) else text.read_bytes()
        if parsed.what:
            model = parsed.what[0]
            report = check(_source(model), _limits(parsed.limits), contracts=_contracts(model, parsed))
    except OSError as error:
        return _cannot_read("explain", str(error.filename or parsed.traceback), error)
    reading = read_traceback(said.decode("utf-8", "replace"), report)
    if parsed.format == "json":
        print(json.dumps(reading_as_data(reading, report), indent=1))
    else:
        print(reading_as_text(reading, report, parsed.what[0] if parsed.what else ""), end="")
    return OK if reading.findings else NOT_OK


def _diff(parsed: argparse.Namespace) -> int:
    files = parsed.before, parsed.after
    if files == (STDIN, STDIN):
        return _complain("diff", "standard input is one model: name the other one's file")
    reports = []
    for file in files:
        try:
            report = check(_source(file), _limits(parsed.limits), fixes=False, contracts=_contracts(file, parsed))
        except OSError as error:
            return _cannot_read("diff", file, error)
        if report.graph is None:
            print(render_text(report, file), end="", file=sys.stderr)
            return NOT_OK
        reports.append(report)
    said = compare(reports[0], reports[1])
    if parsed.format == "json":
        _write(json.dumps(comparison_as_data(said), indent=1).encode() + b"\n")
    else:
        _write(comparison_as_text(said, *files).encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    return OK if said.is_same else NOT_OK


def _with_graph(command: str, parsed: argparse.Namespace, do: Callable[[Graph, Inference | None], None]) -> int:
    """Do something with a file's graph; 1 where it has errors, which are named where there is no graph."""
    try:
        report = check(_source(parsed.file), _limits(parsed.limits), contracts=_contracts(parsed.file, parsed))
    except OSError as error:
        return _cannot_read(command, parsed.file, error)
    if report.graph is None:
        print(render_text(report, parsed.file), end="", file=sys.stderr)
        return NOT_OK
    try:
        do(report.graph, report.inference)
    except CannotWrite as error:
        problems = make_report(None, None, error.diagnostics)
        print(render_text(problems, parsed.file), end="", file=sys.stderr)
        return NOT_OK
    except (CannotDraw, ValueError) as error:
        return _complain(command, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _complain(command, f"{parsed.output}: {error.strerror or error}")
    if not report.ok:
        print(f"layerwright {command}: the model has errors; see layerwright check", file=sys.stderr)
    return OK if report.ok else NOT_OK


def _source(file: str) -> bytes | Path:
    return sys.stdin.buffer.read() if file == STDIN else Path(file)


def _contracts(file: str, parsed: argparse.Namespace) -> dict[str, Any]:
    """The contracts for a model: of the file that was named, else of the one that lies beside the model.

    Raises:
        OSError: the file cannot be read.
        BadContract: it does not hold contracts.
    """
    found = Path(parsed.contracts) if parsed.contracts is not None else None if file == STDIN else beside(Path(file))
    if found is None:
        return {}
    try:
        return read_file(found)
    except BadContract as error:
        raise BadContract((str(found), *error.keys), error.says) from None


def _limits(factor: int) -> Limits:
    base = Limits()
    # Not the depth: it is what Python's own reader can stand. Not the tries: they are time, not size.
    kept = ("depth", "tries")
    return Limits(**{f.name: getattr(base, f.name) * (1 if f.name in kept else factor) for f in fields(base)})


def _cannot_read(command: str, file: str, error: OSError) -> int:
    return _complain(command, f"{file}: {error.strerror or error}")


def _complain(command: str, sentence: str) -> int:
    print(f"layerwright {command}: {printable(sentence)}", file=sys.stderr)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
