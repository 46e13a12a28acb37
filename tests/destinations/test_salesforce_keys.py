"""Tasks made under Salesforce's idempotency keys: repeated answers, and what is wanted again after it was taken back."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from artifact_assets.domain.capabilities import Rung
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.resolving import Decision, resolve, revert
from resources.destinations.salesforce_ui import key_of
from tests.destinations.rig import Rig, rig_for
from tests.fakes.vendor_server import Request

S = IntentState


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Rig]:
    with rig_for("salesforce-ui", tmp_path, template=sqlite_template) as opened:
        yield opened


def posts(rig: Rig) -> list[Request]:
    return [request for request in rig.fake.seen if request.path.endswith("/ui-api/records")]


async def test_where_the_interface_has_tasks_they_stand_on_its_keys_and_elsewhere_on_the_list(
    rig: Rig, tmp_path: Path
) -> None:
    assert (await rig.destination.capability("create_task")).rung is Rung.IDEMPOTENCY_KEY
    (folder := tmp_path / "list").mkdir()
    with rig_for("salesforce-list", folder) as other:
        assert (await other.destination.capability("create_task")).rung is Rung.PARENT_LIST


async def test_a_repeated_request_has_the_same_key_and_makes_nothing_new(rig: Rig) -> None:
    (plan,) = await rig.plan("create_task")
    rig.fake.fail("lost", 1)
    # The list does not tell either, so that the request has to be repeated.
    query, rig.fake.blind = rig.fake.rows, True
    await rig.deliver()
    assert len(query["Task"]) == 1
    rig.fake.blind = False
    assert rig.landed(plan) == 1
    first, second = posts(rig)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == key_of(plan.intent_key)
    (row,) = await rig.ledger.intents()
    assert (row.state, row.attempts) == (S.CONFIRMED, 2)


async def test_what_was_taken_back_and_is_wanted_again_is_made_under_a_further_key(rig: Rig) -> None:
    (plan,) = await rig.plan("create_task")
    await rig.deliver()
    await revert(rig.equipment, rig.owner, "sync", "Ann", "wrong deal")
    assert rig.landed(plan) == 0
    await resolve(rig.equipment, plan.intent_key, Decision.AGAIN, "Ann", "it was right")
    await rig.deliver()
    assert rig.landed(plan) == 1
    keys = [request.headers["idempotency-key"] for request in posts(rig)]
    assert keys == [key_of(plan.intent_key), key_of(plan.intent_key), key_of(plan.intent_key, 1)]
