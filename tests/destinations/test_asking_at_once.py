"""A write without an answer is asked about at once, and sent again at once only where a late copy of it does no harm.

What belongs here: nothing waits that need not, and what happens when the first request lands late after all. What does not: all
the ways of losing a reply (see ``test_lost_replies``).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.capabilities import Rung
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.delivery import Delivery
from tests.destinations.rig import POLICY, Rig, rig_for
from tests.destinations.vendors import VENDORS
from tests.fakes.vendor_server import Answer, Request

S = IntentState
KEYED = ("webhook", "hubspot", "odoo", "salesforce", "salesforce-ui")
LISTED = ("salesforce-list", "greenhouse", "pipedrive", "lever", "ashby")
UPDATED = ("hubspot", "odoo", "salesforce")


async def now_and_here(rig: Rig, owner: str | None = None) -> list[IntentState]:
    """One pass, in which no time goes by; the states after it."""
    await Delivery(rig.equipment, owner or rig.owner).work_off(await rig.ledger.intents())
    return [row.state for row in await rig.ledger.intents()]


def land_late(rig: Rig) -> None:
    """The first write, which never arrived, arrives now."""
    mark = str(rig.planned[0].payload["marker"]).encode()
    rig.fake.handle(next(seen for seen in rig.fake.seen if mark in seen.body))


@pytest.mark.parametrize("name", VENDORS)
async def test_a_reply_lost_after_the_write_is_found_in_the_same_pass(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        plans = await rig.plan("add_note")
        lagging = (await rig.destination.capability("add_note")).rung is Rung.LAGGING_SEARCH
        rig.fake.fail("lost", 1)
        states = await now_and_here(rig)
        assert states[0] is (S.UNCERTAIN if lagging else S.CONFIRMED)
        assert rig.landed(plans[0]) == 1


@pytest.mark.parametrize("name", KEYED)
async def test_under_a_key_a_write_that_is_not_there_is_sent_again_at_once_and_its_late_copy_is_no_second_one(
    tmp_path: Path, name: str
) -> None:
    with rig_for(name, tmp_path) as rig:
        plans = await rig.plan("add_note")
        rig.fake.fail("lost_before", 1)
        assert set(await now_and_here(rig)) == {S.CONFIRMED}
        assert rig.landed(plans[0]) == 1
        land_late(rig)
        assert rig.landed(plans[0]) == 1


@pytest.mark.parametrize("name", LISTED)
async def test_a_list_without_the_write_proves_nothing_before_the_first_request_is_out_of_time(
    tmp_path: Path, name: str
) -> None:
    with rig_for(name, tmp_path) as rig:
        (plan,) = await rig.plan("add_note")
        rig.fake.fail("lost_before", 1)
        assert await now_and_here(rig) == [S.UNCERTAIN]
        (row,) = await rig.ledger.intents()
        assert row.next_attempt_at is not None
        assert (row.next_attempt_at - rig.clock.now()).total_seconds() >= POLICY.send_timeout_seconds
        assert await now_and_here(rig) == [S.UNCERTAIN]
        land_late(rig)
        rows = await rig.deliver()
        assert (rig.landed(plan), rows[plan.intent_key].state) == (1, S.CONFIRMED)


@pytest.mark.parametrize("name", UPDATED)
async def test_other_words_for_a_record_wait_until_no_copy_of_the_old_ones_can_land(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        await rig.plan("add_note")
        rig.fake.fail("lost_before", 1)
        await now_and_here(rig)
        (later, *_) = await rig.plan("add_note", body="Decision: stop")
        await now_and_here(rig)
        rows = {row.intent_key: row.state for row in await rig.ledger.intents()}
        assert rows[later.intent_key] is S.PLANNED
        assert later.intent_key not in {row.intent_key for row in await rig.ledger.due(rig.clock.now(), 10)}
        land_late(rig)
        rig.clock.forward(POLICY.send_timeout_seconds + 1)
        assert later.intent_key in {row.intent_key for row in await rig.ledger.due(rig.clock.now(), 10)}
        await now_and_here(rig)
        (text,) = [text for text in rig.fake.texts() if str(later.payload["marker"]) in text]
        assert "Decision: stop" in text


RACES = {
    "hubspot": Answer(409, {"category": "CONFLICT"}),
    "salesforce": Answer(400, [{"errorCode": "DUPLICATE_VALUE"}]),
    "odoo": Answer(200, {"ids": False, "messages": [{"message": "could not serialize access", "type": "error"}]}),
    "webhook": Answer(409, {"code": "in_flight"}),
    "salesforce-ui": Answer(409, [{"errorCode": "IDEMPOTENCY_KEY_IN_USE"}]),
}


@pytest.mark.parametrize("name", KEYED)
async def test_a_copy_that_meets_the_first_one_under_way_is_no_final_refusal(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        plans = await rig.plan("add_note")
        rig.fake.fail("lost_before", 1)
        rig.fake.fail("answer", 1, RACES[name])
        assert not {S.REJECTED, S.DEAD_LETTER} & set(await now_and_here(rig))
        land_late(rig)
        rows = await rig.deliver()
        assert {row.state for row in rows.values()} == {S.CONFIRMED}
        assert rig.landed(plans[0]) == 1


@pytest.mark.parametrize("name", KEYED)
async def test_what_a_dead_process_left_under_a_key_is_finished_at_once(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path, is_gone=lambda owner: owner != "run-2@host:1:2") as rig:
        (plan, *_) = await rig.plan("create_task")
        assert await rig.ledger.claim(plan.intent_key, rig.owner, POLICY.lease_seconds, rig.clock.now()) is not None
        assert set(await now_and_here(rig, "run-2@host:1:2")) == {S.CONFIRMED}
        assert rig.landed(plan) == 1


@pytest.mark.parametrize("name", LISTED)
async def test_a_process_that_stood_still_while_it_read_sends_nothing_after_its_time(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        (plan,) = await rig.plan("add_note")
        rig.fake.fail("lost_before", 1)
        await now_and_here(rig)
        rig.clock.forward(POLICY.send_timeout_seconds + 1)
        handle = rig.fake.handle

        def stands_still(request: Request) -> Any:
            reading = request.method == "GET" or "list" in request.path
            if reading and any(word in f"{request.path}{request.query}".lower() for word in ("note", "from task")):
                rig.clock.forward(POLICY.lease_seconds)
            return handle(request)

        await rig.ledger.look_first(("crm",), True)
        rig.fake.handle = stands_still
        await now_and_here(rig)
        rig.fake.handle = handle
        (row,) = await rig.ledger.intents()
        assert (row.state, rig.fake.calls["write"], rig.landed(plan)) == (S.RETRY_SCHEDULED, 1, 0), row.cause
        assert (await rig.ledger.attempts(row.intent_key))[-1].code == "lease_ran_short"
        assert (await rig.deliver())[plan.intent_key].state is S.CONFIRMED
        assert rig.landed(plan) == 1


@pytest.mark.parametrize("name", LISTED)
async def test_what_a_process_that_may_live_left_unlisted_waits_for_its_time(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        (plan,) = await rig.plan("add_note")
        rig.equipment = replace(rig.equipment)
        assert await rig.ledger.claim(plan.intent_key, rig.owner, POLICY.lease_seconds, rig.clock.now()) is not None
        other = "run-2@host:1:2"
        assert await now_and_here(rig, other) == [S.SENDING]
        rig.clock.forward(POLICY.lease_seconds + 1)
        assert await now_and_here(rig, other) == [S.UNCERTAIN]
        rig.clock.forward(POLICY.send_timeout_seconds + 1)
        assert await now_and_here(rig, other) == [S.CONFIRMED]
        assert rig.landed(plan) == 1
