"""Closed deals, leads and opportunities are left as they are, at every vendor that closes records.

What belongs here: what arrives at the far side when the record is closed. What does not: the rule itself (see
``tests/domain/test_timeliness.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.states import IntentState
from tests.destinations.rig import Rig, rig_for
from tests.destinations.vendors import VENDORS

CLOSING = [name for name, case in VENDORS.items() if case.close is not None]
MONTHS_AGO = "2026-08-11T11:00:00+00:00"
AHEAD = "2026-12-24"


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Callable[[str], Rig]]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(rig_for(name, tmp_path, template=sqlite_template))


async def delivered(there: Rig, as_of: str | None = None) -> dict[str, IntentState]:
    """Plan every operation of the vendor and deliver; the states by operation."""
    told: dict[str, Any] = {"as_of": as_of} if as_of is not None else {}
    for operation in there.case.operations:
        due: dict[str, Any] = {"due": AHEAD} if operation == "create_task" else {}
        await there.plan(operation, **told, **due)
    return {row.operation: row.state for row in (await there.deliver()).values()}


def test_every_vendor_whose_records_close_is_here() -> None:
    salesforce = {"salesforce", "salesforce-list", "salesforce-ui"}
    assert set(CLOSING) == {"hubspot", "hubspot-search", *salesforce, "pipedrive", "odoo", "lever"}


@pytest.mark.parametrize("name", CLOSING)
async def test_a_live_meeting_adds_notes_and_tags_to_a_closed_record_and_nothing_else(
    rig: Callable[[str], Rig], name: str
) -> None:
    there = rig(name)
    assert there.case.close is not None
    there.case.close(there.fake)
    states = await delivered(there)
    for operation in ("add_note", "add_tag"):
        assert states.get(operation, IntentState.CONFIRMED) is IntentState.CONFIRMED
    assert states["create_task"] is IntentState.EXPIRED
    assert states.get("set_field", IntentState.EXPIRED) is IntentState.EXPIRED
    landed = {plan.operation: there.landed(plan) for plan in there.planned if plan.operation != "link"}
    assert landed["create_task"] == 0
    assert landed.get("set_field", 0) == 0
    assert landed["add_note"] == 1


@pytest.mark.parametrize("name", CLOSING)
async def test_an_old_meeting_does_not_touch_a_closed_record_at_all(rig: Callable[[str], Rig], name: str) -> None:
    there = rig(name)
    assert there.case.close is not None
    there.case.close(there.fake)
    states = await delivered(there, MONTHS_AGO)
    assert set(states.values()) <= {IntentState.EXPIRED, IntentState.REJECTED}
    assert {state for operation, state in states.items() if operation != "link"} == {IntentState.EXPIRED}
    assert there.fake.calls["write"] == 0


@pytest.mark.parametrize("name", CLOSING)
async def test_an_old_meeting_still_writes_its_notes_and_tags_to_an_open_record(
    rig: Callable[[str], Rig], name: str
) -> None:
    there = rig(name)
    states = await delivered(there, MONTHS_AGO)
    assert states["add_note"] is IntentState.CONFIRMED


@pytest.mark.parametrize("name", CLOSING)
async def test_the_record_is_asked_once_for_all_items_of_a_meeting(rig: Callable[[str], Rig], name: str) -> None:
    there = rig(name)
    assert there.case.close is not None
    there.case.close(there.fake)
    for number in range(6):
        await there.plan("create_task", f"task-{number}", due=AHEAD)
    before = there.fake.calls["read"]
    rows = await there.deliver()
    assert {row.state for row in rows.values() if row.operation == "create_task"} == {IntentState.EXPIRED}
    assert there.fake.calls["read"] - before == 1


@pytest.mark.parametrize("name", CLOSING)
async def test_a_record_that_cannot_be_asked_is_not_written_to_until_it_can(
    rig: Callable[[str], Rig], name: str
) -> None:
    there = rig(name)
    assert there.case.close is not None
    there.case.close(there.fake)
    await there.plan("create_task", due=AHEAD)
    there.fake.fail("lost_before", times=2, writes_only=False)
    rows = await there.deliver()
    assert {row.state for row in rows.values() if row.operation == "create_task"} == {IntentState.EXPIRED}
    assert there.fake.calls["write"] == 0
