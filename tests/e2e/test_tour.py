"""The tour of a first visit: on the real page, by keyboard, in a narrow window, and remembered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import watched

pytestmark = pytest.mark.browser


def test_the_tour_goes_from_an_empty_page_to_training_by_its_button_and_by_hand(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Take the two-minute tour").press("Enter")
    tour = page.get_by_role("region", name="Tour")
    expect(tour.get_by_role("heading", name="Open a model")).to_be_focused()
    # Somebody who opens a file of their own goes on as well.
    fixes: list[Route] = []
    page.route(re.compile(r"/check\?fixes=true"), lambda route: fixes.append(route))
    with page.expect_request(re.compile(r"/check\?fixes=true")):
        page.locator("[data-example=broken]").click()
    expect(tour).to_have_attribute("data-step", "problems")
    tour.get_by_role("button", name="Next").press("Enter")
    # Who is faster than the fixes gets the preview when they are there.
    page.get_by_role("button", name="Preview a fix, then apply it").press("Enter")
    fixes.pop().continue_()
    page.unroute_all()
    expect(page.get_by_role("region", name="Preview of a fix")).to_have_attribute("data-state", "ready")
    page.keyboard.press("Enter")
    expect(tour).to_have_attribute("data-step", "edit")
    tour.get_by_role("button", name="Choose a layer").press("Enter")
    expect(page.get_by_label("units", exact=True)).to_be_focused()
    page.keyboard.type("512")
    page.keyboard.press("Enter")
    expect(tour).to_have_attribute("data-step", "train")
    page.keyboard.press("Control+Enter")
    expect(tour).to_have_attribute("data-step", "end")
    tour.get_by_role("button", name="Close the tour").press("Enter")
    expect(tour).to_have_count(0)


def test_the_tour_fits_a_phone_speaks_chinese_and_is_offered_again_after_it_was_left(
    browser: Browser, address: str
) -> None:
    with watched(browser, address, locale="zh-CN", viewport={"width": 390, "height": 700}) as page:
        page.goto("/")
        page.get_by_role("button", name="两分钟导览").click()
        tour = page.get_by_role("region", name="导览")
        expect(tour.get_by_role("button", name="打开示例")).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(tour).to_have_count(0)
        page.reload()
        expect(page.get_by_role("button", name="再看一次导览")).to_be_visible()
