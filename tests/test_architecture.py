"""ARCHITECTURE.md is held to what is so: the map names every file, and imports go down the ladders but for the doors.

The test knows no module by name. It reads the map, the ladders and the doors from the page, and the imports with `ast`.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
# Keras and everything that brings it; `keras.src` is among them.
TENSORFLOW = frozenset({"tensorflow", "keras", "tf_keras"})
PYTHON_LADDERS = ("graphcore", "app")


class Import(NamedTuple):
    """One import statement's module, and where it stands."""

    importer: str
    imported: str
    line: int
    is_late: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}{' late' if self.is_late else ''}"


def test_every_file_is_on_the_map() -> None:
    entries = _map()
    strangers = [file for file in _files() if not any(_covers(entry, file, entries) for entry in entries)]
    assert strangers == []


def test_everything_on_the_map_is_there() -> None:
    files = _files()
    assert [entry for entry in _map() if not any(f == entry or f.startswith(entry) for f in files)] == []


@pytest.mark.parametrize("package", PYTHON_LADDERS)
def test_every_module_has_a_rung(package: str) -> None:
    assert sorted(_ladder(package)) == sorted(_modules(package))


@pytest.mark.parametrize("package", PYTHON_LADDERS)
def test_imports_go_down_the_ladder(package: str) -> None:
    rungs = _ladder(package)
    doors = _doors()
    wrong = [
        str(found)
        for found in _imports(package)
        if found.imported in rungs
        and found.importer in rungs
        and rungs[found.imported] >= rungs[found.importer]
        and (found.importer, found.imported) not in doors
    ]
    assert wrong == []


def test_frontend_imports_go_down_the_ladder() -> None:
    rungs = _ladder("frontend")
    files = [file for file in _files() if re.match(r"frontend/src/.*\.tsx?$", file) and ".test." not in file]
    by_rung = {file: _rung_of(file, rungs) for file in files}
    assert [file for file, rung in by_rung.items() if rung is None] == []
    wrong = []
    for file in files:
        for target in _typescript_imports(file):
            here, there = by_rung[file], by_rung[target]
            if here is not None and there is not None and here[0] != there[0] and there[1] >= here[1]:
                wrong.append(f"{file} imports {target}")
    assert wrong == []


@pytest.mark.parametrize("package", PYTHON_LADDERS)
def test_functions_import_only_through_doors(package: str) -> None:
    doors = _doors()
    late = [found for found in _imports(package) if found.is_late]
    assert [str(found) for found in late if (found.importer, found.imported) not in doors] == []


def test_every_door_is_used() -> None:
    late = {
        (found.importer, found.imported) for package in PYTHON_LADDERS for found in _imports(package) if found.is_late
    }
    assert sorted(_doors() - late) == []


def test_graphcore_needs_only_the_standard_library() -> None:
    doors = _doors()
    strangers = [
        str(found)
        for found in _imports("graphcore")
        if (name := found.imported.partition(".")[0]) not in sys.stdlib_module_names
        and name != "graphcore"
        and (found.importer, found.imported) not in doors
    ]
    assert strangers == []


def test_graphcore_starts_programs_only_where_it_draws() -> None:
    starters = {
        found.importer
        for found in _imports("graphcore")
        if found.imported in {"subprocess", "multiprocessing", "os.exec"}
    }
    assert starters <= {"graphcore.draw"}


def test_the_service_uses_the_facade_of_graphcore() -> None:
    assert [str(found) for found in _imports("app") if found.imported.startswith("graphcore.")] == []


def test_only_the_worker_imports_tensorflow() -> None:
    importers = {
        found.importer
        for package in (*PYTHON_LADDERS, "tools")
        for found in _imports(package)
        if found.imported.partition(".")[0] in TENSORFLOW
    }
    assert importers == {"app.training.worker"}


def test_only_launch_imports_the_worker() -> None:
    importers = {found.importer for found in _imports("app") if found.imported == "app.training.worker"}
    assert importers == {"app.training.launch"}


# What is no layer of its own: where a graph begins and what a model is, also as Keras 1 wrote it; parts of an index.
STRUCTURE = {"InputLayer", "Model", "Functional", "Sequential", "Merge"}
STRUCTURE |= {"__slice__", "__ellipsis__", "__tensor__", "__numpy__", ""}
# Modules that write a class's own form because a file has one: each with its classes and the reason.
CLASSES_NAMED = {
    ("graphcore.tf_functions", "SlicingOpLambda"): "the form in which Keras 2 keeps functions of TensorFlow",
    ("graphcore.tf_functions", "TFOpLambda"): "the form in which Keras 2 keeps functions of TensorFlow",
    ("graphcore.formats.entries", "Embedding"): "the first layer of a Sequential of Keras 1 says its input's shape",
    ("graphcore.mending.inputs", "Flatten"): "one fix puts a pooling in its place",
    ("graphcore.advice", "BatchNormalization"): "one advice is about it: it takes the bias before it away",
}


def test_only_an_entry_knows_its_class() -> None:
    """No `if op == "Dense"` outside the catalog: what a layer does is asked of its entry."""
    found = {
        (name, cls)
        for name, path in _modules("graphcore").items()
        if not name.startswith("graphcore.catalog")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare)
        for cls in _classes_compared(node)
    }
    assert found == set(CLASSES_NAMED)


