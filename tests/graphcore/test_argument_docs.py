"""Every argument of every layer says what it is for, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import graphcore
from graphcore.catalog import CATALOG

_TABLE = json.loads((Path(graphcore.__file__).parent / "catalog" / "argument_docs.json").read_text(encoding="utf-8"))
_CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_argument_of_the_catalog_says_what_it_is_for() -> None:
    said = graphcore.describe_arguments()
    missing = [
        (item["op"], param["name"])
        for item in graphcore.describe_catalog()["items"]
        for param in item["params"]
        if not (said["of"].get(item["op"], {}).get(param["name"]) or said["arguments"].get(param["name"]))
    ]
    assert missing == []


def test_every_sentence_is_there_in_chinese() -> None:
    english, chinese = graphcore.describe_arguments(), graphcore.describe_arguments("zh-CN")
    for part in ("of", "objects"):
        assert {key: set(value) for key, value in english[part].items()} == {
            key: set(value) for key, value in chinese[part].items()
        }
    assert english["arguments"].keys() == chinese["arguments"].keys()
    texts = [*chinese["arguments"].values(), *(text for of in chinese["of"].values() for text in of.values())]
    texts += [text for of in chinese["objects"].values() for text in of.values()]
    assert [text for text in texts if not _CHINESE.search(text)] == []


def test_the_table_names_arguments_that_there_are() -> None:
    """And each sentence is one: it begins large, ends with a full stop, and fits beside a field."""
    known = {param.name for entry in CATALOG.entries for param in entry.params}
    known |= {f"{entry.cls}.{param.name}" for entry in CATALOG.entries for param in entry.params}
    assert _TABLE["arguments"].keys() - known == set()
    for name, said in _TABLE["arguments"].items():
        assert re.fullmatch(r"[A-Z\"].{8,180}\.", said["en"]), name
        assert re.fullmatch(r".{3,150}。", said["zh-CN"]), name


def test_an_argument_that_means_something_else_in_a_layer_says_so_there() -> None:
    said = graphcore.describe_arguments()
    assert said["of"]["layers.ZeroPadding2D"]["padding"] != said["arguments"]["padding"]
    assert "padding" not in said["of"].get("layers.Conv2D", {})
    assert said["of"]["layers.MultiHeadAttention"]["num_heads"] == "How many heads attend."
