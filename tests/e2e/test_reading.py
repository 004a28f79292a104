"""Reading a large model: groups, finding, what is near. Mouse, keys and file input only."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Box, area, eventually, located, middle, ready, watched
from tests.e2e.test_journey import Picture, opened

pytestmark = pytest.mark.browser


def test_a_layer_of_nasnetlarge_is_reached_by_opening_two_groups(page: Page, picture: Picture) -> None:
    opened(page, "nasnetlarge")
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-nodes", "1041")
    expect(canvas).to_have_attribute("data-edges", "1256")
    expect(page.locator(".near [role=option]")).to_have_count(16)
    picture(page, "groups")
    group = located(page, "separable_conv_1_normal_left5_16")
    assert group == located(page, "normal_concat_14")
    page.mouse.dblclick(*middle(group))
    expect(page.get_by_label("Where the selection lies")).to_contain_text("normal_14–18")
    # What was opened stays where it was; the layer is in one of five blocks now.
    block = located(page, "separable_conv_1_normal_left5_16")
    assert block != located(page, "normal_concat_14")
    page.mouse.dblclick(*middle(block))
    expect(page.get_by_label("Where the selection lies")).to_contain_text("normal_16")
    layer = located(page, "separable_conv_1_normal_left5_16")
    assert layer["width"] < 224
    page.mouse.click(*middle(layer))
    expect(page.get_by_label("Name", exact=True)).to_have_value("separable_conv_1_normal_left5_16")
    expect(canvas).to_have_attribute("data-nodes", "1041")
    page.get_by_role("button", name="nasnet_large", exact=True).click()
    page.get_by_role("treeitem", name="normal_14–18").get_by_role("button", name="Close").click()
    ready(page)
    assert located(page, "normal_concat_14") == located(page, "normal_concat_18")


def test_groups_are_walked_opened_and_closed_by_keys_alone(page: Page) -> None:
    opened(page, "nasnetlarge")
    page.locator("[role=treeitem][data-layer=stem_bn1]").click()
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[role=option][aria-selected="true"]')).to_have_attribute("data-group", "stem_1")
    page.keyboard.press("Enter")
    expect(page.locator("[role=treeitem][data-layer=activation]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Name", exact=True)).to_have_value("activation")
    page.keyboard.press("Escape")


def test_what_a_hand_placed_stays_when_a_group_opens(page: Page) -> None:
    opened(page, "nasnetlarge")
    x, y = middle(located(page, "predictions"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    page.mouse.up()
    before, stem = located(page, "predictions"), located(page, "stem_conv1")
    page.locator("[role=treeitem][data-group=stem_2]").get_by_role("button", name="Open").click()
    expect(page.locator("[role=treeitem][data-layer=adjust_bn_stem_2]")).to_be_visible()
    ready(page)
    eventually(page, "() => layerwright.locate('adjust_bn_stem_2').y !== layerwright.locate('adjust_relu_1_stem_2').y")
    after, now = located(page, "predictions"), located(page, "stem_conv1")
    scale = now["width"] / stem["width"]
    assert (after["x"] - now["x"]) / scale == pytest.approx(before["x"] - stem["x"], abs=1)
    assert (after["y"] - now["y"]) / scale == pytest.approx(before["y"] - stem["y"], abs=1)


Said = dict[str, object]


def tensor(layer: str) -> Said:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, 0, 0], "dtype": "float32"}}


def layer(cls: str, name: str, said: Said, before: str | None = None) -> Said:
    calls = [] if before is None else [{"args": [tensor(before)], "kwargs": {}}]
    entry = {"module": "keras.layers", "class_name": cls, "config": {"name": name, **said}, "registered_name": None}
    return {**entry, "name": name, "inbound_nodes": calls}


def model(name: str, layers: list[Said], first: str, last: str) -> Said:
    config = {"name": name, "trainable": True, "layers": layers}
    config |= {"input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]]}
    return {"module": "keras", "class_name": "Functional", "config": config, "registered_name": None}


def nested() -> Said:
    """A model with a model in it."""
    inside = [layer("InputLayer", "x", {"batch_shape": [None, 8]}), layer("Dense", "dense1", {"units": 4}, "x")]
    inner = model("encoder", inside, "x", "dense1")
    encoder = {**inner, "name": "encoder", "inbound_nodes": [{"args": [tensor("in")], "kwargs": {}}]}
    start = layer("InputLayer", "in", {"batch_shape": [None, 8]})
    return model("outer", [start, encoder, layer("Dense", "out", {"units": 2}, "encoder")], "in", "out")


def test_a_nested_model_opens_in_place(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "nested.json"
    path.write_text(json.dumps(nested()))
    opened(page, path)
    closed = located(page, "encoder/dense1")
    assert closed == located(page, "encoder")
    page.mouse.dblclick(*middle(closed))
    expect(page.get_by_label("Where the selection lies")).to_have_text("outerencoder")
    frame, inner = located(page, "encoder"), located(page, "encoder/dense1")
    assert frame["x"] < inner["x"]
    assert frame["y"] + frame["height"] > inner["y"] + inner["height"]
    page.mouse.click(*middle(inner))
    expect(page.get_by_label("Name", exact=True)).to_have_value("dense1")
    expect(page.locator('.near [data-layer="encoder/dense1"]')).to_have_accessible_name("Dense dense1, output 4")


def test_the_layer_that_matters_in_nasnetlarge_is_three_actions_away(page: Page, picture: Picture) -> None:
    opened(page, "nasnetlarge")
    page.keyboard.press("Control+f")  # one
    page.keyboard.type("type:SeparableConv2D params>400k")  # two
    status = page.get_by_role("search").get_by_role("status")
    expect(status).to_have_text("70 layers")
    expect(page.locator(".near [data-group='normal_14–18']")).to_have_attribute("data-found", "50")
    page.keyboard.press("Enter")  # three
    expect(status).to_have_text("1 of 70")
    expect(page.get_by_label("Name", exact=True)).to_have_value("separable_conv_1_reduction_left1_reduce_12")
    found = page.locator('.near [data-layer="separable_conv_1_reduction_left1_reduce_12"]')
    expect(found).to_have_class(re.compile("is-at"))
    picture(page, "find")
    page.keyboard.press("Shift+Enter")
    expect(status).to_have_text("70 of 70")
    page.keyboard.press("Escape")
    expect(page.get_by_role("search")).to_have_count(0)


def test_only_what_leads_to_a_layer_is_shown_and_the_rest_comes_back(page: Page) -> None:
    opened(page, "unet")
    page.mouse.click(*middle(located(page, "Dense")))
    page.keyboard.press("Shift+ArrowUp")
    expect(page.get_by_text("Only what leads to Dense")).to_be_visible()
    eventually(page, "() => layerwright.locate('CLF') === null && layerwright.locate('Image') !== null")
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "10")
    page.get_by_role("button", name="Show all").click()
    eventually(page, "() => layerwright.locate('CLF') !== null")


def test_a_shared_layer_is_one_box_or_one_a_call(page: Page) -> None:
    opened(page, Path(__file__).parents[1] / "models" / "keras3" / "shared.json")
    boxes, shared = page.locator(".near [role=option]"), page.locator(".near [data-layer=tower]")
    expect(shared).to_have_count(2)
    calls = boxes.count()
    page.keyboard.press("Control+k")
    page.keyboard.type("#tower[1,0]")
    page.locator('[data-tensor="tower[1,0]"]').click()
    expect(page.locator('.near [data-layer="tower"].is-sel')).to_have_count(2)
    page.keyboard.press("Control+f")
    page.keyboard.type("tower[1,0]")
    expect(page.locator('.near [data-layer="tower"].is-found')).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    expect(page.locator(".near").get_by_text("2 calls")).to_be_visible()
    expect(shared).to_have_count(1)
    expect(boxes).to_have_count(calls - 1)
    # Each call has its port: it singles the call out, and the inspector shows that one.
    page.locator('.near [data-layer="tower"] .callport.in[data-port="1"]').click()
    call = page.get_by_role("combobox", name="Call")
    expect(call).to_have_value("1")
    expect(page.get_by_role("region", name="Shapes").get_by_text("call 0")).to_have_count(0)
    call.select_option("0")
    expect(page.locator('.callport.is-call[data-port="0"]')).to_have_count(2)
    # A pinned box says so, a kept view gets another name and goes again, by keys.
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("p")
    expect(page.locator('.near [data-layer="tower"]')).to_have_text(re.compile("pinned$"))
    page.keyboard.press("b")
    page.keyboard.press("Shift+B")
    name = page.get_by_role("dialog", name="Kept views").get_by_role("textbox")
    name.fill("Towers")
    name.press("Enter")
    page.get_by_role("button", name="Delete Towers").press("Enter")
    expect(name).to_have_count(0)


def test_numbers_of_a_file_are_laid_over_and_the_table_is_sorted_and_filtered(page: Page, tmp_path: Path) -> None:
    opened(page, "mlp")
    path = tmp_path / "latency.csv"
    path.write_text("layer,ms\nDense1,4\nDense2,1\n")
    page.get_by_label("A file with a number for each layer").set_input_files(path)
    expect(page.get_by_label("Colour layers by")).to_have_value("numbers")
    expect(page.get_by_label("Colours from 1 to 4")).to_be_visible()
    page.get_by_role("tab", name="Summary").click()
    table = page.get_by_role("table", name="Summary")
    table.get_by_role("button", name="Param #").click()
    expect(table.get_by_role("row").nth(1)).to_contain_text("Dense1")
    page.get_by_label("Filter: text").fill("params<1k params>0")
    expect(table.get_by_role("row")).to_have_count(2)
    table.get_by_role("row").nth(1).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Output")


def test_what_another_size_would_need_and_break_is_asked_and_nothing_is_edited(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    start = layer("InputLayer", "in", {"batch_shape": [None, 8, 8, 1]})
    conv = layer("Conv2D", "conv", {"filters": 2, "kernel_size": [5, 5]}, "in")
    flat, head = layer("Flatten", "flat", {}, "conv"), layer("Dense", "head", {"units": 3}, "flat")
    path.write_text(json.dumps(model("small", [start, conv, flat, head], "in", "head")))
    opened(page, path)
    parameters = page.locator('[data-figure="parameters"]')
    expect(parameters).to_have_text(str(52 + (4 * 4 * 2) * 3 + 3))
    adds = page.locator('[data-figure="multiply-adds"]')
    once = adds.inner_text()
    page.get_by_label("Batch size").fill("10")
    expect(adds).not_to_have_text(once)
    page.get_by_role("button", name="What if").click()
    asking = page.get_by_role("region", name="What if")
    size = asking.get_by_role("textbox", name="Input size")
    size.fill("10")
    expect(asking.get_by_role("status")).to_contain_text("Every layer takes this size")
    expect(parameters).to_have_text(str(52 + (6 * 6 * 2) * 3 + 3))
    size.fill("3")
    expect(asking.get_by_role("status")).to_contain_text("This size breaks 1 layer")
    expect(page.locator('.near [data-layer="conv"]')).to_have_class(re.compile("is-error"))
    page.keyboard.press("Escape")
    expect(parameters).to_have_text(str(52 + (4 * 4 * 2) * 3 + 3))
    expect(page.locator('.near [data-layer="conv"]')).not_to_have_class(re.compile("is-error"))
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def port(box: Box) -> tuple[float, float]:
    """The middle of a box's lower edge, where its output is taken."""
    return box["x"] + box["width"] / 2, box["y"] + box["height"]


