"""The report on paper: A4, light, whole rows under repeated heads, whole boxes, numbered pages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PageObject, PdfReader

from tests.e2e.conftest import eventually, watched

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"
LAYERS = [layer["name"] for layer in json.loads((EXAMPLES / "resnet50.json").read_text())["config"]["layers"]]
# Points; Chromium rounds to whole pixels.
A4 = pytest.approx((595, 842), abs=1)


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The report about ResNet50, for a visitor who likes it dark."""
    with watched(browser, address, color_scheme="dark") as page:
        page.goto("/report")
        page.locator("input[type=file]").set_input_files(EXAMPLES / "resnet50.json")
        page.get_by_role("button", name="Check the file").click()
        expect(page.locator(".diagram img").first).to_be_visible()
        # A picture has its place before it has its content.
        eventually(page, "() => Promise.all([...document.images].map((image) => image.decode())).then(() => true)")
        yield page


@pytest.fixture(scope="module")
def paper(page: Page) -> list[PageObject]:
    return list(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages)


@pytest.fixture(scope="module")
def texts(paper: list[PageObject]) -> list[str]:
    return [sheet.extract_text() for sheet in paper]


def test_it_is_a4_and_its_pages_are_numbered(paper: list[PageObject], texts: list[str]) -> None:
    assert [(sheet.mediabox.width, sheet.mediabox.height) for sheet in paper] == [A4] * len(paper)
    numbers = [re.findall(r"(\d+) / (\d+)", text) for text in texts]
    assert numbers == [[(str(i + 1), str(len(paper)))] for i in range(len(paper))]


def test_each_row_stands_once_under_the_heads_of_its_page(texts: list[str]) -> None:
    rows = re.compile(rf"^({'|'.join(LAYERS)}) ?[A-Z]\w+ ?\(None", re.MULTILINE)
    assert Counter(row for text in texts for row in rows.findall(text)) == Counter(LAYERS)
    with_rows = [text for text in texts if rows.search(text)]
    assert len(with_rows) > 2
    assert [text for text in with_rows if "output shape" not in text or "connected to" not in text] == []
    assert sum("Non-trainable" in text for text in texts) == 1


def test_each_box_of_the_diagram_is_whole_on_one_page(texts: list[str]) -> None:
    boxes = re.compile(rf"\b({'|'.join(LAYERS)}) ?\(\w+\)")
    assert Counter(box for text in texts for box in boxes.findall(text)) == Counter(LAYERS)


def test_no_heading_stands_alone(texts: list[str]) -> None:
    (diagram,) = (text for text in texts if re.search(r"^Diagram\b", text, re.MULTILINE))
    assert "(InputLayer)" in diagram


def test_paper_is_light_and_holds_nothing_to_press(page: Page) -> None:
    page.emulate_media(media="print")
    background, ink = page.evaluate(
        "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))"
    )
    assert background == "rgb(255, 255, 255)"
    assert max(map(float, re.findall(r"[\d.]+", ink)[:3])) < 100
    shown = page.locator("button, input, nav, summary").evaluate_all(
        "found => found.filter(e => e.checkVisibility()).length"
    )
    page.emulate_media(media="screen")
    assert shown == 0
