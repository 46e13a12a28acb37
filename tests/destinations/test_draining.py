"""Working off what is due: oldest first, within budget, nobody held up by somebody else; and what people settle by hand.

What belongs here: the drain and the hand. What does not: a single write's protocol.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.draining import drain
from artifact_assets.stages.resolving import Decision, resolve, switch
from tests.destinations.rig import Rig, rig_for
from tests.fakes.vendor_server import Answer

S = IntentState
FIELDS = {
    "pipedrive": ("value", "probability", "title"),
    "hubspot": ("amount", "dealname2", "forecast"),
    "odoo": ("expected_revenue", "probability", "name2"),
    "salesforce": ("Amount", "Probability", "Name2"),
}


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Rig]:
    with rig_for("pipedrive", tmp_path, template=sqlite_template) as opened:
        yield opened


async def states(rig: Rig) -> list[str]:
    return [row.state.value for row in await rig.ledger.intents()]


async def test_a_drain_works_off_everything_due_and_names_the_meetings(rig: Rig) -> None:
    for number in range(30):
        await rig.plan("add_note", item=f"item-{number}")
    told = await drain(rig.equipment, rig.owner)
    assert (told.states, told.meetings) == ({"confirmed": 30}, {"sync"})
    assert [rig.landed(plan) for plan in rig.planned] == [1] * 30
    assert (await drain(rig.equipment, rig.owner)).states == {}


async def test_a_poisoned_record_holds_up_nobody(rig: Rig) -> None:
    poisoned = (await rig.plan("set_field", target="404"))[0]
    for number in range(5):
        await rig.plan("add_note", item=f"item-{number}")
    await drain(rig.equipment, rig.owner)
    rows = {row.intent_key: row.state for row in await rig.ledger.intents()}
    assert rows.pop(poisoned.intent_key) is S.REJECTED
    assert set(rows.values()) == {S.CONFIRMED}


async def test_what_is_put_off_is_not_tried_again_before_its_time(rig: Rig) -> None:
    await rig.plan("add_note")
    rig.fake.fail("answer", 99, Answer(429, {}, {"retry-after": "300"}))
    for _ in range(3):
        await drain(rig.equipment, rig.owner)
    assert rig.fake.calls["write"] == 1
    rig.fake.faults.clear()
    rig.clock.forward(301)
    assert (await drain(rig.equipment, rig.owner)).states == {"confirmed": 1}


async def test_a_drain_sends_nothing_to_a_paused_destination(rig: Rig) -> None:
    await rig.plan("add_note")
    await switch(rig.equipment, "crm", SwitchState.PAUSED, "Ann", "maintenance")
    await drain(rig.equipment, rig.owner)
    assert (await states(rig), rig.fake.calls["write"]) == (["parked"], 0)
    assert await switch(rig.equipment, "crm", SwitchState.OPEN, "Ann", "done") == 1
    assert (await drain(rig.equipment, rig.owner)).states == {"confirmed": 1}


async def test_a_task_whose_day_has_passed_is_not_written_any_more(rig: Rig) -> None:
    await rig.plan("create_task")
    rig.clock.forward(5 * 86_400)
    assert (await drain(rig.equipment, rig.owner)).states == {"expired": 1}
    assert rig.fake.calls["write"] == 0


async def uncertain(rig: Rig) -> str:
    """A write that only a person can settle."""
    await rig.plan("add_note")
    rig.fake.fail("lost_before", 1)
    rig.fake.fail("answer", 99, Answer(503), writes_only=False, path="notes")
    await drain(rig.equipment, rig.owner)
    rig.fake.faults.clear()
    (row,) = await rig.ledger.intents()
    assert row.state is S.UNCERTAIN
    return row.intent_key[:10]


@pytest.mark.parametrize(
    ("decision", "state"),
    [(Decision.LANDED, S.CONFIRMED), (Decision.AGAIN, S.PLANNED), (Decision.DROP, S.WITHDRAWN)],
)
async def test_a_person_settles_what_nobody_else_can(rig: Rig, decision: Decision, state: IntentState) -> None:
    key = await uncertain(rig)
    row = await resolve(rig.equipment, key, decision, "Ann", "looked it up", "77")
    assert row.state is state
    (done,) = await rig.ledger.interventions("sync")
    assert (done.who, done.why, done.action) == ("Ann", "looked it up", f"deliveries {decision}")
    told: Any = row.receipt or {}
    assert told.get("record_id") == ("77" if decision is Decision.LANDED else None)


async def test_a_refused_write_goes_out_again_when_a_person_put_its_record_right(rig: Rig) -> None:
    """Planning it again changes nothing: its content, and so its key, are as before."""
    await rig.plan("add_note")
    rig.fake.fail("answer", 1, Answer(400))
    await drain(rig.equipment, rig.owner)
    assert await states(rig) == ["rejected"]
    await rig.plan("add_note")
    await drain(rig.equipment, rig.owner)
    assert await states(rig) == ["rejected"]
    (row,) = await rig.ledger.intents()
    await resolve(rig.equipment, row.intent_key, Decision.AGAIN, "Ann", "the record was locked")
    await drain(rig.equipment, rig.owner)
    assert await states(rig) == ["confirmed"]


@pytest.mark.parametrize("key", ["", "nothing"])
async def test_a_key_that_is_not_one_write_changes_nothing(rig: Rig, key: str) -> None:
    await rig.plan("add_note")
    with pytest.raises(PipelineError):
        await resolve(rig.equipment, key, Decision.DROP, "Ann", "typo")
    assert await states(rig) == ["planned"]


@pytest.mark.parametrize("name", ["pipedrive", "hubspot", "odoo", "salesforce"])
async def test_values_and_tags_of_one_record_are_written_one_after_the_other(
    tmp_path: Path, sqlite_template: Path, name: str
) -> None:
    """Read, merge, write: two at once would lose one of two tags, and take the other's stamp for a person's."""
    with rig_for(name, tmp_path, template=sqlite_template) as rig:
        several = name in ("pipedrive", "hubspot")
        tags = [str(number) for number in range(12, 18)] if several else [rig.case.tag]
        for number, tag in enumerate(tags):
            await rig.plan("add_tag", item=f"tag-{number}", tag=tag)
        for number in range(3):
            await rig.plan("set_field", item=f"field-{number}", field=FIELDS[name][number], value=str(5000 + number))
        rig.fake.delay_seconds = 0.02
        assert (await drain(rig.equipment, rig.owner)).states == {"confirmed": len(tags) + 3}
        if name == "pipedrive":
            assert sorted(rig.fake.rows["deals"]["7"]["label_ids"]) == [12, 13, 14, 15, 16, 17]
        if name == "hubspot":
            assert rig.fake.value("deals", "7", "topics") == "12;13;14;15;16;17"
