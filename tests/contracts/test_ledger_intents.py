"""What the ledger promises about recorded writes, on SQLite and on PostgreSQL.

What belongs here: planning, claiming, settling and lapsing through the ``Ledger`` port. What does not: destinations.
"""

from __future__ import annotations

import asyncio

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import INTENT_TRANSITIONS, IntentState, may_follow
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON
from tests.contracts.ledger_values import confirmed, later, planned, sent, settlement

S = IntentState


async def states(ledger: SqlLedger) -> dict[str, IntentState]:
    return {intent.intent_key: intent.state for intent in await ledger.intents()}


async def brought_to(ledger: SqlLedger, plan: IntentPlan, state: IntentState) -> Intent:
    """A write that got into ``state`` by legal steps."""
    if state in (S.PLANNED, S.AWAITING_REVIEW):
        row = (await ledger.plan((planned(plan.record_key, state=state),), NOON))[0]
    elif state in (S.WITHDRAWN, S.SUPERSEDED, S.EXPIRED):
        await ledger.plan((plan,), NOON)
        row = await ledger.settle(settlement(plan, state))
    else:
        row = await sent(ledger, plan)
        if state is not S.SENDING:
            row = await ledger.settle(settlement(plan, state))
        if state is S.UNCERTAIN:
            assert await ledger.claim_lookup(plan.intent_key, "run-1", 60, later(30)) is not None
    assert row.state is state
    return row


async def test_a_plan_comes_back_as_it_was_and_twice_is_once(ledger: SqlLedger) -> None:
    plan = planned(
        state=S.AWAITING_REVIEW, failure_class=FailureClass.RECORD_AMBIGUOUS, cause="two deals", after="first"
    )
    (row,) = await ledger.plan((plan,), NOON)
    assert {name: getattr(row, name) for name in vars(plan)} == vars(plan)
    assert (row.attempts, row.created_at, row.updated_at, row.receipt) == (0, NOON, NOON, None)
    assert await ledger.plan((plan,), later(50)) == (row,) == await ledger.intents(meeting_id="sync")


async def test_rows_come_back_in_the_order_asked_and_are_listed_in_the_order_planned(ledger: SqlLedger) -> None:
    await ledger.plan((planned("b"), planned("a")), NOON)
    rows = await ledger.plan((planned("a"), planned("c", meeting_id="other"), planned("b")), NOON)
    assert [row.record_key for row in rows] == ["a", "c", "b"]
    assert [row.record_key for row in await ledger.intents()] == ["b", "a", "c"]
    assert [row.record_key for row in await ledger.intents(meeting_id="other")] == ["c"]
    assert [row.record_key for row in await ledger.intents(state=S.SENDING)] == []


@pytest.mark.parametrize("change", [{"payload_digest": "other"}, {"record_key": "other"}])
async def test_a_known_intent_key_with_another_payload_is_refused_with_all_its_plan(
    ledger: SqlLedger, change: dict[str, str]
) -> None:
    await ledger.plan((planned(),), NOON)
    with pytest.raises(PipelineError) as refusal:
        await ledger.plan((planned("fresh"), planned(**change)), NOON)
    assert refusal.value.failure_class is FailureClass.INTERNAL_ERROR
    assert await states(ledger) == {"task-1": S.PLANNED}


@pytest.mark.parametrize("state", S)
async def test_new_content_supersedes_only_what_waits_unsent(ledger: SqlLedger, state: IntentState) -> None:
    await brought_to(ledger, planned(), state)
    await ledger.plan((planned(content="2"),), later(40))
    unsent = state in (S.PLANNED, S.RETRY_SCHEDULED, S.PARKED, S.AWAITING_REVIEW)
    assert await states(ledger) == {"task-1": S.SUPERSEDED if unsent else state, "task-2": S.PLANNED}


