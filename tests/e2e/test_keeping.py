"""Projects in the editor: kept, saved by themselves, opened in two tabs, and never overwritten unseen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import ready
from tests.e2e.test_journey import Picture, select, set_argument

pytestmark = pytest.mark.browser

ADDRESS = re.compile(r"/p/[0-9a-f]{16}$")


def kept(page: Page, name: str) -> str:
    """Make a project of an example; its address."""
    page.goto("/?open=/api/v1/examples/mlp")
    ready(page)
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Keep as a project")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Keep it").click()
    expect(page).to_have_url(ADDRESS)
    saved(page)
    return page.url


def saved(page: Page) -> None:
    expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "saved")


def units(page: Page) -> Locator:
    """The field of the first layer's units."""
    select(page, "Dense1")
    return page.get_by_role("region", name="Parameters").get_by_label("units", exact=True)


def change(page: Page, value: str) -> None:
    select(page, "Dense1")
    set_argument(page, "units", value)


def refuse(route: Route) -> None:
    route.abort()


def test_a_project_is_saved_by_itself_and_goes_back_to_what_it_was(page: Page, picture: Picture) -> None:
    address = kept(page, "House prices")
    first = units(page).input_value()
    change(page, "33")
    expect(page.locator("[data-kept]")).not_to_have_attribute("data-kept", "saved")
    saved(page)
    page.goto("/projects")
    picture(page, "projects")
    page.get_by_role("link", name="House prices").first.click()
    expect(page).to_have_url(address)
    ready(page)
    expect(units(page)).to_have_value("33")
    page.locator("[data-kept]").click()
    saves = page.get_by_role("dialog", name="Saves of this project")
    expect(saves.get_by_role("listitem")).to_have_count(2)
    for number in ("1", "2"):
        saves.get_by_label(f"Compare save {number}").check()
    saves.get_by_role("button", name="Compare save 1 with save 2").click()
    compared = page.get_by_role("region", name="Save 1 and save 2")
    expect(compared.get_by_role("status")).to_have_text("0 added, 0 removed, 1 changed")
    expect(compared.locator("[data-difference=changed]")).to_contain_text(f"units {first} 33")
    compared.get_by_role("button", name="Save 1", exact=True).click()
    compared.get_by_role("button", name="Dense1").click()
    near = page.locator(".near [data-layer=Dense1]")
    expect(near).to_contain_class("is-preview")
    expect(near.locator(".shp")).to_have_text(f"(None, {first})")
    expect(near.locator(".said")).to_have_text(f"{first} units · relu")
    picture(page, "compare")
    page.keyboard.press("Escape")
    expect(compared).to_be_hidden()
    page.locator("[data-kept]").click()
    saves.locator("[data-save='1']").get_by_role("button", name="Go back to it").click()
    expect(units(page)).to_have_value(first)
    page.get_by_role("button", name="Undo").click()
    expect(units(page)).to_have_value("33")


def test_two_tabs_see_each_other_and_overwrite_nothing(page: Page) -> None:
    address = kept(page, "Shared")
    other = page.context.new_page()
    other.goto(address)
    ready(other)
    expect(page.locator("[data-kept]")).to_contain_text("two tabs")
    expect(other.locator("[data-kept]")).to_contain_text("two tabs")
    change(other, "21")
    saved(other)
    expect(units(page)).to_have_value("21")
    saves = re.compile(r"/api/v1/projects/[0-9a-f]{16}/document$")
    page.route(saves, refuse)
    change(page, "22")
    expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "silent")
    change(other, "23")
    saved(other)
    page.unroute(saves)
    conflict = page.get_by_role("dialog", name="Saved elsewhere meanwhile")
    conflict.get_by_role("button", name="Keep mine as a new project").click()
    saved(page)
    expect(units(page)).to_have_value("22")
    expect(units(other)).to_have_value("23")
    assert page.url != address


def test_a_change_that_was_not_saved_survives_a_closed_tab(page: Page) -> None:
    address = kept(page, "Unsaved")
    saves = re.compile(r"/api/v1/projects/[0-9a-f]{16}")
    page.context.route(saves, refuse)
    change(page, "44")
    expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "silent")
    page.reload()
    ready(page)
    expect(units(page)).to_have_value("44")
    expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "silent")
    page.context.unroute(saves)
    saved(page)
    assert page.request.get(address.replace("/p/", "/api/v1/projects/")).json()["revision"] == 2
