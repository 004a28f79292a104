"""Refuses to build what would be installed without the editor: `make wheel` builds that first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorIsBuilt(BuildHookInterface[Any]):  # the configuration of any builder
    """Looks before anything is written. An editable install serves whatever the checkout has, so it may come first."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse where static/dist is missing.

        Raises:
            FileNotFoundError: it is.
        """
        if version != "editable" and not Path(self.root, "static/dist/.vite/manifest.json").is_file():
            raise FileNotFoundError("static/dist is missing: make wheel builds the editor, and then the wheel")
