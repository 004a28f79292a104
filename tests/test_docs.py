"""What the pages say is so: README's commands print what stands there, links lead somewhere, codes have examples."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

import graphcore
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


class Command(NamedTuple):
    """A command of a console block and what is printed beneath it."""

    line: str
    printed: str


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def _commands() -> Iterator[Command]:
    for block in _blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, printed = part.replace("\\\n", " ").partition("\n")
            yield Command(line, printed)


def test_the_worked_example_of_adding_a_layer_runs() -> None:
    page = ROOT / "docs" / "adding-a-layer.md"
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    exec(compile("\n".join(blocks), str(page), "exec"), {})


# The command line.


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout to README's commands, and takes what they write."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "app").symlink_to(ROOT / "app")
    return folder


@pytest.mark.parametrize("command", [c for c in _commands() if c.line.startswith("layerwright ")], ids=lambda c: c.line)
def test_readme_commands_print_what_stands_there(command: Command, workplace: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command.line,
        shell=True,
        cwd=workplace,
        env={**os.environ, "PATH": path, "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert "Traceback" not in done.stdout
    assert done.returncode in {0, 1}, done.stdout
    assert re.fullmatch(_pattern(command.printed), done.stdout), done.stdout


def _pattern(printed: str) -> str:
    """What stands there, where a line `…` is any number of lines."""
    return "".join(r"(?:.*\n)*" if line == "…" else re.escape(line) + r"\n" for line in printed.splitlines())


def test_readme_commands_are_all_tried() -> None:
    others = {c.line.split()[0] for c in _commands()} - {"layerwright", "curl"}
    assert others == set()
    assert len(list(_commands())) >= 5


# The library.


@pytest.mark.parametrize("program", _blocks("python"), ids=lambda program: program.splitlines()[0])
def test_readme_programs_run(program: str, workplace: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program], cwd=workplace, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# The REST interface.


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    service = create_app(Settings(data=tmp_path_factory.mktemp("data")))
    with TestClient(service, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.mark.parametrize("command", [c for c in _commands() if c.line.startswith("curl ")], ids=lambda c: c.line)
def test_readme_requests_answer_what_stands_there(command: Command, client: TestClient) -> None:
    assert re.fullmatch(_pattern(command.printed), _curl(client, shlex.split(command.line)[1:]))


def _curl(client: TestClient, words: list[str]) -> str:
    """What curl would print, for the options that README uses."""
    url, body, files = "", None, None
    while words:
        match words.pop(0):
            case "-s":
                pass
            case "--data-binary":
                body = (ROOT / words.pop(0).removeprefix("@")).read_bytes()
            case "-F":
                name, _, path = words.pop(0).partition("=@")
                files = {name: (ROOT / path).read_bytes()}
            case word:
                assert word.startswith("http"), word
                url = word
    answer = client.request("GET" if body is None and files is None else "POST", url, content=body, files=files)
    return answer.text if answer.text.endswith("\n") else answer.text + "\n"


# Links and pictures.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text)
    local = [target for pair in targets for target in pair if target and not re.match(r"https?://|mailto:", target)]
    assert [target for target in local if not _exists(page, target)] == []


def _exists(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    if not anchor:
        return file.exists()
    titles = re.findall(r"^#+ (.*)$", file.read_text(), flags=re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


# Every code has an example that triggers it: those that a text can show stand in test_codes and test_code_examples.


@pytest.mark.parametrize(
    "code", [c for c in graphcore.CODES.values() if c.example.kind == "description"], ids=lambda c: c.id
)
def test_a_code_that_no_text_can_show_has_a_test(code: graphcore.Code) -> None:
    tests = [file for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__)]
    assert any(re.search(rf"['\"]{code.id}['\"]", file.read_text()) for file in tests)
