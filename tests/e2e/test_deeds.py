"""Deeds that other journeys leave out, and what a file could do. Mouse, keys, clipboard and file input only."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import pytest
from playwright.sync_api import Page, expect

from tests.app.configs import functional, layer, source, with_code
from tests.e2e.conftest import area, ready
from tests.e2e.test_building import Hand, begun, exported, middle, place, port, select, void
from tests.e2e.test_journey import opened, set_argument, written

pytestmark = [pytest.mark.browser, pytest.mark.keras]


def entry(config: dict[str, Any], name: str) -> dict[str, Any]:
    """A layer of a config."""
    found: dict[str, Any] = next(one for one in config["config"]["layers"] if one["config"]["name"] == name)
    return found


def sources(config: dict[str, Any], name: str) -> list[str]:
    """The layers that feed a layer's calls."""
    return re.findall(r'"keras_history": \["([^"]+)"', json.dumps(entry(config, name)["inbound_nodes"]))


def select_both(page: Page, first: str, second: str) -> None:
    page.locator(f'[role="treeitem"][data-layer="{first}"]').click()
    page.locator(f'[role="treeitem"][data-layer="{second}"]').click(modifiers=["Control"])


def loads(config: dict[str, Any]) -> None:
    keras.models.model_from_json(json.dumps(config))


def test_what_a_file_could_do_is_listed_and_goes_with_the_layer_that_could_do_it(page: Page, tmp_path: Path) -> None:
    opened(page, written(tmp_path, with_code()))
    panel = page.get_by_role("tabpanel", name="Problems")
    panel.get_by_role("button", name="Safety").click()
    dangers = panel.locator("[data-code]")
    expect(dangers).to_have_attribute("data-code", "GC801")
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download a safe copy").click()
    assert download.value.suggested_filename == "model.safe.json"
    assert "LambdaPlaceholder" in Path(download.value.path()).read_text()
    dangers.get_by_role("button", name='Lambda "double"').click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("double")
    panel.get_by_role("button", name="1 warning", exact=True).click()
    expect(panel.locator('[data-code="GC801"]')).to_have_count(0)
    select(page, "double")
    page.get_by_label("Delete, keep the wire").click()
    expect(page.locator('.bottom [data-code="GC207"]')).to_have_count(0)
    expect(panel.get_by_role("button", name="Safety")).to_have_count(0)


def test_the_report_of_a_file_that_could_do_something_gives_a_safe_copy(page: Page, tmp_path: Path) -> None:
    file = written(tmp_path, with_code())
    page.goto("/report")
    page.get_by_label("Model to check").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_label("File to copy").set_input_files(file)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download a safe copy").click()
    assert download.value.suggested_filename == "model.safe.json"
    assert "LambdaPlaceholder" in Path(download.value.path()).read_text()


def test_layers_are_copied_as_keras_json_and_pasted_within_a_tab_and_into_another(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    select_both(page, "Conv1", "Conv2")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(page.locator("[role=treeitem]")).to_have_count(12)
    ready(page)
    here = exported(page, tmp_path)
    names = [one["config"]["name"] for one in here["config"]["layers"]]
    assert len(names) == len(set(names)) >= 12
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="New model").click()
    begun(other)
    other.keyboard.press("Control+v")
    expect(other.get_by_role("tab", name="Layers 2")).to_be_visible()
    ready(other)
    there = exported(other, tmp_path)
    for name in ("Conv1", "Conv2"):
        assert entry(there, name)["config"] == entry(here, name)["config"]
    assert sources(there, "Conv2") == ["Conv1"]
    field = other.locator("[data-search]")
    field.focus()
    other.keyboard.press("Control+v")
    expect(field).not_to_have_value("")
    loads(json.loads(field.input_value()))


