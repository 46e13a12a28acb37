"""What happened to dependencies and to our records stays on record, on both databases."""

from __future__ import annotations

from datetime import timedelta

from artifact_assets.domain.dependency import BreakerPolicy
from artifact_assets.domain.exchange import Switch, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.ledger_columns import Days
from artifact_assets.domain.records import Repair
from artifact_assets.reliability.raw import frame
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON, ScriptedClock
from tests.contracts.ledger_values import arrival, later, planned

BREAKER = BreakerPolicy(failures=2, pause_seconds=10, probe_seconds=20, ramp_seconds=0)


async def test_every_change_of_a_dependencys_state_is_remembered_and_only_changes_are(
    ledger: SqlLedger, clock: ScriptedClock
) -> None:
    dependencies = SqlDependencies(ledger, clock)
    for _ in range(3):
        await dependencies.failed("m", BREAKER, FailureClass.MODEL_UNAVAILABLE, "It is down.")
    clock.forward(11)
    await dependencies.admit("m", BREAKER, live=True)
    await dependencies.succeeded("m")
    found = frame("dependency_changes", await ledger.columns().dependency_changes(NOON - timedelta(days=1)))
    assert found["state"].to_list() == ["open", "probing", "recovering"]
    assert found["failure_class"][0] == "model_unavailable"
    assert found["at"].to_list() == [NOON, later(11), later(11)]


async def test_the_last_change_before_a_span_is_told_because_it_holds_at_its_beginning(ledger: SqlLedger) -> None:
    await ledger.meet("crm", "hubspot", "1", NOON)
    for seconds, state in (
        (1, SwitchState.PAUSED),
        (2, SwitchState.OPEN),
        (3, SwitchState.PAUSED),
        (3, SwitchState.PAUSED),
    ):
        await ledger.switch(Switch("crm", state, later(seconds), "Ann", "why"))
    found = frame("dependency_changes", await ledger.columns().dependency_changes(later(2.5)))
    assert found.rows() == [
        ("crm", "up", later(2), None, "why"),
        ("crm", "paused", later(3), None, "why"),
    ]


async def test_a_repair_counts_from_when_it_was_first_noticed(ledger: SqlLedger) -> None:
    await ledger.receive(arrival(), NOON)
    (intent,) = await ledger.plan((planned(),), NOON)
    for seconds in (5, 9):
        await ledger.note_repairs([Repair(intent.intent_key, "edited", later(seconds))])
    days = Days(NOON.date(), NOON.date() + timedelta(days=1))
    found = frame("repairs", await ledger.columns().repairs(days))
    assert found.rows() == [(intent.intent_key, "edited", later(5))]
