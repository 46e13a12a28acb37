"""Several writes to one record: words that return, and values beside a person's and beside our own.

What belongs here: what one write must know of the others. What does not: a single write (see ``tests/contracts``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from tests.destinations.rig import Rig, rig_for
from tests.destinations.vendors import VENDORS

S = IntentState
CHANGING = [name for name, case in VENDORS.items() if case.changes and case.edit_made]
WITH_FIELDS = [name for name, case in VENDORS.items() if case.edit and "set_field" in case.operations]


async def one(there: Rig, operation: str, **told: Any) -> Intent:
    """Plan one write, deliver it, and return its row."""
    plan = (await there.plan(operation, **told))[0]
    return (await there.deliver())[plan.intent_key]


@pytest.mark.parametrize("name", ["webhook", *CHANGING])
async def test_words_that_return_after_others_are_written_again_even_when_the_reply_is_lost(
    tmp_path: Path, name: str
) -> None:
    with rig_for(name, tmp_path) as there:
        for title in ("One", "Other", "One", "Other", "One"):
            there.fake.fail("lost", 1)
            row = await one(there, "create_task", title=title)
            assert row.state is S.CONFIRMED, row.cause
        (text,) = [text for text in there.fake.texts() if str(there.planned[0].payload["marker"]) in text]
        assert "One" in text


@pytest.mark.parametrize("name", WITH_FIELDS)
async def test_a_value_that_a_person_changed_stays_also_after_writes_of_ours_to_the_same_record(
    tmp_path: Path, name: str
) -> None:
    with rig_for(name, tmp_path) as there:
        assert there.case.edit is not None
        there.case.edit(there.fake, "4321")
        own = [(await there.plan("add_tag"))[0], (await there.plan("set_field", item="new", field="probability"))[0]]
        # Equal already: nothing is written, and the stamp seen is the person's.
        own.append((await there.plan("set_field", item="same", value="4321"))[0])
        theirs = (await there.plan("set_field"))[0]
        rows = await there.deliver()
        assert {rows[plan.intent_key].state for plan in own} == {S.CONFIRMED}
        assert rows[theirs.intent_key].state is S.CONFLICT
        assert there.landed(theirs) == 0


@pytest.mark.parametrize("name", WITH_FIELDS)
async def test_several_values_of_one_record_are_overwritten_where_nobody_touched_it(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as there:
        for number, field in enumerate((there.case.field, "probability")):
            await one(there, "set_field", item=f"old-{number}", field=field, value="1")
        await there.plan("add_tag")
        plans = [
            (await there.plan("set_field", item=f"new-{number}", field=field, value="5000"))[0]
            for number, field in enumerate((there.case.field, "probability"))
        ]
        rows = await there.deliver()
        assert {rows[plan.intent_key].state for plan in plans} == {S.CONFIRMED}