def test_a_wire_says_what_it_would_do_while_it_is_drawn(page: Page, picture: Picture) -> None:
    opened(page, "unet")
    expect(page.locator('.near [data-layer="Conv2"]')).to_be_visible()
    tip = page.locator(".tip")
    before = located(page, "ConvT1")
    page.mouse.move(*port(located(page, "Conv2")))
    page.mouse.down()
    page.mouse.move(*middle(located(page, "Conv1")), steps=4)
    expect(tip).to_contain_text("Conv1 leads here already")
    page.mouse.move(*middle(located(page, "Image")), steps=4)
    expect(tip).to_contain_text("Image is an input of the model")
    page.mouse.move(*middle(located(page, "ConvT2")), steps=4)
    expect(tip).to_have_attribute("data-verdict", "fits")
    expect(tip).to_contain_text("gives (None, 14, 14, 1)")
    page.mouse.move(*middle(located(page, "Reshape")), steps=4)
    expect(tip).to_have_attribute("data-verdict", "fits")
    page.mouse.move(*middle(located(page, "ConvT1")), steps=4)
    expect(tip).to_contain_text("gives (None, 14, 14, 128)")
    picture(page, "connecting")
    page.mouse.up()
    expect(tip).to_be_hidden()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    eventually(page, "(y) => layerwright.locate('ConvT1').y !== y", before["y"])
    page.keyboard.press("Control+z")
    eventually(page, "(y) => layerwright.locate('ConvT1').y === y", before["y"])
    page.mouse.move(*port(located(page, "Flatten")))
    page.mouse.down()
    page.mouse.move(*middle(located(page, "ConvT1")), steps=4)
    expect(tip).to_have_attribute("data-verdict", "refused")
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def taken(page: Page, item: str, folder: Path) -> bytes:
    """What the Export menu gives for an item."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(f'[data-item="{item}"]').click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()


def test_what_is_seen_is_exported_and_opens_without_a_service(
    browser: Browser, page: Page, tmp_path: Path, picture: Picture
) -> None:
    opened(page, "nasnetlarge")
    page.mouse.dblclick(*middle(located(page, "normal_concat_14")))
    expect(page.get_by_label("Where the selection lies")).to_be_visible()
    svg = ElementTree.fromstring(taken(page, "view-svg", tmp_path))
    said = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"normal_14–18", "normal_16", "×5", "predictions", "4,033,000"} <= set(said)
    assert taken(page, "view-png", tmp_path).startswith(b"\x89PNG")
    reader = pypdf.PdfReader(io.BytesIO(taken(page, "view-pdf", tmp_path)))
    assert len(reader.pages) == 1
    resources: Any = reader.pages[0]["/Resources"]
    assert resources["/XObject"]["/I"]["/Width"] == 2 * area(page.get_by_test_id("canvas"))["width"]
    alone = tmp_path / "alone.html"
    alone.write_bytes(taken(page, "view-html", tmp_path))
    with watched(browser, "") as other:
        other.goto(alone.as_uri())
        expect(other.get_by_role("heading", name="nasnet_large")).to_be_visible()
        expect(other.locator("svg").get_by_text("normal_16")).to_be_visible()
        expect(other.locator("tbody tr")).to_have_count(1041)
        picture(other, "alone")


def test_a_link_opens_the_same_view_of_the_model_as_it_is(browser: Browser, address: str) -> None:
    with watched(browser, address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened(page, "mlp")
        page.locator("[role=treeitem][data-layer=Dense1]").click()
        units = page.get_by_role("region", name="Parameters").get_by_label("units", exact=True)
        units.fill("63")
        units.press("Enter")
        expect(page.locator(".near [data-layer=Dense1]")).to_contain_text("63 units")
        page.get_by_label("Colour layers by").select_option("parameters")
        page.get_by_test_id("canvas").focus()
        page.keyboard.press("Control+Shift+c")
        eventually(page, "async () => (await navigator.clipboard.readText()) === '[\"Dense1\",0,0]'")
        page.keyboard.press("-")
        before = located(page, "Dense2")
        page.get_by_role("button", name="Export").click()
        page.locator('[data-item="view-link"]').click()
        expect(page.get_by_text("The link is in the clipboard")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
    with watched(browser, address) as other:
        other.goto(link)
        expect(other.get_by_test_id("canvas")).to_have_attribute("data-state", "ready")
        expect(other.get_by_label("Colour layers by")).to_have_value("parameters")
        eventually(other, "(x) => Math.abs(layerwright.locate('Dense2').x - x) < 1", before["x"])
        assert located(other, "Dense2")["width"] == pytest.approx(before["width"])
        assert "#" not in other.url