def test_a_layer_is_replaced_by_another_class_and_keeps_what_fits(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    select(page, "Conv1")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("r")
    page.keyboard.type("SeparableConv2D")
    page.keyboard.press("Enter")
    ready(page)
    config = exported(page, tmp_path)
    replaced = entry(config, "Conv1")
    assert replaced["class_name"] == "SeparableConv2D"
    assert [replaced["config"][name] for name in ("filters", "activation")] == [128, "relu"]
    assert "kernel_initializer" not in replaced["config"]  # which Keras's SeparableConv2D refuses
    assert sources(config, "Conv2") == ["Conv1"]
    loads(config)


def test_a_disabled_output_is_left_out_until_it_is_taken_in_again(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    before = exported(page, tmp_path)
    select(page, "CLF")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+m")
    ready(page)
    without = exported(page, tmp_path)
    assert "CLF" not in json.dumps(without)
    loads(without)
    assert place(page, "CLF")
    page.keyboard.press("Control+m")
    ready(page)
    assert exported(page, tmp_path) == before


def test_a_layer_is_called_again_and_the_call_is_taken_away(page: Page, tmp_path: Path) -> None:
    config = functional(
        source("x", 8),
        source("y", 8),
        layer("Dense", "shared", ["x"], units=4),
        layer("Add", "sum", ["shared", "shared"]),
    )
    opened(page, written(tmp_path, config))
    before = exported(page, tmp_path)
    select_both(page, "shared", "y")
    page.keyboard.press("c")
    ready(page)
    assert sources(exported(page, tmp_path), "shared") == ["x", "y"]
    select(page, "shared")
    page.get_by_role("region", name="Inputs").get_by_role("button", name="Take away").last.click()
    ready(page)
    assert entry(exported(page, tmp_path), "shared") == entry(before, "shared")


def test_a_layer_is_dragged_from_the_list_onto_a_wire(page: Page, tmp_path: Path) -> None:
    opened(page, "mlp")
    page.get_by_role("tab", name="Add").click()
    x, y = port(page, "Dense1")
    _, below, _, _ = place(page, "Dense2")
    row = area(page.locator('[data-op="layers.Dropout"]').first)
    Hand(page).drags((row["x"] + 40, row["y"] + 10), (x, (y + below) / 2))
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "5")
    ready(page)
    config = exported(page, tmp_path)
    assert sources(config, "Dense2") == ["dropout"]
    assert sources(config, "dropout") == ["Dense1"]


def test_a_block_follows_a_layer_whose_consumers_take_its_output(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    select(page, "Conv1")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("a")
    page.keyboard.type("residual")
    expect(page.get_by_role("dialog", name="Add a layer")).to_have_attribute("data-state", "ready")
    page.keyboard.press("Enter")
    ready(page)
    # Below a layer that a hand put somewhere a block stands in a column of its own.
    select(page, "Conv1")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.get_by_role("tab", name="Add").click()
    page.locator('.pals [data-block="squeeze-excite"]').click()
    ready(page)
    names = ("Conv1", "global_average_pooling2d", "dense", "dense_1", "multiply")
    boxes = [place(page, name) for name in names]
    assert [round(x - boxes[0][0]) for x, _, _, _ in boxes] == [0] * len(names)
    assert all(y + height < below for (_, y, _, height), (_, below, _, _) in pairwise(boxes))
    config = exported(page, tmp_path)
    assert sources(config, "Conv2") != ["Conv1"]
    assert sources(config, "multiply") == ["Conv1", "dense_1"]
    loads(config)


def test_a_wire_dropped_into_the_void_asks_for_a_layer_or_is_let_go(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    before = exported(page, tmp_path)
    hand = Hand(page)
    hand.drags(port(page, "Conv2"), void(page))
    menu = page.get_by_role("dialog", name="Add a layer")
    expect(menu).to_have_attribute("data-state", "ready")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    assert exported(page, tmp_path) == before
    hand.drags(port(page, "Conv2"), void(page))
    page.keyboard.type("GlobalMaxPooling2D")
    page.keyboard.press("Enter")
    ready(page)
    config = exported(page, tmp_path)
    assert sources(config, "global_max_pooling2d") == ["Conv2"]
    assert sources(config, "Flatten") == ["Conv2"]
    loads(config)


def test_the_menu_of_a_layer_does_what_its_keys_do(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    before = exported(page, tmp_path)
    for command in ("freeze", "duplicate", "bypass"):
        page.mouse.click(*middle(page, "Conv2"), button="right")
        page.get_by_role("menu").locator(f'[data-command="{command}"]').click()
        expect(page.get_by_role("menu")).to_have_count(0)
        ready(page)
    config = exported(page, tmp_path)
    assert len(config["config"]["layers"]) == len(before["config"]["layers"])  # one more, one left out
    for _ in range(3):
        page.keyboard.press("Control+z")
    ready(page)
    assert exported(page, tmp_path) == before


def test_twenty_mixed_edits_are_undone_to_the_start_and_done_again_to_the_end(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    start = exported(page, tmp_path)
    canvas = page.get_by_test_id("canvas")
    for n, units in enumerate((8, 16, 24, 32)):
        select(page, "Feature")
        set_argument(page, "units", str(units))
        select(page, "Conv1")
        canvas.focus()
        page.keyboard.press("Control+d")
        page.keyboard.press("f")
        page.keyboard.press("Control+b")
        select(page, "Reshape" if n == 0 else f"reshape{n - 1}")
        name = page.get_by_label("Name", exact=True)
        name.fill(f"reshape{n}")
        name.press("Enter")
    ready(page)
    end = exported(page, tmp_path)
    assert entry(end, "Feature")["config"]["units"] == 32
    canvas.focus()
    for _ in range(20):
        page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    ready(page)
    assert exported(page, tmp_path) == start
    canvas.focus()
    for _ in range(20):
        page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    ready(page)
    assert exported(page, tmp_path) == end


def test_whatever_names_a_layer_follows_its_new_name(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    for old, new in (("Flatten", "flat"), ("CLF", "class"), ("Image", "picture")):
        select(page, old)
        name = page.get_by_label("Name", exact=True)
        name.fill(new)
        name.press("Enter")
    ready(page)
    config = exported(page, tmp_path)
    assert sources(config, "Feature") == sources(config, "class") == ["flat"]
    assert not any(f'"{old}"' in json.dumps(config) for old in ("Flatten_", "CLF", "Image"))
    loads(config)


def test_edits_go_on_while_the_service_is_gone_and_are_checked_once_it_is_back(page: Page) -> None:
    opened(page, "mlp")
    page.route("**/api/v1/check*", lambda route: route.abort())
    select(page, "Dense1")
    set_argument(page, "units", "32")
    silent = page.locator(".verdict .status.error")
    expect(silent).to_contain_text("The service does not answer")
    select(page, "Dense2")
    set_argument(page, "units", "48")
    expect(silent).to_contain_text("The service does not answer")
    page.unroute("**/api/v1/check*")
    expect(page.locator('[data-status="ok"]')).to_be_visible()
    expect(page.get_by_role("region", name="Shapes")).to_contain_text("(None, 48)")
    expect(page.locator('[data-figure="parameters"]')).to_have_text(f"{784 * 32 + 32 + 32 * 48 + 48 + 48 * 10 + 10:,}")


def test_a_frame_is_put_around_layers_named_coloured_filled_moved_closed_kept_and_dissolved(
    page: Page, tmp_path: Path
) -> None:
    opened(page, "unet")
    rows, canvas, name = (
        page.locator("[role=treeitem]"),
        page.get_by_test_id("canvas"),
        page.locator("[data-field=frame]"),
    )
    frame = page.locator('[role=treeitem][data-group="Encoder"]')
    select_both(page, "Conv1", "Conv2")
    page.keyboard.press("Control+g")
    expect(page.locator('[role=treeitem][data-group="Frame 1"]')).to_be_visible()
    page.keyboard.press("F2")
    page.keyboard.type("Encoder")
    page.keyboard.press("Enter")
    expect(frame).to_contain_text("2 layers")
    canvas.focus()
    page.keyboard.press("Alt+Shift+c")
    page.locator("[data-item=orange]").click()
    # Flatten is dragged into the frame, and the frame by its title.
    page.mouse.move(*middle(page, "Flatten"))
    page.mouse.down()
    page.mouse.move(*middle(page, "Conv2"), steps=4)
    expect(page.locator(".tip")).to_have_text("Into Encoder")
    page.mouse.up()
    expect(frame).to_contain_text("3 layers")
    x, y, width, height = place(page, "Conv1")
    title = (x + width / 2, y - 0.9 * height)
    page.mouse.move(*title)
    page.mouse.down()
    page.mouse.move(title[0] + 90, title[1] + 30, steps=4)
    page.mouse.up()
    assert place(page, "Conv1")[:2] == pytest.approx((x + 90, y + 30), abs=1)
    page.mouse.dblclick(title[0] + 90, title[1] + 30)
    expect(name).to_be_focused()
    page.mouse.click(title[0] + 90, title[1] + 30, button="right")
    page.get_by_role("menuitem", name="Close or open the frame").click()
    expect(rows).to_have_count(8)
    ready(page)
    assert place(page, "Conv1") == place(page, "Flatten")
    page.reload()
    expect(rows).to_have_count(11)
    # What is exported has no frame in it, and none of its layers is gone.
    assert [one["config"]["name"] for one in exported(page, tmp_path)["config"]["layers"]][:4] == [
        "Image",
        "Conv1",
        "Conv2",
        "Flatten",
    ]
    frame.click()
    page.keyboard.press("Alt+g")
    expect(frame).to_have_count(0)
    expect(rows).to_have_count(10)
    page.keyboard.press("Control+z")
    expect(frame).to_contain_text("3 layers")
    # A copy lies where its layer does; what is deleted or taken out is not there any more.
    select(page, "Conv2")
    page.keyboard.press("Control+d")
    expect(page.locator('[role=treeitem][aria-level="2"]')).to_have_count(4)
    page.keyboard.press("Control+z")
    select(page, "Flatten")
    page.keyboard.press("Shift+J")
    expect(frame).to_contain_text("2 layers")
    select(page, "Conv1")
    page.keyboard.press("Delete")
    expect(frame).to_contain_text("1 layer")


def test_what_is_found_in_nasnetlarge_stands_in_groups_that_open_and_close(page: Page) -> None:
    opened(page, "nasnetlarge")
    expect(page.locator(".near [role=option]")).to_have_count(16)
    page.keyboard.press("Control+f")
    page.keyboard.type("name:normal_left5_16")
    page.keyboard.press("Enter")
    expect(page.get_by_role("search").get_by_role("status")).to_contain_text("1 of")
    expect(page.get_by_label("Where the selection lies")).to_contain_text("normal_16")
    page.keyboard.press("Escape")
    expect(page.get_by_role("search")).to_have_count(0)
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+Shift+ArrowUp")
    page.keyboard.press("Shift+Digit1")
    expect(page.locator(".near [role=option]")).to_have_count(16)
