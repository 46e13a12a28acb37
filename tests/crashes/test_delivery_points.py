"""The process dies at its n-th call to ledger or destination, for every n and every vendor; then another one goes on.

What belongs here: deliveries in process. What does not: whole meetings (see ``test_every_write_point``) and real processes
(see ``test_delivery_kill``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from artifact_assets.domain.records import IntentPlan
from artifact_assets.domain.states import IntentState
from tests.crashes.faults import Death, DiesAtCall
from tests.destinations.rig import IN_REVIEW, rig_for
from tests.destinations.vendors import VENDORS

WRITE_POINTS = ("claim", "claim_lookup", "settle", "settle_field", "lapse", "send", "look_up")


class DiesAtWritePoint(DiesAtCall):
    """Dying at a read is dying at the write before it."""

    def point(self, name: str) -> None:
        if self.dead or name.rpartition(".")[2] in WRITE_POINTS:
            super().point(name)


SUCCESSOR = "run-2@host:1:2"


@pytest.mark.parametrize("name", VENDORS)
async def test_after_a_death_at_any_call_another_process_ends_with_one_record_and_one_receipt(
    tmp_path: Path, sqlite_template: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deaths, plans = 0, list[IntentPlan]()
    for at in range(1, 1000):
        folder = tmp_path / str(at)
        folder.mkdir()
        with rig_for(name, folder, template=sqlite_template, is_gone=lambda owner: owner != SUCCESSOR) as rig:
            rig.fake.lag_seconds = 50
            plans = [plan for operation in rig.case.operations for plan in await rig.plan(operation)]
            faults = DiesAtWritePoint(at)
            living, rig.equipment = rig.equipment, faults.wrap(rig.equipment)
            with suppress(Death):
                await rig.deliver()
            rig.equipment = replace(living)
            rows = await rig.deliver(owner=SUCCESSOR)
            for plan in plans:
                row, landed = rows[plan.intent_key], rig.landed(plan)
                strong = (await rig.destination.capability(plan.operation)).sends_again
                assert landed <= 1, faults.named
                assert landed + (row.state in IN_REVIEW and landed == 0) == 1, faults.named
                assert not strong or (landed, row.state) == (1, IntentState.CONFIRMED), faults.named
                assert (row.receipt is not None) == (row.state is IntentState.CONFIRMED)
        if not faults.dead:
            break
        deaths += 1
    assert deaths > 4 * len(plans), "so few points cannot be all of a delivery"
    with capsys.disabled():
        print(f"\n{name}: {deaths} deaths, {len(plans)} writes each")
