"""Refuses to build what would be installed without the editor: `make wheel` builds that first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorIsBuilt(BuildHookInterface[Any]):  # the configuration of any builder
    """Looks before anything is written.

    An editable install serves whatever the checkout has, so it may come first. pre-commit, which says that it runs,
    builds the command from a clone and has no use for the editor.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse where static/dist is missing.

        Raises:
            FileNotFoundError: it is.
        """
        is_for_the_command = version == "editable" or "PRE_COMMIT" in os.environ
        if not is_for_the_command and not Path(self.root, "static/dist/.vite/manifest.json").is_file():
            raise FileNotFoundError("static/dist is missing: make wheel builds the editor, and then the wheel")
