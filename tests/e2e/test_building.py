"""Models drawn by hand, by mouse and by keyboard: they are what Keras would have written. Actions are counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import area, located, ready
from tests.e2e.test_journey import Picture

pytestmark = [pytest.mark.browser, pytest.mark.keras]

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"

UNET = [
    "Input((28, 28, 1), name='Image')",
    "Conv2D(128, 2, strides=2, activation='relu', name='Conv1')",
    "Conv2D(256, 2, strides=2, activation='relu', name='Conv2')",
    "Flatten(name='Flatten')",
    "Dense(1024, activation='relu', name='Feature')",
    "Dense(7*7*256, activation='relu', name='Dense')",
    "Reshape((7, 7, 256), name='Reshape')",
    "Conv2DTranspose(128, 2, strides=2, activation='relu', name='ConvT1')",
    "Conv2DTranspose(1, 2, strides=2, activation='relu', name='ConvT2')",
]
CLASSIFIER = "Dense(4, activation='softmax', name='CLF')"
PERCEPTRON = [
    "Input((784,), name='Image')",
    "Dense(64, activation='relu', name='Dense1')",
    "Dense(64, activation='relu', name='Dense2')",
    "Dense(10, activation='softmax', name='Output')",
]


class Hand:
    """A hand on mouse and keys; each click, drag, key and typed text is one action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def press(self, keys: str) -> None:
        self.actions += 1
        self.page.keyboard.press(keys)

    def types(self, text: str) -> None:
        self.actions += 1
        self.page.keyboard.type(text)

    def clicks(self, *at: float, times: int = 1, button: Any = "left") -> None:
        self.actions += 1
        if times == 2:
            self.page.mouse.dblclick(*at)
        else:
            self.page.mouse.click(*at, button=button)

    def drags(self, start: tuple[float, float], to: tuple[float, float]) -> None:
        self.actions += 1
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + to[0]) / 2, (start[1] + to[1]) / 2)
        self.page.mouse.move(*to)
        self.page.mouse.up()


def place(page: Page, layer: str) -> tuple[float, float, float, float]:
    """The layer's box in the window, once it is drawn and rests."""
    box = located(page, layer)
    return box["x"], box["y"], box["width"], box["height"]


def middle(page: Page, layer: str) -> tuple[float, float]:
    x, y, width, height = place(page, layer)
    return x + width / 2, y + height / 2


def port(page: Page, layer: str) -> tuple[float, float]:
    x, y, width, height = place(page, layer)
    return x + width / 2, y + height


def void(page: Page) -> tuple[float, float]:
    """A point of the canvas where nothing is drawn."""
    box = area(page.get_by_test_id("canvas"))
    return box["x"] + box["width"] - 40, box["y"] + 40


def takes_first(page: Page, typed: str) -> None:
    """Click the first entry of the menu once it is the class that was typed, as who looks at it would."""
    cls = typed.partition("(")[0]
    first = page.locator(".quick [data-op]").first
    expect(first).to_have_attribute("data-op", f"layers.{'InputLayer' if cls == 'Input' else cls}")
    first.click()


def begun(page: Page) -> None:
    """Wait until an empty model is open and checked."""
    expect(page.get_by_text("An empty model")).to_be_visible()
    expect(page.locator(".verdict[aria-busy=false]")).to_have_count(1)


def row_by_mouse(page: Page, layers: list[str]) -> Hand:
    """Draw the layers one below the other on an empty canvas, each with a double click and a click."""
    page.goto("/")
    hand = Hand(page)
    page.get_by_role("button", name="New model").click()
    hand.actions += 1
    begun(page)
    at = void(page)
    for layer in layers:
        hand.clicks(*at, times=2)
        hand.types(layer)
        takes_first(page, layer)
        hand.actions += 1
        ready(page)
        x, y = port(page, layer.partition("name='")[2].rstrip("')"))
        at = x, y + 20
    return hand


def row_by_keys(page: Page, layers: list[str]) -> Hand:
    """Draw the layers one below the other from the first page, without a mouse."""
    page.goto("/")
    expect(page.locator(".card").first).to_be_visible()
    hand = Hand(page)
    for layer in layers:
        hand.press("a")
        hand.types(layer)
        hand.press("Enter")
        ready(page)
    return hand


def exported(page: Page, folder: Path) -> dict[str, Any]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="JSON").click()
    path = folder / "exported.json"
    download.value.save_as(path)
    config: dict[str, Any] = json.loads(path.read_text())
    return config


def as_keras_writes(config: dict[str, Any]) -> dict[str, Any]:
    """The config that Keras gives for a model that it built from this one, whatever it is called."""
    written: dict[str, Any] = json.loads(keras.models.model_from_json(json.dumps(config)).to_json())
    written["config"].pop("name")
    return written


