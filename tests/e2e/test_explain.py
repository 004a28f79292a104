"""Explanations in a real Chromium: why a shape is so, and what a pasted traceback means."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import opened

pytestmark = pytest.mark.browser

TRACEBACK = """Traceback (most recent call last):
  File "train.py", line 7, in <module>
    model = keras.models.model_from_json(text)
ValueError: Exception encountered when calling Reshape.call().

The total size of the tensor must be unchanged. Received: input_shape=(6272,), target_shape=(7, 7, 256)
"""
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  window.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_why_a_shape_is_so(page: Page) -> None:
    opened(page, "mlp")
    page.locator('[role=treeitem][data-layer="Dense2"]').click()
    page.get_by_role("button", name="Why this shape?").click()
    why = page.get_by_test_id("why")
    expect(why).to_contain_text("units = 64")
    why.get_by_role("button", name="Image").first.click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Image")


def test_a_pasted_traceback_opens_the_place(page: Page) -> None:
    opened(page, "broken")
    page.evaluate(PASTE, TRACEBACK)
    dialog = page.get_by_role("dialog", name="What this traceback means")
    expect(dialog.locator('[data-code="GC406"]')).to_be_visible()
    dialog.get_by_role("button", name="Show Reshape").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Reshape")


def test_a_traceback_in_the_dialog_without_a_model(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate(PASTE, "ValueError: Could not interpret loss identifier: msee")
    dialog = page.get_by_role("dialog", name="What this traceback means")
    expect(dialog).to_contain_text("Keras has no loss of the name msee")
