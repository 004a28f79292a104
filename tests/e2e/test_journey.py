"""README's path in a real Chromium: open, check, draw, change, train, download. Mouse, keys and file input only."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.app.configs import digit_classifier, regressor
from tests.e2e.conftest import area, eventually, located, middle, ready, watched

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "app" / "examples"
Picture = Callable[[Page, str], None]


def opened(page: Page, path: Path | str) -> None:
    """Give the page a file, or the address of an example, and wait until it is drawn."""
    if isinstance(path, Path):
        page.goto("/")
        page.locator("input[type=file]").first.set_input_files(path)
    else:
        page.goto(f"/?open=/api/v1/examples/{path}")
    ready(page)


def written(folder: Path, config: object) -> Path:
    path = folder / "model.json"
    path.write_text(json.dumps(config))
    return path


def figure(page: Page, name: str) -> Locator:
    return page.locator(f'[data-figure="{name}"]')


def select(page: Page, layer: str) -> None:
    """Click a layer in the tree, which also brings it into view."""
    search = page.get_by_label("Filter layers")
    search.fill(layer)
    page.locator(f'[role=treeitem][data-layer="{layer}"]').click()
    search.fill("")


def shapes(page: Page) -> Locator:
    return page.get_by_role("region", name="Shapes")


def set_argument(page: Page, name: str, value: str) -> None:
    field = page.get_by_role("region", name="Parameters").get_by_label(name, exact=True)
    field.fill(value)
    field.press("Enter")


def test_resnet50_is_opened_checked_drawn_and_changed(page: Page, picture: Picture) -> None:
    opened(page, EXAMPLES / "resnet50.json")
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-nodes", "177")
    expect(canvas).to_have_attribute("data-edges", "192")
    expect(figure(page, "parameters")).to_have_text("25,636,712")
    expect(page.locator('[data-status="ok"]')).to_be_visible()
    picture(page, "resnet50")

    select(page, "conv2_block1_3_conv")
    expect(shapes(page)).to_contain_text("(None, 56, 56, 256)")
    set_argument(page, "filters", "255")
    page.get_by_role("button", name="1 problem").click()
    problem = page.locator('.bottom [data-code="GC404"]')
    expect(problem).to_contain_text("conv2_block1_add")
    expect(problem).to_contain_text("255")
    expect(shapes(page)).to_contain_text("(None, 56, 56, 255)")
    picture(page, "edit")

    page.keyboard.press("Control+z")
    expect(page.locator('[data-status="ok"]')).to_be_visible()
    expect(figure(page, "parameters")).to_have_text("25,636,712")


def test_all_problems_of_the_broken_example_stand_at_their_places(page: Page, picture: Picture) -> None:
    opened(page, "broken")
    for code in ("GC201", "GC202", "GC204", "GC302", "GC406"):
        expect(page.locator(f'.bottom [data-code="{code}"]')).to_have_count(1)
    picture(page, "broken")
    page.locator('.bottom [data-code="GC406"]').click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Reshape")
    box, canvas = located(page, "Reshape"), area(page.get_by_test_id("canvas"))
    assert canvas["x"] <= box["x"]
    assert box["x"] + box["width"] <= canvas["x"] + canvas["width"]
    assert page.evaluate("Object.keys(window.layerwright)") == ["locate"]


def test_a_box_is_selected_on_the_canvas_and_moved(page: Page) -> None:
    opened(page, "unet")
    box = located(page, "Flatten")
    x, y = middle(box)
    page.mouse.click(x, y)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Flatten")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    moved = located(page, "Flatten")
    assert (round(moved["x"] - box["x"]), round(moved["y"] - box["y"])) == (40, 30)
    page.keyboard.press("Control+z")
    back = located(page, "Flatten")
    assert (round(back["x"]), round(back["y"])) == (round(box["x"]), round(box["y"]))


def test_what_is_dragged_stays_in_the_hand_when_an_answer_comes(page: Page) -> None:
    fixes: list[Route] = []
    page.route(re.compile(r"/check\?fixes=true"), lambda route: fixes.append(route))
    with page.expect_request(re.compile(r"/check\?fixes=true")):
        opened(page, "broken")
    box = located(page, "Flatten")
    x, y = middle(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    fixes.pop().continue_()
    expect(page.get_by_role("button", name="Fix all safe")).to_be_visible()
    moved = located(page, "Flatten")
    assert (round(moved["x"] - box["x"]), round(moved["y"] - box["y"])) == (40, 30)
    page.mouse.up()
    ready(page)
    landed = located(page, "Flatten")
    assert (round(landed["x"]), round(landed["y"])) == (round(moved["x"]), round(moved["y"]))
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def test_a_layer_is_added_renamed_connected_and_deleted_and_all_of_it_undone(page: Page) -> None:
    opened(page, "mlp")
    select(page, "Dense2")
    page.get_by_role("tab", name="Add").click()
    page.get_by_label("Find a layer").fill("Dropout")
    page.locator('[data-op="layers.Dropout"]').first.click()
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-nodes", "5")
    name = page.get_by_label("Name", exact=True)
    name.fill("rest")
    name.press("Enter")
    page.get_by_role("tab", name="Layers").click()
    expect(page.locator('[role=treeitem][data-layer="rest"]')).to_be_visible()
    expect(shapes(page)).to_contain_text("(None, 64)")

    select(page, "Output")
    source = page.get_by_role("region", name="Inputs").get_by_role("combobox").first
    from_dense1 = source.locator("option", has_text=re.compile("^Dense1"))
    expect(from_dense1).to_have_count(1)
    source.select_option(label=from_dense1.inner_text())
    expect(shapes(page)).to_contain_text("from Dense1")

    select(page, "Dense2")
    page.keyboard.press("Escape")
    select(page, "rest")
    page.get_by_label("Delete, keep the wire").click()
    expect(canvas).to_have_attribute("data-nodes", "4")

    page.reload()
    ready(page)
    expect(canvas).to_have_attribute("data-nodes", "4")
    expect(page.locator('[role=treeitem][data-layer="rest"]')).to_have_count(0)
    select(page, "Output")
    expect(shapes(page)).to_contain_text("from Dense1")


def test_edits_are_undone_and_done_again_from_the_keyboard(page: Page) -> None:
    opened(page, "mlp")
    select(page, "Dense1")
    set_argument(page, "units", "32")
    expect(shapes(page)).to_contain_text("(None, 32)")
    page.get_by_test_id("canvas").focus()
    page.keyboard.press("Control+z")
    expect(shapes(page)).to_contain_text("(None, 64)")
    page.keyboard.press("Control+Shift+Z")
    expect(shapes(page)).to_contain_text("(None, 32)")
    expect(figure(page, "parameters")).to_have_text(f"{784 * 32 + 32 + 32 * 64 + 64 + 64 * 10 + 10:,}")


def test_nasnetlarge_is_drawn_and_walked_through(page: Page) -> None:
    opened(page, "nasnetlarge")
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-nodes", "1041")
    page.keyboard.press("g")
    expect(canvas).to_have_attribute("data-tier", "far")
    expect(figure(page, "parameters")).to_have_text("88,949,818")
    page.mouse.move(*middle(area(canvas)))
    for _ in range(12):
        page.mouse.wheel(0, -400)
    expect(canvas).not_to_have_attribute("data-tier", "far")
    page.keyboard.press("Shift+1")
    expect(canvas).to_have_attribute("data-tier", "far")


@pytest.mark.parametrize(
    ("item", "name", "beginning"),
    [
        ("SVG", ".svg", b"<?xml"),
        ("PNG", ".png", b"\x89PNG"),
        ("PDF", ".pdf", b"%PDF-"),
        ("DOT", ".dot", b"digraph"),
        ("Python", ".py", b'"""'),
        ("JSON", ".json", b"{"),
    ],
)
def test_the_model_is_exported(page: Page, item: str, name: str, beginning: bytes, tmp_path: Path) -> None:
    opened(page, "unet")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).first.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == name
    assert path.read_bytes().lstrip().startswith(beginning)


