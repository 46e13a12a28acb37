"""The breaker of a dependency: when it opens, who is let through, how it comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from artifact_assets.domain.dependency import BreakerPolicy, Health, HealthState, admit, failed, healthy, succeeded
from artifact_assets.domain.failures import FailureClass
from tests.clock import NOON

POLICY = BreakerPolicy(
    failures=3, pause_seconds=10, most_pause_seconds=35, park_seconds=500, probe_seconds=20, ramp_seconds=6
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def failing(health: Health, seconds: float, *, park: bool = False, retry_after: float | None = None) -> Health:
    return failed(
        health, at(seconds), POLICY, FailureClass.MODEL_UNAVAILABLE, "down", park=park, retry_after=retry_after
    )


def opened() -> Health:
    health = healthy("model", NOON)
    for _ in range(3):
        health = failing(health, 0)
    return health


def test_it_opens_after_failures_in_a_row_and_tells_the_next_attempt() -> None:
    health = opened()
    assert (health.state, health.next_attempt_at) == (HealthState.OPEN, at(10))
    assert not admit(health, at(9), POLICY, live=True).admitted


def test_a_success_between_failures_keeps_it_closed() -> None:
    health = failing(failing(healthy("model", NOON), 0), 1)
    health = failing(failing(succeeded(health, at(2)), 3), 4)
    assert health.state is HealthState.UP


def test_one_probe_at_a_time_and_a_lost_probe_is_repeated() -> None:
    first = admit(opened(), at(10), POLICY, live=True)
    assert first.admitted
    assert first.health.state is HealthState.PROBING
    second = admit(first.health, at(11), POLICY, live=True)
    assert not second.admitted
    assert second.next_attempt_at == at(30)
    assert admit(first.health, at(30), POLICY, live=True).admitted


def test_each_failed_probe_waits_longer_up_to_the_most() -> None:
    health, waits, now = opened(), list[float](), 0.0
    for _ in range(4):
        assert health.next_attempt_at is not None
        waits.append((health.next_attempt_at - at(now)).total_seconds())
        now = (health.next_attempt_at - NOON).total_seconds()
        health = failing(admit(health, at(now), POLICY, live=True).health, now)
    assert waits == [10, 20, 35, 35]
    assert health.since == NOON


def test_quota_and_credentials_park_at_once_and_longer() -> None:
    health = failing(healthy("model", NOON), 0, park=True)
    assert (health.state, health.next_attempt_at) == (HealthState.PARKED, at(500))
    assert failing(healthy("model", NOON), 0, park=True, retry_after=9000).next_attempt_at == at(9000)


def test_recovery_lets_through_a_few_then_twice_as_many_and_live_ones_first() -> None:
    health = succeeded(admit(opened(), at(10), POLICY, live=True).health, at(12))
    assert health.state is HealthState.RECOVERING

    def let_through(health: Health, seconds: float, *, live: bool) -> tuple[Health, int]:
        count = 0
        while (admission := admit(health, at(seconds), POLICY, live=live)).admitted and count < 1000:
            health, count = admission.health, count + 1
        return health, count

    health, backfill = let_through(health, 12, live=False)
    health, live = let_through(health, 12, live=True)
    assert (backfill, live) == (2, 2)
    health, live = let_through(health, 14, live=True)
    assert live == 4
    admission = admit(health, at(18), POLICY, live=True)
    assert admission.health == healthy("model", at(18))


def test_a_failure_while_recovering_opens_it_again_for_longer() -> None:
    recovering = succeeded(admit(opened(), at(10), POLICY, live=True).health, at(12))
    assert failing(recovering, 13).state is HealthState.OPEN


def test_answers_and_failures_that_were_under_way_when_it_opened_change_nothing() -> None:
    assert succeeded(opened(), at(1)) == opened()
    assert failing(opened(), 1) == opened()


@pytest.mark.parametrize("live", [True, False])
def test_what_a_person_paused_only_a_person_resumes(live: bool) -> None:
    paused = Health("model", HealthState.PAUSED, NOON, NOON, who="sam")
    admission = admit(paused, at(10**8), POLICY, live=live)
    assert (admission.admitted, admission.next_attempt_at) == (False, None)
    assert failing(paused, 5) == paused
