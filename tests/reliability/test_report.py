"""The report: true to the numbers, one file that needs nothing else, readable on a phone and on paper."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from artifact_assets.domain.objectives import Objective, ReliabilityPolicy
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.raw import frame
from artifact_assets.reliability.report.comparing import Span, differ, history_of, moved
from artifact_assets.reliability.report.gathering import Report, gather
from artifact_assets.reliability.report.page import page
from resources.ledger.ledger import open_ledger
from tests.clock import ScriptedClock
from tests.commands.shell import Shell
from tests.conftest import TENANT
from tests.reliability.ledger_story import at

NOW = at("23:30:00")
SPAN = Span(date(2026, 11, 4), date(2026, 11, 18))
DOWN = [("crm", "paused", at("09:00:00"), None, "-"), ("crm", "up", at("11:00:00"), None, "-"),
        ("model", "open", at("22:00:00"), "model_unavailable", "It is down.")]  # fmt: skip


@pytest.fixture(scope="module")
def report(told_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The Tuesday's report, half an hour before midnight."""
    with open_ledger(f"sqlite:///{told_ledger}", tenant=TENANT, clock=ScriptedClock()) as ledger:
        books = Books(tmp_path_factory.mktemp("export"))
        keeping = Bookkeeping(ledger.columns(), books, ReliabilityPolicy(), ScriptedClock(NOW))
        facts = asyncio.run(keeping.facts())
        names = ("name", "state", "at", "failure_class", "cause")
        columns: dict[str, Any] = dict(zip(names, zip(*DOWN, strict=True), strict=True))
        return gather(
            facts, SPAN, keeping.budgets(facts, NOW), keeping.burning(facts, NOW), (),
            frame("dependency_changes", columns), tenant=TENANT, now=NOW,
        )  # fmt: skip


def test_the_verdict_names_what_is_missed_and_the_totals(report: Report) -> None:
    text = words(page(report))
    assert "Outside 4 of 4 objectives" in text
    assert "6 meetings received, 6 brought to an end, 2 failed" in text
    assert "1 records were written again needlessly, which must not happen" in text


def test_every_failure_class_stands_there_with_its_remedy(report: Report) -> None:
    assert [(row.name, row.failed, row.troubles, row.open) for row in report.failures] == [
        ("model_output_invalid", 1, 1, 0), ("unreadable_input", 1, 1, 1),
        ("destination_unavailable", 0, 1, 0), ("model_unavailable", 0, 1, 1),
    ]  # fmt: skip
    assert all(html.escape(row.remedy) in page(report) for row in report.failures)


def test_what_waits_longest_and_what_is_rare_are_named(report: Report) -> None:
    assert [(one["meeting_id"], one["waits"]) for one in report.oldest] == [("waits", 1800)]
    assert {one["failure_class"] for one in report.rare} == {row.name for row in report.failures}


def test_history_is_the_stretches_in_which_a_dependency_was_not_as_usual(report: Report) -> None:
    assert report.history == {
        "crm": ((at("09:00:00"), at("11:00:00"), "paused"),),
        "model": ((at("22:00:00"), NOW, "open"),),
    }
    assert history_of(frame("dependency_changes", dict.fromkeys(("name", "state", "at", "failure_class", "cause"), ())),
                      SPAN, NOW) == {}  # fmt: skip


def test_the_page_needs_nothing_else_and_is_well_formed(report: Report) -> None:
    text = page(report)
    assert re.findall(r'(?:src|href)="(?!#)[^"]+"|url\((?!#)[^)]+\)|@import|<script', text) == []
    assert text.count("<svg") >= 7
    ids = [each for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL) for each in re.findall(r' id="([^"]+)"', svg)]
    assert len(text) < 2_000_000
    assert ids


def test_the_same_numbers_make_the_same_page(report: Report) -> None:
    assert page(report) == page(report)


def test_a_change_counts_when_it_is_more_than_chance() -> None:
    assert differ((0.90, 1000), (0.99, 1000))
    assert not differ((0.98, 100), (0.99, 100))
    assert not differ((0.5, 10), (1.0, 10))
    assert moved((130, 50), (100, 50))
    assert not moved((110, 50), (100, 50))
    assert not moved((300, 5), (100, 50))


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_cut_off_at_any_width(report: Report, tmp_path: Path, width: int) -> None:
    from playwright.sync_api import sync_playwright

    (tmp_path / "report.html").write_text(page(report))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(f"file://{tmp_path / 'report.html'}")
        wider = shown.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        cut = shown.evaluate(
            "[...document.querySelectorAll('.card, .scroll, .verdict')].filter(e => e.scrollWidth > e.clientWidth + 1)"
            ".map(e => e.innerText.slice(0, 60))"
        )
        browser.close()
    assert (wider, cut, len(asked)) == (0, [], 1)


def test_the_command_writes_the_page_and_tells_the_numbers(
    told_ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(told_ledger, tmp_path / "ledger.db")
    shell = Shell(tmp_path, capsys, {"ARTIFACTS_NOW": NOW.isoformat(), "ARTIFACTS_TENANT": TENANT})
    done = shell("report", "-o", tmp_path / "r.html", "--json", "--export", "--days", "14")
    assert done.code == 0, done.err
    told = {one["name"]: (one["bad"], one["events"]) for one in done.json()["objectives"]}
    assert told["meetings_get_through"] == (2, 6)
    assert "</html>" in (tmp_path / "r.html").read_text()
    assert (tmp_path / "export/metrics/measured=2026-11-17/part.parquet").exists()
    assert shell("report", "--check").code == 1
    refused = shell("report", "-o", tmp_path / "no/r.html")
    refused.assert_refused("unreadable_input")


def test_the_command_writes_alert_rules_for_the_configured_objectives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text("reliability: {objectives: [{name: half, measures: writes, objective: 0.5}], fewest_bad: 7}\n")
    shell = Shell(tmp_path, capsys, {"ARTIFACTS_CONFIG": str(config)})
    assert shell("report", "--alert-rules", tmp_path / "rules.yaml").code == 0
    rules = yaml.safe_load((tmp_path / "rules.yaml").read_text())["groups"][0]["rules"]
    assert [rule["labels"]["window"] for rule in rules] == ["60m", "360m", "4320m"]
    assert "> 0.5)" in rules[2]["expr"]
    assert "> 6.5" in rules[0]["expr"]


def test_a_ledger_without_meetings_has_a_report_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = Shell(tmp_path, capsys)("report", "-o", tmp_path / "r.html")
    assert done.code == 0, done.err
    assert "Nothing happened that an objective counts" in (tmp_path / "r.html").read_text()


def test_an_objective_that_makes_no_sense_is_refused() -> None:
    for wrong in (
        {"name": "<b>", "measures": "answers", "objective": 0.9},
        {"name": "ok", "measures": "answers", "objective": 1},
        {"name": "ok", "measures": "freshness", "objective": 0.9},
        {"name": "ok", "measures": "completion", "objective": 0.9, "destinations": ["crm"]},
    ):
        with pytest.raises(ValueError, match="validation error"):
            Objective.model_validate(wrong)


def words(text: str) -> str:
    """What a reader sees of a page, roughly."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_words_of_the_span_are_days(report: Report) -> None:
    assert report.span.days[0] == date(2026, 11, 4)
    assert report.span.before == Span(date(2026, 10, 21), date(2026, 11, 4))
    assert datetime.combine(report.span.until, datetime.min.time(), UTC) - NOW == timedelta(minutes=30)