def test_the_summary_is_that_of_keras(page: Page) -> None:
    opened(page, "mlp")
    page.get_by_role("tab", name="Summary").click()
    panel = page.get_by_role("tabpanel", name="summary")
    for text in ("Dense1", "(None, 64)", "50,240", "55,050"):
        expect(panel).to_contain_text(text)


def test_a_config_is_pasted(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Paste a config").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(json.dumps(regressor()))
    page.get_by_role("dialog").get_by_role("button", name="Open it").click()
    ready(page)
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "3")


def test_a_file_is_drawn_before_the_service_has_answered(page: Page) -> None:
    """And it can be called off until then: with nothing open, and with a model that stays as it is."""
    asked: list[Route] = []
    page.goto("/")
    page.route("**/api/v1/check*", lambda route: asked.append(route))
    with page.expect_request("**/api/v1/check*"):
        page.locator("input[type=file]").first.set_input_files(EXAMPLES / "resnet50.json")
    with page.expect_event("requestfailed", lambda request: "/check" in request.url):
        page.get_by_role("button", name="Cancel opening").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Drop")
    expect(page.get_by_text("Opening was cancelled")).to_be_visible()
    asked.clear()
    with page.expect_request("**/api/v1/check*"):
        page.locator("input[type=file]").first.set_input_files(EXAMPLES / "resnet50.json")
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-nodes", "177")
    expect(canvas).to_have_attribute("data-edges", "192")
    expect(canvas).to_have_attribute("data-state", "loading")
    sketched = located(page, "conv5_block3_out")
    page.mouse.click(*middle(sketched))
    asked[0].continue_()
    ready(page)
    assert located(page, "conv5_block3_out") == sketched
    chosen = page.get_by_role("treeitem", selected=True)
    expect(chosen).to_have_attribute("data-layer", "conv5_block3_out")
    with page.expect_request("**/api/v1/check*document=true*"):
        page.locator("input[type=file]").first.set_input_files(EXAMPLES / "mlp.json")
    expect(canvas).to_have_attribute("data-nodes", "4")
    page.keyboard.press("Escape")
    ready(page)
    expect(canvas).to_have_attribute("data-nodes", "177")
    expect(chosen).to_have_attribute("data-layer", "conv5_block3_out")
    expect(page.get_by_text("what was open is as it was")).to_be_visible()


