"""The web UI as a person uses it, in a real browser. Screenshots are kept in ``build/screenshots``."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from artifact_assets.domain.states import STAGES, MeetingState
from tests.instruments.deployment import ROOT, Deployment, running
from tests.instruments.processes import until
from tests.running.talks import write_meetings

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCREENSHOTS = ROOT / "build" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
GROUP = "/locations/__repository__@meeting_artifacts/asset-groups/meetings"
SIZES = {"desktop": (1600, 1000), "laptop": (1280, 720)}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("deployment"),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployment]:
    with running(tmp_path_factory.mktemp("ui")) as started:
        yield started


@pytest.fixture
def page(deployment: Deployment) -> Generator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        opened = browser.new_page(
            base_url=f"http://127.0.0.1:{deployment.web_port}", viewport={"width": 1600, "height": 1000}
        )
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()


def test_a_person_materializes_backfills_and_reads_what_went_wrong(deployment: Deployment, page: Page) -> None:
    deployment.receive(write_meetings(deployment.home, [f"u{n:02d}" for n in range(6)], empty={"u04"}))
    graphql = deployment.graphql

    page.goto(GROUP)
    for stage in STAGES:
        page.get_by_text(stage.value, exact=True).first.wait_for()

    page.get_by_role("button", name="Materialize all").click()
    _launch_for(page, "u01")
    until(lambda: deployment.meetings()["u01"].state is MeetingState.DELIVERED, "u01 to be delivered", 120)
    until(lambda: graphql.partitions()["delivered"] == (1, 0), "the UI to show u01", 60)

    page.goto("/assets/normalized")
    page.get_by_role("button", name="Materialize").first.click()
    _launch_for(page, "u01")
    until(lambda: _runs(deployment) == 2, "the run of one asset alone to end", 120)
    assert graphql.partitions() == dict.fromkeys([stage.value for stage in STAGES], (1, 0))

    page.goto(GROUP)
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_role("button", name="Launch backfill").click()
    until(lambda: graphql.partitions()["delivered"] == (5, 1), "the backfill to end", 180)
    assert graphql.partitions() == {"transcript": (6, 0), **dict.fromkeys([s.value for s in STAGES[1:]], (5, 1))}

    page.goto("/assets/validated?view=partitions")
    page.get_by_text("Failed (1)").wait_for()
    page.get_by_text("Materialized (5)").wait_for()
    _keep(page, "partitions")

    with deployment.instance() as instance:
        failed = next(run.run_id for run in instance.get_runs() if run.status.value == "FAILURE")
    page.goto(f"/runs/{failed}")
    page.get_by_text("1 of 6 meetings did not get through", exact=False).first.wait_for()
    _keep(page, "failed-run")


def test_a_check_alone_is_judged_again_and_its_reasons_are_shown(deployment: Deployment, page: Page) -> None:
    # Dagster's own button says "not yet supported" for checks of partitioned assets; the server takes the same request.
    keys = deployment.receive(write_meetings(deployment.home, ["v01"]))
    deployment.graphql.wait_for_run(deployment.graphql.launch(keys[0], [stage.value for stage in STAGES]))
    before = _runs(deployment)
    page.goto("/assets/validated?view=checks&checkDetail=accurate")
    run_id = deployment.graphql.launch("v01", [], [("validated", "accurate")])
    assert deployment.graphql.wait_for_run(run_id) == "SUCCESS"
    assert _runs(deployment) == before + 1
    page.goto("/assets/validated?view=checks&checkDetail=accurate")
    page.get_by_text("grounded_share").first.wait_for()
    page.get_by_text("v01", exact=True).first.wait_for()
    _keep(page, "check")


def test_the_graph_reads_well_on_a_desktop_and_on_a_laptop(deployment: Deployment, page: Page) -> None:
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(GROUP)
        for stage in STAGES:
            box = page.get_by_text(stage.value, exact=True).first.bounding_box()
            assert box is not None, stage
            assert box["x"] + box["width"] <= width, f"{stage} is cut off on a {name}"
        page.wait_for_timeout(1500)
        _keep(page, f"graph-{name}")


def _launch_for(page: Page, key: str) -> None:
    """Choose one partition in the open dialog and launch."""
    page.get_by_text("Select a partition or create one").click()
    # The last one: the page behind the dialog may name the partition too.
    page.locator(f"span:text-is('{key}')").last.click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Launch")).last.click()


def _runs(deployment: Deployment) -> int:
    with deployment.instance() as instance:
        return sum(run.is_finished for run in instance.get_runs())


def _keep(page: Page, name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    return path
