"""One record of ours gone is a person's deletion; many at once are not, and stop the destination."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.vanishing import is_mass
from tests.destinations.rig import Rig, rig_for

S = IntentState


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Callable[[str], Rig]]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(rig_for(name, tmp_path, template=sqlite_template))


async def reworded(there: Rig) -> Intent:
    """Six tasks are there; the first of them gets other words, which looks for its record."""
    (again, *_) = await there.plan("create_task", item="item-0", title="Other words", due="2099-01-01")
    return (await there.deliver(rounds=3))[again.intent_key]


async def six_tasks(there: Rig) -> None:
    for number in range(6):
        await there.plan("create_task", item=f"item-{number}", title=f"Task {number}", due="2099-01-01")
    await there.deliver()


@pytest.mark.parametrize("name", ["hubspot", "pipedrive", "salesforce"])
async def test_many_gone_at_once_stop_the_destination_and_make_no_tombstone(
    rig: Callable[[str], Rig], name: str
) -> None:
    there = rig(name)
    await six_tasks(there)
    assert there.case.delete_made is not None
    there.case.delete_made(there.fake)
    writes = there.fake.calls["write"]
    row = await reworded(there)
    (known,) = await there.ledger.destination_rows()
    assert known.state is SwitchState.TRIPPED
    assert row.state in (S.RETRY_SCHEDULED, S.PARKED), "it waits for a person; nothing was decided about it"
    assert there.fake.calls["write"] == writes


async def test_one_gone_is_a_deletion_and_the_rest_goes_on(rig: Callable[[str], Rig]) -> None:
    there = rig("pipedrive")
    await six_tasks(there)
    there.fake.rows["activities"].pop(next(iter(there.fake.rows["activities"])))
    assert (await reworded(there)).state is S.CONFLICT
    (known,) = await there.ledger.destination_rows()
    assert known.state is SwitchState.OPEN


@pytest.mark.parametrize(
    ("gone", "looked_at", "mass"), [(2, 2, False), (3, 8, False), (4, 8, False), (5, 8, True), (3, 3, True)]
)
def test_mass_is_three_and_more_than_half(gone: int, looked_at: int, mass: bool) -> None:
    assert is_mass(gone, looked_at) is mass
