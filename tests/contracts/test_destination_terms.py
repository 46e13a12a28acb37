"""Day and owner of a task at every destination that has tasks: ours are brought up to date, a person's stay.

What belongs here: changes of nothing but day and owner. What does not: changes of words (see ``test_destination_vendors``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.exchange import Context, Verdict
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.withdrawing import withdrawal_of
from tests.destinations.rig import Rig, rig_for
from tests.destinations.vendors import VENDORS

S, F = IntentState, FailureClass
WITH_TASKS = [name for name, case in VENDORS.items() if case.terms]
SALESFORCE = [name for name in WITH_TASKS if name.startswith("salesforce")]
MEETING, DAY, LATER, THEIRS = "2026-11-17", "2026-11-20", "2026-12-01", "2026-12-24"
MINE, OTHER, PERSON = "501", "502", "900"


async def written(rig: Rig, **told: Any) -> Intent:
    """Plan the task with these terms and deliver it."""
    plan = (await rig.plan("create_task", **told))[0]
    return (await rig.deliver())[plan.intent_key]


def terms(rig: Rig) -> tuple[str | None, str | None]:
    assert rig.case.terms is not None
    return rig.case.terms(rig.fake)


def give(rig: Rig, name: str, value: str) -> None:
    assert rig.case.give is not None
    rig.case.give(rig.fake, name, value)


def test_every_destination_with_tasks_of_its_own_is_here() -> None:
    assert {name.partition("-")[0] for name in WITH_TASKS} == {"hubspot", "salesforce", "pipedrive", "odoo"}
    assert len(WITH_TASKS) == 7


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize(
    "change",
    [{"due": LATER}, {"due": None}, {"owner_id": OTHER}, {"owner_id": None}, {"due": LATER, "owner_id": OTHER}],
    ids=["another day", "no day", "another owner", "nobody", "both"],
)
@pytest.mark.parametrize("name", WITH_TASKS)
async def test_day_or_owner_alone_is_brought_up_to_date(
    tmp_path: Path, name: str, change: dict[str, Any], lost: int
) -> None:
    with rig_for(name, tmp_path) as rig:
        first = {"due": DAY, "owner_id": MINE}
        assert (await written(rig, **first)).state is S.CONFIRMED
        assert terms(rig) == (DAY, MINE)
        rig.fake.fail("lost", lost)
        wanted = {**first, **change}
        row = await written(rig, **wanted)
        assert row.state is S.CONFIRMED, row.cause
        undated = MEETING if name.startswith(("hubspot", "odoo")) else None
        assert terms(rig) == (wanted["due"] or undated, wanted["owner_id"] or rig.case.nobody)


@pytest.mark.parametrize("name", WITH_TASKS)
async def test_a_task_of_nobody_without_a_day_gets_both(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        await written(rig, due=None)
        assert terms(rig)[1] == rig.case.nobody
        row = await written(rig, due=LATER, owner_id=MINE)
        assert (row.state, terms(rig)) == (S.CONFIRMED, (LATER, MINE)), row.cause


@pytest.mark.parametrize("name", WITH_TASKS)
async def test_new_words_are_written_where_neither_day_nor_owner_was_ever_named(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        await written(rig, due=None)
        before = terms(rig)
        rig.clock.forward(3 * 86400)
        row = await written(rig, due=None, title="Send the signed contract")
        assert (row.state, terms(rig)) == (S.CONFIRMED, before), row.cause
        assert any("Send the signed contract" in text for text in rig.fake.texts())


@pytest.mark.parametrize("change", [{"due": LATER}, {"owner_id": OTHER}, {"title": "Other words"}], ids=str)
@pytest.mark.parametrize(("touched", "value"), [("due", THEIRS), ("owner_id", PERSON)])
@pytest.mark.parametrize("name", WITH_TASKS)
async def test_a_day_or_owner_that_a_person_changed_is_a_conflict_and_stays(
    tmp_path: Path, name: str, touched: str, value: str, change: dict[str, Any]
) -> None:
    with rig_for(name, tmp_path) as rig:
        first = {"due": DAY, "owner_id": MINE}
        await written(rig, **first)
        give(rig, touched, value)
        there, writes = terms(rig), rig.fake.calls["write"]
        row = await written(rig, **{**first, **change})
        assert (row.state, row.failure_class) == (S.CONFLICT, F.DESTINATION_CONFLICT)
        assert (terms(rig), rig.fake.calls["write"]) == (there, writes)
        assert value in there


@pytest.mark.parametrize(("touched", "value"), [(None, ""), ("due", THEIRS), ("owner_id", PERSON)])
@pytest.mark.parametrize("name", WITH_TASKS)
async def test_where_ours_did_not_move_nothing_is_written(
    tmp_path: Path, name: str, touched: str | None, value: str
) -> None:
    with rig_for(name, tmp_path) as rig:
        await written(rig, due=DAY, owner_id=MINE)
        if touched is not None:
            give(rig, touched, value)
        there, writes = terms(rig), rig.fake.calls["write"]
        # Something of the item that no destination shows.
        row = await written(rig, due=DAY, owner_id=MINE, confidence=0.75)
        assert (row.state, row.receipt and row.receipt["applied"]) == (S.CONFIRMED, False), row.cause
        assert (terms(rig), rig.fake.calls["write"]) == (there, writes)


@pytest.mark.parametrize("name", WITH_TASKS)
async def test_a_task_that_a_person_gave_the_new_day_and_owner_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        await written(rig, due=DAY, owner_id=MINE)
        give(rig, "due", LATER)
        give(rig, "owner_id", OTHER)
        writes = rig.fake.calls["write"]
        row = await written(rig, due=LATER, owner_id=OTHER)
        assert (row.state, rig.fake.calls["write"]) == (S.CONFIRMED, writes), row.cause


@pytest.mark.parametrize("name", WITH_TASKS)
async def test_a_dry_look_tells_that_the_day_would_change(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        row = await written(rig, due=DAY, owner_id=MINE)
        plan = (await rig.plan("create_task", record=False, due=LATER, owner_id=MINE))[0]
        standing = await rig.destination.standing(Intent(**vars(plan)), Context(prior=row))
        assert standing.verdict is Verdict.UPDATE


@pytest.mark.parametrize(("name", "field"), [("hubspot", "hs_task_status"), *((n, "Status") for n in SALESFORCE)])
async def test_a_task_that_a_person_finished_is_not_opened_again(tmp_path: Path, name: str, field: str) -> None:
    with rig_for(name, tmp_path) as rig:
        await written(rig, due=DAY)
        (row,) = (rig.fake.rows["Task"] if name in SALESFORCE else rig.fake.objects["tasks"]).values()
        task: dict[str, Any] = row if name in SALESFORCE else row["properties"]
        task[field] = "COMPLETED"
        later = await written(rig, due=LATER)
        assert (later.state, terms(rig)[0], task[field]) == (S.CONFIRMED, LATER, "COMPLETED")


@pytest.mark.parametrize(("touched", "value"), [(None, ""), ("due", THEIRS), ("owner_id", PERSON)])
@pytest.mark.parametrize("given", [{"due": DAY, "owner_id": MINE}, {"due": None}], ids=["both", "neither"])
@pytest.mark.parametrize("name", WITH_TASKS)
async def test_taking_back_leaves_a_task_to_which_a_person_gave_another_day_or_owner(
    tmp_path: Path, name: str, given: dict[str, Any], touched: str | None, value: str
) -> None:
    with rig_for(name, tmp_path) as rig:
        row = await written(rig, **given)
        if touched is not None:
            give(rig, touched, value)
        back = withdrawal_of(row, "acme")
        assert back is not None
        receipt = await rig.destination.send(Intent(**vars(back)))
        there = rig.landed(rig.planned[0])
        assert (receipt.applied, there) == ((True, 0) if touched is None else (False, 1))


async def test_an_id_of_fifteen_letters_is_the_same_user_as_the_longer_one(tmp_path: Path) -> None:
    with rig_for("salesforce", tmp_path) as rig:
        await written(rig, due=DAY, owner_id="005000000000001")
        give(rig, "owner_id", "005000000000001AAA")
        row = await written(rig, due=LATER, owner_id="005000000000001")
        assert (row.state, terms(rig)[0]) == (S.CONFIRMED, LATER), row.cause


async def test_a_mistake_in_the_directory_is_nobody_and_its_correction_is_written(tmp_path: Path) -> None:
    with rig_for("pipedrive", tmp_path) as rig:
        await written(rig, due=DAY, owner_id="ben")
        assert terms(rig)[1] == rig.case.nobody
        row = await written(rig, due=DAY, owner_id=MINE)
        assert (row.state, terms(rig)[1]) == (S.CONFIRMED, MINE), row.cause
