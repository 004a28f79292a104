"""The Chromium that the browser tests drive: the system's, else the one that an npm package carries.

`python -m tests.e2e.chromium` makes it ready and prints its path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tools import editor

BROWSER = Path(__file__).parent / "browser"
UNPACKED = BROWSER / "node_modules" / ".chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Root may not use the sandbox, containers often cannot, and /dev/shm is 64 MB there. Pages under test are our own.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{fonts}/.cache</cachedir></fontconfig>
"""


class Chromium(NamedTuple):
    """A program and the environment that it starts in."""

    path: Path
    env: Mapping[str, str]


def find_chromium() -> Chromium:
    """The system's Chromium or Chrome, else the packed one, unpacked where it was not yet.

    Raises:
        RuntimeError: there is neither, with what to install.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Chromium(Path(found), dict(os.environ)) if found else _packed()


def _packed() -> Chromium:
    """Chrome's headless shell with the libraries it needs, from an npm package that was made for bare machines."""
    if not (UNPACKED / "chromium").is_file():
        _unpack()
    return Chromium(
        UNPACKED / "chromium",
        {
            **os.environ,
            "LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(UNPACKED / "fonts" / "fonts.conf"),
            # Without a language of the machine this shell calls itself en-US@posix, which its own Intl refuses.
            "LANG": "en_US.UTF-8",
        },
    )


def _unpack() -> None:
    if editor.modules(BROWSER):
        raise RuntimeError("The browser tests need Chromium: none is on PATH, and npm could not install one")
    # Beside its place first: another process never sees half of it.
    with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as folder:
        made = Path(folder) / "chromium"
        made.mkdir()
        # It unpacks its libraries only where it believes to be on such a bare machine.
        env = {**editor.environment(), "TMPDIR": str(made), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
        done = subprocess.run([editor.node(), "unpack.mjs"], cwd=BROWSER, env=env, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise RuntimeError("The browser tests need Chromium: none is on PATH, and the packed one is not for here")
        (made / "fonts" / "fonts.conf").write_text(FONTS.format(fonts=UNPACKED / "fonts"))
        made.rename(UNPACKED)


if __name__ == "__main__":
    print(find_chromium().path)
