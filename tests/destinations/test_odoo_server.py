"""The Odoo adapter against a real Odoo 19, replies lost and processes killed, counted in Odoo's own database.

What belongs here: what only a real server can show. It needs ``make test-odoo``; elsewhere it is skipped.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.policies import Backoff, DeliveryPolicy
from artifact_assets.domain.records import IntentPlan
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.resolving import revert
from tests.crashes.faults import Death
from tests.crashes.test_delivery_points import SUCCESSOR, DiesAtWritePoint
from tests.destinations.odoo_server import CuttingProxy, odoo_case, running_odoo
from tests.destinations.rig import rig_for
from tests.destinations.vendors import ALL

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "ODOO_FOLDER" not in os.environ and "ODOO_RUNNING" not in os.environ, reason="no Odoo: run make test-odoo"
    ),
]
S = IntentState
POLICY = DeliveryPolicy(
    send_timeout_seconds=60, lease_margin_seconds=60, backoff=Backoff(first_seconds=10, most_seconds=60, jitter=0)
)


@pytest.fixture(scope="module")
def odoo() -> Generator[CuttingProxy]:
    with running_odoo() as proxy:
        yield proxy


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize("operation", ALL)
async def test_lost_replies_leave_exactly_one(odoo: CuttingProxy, tmp_path: Path, operation: str, times: int) -> None:
    with rig_for("odoo", tmp_path, fake=odoo, case=odoo_case(odoo), policy=POLICY) as rig:
        await rig.plan(operation, item=f"lost-{operation}-{times}")
        odoo.fail("lost", times)
        rows = await rig.deliver()
        assert {row.state for row in rows.values()} == {S.CONFIRMED}, [row.cause for row in rows.values()]
        assert rig.landed(rig.planned[0]) == 1


async def test_twenty_tasks_with_every_reply_lost_twice_are_twenty_in_the_database(
    odoo: CuttingProxy, tmp_path: Path
) -> None:
    with rig_for("odoo", tmp_path, fake=odoo, case=odoo_case(odoo), policy=POLICY) as rig:
        before = odoo.query("SELECT count(*) FROM mail_activity")[0][0]
        for number in range(20):
            await rig.plan("create_task", item=f"twenty-{number}", title=f"Task {number}")
        odoo.fail("lost", 40)
        rows = await rig.deliver(rounds=80)
        odoo.faults.clear()
        assert {row.state for row in rows.values()} == {S.CONFIRMED}
        assert odoo.query("SELECT count(*) FROM mail_activity")[0][0] - before == 20


@pytest.mark.parametrize("operation", ALL)
async def test_a_death_at_every_write_point_leaves_exactly_one(
    odoo: CuttingProxy, tmp_path: Path, operation: str
) -> None:
    for at in range(1, 100):
        folder = tmp_path / str(at)
        folder.mkdir()
        plans: list[IntentPlan] = []
        case = odoo_case(odoo)
        with rig_for(
            "odoo", folder, fake=odoo, case=case, policy=POLICY, is_gone=lambda owner: owner != SUCCESSOR
        ) as rig:
            plans += await rig.plan(operation, item=f"death-{operation}-{at}")
            faults = DiesAtWritePoint(at)
            living, rig.equipment = rig.equipment, faults.wrap(rig.equipment)
            with suppress(Death):
                await rig.deliver()
            rig.equipment = replace(living)
            rows = await rig.deliver(owner=SUCCESSOR)
            assert {row.state for row in rows.values()} == {S.CONFIRMED}, faults.named
            assert [rig.landed(plan) for plan in plans] == [1], faults.named
        if not faults.dead:
            return


async def test_two_deliveries_at_once_make_one_of_each(odoo: CuttingProxy, tmp_path: Path) -> None:
    with rig_for("odoo", tmp_path, fake=odoo, case=odoo_case(odoo), policy=POLICY) as rig:
        for number in range(10):
            await rig.plan("create_task", item=f"both-{number}")
        rows = await rig.ledger.intents()
        await asyncio.gather(*(Delivery(rig.equipment, owner).work_off(rows) for owner in ("a@h:1:1", "b@h:1:2")))
        await rig.deliver()
        assert [rig.landed(plan) for plan in rig.planned] == [1] * 10


async def test_a_field_that_does_not_exist_is_final_at_once(odoo: CuttingProxy, tmp_path: Path) -> None:
    with rig_for(
        "odoo", tmp_path, fake=odoo, case=replace(odoo_case(odoo), field="no_such_field"), policy=POLICY
    ) as rig:
        await rig.plan("set_field")
        (row,) = (await rig.deliver(rounds=2)).values()
        assert (row.state, row.failure_class) == (S.REJECTED, FailureClass.DESTINATION_REJECTED), row.cause


async def test_a_value_changed_since_the_meeting_stays_and_the_rest_can_be_taken_back(
    odoo: CuttingProxy, tmp_path: Path
) -> None:
    case = odoo_case(odoo)
    with rig_for("odoo", tmp_path, fake=odoo, case=case, policy=POLICY) as rig:
        assert case.edit is not None
        case.edit(odoo, "4321")
        await rig.plan("set_field", item="edited")
        for operation in ("create_task", "add_note", "add_tag"):
            await rig.plan(operation, item=f"back-{operation}")
        rows = await rig.deliver()
        states = {row.operation: row.state for row in rows.values()}
        made = {"create_task": S.CONFIRMED, "add_note": S.CONFIRMED, "add_tag": S.CONFIRMED}
        assert states == {"set_field": S.CONFLICT, **made}
        assert case.value is not None
        assert case.value(odoo) == 4321
        await revert(rig.equipment, rig.owner, "sync", "Ann", "wrong deal")
        assert [rig.landed(plan) for plan in rig.planned[1:]] == [0, 0, 0]
