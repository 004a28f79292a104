"""The editor below a path of a proxy: pages, scripts, the layout's worker, the interface, events and downloads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.app.configs import regressor
from tests.e2e.conftest import ready, served, watched
from tests.e2e.proxy import below
from tests.e2e.test_journey import trained, written

pytestmark = [pytest.mark.browser, pytest.mark.keras]


def test_a_model_is_opened_and_trained_below_a_path(browser: Browser, tmp_path: Path) -> None:
    with (
        served(tmp_path / "data", "--root-path", "/layerwright") as service,
        below("/layerwright", service) as address,
        watched(browser, address) as page,
    ):
        astray: list[str] = []
        page.on("request", lambda request: astray.append(request.url) if address not in request.url else None)
        page.goto(f"{address}/?open=/api/v1/examples/broken")
        ready(page)
        code = page.locator('.bottom [data-code="GC406"]').get_by_role("link").first
        expect(code).to_have_attribute("href", "/layerwright/diagnostics/GC406")

        page.goto(f"{address}/diagnostics/GC406")
        page.get_by_role("link", name="Open in the editor").click()
        ready(page)

        page.locator("input[type=file]").first.set_input_files(written(tmp_path, regressor()))
        expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "3")
        assert trained(page, "boston-housing", epochs="2")
        run = page.get_by_role("region", name="Run")
        expect(run).to_have_attribute("data-job-state", "succeeded")
        with page.expect_download() as download:
            run.get_by_role("link", name="weights.h5").first.click()
        assert download.value.path().read_bytes().startswith(b"\x89HDF")

        page.goto(f"{address}/")
        ready(page)
        expect(page.get_by_test_id("canvas")).to_have_attribute("data-nodes", "3")
        page.get_by_role("link", name="Layerwright").first.click()
        expect(page).to_have_url(re.compile(re.escape(f"{address}/") + "$"))
        assert [url for url in astray if not url.startswith(("blob:", "data:"))] == []
