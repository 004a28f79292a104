"""Environments as a user's are: the wheel installed where there is no checkout, no Node and no Graphviz."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.install import DATA_ONLY

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements.lock"


class Environment(NamedTuple):
    """Where a wheel is installed, and the folder of a user who works there."""

    root: Path
    folder: Path

    @property
    def python(self) -> Path:
        return self.root / "bin" / "python"

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", {"base": str(self.root), "platbase": str(self.root)}))

    @property
    def variables(self) -> Mapping[str, str]:
        """Nothing on PATH but what the wheel brought; nothing of the test run's own settings."""
        kept = {name: os.environ[name] for name in ("LANG", "CUDA_VISIBLE_DEVICES") if name in os.environ}
        path = str(self.root / "bin")
        return {**kept, "PATH": path, "HOME": str(self.folder), "LAYERWRIGHT_DATA": str(self.folder / "data")}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A program of the environment, in the user's folder."""
        program, *arguments = command
        return subprocess.run(
            [self.root / "bin" / program, *arguments],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address that `layerwright serve` prints."""
        process = subprocess.Popen(
            [self.root / "bin" / "layerwright", "serve", "--port", "0"],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield process.stdout.readline().rpartition(" ")[2].strip().rstrip("/")
        finally:
            process.terminate()
            process.communicate(timeout=60)


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of a folder or of a source archive."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    (wheel,) = folder.glob("*.whl")
    return wheel


def empty(root: Path, folder: Path) -> Environment:
    """An environment without any package, and a folder with things of the user's that are called like ours."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    for file in ("app/__init__.py", "layerwright.py", "static/index.html", "templates/base.html"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text('raise SystemExit("the user\'s own file was taken for ours")\n')
    return Environment(root, folder)


def install(environment: Environment, wheel: Path, folder: Path) -> None:
    """The wheel and what it asks for, in the versions of the lock: pip has just downloaded them for this test run."""
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(re.findall(r"^[\w.-]+==[^\s\\]+(?: ;[^\\\n]+)?", LOCK.read_text(), re.MULTILINE)))
    pip("--python", str(environment.python), "install", "--only-binary=:all:", "-c", str(constraints), str(wheel))


def install_beside(environment: Environment, wheel: Path, extra: str) -> None:
    """The wheel by pip, and what it asks for with an extra as links to what this test run has of it.

    The extra's packages are 2 GB. Which they are is read from the wheel's own metadata and theirs, as pip does: one
    that the extra forgets to name is missing here too, although the test run has it.
    """
    pip("--python", str(environment.python), "install", "--no-deps", str(wheel))
    (installed,) = Distribution.discover(name="layerwright", path=[str(environment.packages)])
    for found in _needed(installed, extra):
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            link = environment.packages / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))


def _needed(installed: Distribution, extra: str) -> list[Distribution]:
    """All that a distribution with an extra asks for, directly or not."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(installed, extra), (installed, "")]
    while waiting:
        asking, wanted = waiting.pop()
        for requirement in map(Requirement, asking.requires or ()):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": wanted}):
                continue
            name = canonicalize_name(requirement.name)
            found.setdefault(name, distribution(name))
            for inner in {"", *requirement.extras}:
                if (name, inner) not in seen and name not in DATA_ONLY:  # nor has this test run what they ask for
                    seen.add((name, inner))
                    waiting.append((found[name], inner))
    return list(found.values())


def pip(*arguments: str) -> None:
    """Run pip of this test run's environment, with what it says where it fails."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
