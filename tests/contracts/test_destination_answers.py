"""Answers that are no yes and no final no, from every vendor: the write ends as one record, or with a person.

What belongs here: statuses and drips that any vendor's edge may give, and Salesforce's own 300 and 412. What does not: replies
that never come (see ``tests/destinations/test_lost_replies``).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.policies import Backoff, DeliveryPolicy
from artifact_assets.domain.states import IntentState
from tests.destinations.rig import rig_for
from tests.destinations.vendors import VENDORS
from tests.fakes.salesforce import KEY
from tests.fakes.vendor_server import Answer, Request

S = IntentState
IMPATIENT = DeliveryPolicy(
    send_timeout_seconds=1, lease_margin_seconds=5, backoff=Backoff(first_seconds=10, most_seconds=60, jitter=0)
)


@pytest.mark.parametrize("status", [408, 423, 429, 477, 503])
@pytest.mark.parametrize("name", VENDORS)
async def test_what_passes_is_waited_for_and_written_once(tmp_path: Path, name: str, status: int) -> None:
    with rig_for(name, tmp_path) as rig:
        (plan, *_) = await rig.plan("add_note")
        rig.fake.fail("answer", 2, Answer(status, {"message": "not now"}))
        before = rig.clock.now()
        row = (await rig.deliver())[plan.intent_key]
        lagging = not (await rig.destination.capability("add_note")).sends_again
        unsure = lagging and status in (408, 503)
        assert row.state is (S.DEAD_LETTER if unsure else S.CONFIRMED), row.cause
        assert rig.landed(plan) == (0 if unsure else 1)
        assert rig.clock.now() - before >= timedelta(seconds=2)


@pytest.mark.parametrize("name", VENDORS)
async def test_an_answer_that_drips_without_end_is_cut_off_and_asked_about(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path, policy=IMPATIENT) as rig:
        (plan, *_) = await rig.plan("add_note")
        rig.fake.fail("drip", 1)
        row = (await rig.deliver())[plan.intent_key]
        assert (row.state, rig.landed(plan)) == (S.CONFIRMED, 1), row.cause


@pytest.mark.parametrize("name", ["salesforce", "salesforce-list", "salesforce-ui"])
async def test_a_change_between_reading_and_writing_is_a_persons_at_salesforce(tmp_path: Path, name: str) -> None:
    with rig_for(name, tmp_path) as rig:
        (plan,) = await rig.plan("set_field")
        handle = rig.fake.handle

        def edited_first(request: Request) -> object:
            if request.method == "PATCH":
                assert rig.case.edit is not None
                rig.case.edit(rig.fake, "4321")
            return handle(request)

        rig.fake.handle = edited_first
        row = (await rig.deliver())[plan.intent_key]
        assert (row.state, row.failure_class) == (S.CONFLICT, FailureClass.DESTINATION_CONFLICT)
        assert rig.fake.rows["Opportunity"]["7"]["Amount"] == 4321


async def test_a_key_that_two_records_carry_at_salesforce_writes_to_neither(tmp_path: Path) -> None:
    with rig_for("salesforce", tmp_path) as rig:
        (plan,) = await rig.plan("create_task")
        for record_id in ("a1", "a2"):
            rig.fake.rows["Task"][record_id] = {KEY: plan.record_key, "Subject": "Somebody's copy"}
        row = (await rig.deliver())[plan.intent_key]
        assert (row.state, row.failure_class) == (S.CONFLICT, FailureClass.DESTINATION_CONFLICT)
        assert [task["Subject"] for task in rig.fake.rows["Task"].values()] == ["Somebody's copy"] * 2
