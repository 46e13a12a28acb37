"""What an operator is told, and what not again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from artifact_assets.domain.alerts import Alert, AlertPolicy, Condition, Severity, changes, opened
from artifact_assets.domain.messages import alarm, all_clear
from tests.clock import NOON

POLICY = AlertPolicy(repeat_seconds=3600, growth_seconds=600, settled_seconds=120, retry_seconds=60)
DEAD = Condition(
    "dead_letters:hubspot",
    Severity.CRITICAL,
    "writes to hubspot were given up",
    "Nobody tries any more.",
    NOON,
    count=3,
    example_meeting="acme-discovery",
    next_command="python -m artifact_assets deliveries --state dead_letter",
)


def told(condition: Condition = DEAD, **more: object) -> Alert:
    """An alert whose first message was accepted at noon."""
    values = {"told": 1, "told_at": NOON, "told_count": condition.count, "told_severity": condition.severity, **more}
    return replace(opened(condition, NOON), **values)


def after(seconds: float, alerts: list[Alert], *conditions: Condition, unknown: frozenset[str] = frozenset()) -> str:
    """What is sent some time after noon, as one word."""
    found = changes(alerts, conditions, NOON + timedelta(seconds=seconds), POLICY, unknown=unknown)
    words = [name for name, some in zip(("fire", "repeat", "resolve"), found, strict=True) if some]
    return "+".join(words) or "nothing"


def test_a_new_condition_fires_once() -> None:
    assert after(0, [], DEAD) == "fire"
    assert after(1, [told()], DEAD) == "nothing"


def test_the_same_trouble_is_repeated_only_from_time_to_time() -> None:
    assert after(3599, [told()], DEAD) == "nothing"
    assert after(3600, [told()], DEAD) == "repeat"


def test_more_of_the_same_is_repeated_sooner_but_not_with_every_meeting() -> None:
    assert after(599, [told()], replace(DEAD, count=4)) == "nothing"
    assert after(600, [told()], replace(DEAD, count=4)) == "repeat"
    assert after(600, [told()], replace(DEAD, count=2)) == "nothing"


def test_what_became_graver_is_told_at_once_and_what_became_milder_is_not() -> None:
    mild = replace(DEAD, severity=Severity.WARNING)
    assert after(1, [told(mild)], DEAD) == "repeat"
    assert after(1, [told()], mild) == "nothing"


def test_over_is_told_after_it_was_over_for_a_while() -> None:
    assert after(119, [told()]) == "nothing"
    assert after(120, [told()]) == "resolve"
    assert after(120, [told(seen_at=NOON + timedelta(seconds=60))]) == "nothing"


def test_nothing_is_over_because_nobody_could_look() -> None:
    assert after(999, [told()], unknown=frozenset({"dead_letters"})) == "nothing"
    assert after(999, [told()], unknown=frozenset({"dependency"})) == "resolve"


def test_a_refused_message_is_tried_again_less_and_less_often() -> None:
    refused = replace(opened(DEAD, NOON), tries=1, tried_at=NOON)
    assert after(59, [refused], DEAD) == "nothing"
    assert after(60, [refused], DEAD) == "repeat"
    often = replace(refused, tries=30)
    assert after(1799, [often], DEAD) == "nothing"
    assert after(1800, [often], DEAD) == "repeat"
    assert after(1799, [often]) == "nothing"


def test_one_trouble_does_not_hide_another() -> None:
    other = replace(DEAD, key="dead_letters:lever")
    found = changes([told()], [DEAD, other], NOON, POLICY)
    assert [alert.key for alert in found.to_fire] == ["dead_letters:lever"]


def test_a_message_says_cause_since_when_count_example_and_what_to_type() -> None:
    text = alarm(opened(DEAD, NOON)).text
    for word in ("critical", "2026-11-17 12:00", "3 affected", "acme-discovery", "deliveries --state dead_letter"):
        assert word in text


def test_every_message_of_an_alert_has_an_id_of_its_own_that_stays_when_it_is_sent_again() -> None:
    first = opened(DEAD, NOON)
    assert alarm(first).message_id == alarm(replace(first, tries=4)).message_id
    assert len({alarm(first).message_id, alarm(told()).message_id, all_clear(told(), NOON).message_id}) == 3


def test_the_all_clear_says_when_nobody_heard_of_the_trouble() -> None:
    assert "None of the messages" in all_clear(replace(opened(DEAD, NOON), tries=3), NOON).text
    assert "None of the messages" not in all_clear(told(), NOON).text