@pytest.mark.parametrize("state", S)
async def test_a_record_no_longer_wanted_withdraws_only_what_waits_unsent(
    ledger: SqlLedger, state: IntentState
) -> None:
    await brought_to(ledger, planned(), state)
    await ledger.plan((), later(40), withdrawing=("task", "nobody"))
    unsent = state in (S.PLANNED, S.RETRY_SCHEDULED, S.PARKED, S.AWAITING_REVIEW)
    assert await states(ledger) == {"task-1": S.WITHDRAWN if unsent else state}


async def test_content_that_returns_is_written_again(ledger: SqlLedger) -> None:
    """A, then B, then A: the destination must end with A."""
    await confirmed(ledger, planned(content="1"))
    await confirmed(ledger, planned(content="2"))
    assert await states(ledger) == {"task-1": S.SUPERSEDED, "task-2": S.CONFIRMED}
    (row,) = await ledger.plan((planned(content="1"),), later(50))
    assert (row.state, row.attempts) == (S.PLANNED, 0)
    await confirmed(ledger, planned(content="1"))
    assert await states(ledger) == {"task-1": S.CONFIRMED, "task-2": S.SUPERSEDED}


async def test_content_that_returns_before_the_other_was_sent_calls_the_other_off(ledger: SqlLedger) -> None:
    await confirmed(ledger, planned(content="1"))
    await ledger.plan((planned(content="2"),), later(40))
    await ledger.plan((planned(content="1"),), later(41))
    assert await states(ledger) == {"task-1": S.CONFIRMED, "task-2": S.SUPERSEDED}


async def test_a_claim_starts_an_attempt_and_holds_the_intent(ledger: SqlLedger) -> None:
    row = await sent(ledger, planned())
    assert (row.state, row.attempts, row.lease_owner, row.lease_until) == (S.SENDING, 1, "run-1", later(70))
    assert await ledger.intents() == (row,)
    (attempt,) = await ledger.attempts("task-1")
    assert (attempt.number, attempt.started_at, attempt.ended_at, attempt.outcome) == (1, later(10), None, "sending")
    assert await ledger.claim("task-1", "run-2", 60, later(11)) is None
    assert await ledger.claim("task-1", "run-1", 60, later(11)) is None


@pytest.mark.parametrize("state", S)
async def test_only_a_sendable_intent_can_be_claimed(ledger: SqlLedger, state: IntentState) -> None:
    await brought_to(ledger, planned(), state)
    # A parked one that knows no time waits for a person.
    sendable = state in (S.PLANNED, S.RETRY_SCHEDULED)
    assert (await ledger.claim("task-1", "run-2", 60, later(1000)) is not None) is sendable
    assert await ledger.claim("nobody", "run-2", 60, NOON) is None


@pytest.mark.parametrize("state", [S.RETRY_SCHEDULED, S.PARKED])
async def test_an_intent_is_not_claimed_before_its_time(ledger: SqlLedger, state: IntentState) -> None:
    await sent(ledger, planned())
    await ledger.settle(settlement(planned(), state, next_attempt_at=later(100)))
    assert await ledger.claim("task-1", "run-1", 60, later(99)) is None
    assert await ledger.due(later(99), 10) == ()
    assert [i.intent_key for i in await ledger.due(later(100), 10)] == ["task-1"]
    again = await ledger.claim("task-1", "run-1", 60, later(100))
    assert again is not None
    assert (again.attempts, again.next_attempt_at) == (2, None)
    assert [a.number for a in await ledger.attempts("task-1")] == [1, 2]


@pytest.mark.parametrize("state", [S.SENDING, S.UNCERTAIN])
async def test_nothing_is_sent_for_a_record_while_another_write_of_it_is_in_flight(
    ledger: SqlLedger, state: IntentState
) -> None:
    await brought_to(ledger, planned(), state)
    await ledger.plan((planned(content="2"),), later(40))
    assert await ledger.claim("task-2", "run-1", 60, later(41)) is None
    assert "task-2" not in [i.intent_key for i in await ledger.due(later(1000), 10)]
    await ledger.settle(settlement(planned(), S.CONFIRMED))
    assert await ledger.claim("task-2", "run-1", 60, later(41)) is not None