def test_the_minimap_of_a_large_graph_moves_the_view(page: Page) -> None:
    opened(page, "nasnetlarge")
    page.keyboard.press("g")
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-tier", "far")
    minimap = page.get_by_title("Minimap: press to move the view")
    expect(minimap).to_be_hidden()
    page.keyboard.press("Shift+Digit2")
    expect(minimap).to_be_visible()
    map, window = area(minimap), area(page.get_by_test_id("canvas"))
    page.mouse.click(map["x"] + 80, map["y"] + 54)
    # The middle of the map is the middle of the graph.
    assert located(page, "input_layer_1")["x"] < window["x"]
    assert located(page, "predictions")["x"] > window["x"] + window["width"]
    page.keyboard.press("m")
    expect(minimap).to_be_hidden()


@pytest.mark.parametrize("name", ["mlp", "unet", "unet-as-printed", "transformer", "broken"])
def test_what_is_drawn_at_once_is_what_the_service_reads(page: Page, name: str) -> None:
    asked: list[Route] = []
    page.goto("/")
    page.route("**/api/v1/check*", lambda route: asked.append(route))
    with page.expect_request("**/api/v1/check*"):
        page.locator("input[type=file]").first.set_input_files(EXAMPLES / f"{name}.json")
    canvas = page.get_by_test_id("canvas")
    expect(canvas).not_to_have_attribute("data-nodes", "0")
    nodes, edges = canvas.get_attribute("data-nodes"), canvas.get_attribute("data-edges")
    asked[0].continue_()
    ready(page)
    expect(canvas).to_have_attribute("data-nodes", nodes or "")
    expect(canvas).to_have_attribute("data-edges", edges or "")


def test_a_file_that_the_service_refuses_is_drawn_all_the_same(page: Page) -> None:
    refused = {"type": "about:blank", "title": "Unprocessable", "status": 422, "detail": "The file cannot be read here"}
    page.goto("/")
    page.route("**/api/v1/check*", lambda route: route.fulfill(status=422, json=refused))
    page.locator("input[type=file]").first.set_input_files(EXAMPLES / "resnet50.json")
    ready(page)
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "177")
    expect(page.get_by_role("status")).to_contain_text("The file cannot be read here")


def test_what_is_no_model_says_why(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    path = tmp_path / "half.json"
    path.write_text('{"class_name": "Functional", "config": {"name": "m", "layers": [')
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.locator('[data-code="GC001"]').first).to_be_visible()


def trained(page: Page, data: str, **fields: str) -> str:
    """Fill the form, start, wait for the end, and give the job's state."""
    page.get_by_role("button", name="Train").click()
    form = page.get_by_role("form", name="Training")
    form.get_by_label("Data").select_option(data)
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    # Another test's job may stand there until the service has taken this one.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/jobs")) as taken:
        form.get_by_role("button", name="Start training").click()
    job: str = taken.value.json()["id"]
    run = page.get_by_role("region", name="Run")
    expect(run).to_have_attribute("data-job", job)
    expect(run.get_by_role("figure").first).to_be_visible()
    return job


