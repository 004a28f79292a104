"""Deeds that other journeys leave out, and what a file could do. Mouse, keys, clipboard and file input only."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.configs import functional, layer, source
from tests.e2e.conftest import PATIENCE
from tests.e2e.test_journey import opened, select, written

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def test_what_a_file_could_do_is_listed_and_goes_with_the_layer_that_could_do_it(page: Page, tmp_path: Path) -> None:
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAA==", "defaults": None, "closure": None}}
    config = functional(
        source("x", 4),
        layer("Dense", "hidden", ["x"], units=3),
        layer("Lambda", "double", ["hidden"], function=code, output_shape=[3]),
        layer("Dense", "out", ["double"], units=1),
    )
    opened(page, written(tmp_path, config))
    panel = page.get_by_role("tabpanel", name="Problems")
    panel.get_by_role("button", name="Safety").click()
    dangers = panel.locator("[data-code]")
    expect(dangers).to_have_attribute("data-code", "GC801")
    dangers.get_by_role("button", name='Lambda "double"').click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("double")
    panel.get_by_role("button", name="Problems", exact=True).click()
    expect(panel.locator('[data-code="GC801"]')).to_have_count(0)
    select(page, "double")
    page.get_by_label("Delete, keep the wire").click()
    expect(page.locator('.bottom [data-code="GC207"]')).to_have_count(0)
    expect(panel.get_by_role("button", name="Safety")).to_have_count(0)
