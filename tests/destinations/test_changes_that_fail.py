"""Changing and taking back what was written, with replies lost and processes dying in between.

What belongs here: the second life of a record of ours. What does not: making it (see ``test_lost_replies`` and
``tests/crashes/test_delivery_points``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.withdrawing import withdrawal_of
from tests.crashes.faults import Death
from tests.crashes.test_delivery_points import SUCCESSOR, DiesAtWritePoint
from tests.destinations.rig import Rig, rig_for
from tests.destinations.vendors import VENDORS

S = IntentState
CHANGING = [name for name, case in VENDORS.items() if case.changes and case.edit_made]
REMOVING = [name for name, case in VENDORS.items() if case.delete_made and case.changes]


async def written(rig: Rig) -> IntentPlan:
    """A task that is there."""
    plans = await rig.plan("create_task", title="One")
    await rig.deliver()
    assert rig.landed(plans[0]) == 1
    return plans[0]


def texts(rig: Rig, plan: IntentPlan) -> list[str]:
    return [text for text in rig.fake.texts() if str(plan.payload["marker"]) in text]


@pytest.mark.parametrize(("kind", "times"), [("lost", 1), ("lost", 2), ("lost_before", 1), ("half", 1)])
@pytest.mark.parametrize("name", CHANGING)
async def test_other_words_whose_reply_is_lost_end_as_the_only_ones(
    tmp_path: Path, name: str, kind: str, times: int
) -> None:
    with rig_for(name, tmp_path) as rig:
        first = await written(rig)
        rig.fake.lag_seconds = 50
        (other, *_) = await rig.plan("create_task", title="Other")
        rig.fake.fail(kind, times)
        row = (await rig.deliver())[other.intent_key]
        (text,) = texts(rig, first)
        assert (row.state, "Other" in text) == (S.CONFIRMED, True), row.cause


@pytest.mark.parametrize(("kind", "times"), [("lost", 1), ("lost", 2), ("lost_before", 1)])
@pytest.mark.parametrize("name", REMOVING)
async def test_taking_back_with_a_lost_reply_leaves_nothing_of_ours(
    tmp_path: Path, name: str, kind: str, times: int
) -> None:
    with rig_for(name, tmp_path) as rig:
        first = await written(rig)
        back = await taking_back(rig, first)
        rig.fake.fail(kind, times)
        row = (await rig.deliver())[back.intent_key]
        assert (row.state, texts(rig, first)) == (S.CONFIRMED, []), row.cause


@pytest.mark.parametrize("change", ["other words", "taking back"])
@pytest.mark.parametrize("name", [n for n in CHANGING if n in REMOVING])
async def test_a_death_at_any_call_of_a_change_is_finished_by_another_process(
    tmp_path: Path, sqlite_template: Path, name: str, change: str
) -> None:
    deaths = 0
    for at in range(1, 100):
        folder = tmp_path / str(at)
        folder.mkdir()
        with rig_for(name, folder, template=sqlite_template, is_gone=lambda owner: owner != SUCCESSOR) as rig:
            first = await written(rig)
            if change == "other words":
                (second, *_) = await rig.plan("create_task", title="Other")
            else:
                second = await taking_back(rig, first)
            faults = DiesAtWritePoint(at)
            living, rig.equipment = rig.equipment, faults.wrap(rig.equipment)
            with suppress(Death):
                await rig.deliver()
            rig.equipment = replace(living)
            row = (await rig.deliver(owner=SUCCESSOR))[second.intent_key]
            left = texts(rig, first)
            assert row.state is S.CONFIRMED, (faults.named, row.cause)
            assert ["Other" in text for text in left] == ([True] if change == "other words" else []), faults.named
        if not faults.dead:
            break
        deaths += 1
    assert deaths >= 6


async def taking_back(rig: Rig, plan: IntentPlan) -> IntentPlan:
    """The planned withdrawal of a confirmed write."""
    row: Intent = next(row for row in await rig.ledger.intents() if row.intent_key == plan.intent_key)
    back = withdrawal_of(row, "acme")
    assert back is not None
    await rig.ledger.plan((back,), rig.clock.now())
    return back