@pytest.mark.keras
def test_boston_housing_is_trained_and_its_weights_predict_the_same_in_keras(
    page: Page, picture: Picture, tmp_path: Path
) -> None:
    opened(page, written(tmp_path, regressor()))
    assert trained(page, "boston-housing", epochs="12", validation_split="0.2")
    run = page.get_by_role("region", name="Run")
    expect(run).to_have_attribute("data-job-state", "succeeded")
    expect(run.get_by_role("figure").first).to_have_attribute("aria-label", re.compile("validation"))
    picture(page, "training")
    saved = {}
    for format in ("weights.h5", "keras"):
        with page.expect_download() as download:
            run.get_by_role("link", name=format).first.click()
        saved[format] = tmp_path / f"trained.{format}"
        download.value.save_as(saved[format])
    script = f"""
import json, numpy, keras
config = json.load(open({str(tmp_path / "model.json")!r}))
ours = keras.models.model_from_json(json.dumps(config))
ours.load_weights({str(saved["weights.h5"])!r})
whole = keras.models.load_model({str(saved["keras"])!r})
x = numpy.random.default_rng(0).standard_normal((7, 13), dtype="float32")
numpy.testing.assert_array_equal(ours.predict(x, verbose=0), whole.predict(x, verbose=0))
print("the same")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("the same"), done.stderr[-2000:]


@pytest.mark.keras
def test_a_training_is_cancelled_and_found_again_after_a_reload(page: Page, tmp_path: Path) -> None:
    opened(page, written(tmp_path, digit_classifier()))
    assert trained(page, "digits", epochs="5000")
    page.reload()
    ready(page)
    page.get_by_role("tab", name="Training").click()
    run = page.get_by_role("region", name="Run")
    expect(run).to_have_attribute("data-job-state", "running")
    run.get_by_role("button", name="Cancel").click()
    expect(run).to_have_attribute("data-job-state", "cancelled")


def test_data_that_does_not_fit_is_refused_with_its_code(page: Page, tmp_path: Path) -> None:
    opened(page, written(tmp_path, regressor(features=9)))
    page.get_by_role("button", name="Train").click()
    form = page.get_by_role("form", name="Training")
    form.get_by_label("Data").select_option("boston-housing")
    form.get_by_role("button", name="Start training").click()
    expect(form.locator('[data-code="GC503"]')).to_contain_text("(13,)")


def test_the_report_needs_no_javascript(browser: Browser, address: str) -> None:
    with watched(browser, address, java_script_enabled=False) as page:
        page.goto("/report")
        page.locator("input[type=file]").set_input_files(EXAMPLES / "broken.json")
        page.get_by_role("button", name="Check the file").click()
        for text in ("GC406", "GC204", "12,544"):
            expect(page.locator("main")).to_contain_text(text)


@pytest.mark.parametrize(("width", "height"), [(760, 700), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_shows_the_graph_without_scrolling_sideways(
    browser: Browser, address: str, width: int, height: int, scheme: str
) -> None:
    options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    with watched(browser, address, **options) as page:
        opened(page, "unet")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert area(page.get_by_test_id("canvas"))["width"] > width / 2
        if width == 760:
            box = located(page, "CLF")
            page.mouse.click(box["x"] + 4, box["y"] + 10)
            inspector = area(page.get_by_role("complementary", name="Inspector"))
            assert box["right"] > inspector["x"]
            eventually(page, "left => layerwright.locate('CLF').right < left", inspector["x"])


def test_a_fix_is_previewed_applied_and_undone(page: Page, picture: Picture) -> None:
    opened(page, "broken")
    problem = page.locator('.bottom [data-code="GC406"]')
    card = page.get_by_role("region", name="Preview of a fix")
    problem.get_by_role("button", name="Preview fix: Set units of Dense to 12544".replace("Dense", '"Dense"')).click()
    expect(card).to_have_attribute("data-state", "ready")
    expect(card.get_by_label("What changes")).to_contain_text("units 6272 12544")
    expect(card.get_by_label("What it does")).to_contain_text("solves GC406")
    expect(problem).to_contain_text("Solved in this preview")
    picture(page, "fix")

    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(problem).not_to_contain_text("Solved")
    page.keyboard.press("Control+.")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")

    problem.get_by_role("button", name=re.compile("12544")).click()
    expect(card.get_by_role("button", name="Apply")).to_be_focused()
    page.keyboard.press("Enter")
    expect(problem).to_have_count(0)
    expect(card).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(problem).to_have_count(1)

    page.get_by_role("button", name="Fix all safe").click()
    expect(page.locator('.bottom [data-code="GC201"]')).to_have_count(0)
    expect(page.locator('.bottom [data-code="GC204"]')).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator('.bottom [data-code="GC201"]')).to_have_count(1)
