"""When the model is down, slow, used up or too expensive: what waits, until when, and who goes first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.brief import Brief
from artifact_assets.domain.budgets import BudgetPolicy, Cap
from artifact_assets.domain.dependency import BreakerPolicy, HealthState
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy, Prices
from artifact_assets.domain.rates import RatePolicy
from artifact_assets.domain.transcript import Transcript
from tests.clock import NOON, ScriptedClock
from tests.extraction.model.desk import PROMISE, QUICK, SEND_QUOTE, Desk, errand_brief, form, open_desk
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error

GOOD = form(SEND_QUOTE)
BREAKER = BreakerPolicy(failures=3, pause_seconds=600, most_pause_seconds=600, ramp_seconds=60)
STRICT = QUICK.model_copy(update={"attempts": 1, "breaker": BREAKER, "deadline_seconds": 10_000})


def talk(number: int) -> Transcript:
    """A meeting of its own: equal ones would share one answer."""
    return PROMISE.model_copy(
        update={
            "turns": (*PROMISE.turns, PROMISE.turns[0].model_copy(update={"index": 2, "text": f"Number {number}."}))
        }
    )


def extract(desk: Desk, number: int = 0, brief: Brief | None = None) -> PipelineError | None:
    try:
        asyncio.run(desk.extractor.extract(talk(number), "d" * 64, brief or errand_brief(f"m-{number}")))
    except PipelineError as failure:
        return failure
    return None


def test_an_outage_defers_without_asking_and_recovery_lets_meetings_through(home: Path, clock: ScriptedClock) -> None:
    down = [True]

    def script(_: dict[str, Any]) -> Outcome:
        return error(503) if down[0] else GOOD

    with FakeOpenAI(script) as server, open_desk(home, server.base_url, STRICT, clock) as desk:
        for number in range(3):
            assert not isinstance(extract(desk, number), Deferral)
        waits = extract(desk, 3)
        assert isinstance(waits, Deferral)
        assert waits.failure_class is FailureClass.MODEL_UNAVAILABLE
        assert len(server.asked) == 3
        # Live meetings come back within the first third of the ramp, a backfill in the rest of it.
        assert waits.next_attempt_at is not None
        assert NOON + timedelta(seconds=600) <= waits.next_attempt_at <= NOON + timedelta(seconds=620)
        later = extract(desk, 4, errand_brief("m-4", live=False))
        assert isinstance(later, Deferral)
        assert later.next_attempt_at is not None
        assert later.next_attempt_at > NOON + timedelta(seconds=620)
        down[0] = False
        clock.forward(601)
        assert extract(desk, 3) is None
        (health,) = asyncio.run(desk.dependencies.health())
        assert health.state is HealthState.RECOVERING
        assert extract(desk, 4) is None


def test_a_backfill_pauses_at_once_while_the_model_is_down(home: Path, clock: ScriptedClock) -> None:
    short = BREAKER.model_copy(update={"failures": 1, "pause_seconds": 10})
    policy = STRICT.model_copy(update={"breaker": short})
    with FakeOpenAI([error(503)]) as server, open_desk(home, server.base_url, policy, clock) as desk:
        assert extract(desk, 0) is not None
        for number in range(1, 20):
            waits = extract(desk, number, errand_brief(f"m-{number}", live=False, backfill="b-1"))
            assert isinstance(waits, Deferral)
            assert waits.next_attempt_at is not None
            assert waits.next_attempt_at >= NOON + timedelta(seconds=10)
        assert len(server.asked) == 1
        assert clock.sleeps == []


def test_quota_parks_the_model_for_every_meeting(home: Path, clock: ScriptedClock) -> None:
    with (
        FakeOpenAI([error(429, "insufficient_quota")]) as server,
        open_desk(home, server.base_url, STRICT, clock) as desk,
    ):
        for number in range(5):
            waits = extract(desk, number)
            assert isinstance(waits, Deferral)
            assert waits.failure_class is FailureClass.MODEL_QUOTA
        assert len(server.asked) == 1


def test_answers_that_do_not_keep_to_the_form_say_nothing_about_the_models_health(home: Path) -> None:
    with FakeOpenAI([completion("no JSON")]) as server, open_desk(home, server.base_url, STRICT) as desk:
        for number in range(5):
            extract(desk, number)
        assert asyncio.run(desk.dependencies.health()) == ()


def test_a_rate_limit_is_waited_for_and_never_passed(home: Path, clock: ScriptedClock) -> None:
    policy = STRICT.model_copy(update={"rate": RatePolicy(requests_per_minute=60, burst_seconds=1)})
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url, policy, clock) as desk:
        for number in range(10):
            assert extract(desk, number) is None
        assert len(server.asked) == 10
    assert clock.monotonic() >= 9


def test_limits_told_by_headers_hold_the_next_call_back(home: Path, clock: ScriptedClock) -> None:
    headers = {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0"}
    with (
        FakeOpenAI([completion(GOOD, headers=headers)]) as server,
        open_desk(home, server.base_url, STRICT, clock) as desk,
    ):
        extract(desk, 0)
        assert clock.monotonic() == 0
        extract(desk, 1)
        assert clock.monotonic() >= 1


def test_a_long_limit_met_by_one_meeting_defers_the_others_unsent(home: Path, clock: ScriptedClock) -> None:
    limited = error(429, headers={"retry-after": "600"})
    with FakeOpenAI([limited]) as server, open_desk(home, server.base_url, STRICT, clock) as desk:
        for number in range(3):
            waits = extract(desk, number)
            assert isinstance(waits, Deferral)
            assert waits.failure_class is FailureClass.MODEL_RATE_LIMITED
            assert waits.next_attempt_at is not None
            assert waits.next_attempt_at >= NOON + timedelta(seconds=600)
        assert len(server.asked) == 1


PRICED = {"prices": Prices(input=1.0, output=10.0)}


@pytest.mark.parametrize(
    ("budgets", "next_attempt"),
    [
        (BudgetPolicy(day=Cap(calls=2)), NOON.replace(day=18, hour=0)),
        (BudgetPolicy(backfill=Cap(calls=2)), NOON + timedelta(hours=1)),
        (BudgetPolicy(day=Cap(cost=0.05)), NOON.replace(day=18, hour=0)),
    ],
)
def test_at_the_cap_nothing_is_sent_and_the_next_attempt_is_known(
    budgets: BudgetPolicy, next_attempt: Any, home: Path, clock: ScriptedClock
) -> None:
    policy = STRICT.model_copy(update={"budgets": budgets, **PRICED})
    # Each call: 1000 tokens in, 100 out: 0.002 dollars; the most one call may cost is about 0.042.
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url, policy, clock) as desk:
        failures = [extract(desk, n, errand_brief(f"m-{n}", backfill="b-1")) for n in range(8)]
        done = sum(failure is None for failure in failures)
        assert 1 <= done < 8
        assert len(server.asked) == done
        last = failures[-1]
        assert isinstance(last, Deferral)
        assert last.failure_class is FailureClass.BUDGET_EXCEEDED
        assert last.next_attempt_at >= next_attempt
    raised = policy.model_copy(update={"budgets": BudgetPolicy()})
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url, raised, clock) as desk:
        assert extract(desk, 7) is None


def test_a_meeting_above_its_own_budget_fails_and_names_it(home: Path) -> None:
    policy = STRICT.model_copy(update={"budgets": BudgetPolicy(meeting=Cap(tokens=100))})
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url, policy) as desk:
        failure = extract(desk)
        assert failure is not None
        assert not isinstance(failure, Deferral)
        assert failure.failure_class is FailureClass.BUDGET_EXCEEDED
        assert "meeting:m-0" in failure.cause
        assert server.asked == []


def test_an_estimate_is_never_below_what_is_used(home: Path) -> None:
    policy: ModelPolicy = QUICK.model_copy(update={"samples": 3, **PRICED})
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url, policy) as desk:
        told = desk.extractor.estimate(PROMISE, desk.brief)
        found = asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
        assert told.calls == len(server.asked) == found.trace.calls == 3
        assert told.cost is not None
        assert found.trace.cost is not None
        assert told.cost >= found.trace.cost
        assert len({body["seed"] for body in server.asked}) == 3


def test_a_meeting_that_runs_out_of_time_is_given_up_for_now(home: Path) -> None:
    policy = QUICK.model_copy(
        update={"deadline_seconds": 0.4, "call_timeout_seconds": 0.4, "read_timeout_seconds": 0.4}
    )
    policy = policy.model_copy(update={"connect_timeout_seconds": 0.4})
    with FakeOpenAI([completion(GOOD, delay=5)]) as server, open_desk(home, server.base_url, policy) as desk:
        failure = extract(desk)
        assert failure is not None
        assert failure.failure_class is FailureClass.MODEL_TIMEOUT
