"""Error budgets and burn rates: by hand, against a reference written apart from them, and against a real Prometheus."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from artifact_assets.domain.objectives import BurnRule, Measure, Objective, ReliabilityPolicy
from artifact_assets.reliability.alert_rules import BAD_EVENTS, EVENTS, alert_rules
from artifact_assets.reliability.burning import budget_of, burning, events_of
from artifact_assets.reliability.facts import Facts
from tests.reliability.ledger_story import at

POLICY = ReliabilityPolicy()
THROUGH, FRESH, WRITES, ANSWERS = POLICY.objectives
LATER = at("00:00:00", days=2)
Event = tuple[datetime, bool]


def table(events: Sequence[Event]) -> pl.DataFrame:
    """Events as ``events_of`` hands them out."""
    rows = [(when, good, f"m{number}", None if good else "model_timeout") for number, (when, good) in enumerate(events)]
    schema = {"at": pl.Datetime("us", "UTC"), "good": pl.Boolean, "meeting_id": pl.String, "failure_class": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def told(objective: Objective, facts: Facts, now: datetime = LATER) -> list[tuple[str, bool]]:
    return [(row[2], row[1]) for row in events_of(objective, facts, now).iter_rows()]


def test_every_end_of_a_meeting_counts_for_completion(facts: Facts) -> None:
    assert told(THROUGH, facts) == [
        ("plain", True), ("away", True), ("talk", False), ("torn", False), ("talk", True), ("vague", True),
    ]  # fmt: skip


def test_a_meeting_counts_as_late_from_the_moment_it_is_late(facts: Facts) -> None:
    found = events_of(FRESH, facts, LATER)
    # talk got through after two hours, torn and waits never did; late means an hour. away is of a backfill.
    assert [(row[2], row[1], row[0]) for row in found.iter_rows()] == [
        ("plain", True, at("08:01:00")),
        ("talk", False, at("10:00:00")),
        ("torn", False, at("11:00:00")),
        ("vague", True, at("12:00:20")),
        ("waits", False, at("00:00:00", days=1)),
    ]


def test_what_is_not_late_yet_does_not_count(facts: Facts) -> None:
    assert "waits" not in dict(told(FRESH, facts, at("23:59:59")))


def test_writes_and_answers_count_when_they_came_to_an_end(facts: Facts) -> None:
    assert [good for _, good in told(WRITES, facts)].count(False) == 1
    assert len(told(WRITES, facts)) == 6
    assert sorted(good for _, good in told(ANSWERS, facts)) == [False, False, True, True]


def test_an_objective_may_be_about_some_kinds_and_destinations_only(facts: Facts) -> None:
    odoo = Objective(name="odoo", measures=Measure.WRITES, objective=0.9, destinations=("odoo",))
    assert told(odoo, facts) == [("away", True), ("away", True)]
    interviews = Objective(name="interviews", measures=Measure.COMPLETION, objective=0.9, kinds=("interview",))
    assert told(interviews, facts) == [("talk", False), ("talk", True)]


def test_the_budget_is_what_may_be_bad_and_what_is_left_of_it(facts: Facts) -> None:
    now = LATER
    half = Objective(name="half", measures=Measure.COMPLETION, objective=0.5)
    budget = budget_of(half, events_of(half, facts, now), now)
    # 2 of 6 are bad, 3 of 6 might be.
    assert (budget.events, budget.bad) == (6, 2)
    assert budget.left == pytest.approx(1 / 3)
    assert budget.kept
    strict = budget_of(THROUGH, events_of(THROUGH, facts, now), now)
    assert strict.left == pytest.approx(1 - 2 / 0.06)
    assert not strict.kept


def test_where_nothing_happened_a_promise_is_kept_and_nothing_burns() -> None:
    budget = budget_of(THROUGH, table([]), LATER)
    assert (budget.share, budget.left, budget.kept) == (None, None, True)
    assert burning(THROUGH, table([]), LATER, POLICY) is None


def hour(bad: int, whole: int, end: datetime = LATER) -> list[Event]:
    """``whole`` events evenly over the last hour, the last ``bad`` of them bad."""
    return [(end - timedelta(seconds=3599 - number * 3599 / whole), number < whole - bad) for number in range(whole)]


def test_an_hour_of_failures_is_critical_and_says_since_when_and_why() -> None:
    found = burning(THROUGH, table(hour(30, 120)), LATER, POLICY)
    assert found is not None
    assert (found.rule.factor, found.rule.severity, found.bad) == (14.4, "critical", 30)
    assert found.long_rate == pytest.approx(25)
    assert found.short_rate == pytest.approx(100)
    assert found.top_class == "model_timeout"
    assert found.since == LATER - timedelta(seconds=3599 - 90 * 3599 / 120)


def test_what_is_over_ends_the_alert_within_the_short_window() -> None:
    events = hour(30, 120, LATER - timedelta(minutes=6))
    good = [(LATER - timedelta(seconds=second), True) for second in range(0, 300, 10)]
    assert burning(THROUGH, table([*events, *reversed(good)]), LATER, ReliabilityPolicy(burn=POLICY.burn[:1])) is None


@pytest.mark.parametrize(("bad", "tells"), [(1, False), (2, False), (3, True)])
def test_where_little_happens_one_failure_wakes_nobody(bad: int, tells: bool) -> None:
    """Of ten meetings in an hour one is 10%, ten times the budget; three are an incident."""
    policy = ReliabilityPolicy(burn=POLICY.burn[:1])
    assert (burning(THROUGH, table(hour(bad, 10)), LATER, policy) is not None) is tells


def reference(
    events: Sequence[Event], now: datetime, objective: float, rules: Sequence[BurnRule], fewest: int
) -> float | None:
    """The factor of the first rule that fires, worked out with nothing but loops."""

    def bad_and_all(minutes: float) -> tuple[int, int]:
        bad = whole = 0
        for when, good in events:
            if 0 <= (now - when).total_seconds() < minutes * 60:
                whole += 1
                bad += not good
        return bad, whole

    for rule in rules:
        bad, whole = bad_and_all(rule.long_minutes)
        short_bad, short_whole = bad_and_all(rule.short_minutes)
        limit = rule.factor * (1 - objective)
        goes_on = short_bad / short_whole > limit if short_whole else True
        if whole and bad >= fewest and bad / whole > limit and goes_on:
            return rule.factor
    return None


@pytest.mark.parametrize("seed", range(6))
def test_the_rules_agree_with_a_reference_at_every_quarter_of_an_hour(seed: int) -> None:
    chance = random.Random(seed)
    events = troubled_days(chance, per_minute=[0.05, 0.3, 1][seed % 3])
    frame = table(events)
    fired: set[float | None] = set()
    for quarter in range(0, 5 * 96, 5):
        now = at("00:00:00") + timedelta(minutes=15 * quarter, seconds=1)
        found = burning(THROUGH, frame.filter(pl.col("at") <= now), now, POLICY)
        past = [event for event in events if event[0] <= now]
        expected = reference(past, now, THROUGH.objective, POLICY.burn, POLICY.fewest_bad)
        assert (found.rule.factor if found else None) == expected, now
        fired.add(expected)
    assert len(fired) > 1, "a run in which nothing happens proves nothing"


def troubled_days(chance: random.Random, per_minute: float, days: int = 5) -> list[Event]:
    """Five days with quiet stretches, a slow leak and an outage."""
    outage = chance.uniform(1, 4)
    found: list[Event] = []
    moment = 0.0
    while moment < days * 1440:
        moment += chance.expovariate(per_minute)
        day = moment / 1440
        failing = 0.5 if outage < day < outage + 0.08 else 0.06 if day > 3.5 else 0.004
        found.append((at("00:00:00") + timedelta(minutes=moment), chance.random() > failing))
    return found


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize("seed", [1])
def test_a_real_prometheus_fires_the_same_rules(tmp_path: Path, seed: int) -> None:
    """The same events as counters, sampled every minute; asked where no rate lies within 8% of its limit."""
    chance = random.Random(seed)
    minutes = 4 * 1440 + 600
    per_minute = 8
    outage = chance.randrange(1500, 3800)
    bad, whole = [0] * minutes, [0] * minutes
    for minute in range(1, minutes):
        share = 0.4 if outage <= minute < outage + 45 else 0.03 if minute > 4800 else 0.002
        bad[minute] = sum(chance.random() < share for _ in range(per_minute))
        whole[minute] = per_minute
    events = [
        (at("00:00:00") + timedelta(minutes=minute) - timedelta(seconds=30), number >= bad[minute])
        for minute in range(minutes)
        for number in range(whole[minute])
    ]
    frame = table(events)
    policy = ReliabilityPolicy(objectives=(THROUGH,))
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(alert_rules(policy)))
    asked: list[dict[str, object]] = []
    fired: set[float] = set()
    for minute in sorted({*range(4400, minutes, 120), *range(outage + 2, outage + 400, 14)}):
        now = at("00:00:00") + timedelta(minutes=minute)
        expected = [rule for rule in policy.burn if fires(frame, now, rule)]
        if any(near(frame, now, rule) for rule in policy.burn):
            continue
        fired |= {rule.factor for rule in expected}
        asked.append(
            {
                "eval_time": f"{minute}m",
                "alertname": "ErrorBudgetBurns",
                "exp_alerts": [
                    {
                        "exp_labels": {
                            "severity": rule.severity, "objective": THROUGH.name, "window": f"{rule.long_minutes:g}m",
                        },
                        "exp_annotations": told_with(policy, rule),
                    }
                    for rule in expected
                ],
            }
        )  # fmt: skip
    assert len(fired) >= 2
    assert len(asked) >= 15
    series = [
        {"series": f'{name}{{objective="{THROUGH.name}"}}', "values": " ".join(map(str, cumulated(counts)))}
        for name, counts in ((EVENTS, whole), (BAD_EVENTS, bad))
    ]
    told = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m",
            "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": asked}]}  # fmt: skip
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(told))
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yaml"], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def fires(events: pl.DataFrame, now: datetime, rule: BurnRule) -> bool:
    return burning(THROUGH, events.filter(pl.col("at") <= now), now, ReliabilityPolicy(burn=(rule,))) is not None


def near(events: pl.DataFrame, now: datetime, rule: BurnRule) -> bool:
    """Whether an estimate from samples may fall on the other side of a limit."""
    limit = rule.factor * THROUGH.budget
    for minutes in (rule.long_minutes, rule.short_minutes):
        inside = events.filter(pl.col("at") > now - timedelta(minutes=minutes), pl.col("at") <= now)["good"]
        bad = inside.len() - int(inside.sum())
        if abs(bad / inside.len() - limit) < 0.08 * limit:
            return True
        if minutes == rule.long_minutes and abs(bad - POLICY.fewest_bad) < 2:
            return True
    return False


def told_with(policy: ReliabilityPolicy, rule: BurnRule) -> dict[str, str]:
    rules = alert_rules(policy)["groups"][0]["rules"]
    return next(r["annotations"] for r in rules if r["labels"]["window"] == f"{rule.long_minutes:g}m")


def cumulated(counts: Sequence[int]) -> list[int]:
    total, found = 0, list[int]()
    for count in counts:
        total += count
        found.append(total)
    return found