def _classes_compared(node: ast.Compare) -> Iterator[str]:
    """The texts that a class's name is compared with."""
    sides = (node.left, *node.comparators)
    if not any(isinstance(side, ast.Attribute) and side.attr in ("cls", "class_name") for side in sides):
        return
    for side in sides:
        for part in ast.walk(side):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value not in STRUCTURE:
                yield part.value


def test_every_dependency_has_a_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    python = [
        *project["project"]["dependencies"],
        *[name for names in project["project"]["optional-dependencies"].values() for name in names],
        *[name for names in project["dependency-groups"].values() for name in names],
    ]
    editor = json.loads((ROOT / "frontend" / "package.json").read_text())
    browser = json.loads((ROOT / "tests" / "e2e" / "browser" / "package.json").read_text())
    wanted = {re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower() for requirement in python}
    for table in (editor["dependencies"], editor["devDependencies"], browser["dependencies"]):
        wanted |= set(table)
    assert _dependencies() == sorted(wanted)


# What the page says.


def _section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found, f"ARCHITECTURE.md has no section {title!r}"
    return found[1]


def _block(text: str) -> list[str]:
    found = re.search(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert found
    return [line for line in found[1].splitlines() if line.strip()]


def _map() -> list[str]:
    """The map's paths. Two spaces indent, ` · ` separates names of one line, two spaces or more end them."""
    entries: list[str] = []
    folders: list[str] = []
    for line in _block(_section("The map")):
        depth = (len(line) - len(line.lstrip())) // 2
        names = re.split(r"\s{2,}", line.strip(), maxsplit=1)[0].split(" · ")
        del folders[depth:]
        entries += ["".join(folders) + name for name in names]
        folders.append(names[0])
    return entries


def _covers(entry: str, file: str, entries: list[str]) -> bool:
    """Whether an entry stands for a file: its own name, its test, or a folder of which the map shows nothing more."""
    if not entry.endswith("/"):
        return entry == file or (".test." in file and file.startswith(entry.rpartition(".")[0] + ".test."))
    return file.startswith(entry) and not any(other != entry and other.startswith(entry) for other in entries)


def _ladder(name: str) -> dict[str, int]:
    """Each module's rung. Higher ones may import lower ones; those of one rung do not know each other."""
    text = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", _section("Who may import whom"), flags=re.MULTILINE | re.DOTALL)
    assert text, f"ARCHITECTURE.md has no ladder for {name!r}"
    rungs: dict[str, int] = {}
    for height, line in enumerate(reversed(_block(text[1]))):
        for module in line.split():
            assert module not in rungs, module
            rungs[module] = height
    return {_full(name, module): height for module, height in rungs.items()} if name != "frontend" else rungs


def _full(package: str, module: str) -> str:
    return package if module == "(facade)" or module == "(package)" else f"{package}.{module}"


def _table(title: str) -> list[list[str]]:
    rows = [line for line in _section(title).splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _doors() -> set[tuple[str, str]]:
    return {(_code(row[0])[0], opened) for row in _table("Doors that open late") for opened in _code(row[1])}


def _dependencies() -> list[str]:
    return sorted(name for row in _table("Dependencies") for name in _code(row[0]))


def _code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# What is so.


def _files() -> list[str]:
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(file for file in set(listed.stdout.splitlines()) if (ROOT / file).is_file())


@cache
def _modules(package: str) -> dict[str, Path]:
    """A package's modules by their full names; an `__init__` that holds nothing but its docstring is none."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] == "__init__":
            if len(ast.parse(path.read_text()).body) <= 1:
                continue
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


@cache
def _imports(package: str) -> list[Import]:
    """Every import of a package's modules, resolved to full names; ours to the module that is meant."""
    found: list[Import] = []
    known = {name for each in (*PYTHON_LADDERS, "tools") for name in _modules(each)}
    for importer, path in _modules(package).items():
        tree = ast.parse(path.read_text())
        late = {id(inner) for node in ast.walk(tree) if isinstance(node, FUNCTIONS) for inner in ast.walk(node)}
        base = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [name for name in _named(node, base, known) if name != importer]
                found += [Import(importer, name, node.lineno, id(node) in late) for name in named]
    return found


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _named(node: ast.Import | ast.ImportFrom, base: str, known: set[str]) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom():
            above = base.split(".")[: len(base.split(".")) - (node.level - 1)] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            inside = [f"{module}.{alias.name}" for alias in node.names]
            yield from (name for name in inside if name in known)
            if any(name not in known for name in inside):
                yield module


def _rung_of(file: str, rungs: dict[str, int]) -> tuple[str, int] | None:
    """The room of a file of the editor and its height: the longest name on the ladder that it starts with."""
    inside = file.removeprefix("frontend/src/")
    names = [name for name in rungs if inside == name or (name.endswith("/") and inside.startswith(name))]
    return (name := max(names, key=len), rungs[name]) if names else None


def _typescript_imports(file: str) -> Iterator[str]:
    for found in re.finditer(r"""(?:from|import)\s*\(?\s*"(\.[^"]+)\"""", (ROOT / file).read_text()):
        target = (ROOT / file).parent / found[1].split("?")[0]
        for ending in ("", ".ts", ".tsx"):
            path = target.with_name(target.name + ending)
            if path.is_file() and path.suffix in {".ts", ".tsx"}:
                yield path.resolve().relative_to(ROOT).as_posix()