async def test_other_words_wait_while_a_confirmed_write_may_land_a_second_time(ledger: SqlLedger) -> None:
    await sent(ledger, planned())
    await ledger.settle(settlement(planned(), S.CONFIRMED, next_attempt_at=later(100)))
    await ledger.plan((planned(content="2"),), later(40))
    assert await ledger.claim("task-2", "run-1", 60, later(99)) is None
    assert await ledger.due(later(99), 10) == ()
    assert [i.intent_key for i in await ledger.due(later(101), 10)] == ["task-2"]
    assert await ledger.claim("task-2", "run-1", 60, later(101)) is not None


@pytest.mark.parametrize("operation", ["set_field", "add_tag", "withdraw_add_tag"])
async def test_of_one_record_one_value_or_tag_is_written_at_a_time(ledger: SqlLedger, operation: str) -> None:
    names = ("one", "two", "made", "elsewhere")
    ops = ("set_field", operation, "create_task", operation)
    targets = ({"object": "deal", "id": "7"},) * 3 + ({"object": "deal", "id": "8"},)
    plans = [planned(n, operation=o, target=t) for n, o, t in zip(names, ops, targets, strict=True)]
    await ledger.plan(tuple(plans), NOON)
    claims = [ledger.claim(plan.intent_key, f"run-{n}", 60, later(1)) for n, plan in enumerate(plans)]
    taken = {row.record_key for row in await asyncio.gather(*claims) if row is not None}
    assert taken == {"one", "made", "elsewhere"}
    await ledger.settle(settlement(plans[0], S.CONFIRMED, owner="run-0"))
    assert await ledger.claim(plans[1].intent_key, "run-1", 60, later(2)) is not None


async def test_an_intent_waits_for_the_one_it_comes_after(ledger: SqlLedger) -> None:
    await ledger.plan((planned("second", after="first"),), NOON)
    assert await ledger.claim("second-1", "run-1", 60, later(1)) is None
    await ledger.plan((planned("first"),), NOON)
    assert await ledger.claim("second-1", "run-1", 60, later(1)) is None
    assert [i.record_key for i in await ledger.due(later(1), 10)] == ["first"]
    await confirmed(ledger, planned("first"))
    assert [i.record_key for i in await ledger.due(later(1), 10)] == ["second"]
    assert await ledger.claim("second-1", "run-1", 60, later(1)) is not None


@pytest.mark.parametrize("before", S)
async def test_every_move_the_table_allows_is_made_and_every_other_is_refused(
    ledger: SqlLedger, before: IntentState
) -> None:
    assert before in INTENT_TRANSITIONS
    for after in S:
        plan = planned(f"to-{after}")
        row = await brought_to(ledger, plan, before)
        if may_follow(before, after):
            settled = await ledger.settle(settlement(row, after))
            assert settled == (await ledger.intents())[-1]
            assert (settled.state, settled.lease_owner, settled.lease_until) == (after, None, None)
        else:
            with pytest.raises(PipelineError) as refusal:
                await ledger.settle(settlement(row, after))
            assert refusal.value.failure_class is FailureClass.INTERNAL_ERROR
            assert (await states(ledger))[row.intent_key] is before


async def test_a_settlement_ends_its_attempt_with_everything_told(ledger: SqlLedger) -> None:
    await sent(ledger, planned())
    receipt = {"record_id": "77", "applied": True}
    row = await ledger.settle(settlement(planned(), S.CONFIRMED, receipt=receipt, cause="as asked"))
    assert (row.state, row.receipt, row.cause, row.updated_at) == (S.CONFIRMED, receipt, "as asked", later(20))
    (attempt,) = await ledger.attempts("task-1")
    assert vars(attempt) == {
        "intent_key": "task-1",
        "number": 1,
        "started_at": later(10),
        "ended_at": later(20),
        "outcome": "came to confirmed",
        "status": 201,
        "code": "CREATED",
        "correlation_id": "abc",
        "request_digest": "f" * 64,
        "duration_seconds": 0.75,
    }


