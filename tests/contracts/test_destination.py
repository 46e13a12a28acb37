"""What every destination promises, whatever stands behind it.

What belongs here: writing once in effect, asking before sending again, and not overwriting people, as scenarios any
adapter passes; see ``desks`` for how one joins. What does not: what only one of them does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from pathlib import Path

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.keys import marker
from artifact_assets.domain.records import Intent
from tests.clock import NOON, ScriptedClock
from tests.contracts.desks import AFTER, BEFORE, DESKS, FIELD, NOTE, TAG, TASK, Desk, write


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: ScriptedClock) -> Generator[Desk]:
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'records.db'}"
        if request.param.endswith("postgresql"):
            url = stack.enter_context(request.getfixturevalue("postgres").lent_database())
        yield stack.enter_context(DESKS[request.param](url, clock))


async def refused(desk: Desk, intent: Intent) -> PipelineError:
    with pytest.raises(PipelineError) as refusal:
        await desk.destination.send(intent)
    return refusal.value


async def test_the_account_is_the_same_whenever_it_is_asked(desk: Desk) -> None:
    assert await desk.destination.account() == await desk.destination.account() != ""


@pytest.mark.parametrize("intent", [TASK, NOTE, FIELD, TAG], ids=lambda intent: intent.operation)
async def test_what_was_not_sent_is_not_found_and_what_was_sent_is_found_with_its_receipt(
    desk: Desk, intent: Intent
) -> None:
    assert await desk.destination.look_up(intent) is None
    receipt = await desk.destination.send(intent)
    assert receipt.applied
    assert await desk.destination.look_up(intent) == receipt


@pytest.mark.parametrize("intent", [TASK, NOTE, FIELD, TAG], ids=lambda intent: intent.operation)
async def test_the_same_write_again_is_one_write(desk: Desk, intent: Intent) -> None:
    first = await desk.destination.send(intent)
    before = [await desk.records(kind) for kind in ("deal", "task", "note")]
    again = await desk.destination.send(intent)
    assert (again.record_id, again.url) == (first.record_id, first.url)
    assert [await desk.records(kind) for kind in ("deal", "task", "note")] == before


@pytest.mark.parametrize("intent", [TASK, NOTE, FIELD, TAG], ids=lambda intent: intent.operation)
async def test_the_same_write_many_times_at_once_is_one_write(desk: Desk, intent: Intent) -> None:
    receipts = await asyncio.gather(*(desk.destination.send(intent) for _ in range(8)))
    assert len({receipt.record_id for receipt in receipts}) == 1
    assert len(await desk.records("task")) == (intent is TASK)
    assert len(await desk.records("note")) == (intent is NOTE)


async def test_what_is_written_is_what_was_planned(desk: Desk) -> None:
    await desk.destination.send(TASK)
    (task,) = await desk.records("task")
    assert (task["title"], task["owner"], task["quote"]) == ("Send the contract", "Dana", "I will send it")
    assert task["marker"] == marker(TASK.record_key)
    assert "due" not in task


async def test_other_content_under_the_same_record_key_updates_in_place(desk: Desk) -> None:
    first = await desk.destination.send(TASK)
    reworded = write("create_task", title="Send the signed contract", owner=None)
    assert await desk.destination.look_up(reworded) is None
    second = await desk.destination.send(reworded)
    assert second.record_id == first.record_id
    (task,) = await desk.records("task")
    assert task["title"] == "Send the signed contract"
    assert await desk.destination.look_up(TASK) is None
    assert await desk.destination.look_up(reworded) == second


async def test_content_that_returns_is_written_again(desk: Desk) -> None:
    for title in ("A", "B", "A"):
        await desk.destination.send(write("create_task", title=title))
    assert [task["title"] for task in await desk.records("task")] == ["A"]


async def test_two_items_with_the_same_words_are_two_records(desk: Desk) -> None:
    for record in ("item-1", "item-2"):
        await desk.destination.send(write("create_task", record, title="Send the contract"))
    assert len(await desk.records("task")) == 2


async def test_missing_records_are_created_and_met_again_by_key(desk: Desk) -> None:
    by_key = {"object": "company", "key": "domain:acme.example"}
    receipts = [
        await desk.destination.send(write("add_tag", f"item-{tag}", by_key, tag=tag)) for tag in ("pricing", "hiring")
    ]
    assert len({receipt.record_id for receipt in receipts}) == 1
    assert len(await desk.records("company")) == 1
    assert await desk.tags("company", receipts[0].record_id) == ("hiring", "pricing")


async def test_an_equal_value_is_left_as_it_is(desk: Desk) -> None:
    await desk.edit("deal", "123", "amount", "5000")
    receipt = await desk.destination.send(FIELD)
    assert (receipt.applied, receipt.previous) == (False, "5000")


async def test_an_overwrite_tells_what_was_there(desk: Desk, clock: ScriptedClock) -> None:
    clock.forward(-7200)
    await desk.edit("deal", "123", "amount", "4000")
    clock.forward(7200)
    assert (await desk.destination.send(FIELD)).previous == "4000"
    assert await desk.field("deal", "123", "amount") == "5000"


@pytest.mark.parametrize("as_of", [BEFORE, None, "last week"])
async def test_a_value_that_a_person_changed_since_the_meeting_is_a_conflict(desk: Desk, as_of: str | None) -> None:
    await desk.edit("deal", "123", "amount", "4321")
    conflict = await refused(desk, write("set_field", field="amount", value="5000", as_of=as_of))
    assert conflict.failure_class is FailureClass.DESTINATION_CONFLICT
    assert "4321" not in str(conflict)
    assert "5000" not in str(conflict)
    assert await desk.field("deal", "123", "amount") == "4321"


async def test_an_older_meeting_does_not_overwrite_a_newer_one(desk: Desk) -> None:
    await desk.destination.send(write("set_field", "newer", field="amount", value="6000", as_of=AFTER))
    conflict = await refused(desk, FIELD)
    assert conflict.failure_class is FailureClass.DESTINATION_CONFLICT
    assert await desk.field("deal", "123", "amount") == "6000"


async def test_a_later_meeting_overwrites_our_own_earlier_value(desk: Desk) -> None:
    await desk.destination.send(FIELD)
    await desk.destination.send(write("set_field", "newer", field="amount", value="6000", as_of=AFTER))
    assert await desk.field("deal", "123", "amount") == "6000"


async def test_a_tag_that_is_there_is_not_added_again(desk: Desk) -> None:
    await desk.destination.send(TAG)
    again = await desk.destination.send(write("add_tag", "other item", tag="pricing"))
    assert not again.applied
    assert await desk.tags("deal", "123") == ("pricing",)


async def test_a_persons_words_stay_when_ours_change_elsewhere(desk: Desk) -> None:
    made = await desk.destination.send(TASK)
    await desk.edit("task", made.record_id, "title", "Send it by courier")
    await desk.destination.send(write("create_task", title="Send the contract", owner="Lee"))
    assert await desk.field("task", made.record_id, "title") == "Send it by courier"
    assert await desk.field("task", made.record_id, "owner") == "Lee"


async def test_words_a_person_changed_are_not_overwritten(desk: Desk) -> None:
    made = await desk.destination.send(TASK)
    await desk.edit("task", made.record_id, "title", "Send it by courier")
    conflict = await refused(desk, write("create_task", title="Send the signed contract", owner="Lee"))
    assert conflict.failure_class is FailureClass.DESTINATION_CONFLICT
    assert "courier" not in str(conflict)
    assert await desk.field("task", made.record_id, "owner") == "Dana"


async def test_what_a_person_deleted_is_not_made_again(desk: Desk) -> None:
    made = await desk.destination.send(TASK)
    await desk.delete("task", made.record_id)
    conflict = await refused(desk, write("create_task", title="Send the signed contract"))
    assert conflict.failure_class is FailureClass.DESTINATION_CONFLICT
    assert await desk.records("task") == []


async def test_nothing_is_written_under_a_record_that_a_person_deleted(desk: Desk) -> None:
    await desk.destination.send(TAG)
    await desk.delete("deal", "123")
    assert (await refused(desk, TASK)).failure_class is FailureClass.RECORD_NOT_FOUND
    assert await desk.records("task") == []


@pytest.mark.parametrize(
    "intent",
    [
        write("send_mail", body="hello"),
        write("add_note", target={"object": "spaceship", "id": "1"}, body="hello"),
        write("add_note", target={"object": "deal"}, body="hello"),
        write("set_field", value="no field named"),
        write("add_tag", tag=None),
    ],
)
async def test_what_the_destination_cannot_do_is_rejected_for_good(desk: Desk, intent: Intent) -> None:
    assert (await refused(desk, intent)).failure_class is FailureClass.DESTINATION_REJECTED
    assert await desk.records("deal") == await desk.records("note") == []


async def test_a_write_moves_with_its_target(desk: Desk) -> None:
    """A corrected sidecar names another deal: the task goes there, and there is still one."""
    first = await desk.destination.send(TASK)
    moved = write("create_task", target={"object": "deal", "id": "456"}, **TASK.payload)
    assert await desk.destination.look_up(moved) is None
    assert (await desk.destination.send(moved)).record_id == first.record_id
    assert len(await desk.records("task")) == 1


async def test_hostile_text_comes_back_as_it_was(desk: Desk) -> None:
    body = "'); DROP TABLE store_records; -- \0 \udcff 名前"
    await desk.destination.send(write("add_note", body=body, target={"object": "deal", "id": "../\udcff"}))
    assert [note["body"] for note in await desk.records("note")] == [body]


async def test_a_write_is_found_after_its_consistency_window(desk: Desk, clock: ScriptedClock) -> None:
    receipt = await desk.destination.send(TASK)
    clock.forward(desk.destination.consistency_seconds)
    assert await desk.destination.look_up(TASK) == receipt
    assert clock.now() >= NOON
