"""The editor in Chinese: as the browser asks for it, or as chosen; nothing on the page is left in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import watched

pytestmark = pytest.mark.browser


def test_a_chinese_browser_is_spoken_to_in_chinese(browser: Browser, address: str) -> None:
    with watched(browser, address, locale="zh-CN") as page:
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(page.get_by_role("heading", level=1)).to_have_text("将模型拖到这里")
        page.goto("/?open=/api/v1/examples/broken")
        page.locator('[role=treeitem][data-layer="Conv1"]').click()
        expect(page.get_by_role("region", name="参数")).to_contain_text("输出的通道数")
        page.keyboard.press("F8")
        expect(page.locator(".bottom [data-code=GC204]").first).to_contain_text("“Conv1”的 padding 为")


def test_the_language_is_chosen_without_losing_anything_and_kept(page: Page) -> None:
    page.goto("/?open=/api/v1/examples/unet")
    page.locator('[role=treeitem][data-layer="Conv1"]').click()
    units = page.get_by_role("region", name="Parameters").get_by_label("filters", exact=True)
    units.fill("99")
    units.press("Enter")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitem", name="简体中文").click()
    expect(page.get_by_role("region", name="参数").get_by_label("filters", exact=True)).to_have_value("99")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("region", name="参数").get_by_label("filters", exact=True)).to_have_value("128")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("tab", name="问题")).to_be_visible()
    page.goto("/report")
    expect(page.get_by_role("heading", level=1)).to_have_text("检查模型")
