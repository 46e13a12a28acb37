"""Many writes in one request: each keeps its own intent, attempt and receipt, whatever becomes of the request or of a row.

What belongs here: gathering and rows. What does not: what a single write's outcome means.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from artifact_assets.domain.records import IntentPlan
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.draining import drain
from tests.destinations.rig import Rig, rig_for
from tests.fakes.vendor_server import Answer

S = IntentState
BATCHING = ["hubspot", "salesforce"]
Opener = Callable[[str], Rig]


@pytest.fixture
def rig(tmp_path: Path, sqlite_template: Path) -> Generator[Opener]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(rig_for(name, tmp_path, template=sqlite_template))


async def tasks(there: Rig, number: int, poisoned: frozenset[int] = frozenset()) -> list[IntentPlan]:
    plans: list[IntentPlan] = []
    for n in range(number):
        title = f"poison {n}" if n in poisoned else f"Task {n}"
        plans += await there.plan("create_task", item=f"item-{n}", title=title, due="2099-01-01")
    return plans


async def drained(there: Rig) -> dict[str, IntentState]:
    for _ in range(8):
        await drain(there.equipment, there.owner)
        there.clock.forward(60)
    return {row.intent_key: row.state for row in await there.ledger.intents()}


@pytest.mark.parametrize("name", BATCHING)
async def test_sixty_writes_take_few_requests_and_have_sixty_receipts(rig: Opener, name: str) -> None:
    there = rig(name)
    plans = await tasks(there, 60)
    states = await drained(there)
    assert set(states.values()) == {S.CONFIRMED}
    assert [there.landed(plan) for plan in plans] == [1] * len(plans)
    rows = await there.ledger.intents()
    made = [row.receipt["record_id"] for row in rows if row.receipt and row.operation == "create_task"]
    assert len(set(made)) == 60
    assert [len(await there.ledger.attempts(row.intent_key)) for row in rows] == [1] * len(rows)
    assert there.fake.calls["write"] < 60 / 4


@pytest.mark.parametrize("name", BATCHING)
async def test_a_refused_row_is_refused_alone(rig: Opener, name: str) -> None:
    there = rig(name)
    there.fake.poison = "poison"
    plans = await tasks(there, 20, frozenset({3, 11}))
    states = await drained(there)
    created = [plan for plan in plans if plan.operation == "create_task"]
    wrong = {created[3].intent_key, created[11].intent_key}
    assert {key for key in states if states[key] is not S.CONFIRMED and key in {p.intent_key for p in created}} == wrong
    assert [there.landed(plan) for plan in created] == [0 if plan.intent_key in wrong else 1 for plan in created]
    for key in wrong:
        (attempt,) = await there.ledger.attempts(key)
        assert (states[key], attempt.outcome) == (S.REJECTED, "destination_rejected")


@pytest.mark.parametrize("name", BATCHING)
@pytest.mark.parametrize(("kind", "times"), [("lost", 1), ("lost", 3), ("lost_before", 2), ("half", 1)])
async def test_a_lost_answer_leaves_every_row_unanswered_and_none_twice(
    rig: Opener, name: str, kind: str, times: int
) -> None:
    there = rig(name)
    plans = await tasks(there, 30)
    there.fake.fail(kind, times)
    states = await drained(there)
    assert set(states.values()) == {S.CONFIRMED}
    assert [there.landed(plan) for plan in plans] == [1] * len(plans)


@pytest.mark.parametrize("name", BATCHING)
async def test_a_request_refused_as_a_whole_is_asked_row_by_row(rig: Opener, name: str) -> None:
    there = rig(name)
    created = [plan.intent_key for plan in await tasks(there, 20) if plan.operation == "create_task"]
    together = "batch/upsert" if name == "hubspot" else "composite"
    there.fake.fail("answer", 1, Answer(400, {"category": "VALIDATION_ERROR"}), path=together)
    states = await drained(there)
    # A request of one row cannot be told from that row.
    assert sum(states[key] is S.REJECTED for key in created) <= 1
    assert sum(states[key] is S.CONFIRMED for key in created) >= 19
    assert there.fake.faults[0].times == 0


@pytest.mark.parametrize("name", BATCHING)
async def test_a_limit_puts_every_row_off_and_none_is_lost(rig: Opener, name: str) -> None:
    there = rig(name)
    plans = await tasks(there, 20)
    there.fake.fail("answer", 2, Answer(429, {}, {"retry-after": "20"}))
    assert set((await drained(there)).values()) == {S.CONFIRMED}
    assert [there.landed(plan) for plan in plans] == [1] * len(plans)


async def test_an_association_that_a_batch_does_not_confirm_is_asked_for_alone(rig: Opener) -> None:
    there = rig("hubspot")
    good = await tasks(there, 10)
    there.fake.without_links.add("8")
    (made, link) = await there.plan("create_task", item="gone", target="8", title="Elsewhere", due="2099-01-01")
    states = await drained(there)
    assert {states[plan.intent_key] for plan in (*good, made)} == {S.CONFIRMED}
    assert states[link.intent_key] is S.REJECTED
    assert len(there.fake.associations) == 10
