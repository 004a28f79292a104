"""Problems in the editor: fixes of each kind are made and taken back; the list counts, filters and is walked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import ready
from tests.e2e.test_journey import opened, select, set_argument

pytestmark = pytest.mark.browser

BROKEN = Path(__file__).parents[1] / "broken"
# A file, the code of its problem, and a fix of a kind: each changes another part of a model.
FIXES = [
    ("units-list", "GC204", 'Set units of "y" to 2'),
    ("activation-misspelt", "GC204", 'Remove activation from "h": null is its default'),
    ("class-misspelt", "GC201", 'Make "y" a Dense in place of Desne'),
    ("names-differ", "GC104", 'Name it "h" in its config too'),
    ("no-such-layer", "GC302", 'Connect "h" in place of "hidden"'),
    ("calls-number", "GC303", 'Connect "h" to "y"'),
    ("calls-number", "GC305", 'Make "h" an output'),
    ("crop-all", "GC407", 'Take "crop" out'),
    ("units-differ", "GC404", 'Put a Dense of 4 units between "right" and "sum"'),
    ("units-differ", "GC404", 'Make "sum" a Concatenate'),
    ("image-of-rank-2", "GC403", 'Put a Reshape to (8, 8, 3) between "image" and "conv"'),
    ("image-too-small", "GC407", 'Make "image" 4 × 4, the smallest input that works'),
    ("channels-unknown", "GC408", 'Give axis 3 of "image" the size 3'),
]


def units(page: Page) -> Locator:
    return page.get_by_role("region", name="Parameters").get_by_label("units", exact=True)


def test_a_fix_of_each_kind_is_previewed_made_and_taken_back(page: Page) -> None:
    page.goto("/")
    for file, code, title in FIXES:
        page.locator("input[type=file]").first.set_input_files(next(BROKEN.rglob(f"keras3-{file}.json")))
        ready(page)
        problem = page.locator(f'.bottom [data-code="{code}"]')
        problem.get_by_role("button", name=f"Preview fix: {title}", exact=True).click()
        card = page.get_by_role("region", name="Preview of a fix")
        expect(card).to_have_attribute("data-state", "ready")
        expect(card.get_by_label("What it does")).to_contain_text(f"solves {code}")
        page.keyboard.press("Enter")
        expect(problem).to_have_count(0)
        page.keyboard.press("Control+z")
        expect(problem).to_have_count(1)


def test_problems_are_counted_filtered_and_walked_through(page: Page) -> None:
    opened(page, "broken")
    listed = page.locator(".bottom [data-code]")
    expect(listed).to_have_count(6)
    filters = page.get_by_role("group", name="What is listed")
    filters.get_by_role("button", name="5 errors").click()
    expect(listed).to_have_count(5)
    filters.get_by_role("button", name="1 warning").click()
    expect(listed).to_have_count(1)
    filters.get_by_role("button", name="All").click()
    codes = listed.evaluate_all("(rows) => rows.map((row) => row.dataset.code)")
    walked: list[str] = []
    for _ in range(3):
        page.keyboard.press("F8")
        # From each to the next: what is on by now is not what was on before.
        chosen = page.locator(".bottom .prob.on").first
        if walked:
            expect(chosen).not_to_have_attribute("data-code", walked[-1])
        walked.append(chosen.get_attribute("data-code") or "")
    assert walked == [code for code in codes if code in walked]


def test_an_edit_is_there_after_a_reload_in_the_middle_of_it(page: Page) -> None:
    opened(page, "mlp")
    select(page, "Dense1")
    set_argument(page, "units", "33")
    units(page).fill("44")  # and not taken
    page.reload()
    ready(page)
    select(page, "Dense1")
    expect(units(page)).to_have_value("33")