async def test_what_is_in_flight_is_settled_by_its_owner_only(ledger: SqlLedger) -> None:
    row = await sent(ledger, planned())
    for owner in ("run-2", ""):
        with pytest.raises(PipelineError):
            await ledger.settle(settlement(row, S.CONFIRMED, owner=owner))
    with pytest.raises(PipelineError):
        await ledger.settle(settlement(planned("nobody"), S.CONFIRMED))
    assert await states(ledger) == {"task-1": S.SENDING}


async def test_a_sender_that_vanished_leaves_uncertainty_and_cannot_come_back(ledger: SqlLedger) -> None:
    row = await sent(ledger, planned(), lease_seconds=60)
    assert await ledger.lapse(later(69)) == 0
    assert await ledger.lapse(later(71)) == 1
    (lapsed,) = await ledger.intents()
    assert (lapsed.state, lapsed.failure_class, lapsed.lease_owner) == (
        S.UNCERTAIN,
        FailureClass.DELIVERY_UNCERTAIN,
        None,
    )
    assert [a.outcome for a in await ledger.attempts("task-1")] == ["cut off"]
    with pytest.raises(PipelineError):
        await ledger.settle(settlement(row, S.CONFIRMED))
    assert await ledger.lapse(later(500)) == 0


async def test_the_sends_of_a_dead_owner_lapse_at_once(ledger: SqlLedger) -> None:
    await sent(ledger, planned("mine"), owner="dead")
    await sent(ledger, planned("yours"), owner="alive")
    assert await ledger.lapse(later(11), gone=frozenset({"dead", "nobody"})) == 1
    assert await states(ledger) == {"mine-1": S.UNCERTAIN, "yours-1": S.SENDING}
    assert [i.record_key for i in await ledger.due(later(11), 10)] == ["mine"]


async def test_uncertain_is_left_through_a_look_up_that_one_at_a_time_makes(ledger: SqlLedger) -> None:
    await sent(ledger, planned(), lease_seconds=0)
    await ledger.lapse(later(11))
    held = await ledger.claim_lookup("task-1", "run-2", 60, later(12))
    assert held is not None
    assert (held.state, held.lease_owner, held.attempts) == (S.UNCERTAIN, "run-2", 1)
    assert await ledger.claim_lookup("task-1", "run-3", 60, later(13)) is None
    assert await ledger.due(later(13), 10) == ()
    assert await ledger.claim_lookup("task-1", "run-3", 60, later(73)) is not None
    found = await ledger.settle(settlement(held, S.RETRY_SCHEDULED, owner="run-3", outcome="not found"))
    assert found.state is S.RETRY_SCHEDULED
    assert [(a.number, a.outcome) for a in await ledger.attempts("task-1")] == [(1, "cut off"), (1, "not found")]
    assert await ledger.claim_lookup("task-1", "run-3", 60, later(200)) is None


async def test_due_intents_come_oldest_first_within_the_limit(ledger: SqlLedger) -> None:
    await ledger.plan((planned("late"),), later(5))
    await ledger.plan((planned("early"),), later(1))
    await sent(ledger, planned("retried"))
    await ledger.settle(settlement(planned("retried"), S.RETRY_SCHEDULED, next_attempt_at=later(3)))
    assert [i.record_key for i in await ledger.due(later(9), 10)] == ["early", "retried", "late"]
    assert [i.record_key for i in await ledger.due(later(9), 2)] == ["early", "retried"]


async def test_a_person_who_plans_it_again_gives_it_all_its_attempts(ledger: SqlLedger) -> None:
    await brought_to(ledger, planned(), S.DEAD_LETTER)
    row = await ledger.settle(settlement(planned(), S.PLANNED, owner="a person"))
    assert (row.state, row.attempts) == (S.PLANNED, 0)
