"""What every vendor's adapter promises, each against its own scripted far side.

What belongs here: scenarios all of them pass: updating in place, people first, corrected records, limits, errors told by
class. What does not: lost replies (see ``tests/destinations``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.exchange import Switch, SwitchState, Verdict
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.gate import Gate
from artifact_assets.stages.reconciliation import reconcile
from artifact_assets.stages.resolving import revert, switch
from artifact_assets.stages.withdrawing import moved
from tests.destinations.rig import Rig, rig_for
from tests.destinations.vendors import VENDORS
from tests.fakes.vendor_server import Answer

S, F = IntentState, FailureClass
CHANGING = [name for name, case in VENDORS.items() if case.changes and case.edit_made]
WITH_FIELDS = [name for name, case in VENDORS.items() if case.edit and "set_field" in case.operations]
WITH_RECORDS = [name for name, case in VENDORS.items() if case.delete_made]
Opener = Callable[..., Rig]


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Opener]:
    opened: list[Any] = []

    def open_rig(name: str, **told: Any) -> Rig:
        manager = rig_for(name, tmp_path, template=sqlite_template, **told)
        opened.append(manager)
        return manager.__enter__()

    yield open_rig
    for manager in opened:
        manager.__exit__(None, None, None)


async def one(rig: Rig, operation: str, **told: Any) -> Intent:
    """Plan one write, deliver it, and return its row."""
    plan = (await rig.plan(operation, **told))[0]
    return (await rig.deliver())[plan.intent_key]


@pytest.mark.parametrize("name", VENDORS)
async def test_all_operations_are_confirmed_once_and_a_second_delivery_writes_nothing(rig: Opener, name: str) -> None:
    there = rig(name)
    for operation in there.case.operations:
        await there.plan(operation)
    rows = await there.deliver()
    assert {row.state for row in rows.values()} == {S.CONFIRMED}
    assert [there.landed(plan) for plan in there.planned] == [1] * len(there.planned)
    before = dict(there.fake.calls)
    await there.deliver()
    assert there.fake.calls["write"] == before["write"]


@pytest.mark.parametrize("name", CHANGING)
async def test_new_words_update_the_record_in_place(rig: Opener, name: str) -> None:
    there = rig(name)
    await one(there, "create_task")
    row = await one(there, "create_task", title="Send the signed contract")
    assert row.state is S.CONFIRMED, row.cause
    (text,) = [text for text in there.fake.texts() if str(there.planned[0].payload["marker"]) in text]
    assert "Send the signed contract" in text


@pytest.mark.parametrize("name", CHANGING)
async def test_a_record_that_a_person_changed_is_a_conflict_and_stays(rig: Opener, name: str) -> None:
    there = rig(name)
    await one(there, "create_task")
    assert there.case.edit_made is not None
    there.case.edit_made(there.fake)
    row = await one(there, "create_task", title="Send the signed contract")
    assert (row.state, row.failure_class) == (S.CONFLICT, F.DESTINATION_CONFLICT)
    assert any("A person's words" in text for text in there.fake.texts())


@pytest.mark.parametrize("name", WITH_RECORDS)
async def test_a_record_that_a_person_deleted_is_never_made_again(rig: Opener, name: str) -> None:
    there = rig(name)
    await one(there, "create_task")
    assert there.case.delete_made is not None
    there.case.delete_made(there.fake)
    row = await one(there, "create_task", title="Send the signed contract")
    assert row.state in (S.CONFLICT, S.REJECTED)
    assert there.landed(there.planned[0]) == 0


@pytest.mark.parametrize("name", WITH_FIELDS)
async def test_a_value_that_a_person_changed_since_the_meeting_stays(rig: Opener, name: str) -> None:
    there = rig(name)
    assert there.case.edit is not None
    there.case.edit(there.fake, "4321")
    row = await one(there, "set_field")
    assert (row.state, row.failure_class) == (S.CONFLICT, F.DESTINATION_CONFLICT)
    assert "4321" not in str(row.cause)
    assert there.landed(there.planned[0]) == 0


@pytest.mark.parametrize("name", WITH_FIELDS)
async def test_an_older_meeting_does_not_overwrite_what_a_newer_one_set(rig: Opener, name: str) -> None:
    there = rig(name)
    newer = await one(there, "set_field", item="newer")
    older = there.aimed(newer.account, "set_field", "older", None, {"field": there.case.field, "value": "1"})
    older = replace(older, payload={**older.payload, "as_of": "2026-11-10T11:00:00+00:00"})
    await there.ledger.plan((older,), there.clock.now())
    row = (await there.deliver())[older.intent_key]
    assert row.state is S.EXPIRED
    assert there.landed(there.planned[0]) == 1


@pytest.mark.parametrize("name", WITH_FIELDS)
async def test_an_equal_value_is_not_written_and_a_set_one_stays_when_only_empty_ones_are_to_be_filled(
    rig: Opener, name: str
) -> None:
    there = rig(name)
    assert there.case.edit is not None
    there.case.edit(there.fake, "5000")
    row = await one(there, "set_field")
    assert (row.state, row.receipt and row.receipt["applied"]) == (S.CONFIRMED, False)
    row = await one(there, "set_field", item="other", value="6000", mode="set_if_empty")
    assert (row.state, row.receipt and row.receipt["applied"]) == (S.CONFIRMED, False)
    assert there.fake.calls["write"] == 0


@pytest.mark.parametrize("name", WITH_RECORDS)
async def test_a_dry_look_says_what_would_happen_and_writes_nothing(rig: Opener, name: str) -> None:
    there = rig(name)
    plans = [(await there.plan(operation))[0] for operation in there.case.operations]
    verdicts = {(await there.destination.standing(Intent(**vars(plan)))).verdict for plan in plans}
    assert verdicts <= {Verdict.CREATE, Verdict.UPDATE}
    assert there.fake.calls["write"] == 0


@pytest.mark.parametrize("name", CHANGING)
async def test_a_corrected_record_takes_the_write_away_from_the_wrong_one(rig: Opener, name: str) -> None:
    there = rig(name)
    await one(there, "create_task")
    first = there.planned[0]
    account = first.account
    corrected = there.aimed(account, "create_task", first.item_id, "8", {"title": "Send the contract"})
    rows = await there.ledger.intents()
    capabilities = (await there.destination.preflight()).capabilities
    plans = moved((corrected,), rows, capabilities, "acme")
    await there.ledger.plan(plans, there.clock.now())
    done = await there.deliver()
    assert done[corrected.intent_key].state is S.CONFIRMED, done[corrected.intent_key].cause
    assert sum(str(first.payload["marker"]) in text for text in there.fake.texts()) == 1


@pytest.mark.parametrize("name", WITH_RECORDS)
async def test_reverting_takes_back_what_is_ours_and_it_is_not_written_again(rig: Opener, name: str) -> None:
    there = rig(name)
    plans = [(await there.plan(operation))[0] for operation in there.case.operations]
    await there.deliver()
    backs = await revert(there.equipment, there.owner, "sync", "Ann", "wrong meeting")
    rows = {row.intent_key: row for row in await there.ledger.intents()}
    for plan in plans:
        back = next(b for b in backs if b.payload["withdraws"] == plan.intent_key)
        assert back.state is S.CONFIRMED, back.cause
        taken = bool((back.receipt or {}).get("applied", True))
        assert there.landed(plan) == (0 if taken else 1)
        assert (rows[plan.intent_key].state is S.WITHDRAWN) == taken
    writes = there.fake.calls["write"]
    await there.deliver()
    assert there.fake.calls["write"] == writes


@pytest.mark.parametrize("name", VENDORS)
async def test_limits_are_waited_for_and_cost_no_write(rig: Opener, name: str) -> None:
    there = rig(name)
    there.fake.fail("answer", 2, Answer(429, {"message": "slow down"}, {"retry-after": "120"}))
    await there.plan("add_note")
    started = there.clock.now()
    rows = await there.deliver()
    assert {row.state for row in rows.values()} == {S.CONFIRMED}
    assert there.clock.now() - started >= timedelta(seconds=240)
    assert there.landed(there.planned[0]) == 1


@pytest.mark.parametrize("name", VENDORS)
async def test_refused_credentials_park_the_destination_until_a_person_resumes_it(rig: Opener, name: str) -> None:
    there = rig(name)
    await there.plan("add_note")
    there.fake.unauthorized = True
    rows = await there.deliver(rounds=5)
    assert {row.state for row in rows.values()} == {S.PARKED}
    asked = there.fake.calls["write"]
    assert asked <= 2
    there.fake.unauthorized = False
    await switch(there.equipment, "crm", SwitchState.OPEN, "Ann", "new token")
    rows = await there.deliver()
    assert {row.state for row in rows.values()} == {S.CONFIRMED}


@pytest.mark.parametrize("name", VENDORS)
async def test_a_paused_destination_gets_nothing_until_it_is_resumed(rig: Opener, name: str) -> None:
    there = rig(name)
    await there.plan("add_note")
    await switch(there.equipment, "crm", SwitchState.PAUSED, "Ann", "fields renamed")
    there.equipment = replace(there.equipment, gate=Gate())
    await there.deliver(rounds=3)
    assert there.fake.calls["write"] == 0
    await switch(there.equipment, "crm", SwitchState.OPEN, "Ann", "done")
    assert {row.state for row in (await there.deliver()).values()} == {S.CONFIRMED}


@pytest.mark.parametrize("name", VENDORS)
async def test_a_permanent_refusal_is_final_at_once_and_tells_no_text(rig: Opener, name: str) -> None:
    there = rig(name)
    refusal = Answer(400, {"message": "Send the contract is not allowed", "category": "VALIDATION_ERROR"})
    there.fake.fail("answer", 9, refusal)
    row = await one(there, "create_task")
    assert (row.state, row.failure_class) == (S.REJECTED, F.DESTINATION_REJECTED)
    assert "contract" not in str(row.cause)
    (attempt,) = await there.ledger.attempts(row.intent_key)
    assert (attempt.status, attempt.outcome, len(attempt.request_digest or "")) == (400, "destination_rejected", 64)


@pytest.mark.parametrize("name", WITH_RECORDS)
async def test_reconciling_counts_what_is_there_and_stops_at_mass_disappearance(rig: Opener, name: str) -> None:
    there = rig(name)
    for number in range(4):
        await there.plan("create_task", item=f"item-{number}", title=f"Task {number}")
    await there.deliver()
    (counted,) = await reconcile(there.equipment, there.owner)
    assert (counted.confirmed, counted.found, counted.clean) == (4, 4, True)
    assert there.case.delete_made is not None
    there.case.delete_made(there.fake)
    (counted,) = await reconcile(there.equipment, there.owner)
    assert (len(counted.missing), counted.tripped) == (4, True)
    (row,) = await there.ledger.destination_rows()
    assert row.state is SwitchState.TRIPPED


@pytest.mark.parametrize("name", WITH_RECORDS)
async def test_after_a_restore_every_key_is_looked_up_before_it_is_sent(rig: Opener, name: str) -> None:
    there = rig(name)
    plan = (await there.plan("create_task"))[0]
    # What an older ledger does not know: the write was made.
    there.fake.lag_seconds = 0
    await there.destination.send(Intent(**vars(plan)))
    await there.ledger.meet("crm", there.destination.vendor, plan.account, there.clock.now())
    await there.ledger.look_first(("crm",), True)
    rows = await there.deliver()
    assert rows[plan.intent_key].state is S.CONFIRMED
    assert there.landed(plan) == 1


async def test_an_account_that_changed_under_its_name_gets_nothing(rig: Opener) -> None:
    there = rig("hubspot")
    plan = (await there.plan("add_note"))[0]
    await there.ledger.meet("crm", "hubspot", "hubspot-1", there.clock.now())
    await Delivery(there.equipment, there.owner).work_off((Intent(**vars(plan)),))
    (row, *_) = await there.ledger.intents()
    assert (row.state, row.failure_class) == (S.PARKED, F.DESTINATION_UNAUTHORIZED)
    assert there.fake.calls["write"] == 0


async def test_a_daily_quota_parks_the_destination_and_not_each_write(rig: Opener) -> None:
    there = rig("hubspot")
    for number in range(5):
        await there.plan("add_note", item=f"item-{number}")
    daily = Answer(429, {"errorType": "RATE_LIMIT", "policyName": "DAILY"})
    there.fake.fail("answer", 99, daily)
    await there.deliver(rounds=1)
    assert there.fake.calls["write"] == 1
    (row,) = await there.ledger.destination_rows()
    assert row.state is SwitchState.PARKED
    assert row.until is not None
    assert row.until.hour == 0
    await there.ledger.switch(Switch("crm", SwitchState.OPEN, there.clock.now(), "Ann", "more quota"))


@pytest.mark.parametrize("wrong", ["7/../8", "7?x=1", "../7", "", "a b", "7'"])
@pytest.mark.parametrize("name", [n for n in VENDORS if n != "webhook"])
async def test_an_id_that_leads_elsewhere_is_no_record(rig: Opener, name: str, wrong: str) -> None:
    there = rig(name)
    operation = "add_note" if "hubspot" not in name else "add_tag"
    row = await one(there, operation, target=wrong or "..")
    assert (row.state, row.failure_class) == (S.REJECTED, F.RECORD_NOT_FOUND)
    assert there.fake.calls["write"] == 0