def opened(page: Page, example: str) -> None:
    page.goto(f"/?open=/api/v1/examples/{example}")
    ready(page)


def select(page: Page, layer: str) -> None:
    page.locator(f'[role="treeitem"][data-layer="{layer}"]').click()


def test_the_unet_of_the_notes_is_drawn_with_the_mouse(page: Page, tmp_path: Path, picture: Picture) -> None:
    hand = row_by_mouse(page, UNET)
    hand.press("Shift+1")
    hand.drags(port(page, "Flatten"), void(page))
    hand.types(CLASSIFIER)
    expect(page.locator(".quick [data-op]").first).to_contain_text("(None, 4)")
    picture(page, "quick-add")
    takes_first(page, CLASSIFIER)
    hand.actions += 1
    ready(page)
    assert hand.actions <= 60, hand.actions
    example = json.loads((EXAMPLES / "unet.json").read_text())
    assert as_keras_writes(exported(page, tmp_path)) == as_keras_writes(example)
    # The page lays out what stands where the hand dropped it.
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.press("Shift+1")
    page.mouse.click(*middle(page, "Dense"))
    picture(page, "unet")
    expect(page.get_by_role("region", name="Parameters").get_by_label("units", exact=True)).to_have_value("7*7*256")


def test_the_unet_of_the_notes_is_drawn_with_the_keyboard(page: Page, tmp_path: Path) -> None:
    hand = row_by_keys(page, UNET)
    hand.press("Control+k")
    hand.types("@Flatten")
    hand.press("Enter")
    hand.press("a")
    hand.types(CLASSIFIER)
    hand.press("Control+Enter")
    ready(page)
    assert hand.actions <= 60, hand.actions
    example = json.loads((EXAMPLES / "unet.json").read_text())
    assert as_keras_writes(exported(page, tmp_path)) == as_keras_writes(example)


@pytest.mark.parametrize("draw", [row_by_mouse, row_by_keys])
def test_the_perceptron_of_the_notes_is_drawn(
    page: Page, tmp_path: Path, draw: Callable[[Page, list[str]], Hand]
) -> None:
    assert draw(page, PERCEPTRON).actions <= 14
    expect(page.locator(".verdict")).to_contain_text("No problems")
    example = json.loads((EXAMPLES / "mlp.json").read_text())
    assert as_keras_writes(exported(page, tmp_path)) == as_keras_writes(example)


