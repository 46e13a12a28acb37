"""What is unusual is found, and what is usual is not: by the arithmetic, by single series, and over simulated months."""

from __future__ import annotations

import asyncio
import math
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from artifact_assets.domain.alerts import Severity
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.anomalies.chances import (
    deviation,
    dispersion,
    fewer_than,
    more_than_before,
    usual_counts,
)
from artifact_assets.reliability.anomalies.changes import changes_between
from artifact_assets.reliability.anomalies.finding import Finding, Sort
from artifact_assets.reliability.anomalies.looking import look
from artifact_assets.reliability.anomalies.noticing import condition_of, findings
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.drawing import draw
from benchmarks.anomalies_bench import SORTS, alarms, found_after
from benchmarks.simulated_ledger import START, Incident, simulated
from resources.code_history import commits
from resources.ledger.ledger import SqlLedger
from tests.clock import ScriptedClock
from tests.reliability.ledger_story import Story


def test_the_count_to_come_is_negative_binomial() -> None:
    # Shape 0.5, one chance in eleven: P(X >= 1) = 1 - (10/11)^0.5, P(X >= 2) takes 0.5/11 of it away.
    none = (10 / 11) ** 0.5
    assert more_than_before(1, 1, 0, 10) == pytest.approx(1 - none)
    assert more_than_before(2, 1, 0, 10) == pytest.approx(1 - none - none * 0.5 / 11)
    assert more_than_before(0, 1, 0, 10) == 1.0


def test_a_count_far_out_is_rare_and_both_ways_of_reckoning_agree() -> None:
    assert more_than_before(60, 100, 100, 2800) < 1e-30
    exact, normal = more_than_before(399, 1000, 9000, 28_000), more_than_before(401, 1000, 9000, 28_000)
    assert abs(math.log10(exact) - math.log10(normal)) < 0.5


def test_silence_is_as_rare_as_poisson_says() -> None:
    assert fewer_than(0, 10) == pytest.approx(math.exp(-10))
    assert fewer_than(30, 10) == pytest.approx(1.0, abs=1e-6)


def test_days_that_vary_by_chance_alone_have_no_dispersion_and_wild_ones_have() -> None:
    chance = np.random.default_rng(5)
    expected = np.full(400, 50.0)
    assert dispersion(chance.poisson(50, 400).astype(float), expected) == pytest.approx(1.0, abs=0.25)
    wild = chance.poisson(50 * chance.gamma(4, 0.25, 400)).astype(float)
    assert dispersion(wild, expected) > 5


def test_last_weeks_trouble_is_not_what_is_usual() -> None:
    counts, chances = np.full(28, 5.0), np.full(28, 1000.0)
    counts[20:23] = 400.0
    assert usual_counts(counts, chances).sum() < 28 * 5 + 3 * 12


def test_a_level_is_judged_by_its_own_spread_and_the_means_error() -> None:
    assert deviation(2.0, 0.0, [1.0, 1.1, 0.9, 1.0, 1.0]) == 0.0
    assert deviation(2.0, 0.1, [1.0, 1.1, 0.9, 1.0, 1.0]) == pytest.approx(10.0)


@pytest.mark.parametrize("sort", SORTS)
def test_each_kind_of_incident_is_found_in_time(sort: str) -> None:
    expected = SORTS[sort]
    begins = START + timedelta(days=30, hours=10)
    incident = Incident(sort, begins, expected.lasts, expected.where[0])
    hours = min(expected.hours, 24 * 6)
    raised = alarms(31 + math.ceil(hours / 24), 700, [incident], seed=11, begin=30 * 24)
    assert found_after(incident, raised) is not None


def test_nothing_is_unusual_in_a_clean_fortnight() -> None:
    assert alarms(42, 700, [], seed=12, begin=28 * 24) == []


def test_a_finding_says_what_changed_before_it() -> None:
    begins = START + timedelta(days=36, hours=10)
    facts = draw(simulated(38, 700, [Incident("validity_drop", begins, 72)], seed=3))
    now = begins + timedelta(hours=26)
    found = [one for one in look(facts, now) if one.key.startswith("call|gpt-5-mini|discarded")]
    assert found
    assert any(change.startswith("prompt version 8.0 since") for change in found[0].changes)
    assert changes_between(facts, START + timedelta(days=10), START + timedelta(days=11)) == ()


def test_commits_come_from_a_checkout_and_nowhere_else(tmp_path: Path) -> None:
    assert commits(START, START + timedelta(days=1), tmp_path) == ()
    run = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*run, "init", "-q"], check=True)
    subprocess.run([*run, "commit", "-q", "--allow-empty", "-m", "Raise the limit"], check=True)
    now = datetime.now().astimezone()
    (line,) = commits(now - timedelta(hours=1), now + timedelta(hours=1), tmp_path)
    assert line.endswith("Raise the limit")


def test_findings_are_looked_for_once_an_hour(story: Story, ledger: SqlLedger, tmp_path: Path) -> None:
    del story
    clock = ScriptedClock()
    books = Bookkeeping(ledger.columns(), Books(tmp_path / "export"), ReliabilityPolicy(), clock)
    assert asyncio.run(findings(books)) == ()
    file = tmp_path / "export" / "findings.json"
    first = file.stat().st_mtime_ns
    clock.forward(60)
    asyncio.run(findings(books))
    assert file.stat().st_mtime_ns == first
    clock.forward(3600)
    asyncio.run(findings(books))
    assert file.stat().st_mtime_ns > first
    file.write_text("{}")
    assert asyncio.run(findings(books)) == ()


def test_an_operator_is_told_in_a_sentence_with_an_example_and_a_command() -> None:
    finding = Finding(
        "stuck|meetings", Sort.STUCK, "meetings that wait: 7", START, 7, 9.0, "m1", ("model b since noon",)
    )
    told = condition_of(finding)
    assert (told.key, told.severity, told.count) == ("anomaly:stuck|meetings", Severity.CRITICAL, 7)
    assert told.cause == "Meetings that wait: 7. Shortly before: model b since noon."
    assert told.next_command == "python -m artifact_assets trace m1"