def test_what_is_entered_before_the_catalog_came_is_added_when_it_does(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/api/v1/catalog*", lambda route: asked.append(route))
    page.goto("/")
    expect(page.locator(".card").first).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.type("Input((8,), name='x')")
    page.keyboard.press("Enter")
    menu = page.locator(".menu.quick")
    expect(menu).to_be_visible()
    asked.pop().continue_()
    expect(menu).to_have_count(0)
    expect(page.locator('.near [data-layer="x"]')).to_contain_text("(None, 8)")


def test_a_bypassed_layer_stays_in_the_document_and_out_of_what_is_checked_and_exported(
    page: Page, tmp_path: Path
) -> None:
    opened(page, "mlp")
    before = exported(page, tmp_path)
    names = [layer["config"]["name"] for layer in before["config"]["layers"]]
    hidden = names[2]
    select(page, hidden)
    page.keyboard.press("Control+b")
    ready(page)
    assert [layer["config"]["name"] for layer in exported(page, tmp_path)["config"]["layers"]] == [
        name for name in names if name != hidden
    ]
    keras.models.model_from_json((tmp_path / "exported.json").read_text())
    assert place(page, hidden)
    page.reload()
    ready(page)
    select(page, hidden)
    page.keyboard.press("Control+b")
    ready(page)
    assert exported(page, tmp_path) == before


def test_layers_are_duplicated_copied_nested_frozen_and_all_of_it_undone(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    before = exported(page, tmp_path)
    rows = page.locator('[role="treeitem"]')
    select(page, "Conv2")
    page.keyboard.press("Control+d")
    expect(rows).to_have_count(11)
    select(page, "Conv2")
    page.keyboard.press("f")
    select(page, "Feature")
    page.keyboard.press("Alt+s")
    page.keyboard.press("d")
    page.keyboard.press("Control+Shift+g")
    expect(page.locator('[role="treeitem"][data-layer="block"]')).to_be_visible()
    ready(page)
    keras.models.model_from_json(json.dumps(exported(page, tmp_path)))
    page.get_by_test_id("canvas").focus()
    for _ in range(3):
        page.keyboard.press("Control+z")
    ready(page)
    assert exported(page, tmp_path) == before


def test_the_json_is_edited_beside_the_graph(page: Page) -> None:
    opened(page, "unet")
    page.get_by_role("tab", name="JSON").click()
    editor = page.get_by_test_id("json").locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("x")
    expect(page.get_by_role("alert").filter(has_text="Not read yet")).to_be_visible()
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "10")
    mark = page.get_by_test_id("json").locator(".cm-lint-marker-error")
    expect(mark).to_have_count(1)
    page.keyboard.press("Backspace")
    expect(page.get_by_role("alert").filter(has_text="Not read yet")).to_have_count(0)
    expect(mark).to_have_count(0)
    page.keyboard.press("Control+f")
    page.keyboard.type('"filters": ')
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("9")
    parameters = page.get_by_role("region", name="Parameters")
    expect(parameters).to_contain_text("35,278,541")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(parameters).to_contain_text("26,017,541")
    expect(editor).to_contain_text('"filters": 128')
    page.get_by_role("tab", name="Python").click()
    expect(page.get_by_test_id("python").locator(".cm-content")).to_contain_text("Conv2D")


def test_an_argument_is_set_for_all_selected_layers_of_a_class(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    select(page, "Conv1")
    page.locator('[role="treeitem"][data-layer="Conv2"]').click(modifiers=["Control"])
    filters = page.get_by_role("region", name="Parameters").get_by_label("filters", exact=True)
    filters.fill("24")
    filters.press("Enter")
    ready(page)
    layers = {layer["config"]["name"]: layer["config"] for layer in exported(page, tmp_path)["config"]["layers"]}
    assert [layers[name]["filters"] for name in ("Conv1", "Conv2")] == [24, 24]


def test_a_regularizer_is_chosen_and_its_arguments_are_fields(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    select(page, "Conv1")
    parameters = page.get_by_role("region", name="Parameters")
    parameters.get_by_role("button", name="more at their defaults").click()
    parameters.get_by_label("kernel_regularizer", exact=True).select_option("L2")
    factor = parameters.get_by_label("l2", exact=True)
    expect(factor).to_have_value("0.01")
    factor.fill("0.001")
    factor.press("Enter")
    ready(page)
    config = exported(page, tmp_path)
    [conv] = [layer["config"] for layer in config["config"]["layers"] if layer["config"]["name"] == "Conv1"]
    assert conv["kernel_regularizer"]["config"] == {"l2": 0.001}
    model = keras.models.model_from_json(json.dumps(config))
    assert model.get_layer("Conv1").kernel_regularizer.l2 == pytest.approx(0.001)


def test_a_layer_stands_where_the_hand_was_and_is_connected_afterwards(page: Page, tmp_path: Path) -> None:
    opened(page, "mlp")
    hand = Hand(page)
    x, y, *_ = place(page, "Dense1")
    hand.clicks(x - 160, y + 20, times=2)
    hand.types("Dropout(0.5)")
    hand.press("Shift+Enter")
    ready(page)
    assert middle(page, "dropout") == pytest.approx((x - 160, y + 20), abs=2)
    box = page.locator('.near [data-layer="dropout"]')
    expect(box).to_contain_text("nothing connected")
    expect(box).to_contain_text("GC305")
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "4")
    hand.press("Control+z")
    expect(box).to_have_count(0)
    hand.press("Control+Shift+z")
    expect(box).to_be_visible()
    before = place(page, "dropout"), place(page, "Dense2")
    hand.drags(port(page, "Output"), middle(page, "dropout"))
    expect(page.locator(".verdict")).to_contain_text("No problems")
    ready(page)
    assert (place(page, "dropout"), place(page, "Dense2")) == before
    config = exported(page, tmp_path)
    assert config["config"]["output_layers"] == ["dropout", 0, 0]
    as_keras_writes(config)


def test_a_loose_layer_is_dropped_on_a_wire(page: Page, tmp_path: Path) -> None:
    opened(page, "unet")
    hand = Hand(page)
    x, y, width, _ = place(page, "CLF")
    hand.clicks(x + width / 2, y - 5, button="right")
    page.locator("[data-command=cut-wire]").click()
    expect(page.locator(".verdict")).to_contain_text("1 problem")
    ready(page)
    (above, upper), (_, lower, *_) = port(page, "Conv1"), place(page, "Conv2")
    hand.drags(middle(page, "CLF"), (above, (upper + lower) / 2))
    expect(page.locator(".verdict")).to_contain_text("No problems")
    layers = {layer["config"]["name"]: layer for layer in exported(page, tmp_path)["config"]["layers"]}
    calls = {name: layers[name]["inbound_nodes"][0]["args"][0]["config"] for name in ("CLF", "Conv2")}
    assert {name: call["keras_history"][0] for name, call in calls.items()} == {"CLF": "Conv1", "Conv2": "CLF"}
