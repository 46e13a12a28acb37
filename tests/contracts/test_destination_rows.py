"""What the ledger promises about destinations, on SQLite and on PostgreSQL.

What belongs here: accounts, the stop switch and the last values of fields. What does not: sending.
"""

from __future__ import annotations

import pytest

from artifact_assets.domain.exchange import FieldWritten, Switch, SwitchState
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.states import IntentState
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON
from tests.contracts.ledger_values import later, planned, sent, settlement


async def test_a_destination_is_the_account_it_was_first_met_with(ledger: SqlLedger) -> None:
    first = await ledger.meet("crm", "hubspot", "portal-1", NOON)
    assert (first.state, first.account, first.since) == (SwitchState.OPEN, "portal-1", NOON)
    assert await ledger.meet("crm", "hubspot", "portal-1", later(9)) == first
    with pytest.raises(PipelineError) as refusal:
        await ledger.meet("crm", "hubspot", "portal-2", later(9))
    assert refusal.value.failure_class is FailureClass.DESTINATION_UNAUTHORIZED
    assert await ledger.destination_rows() == (first,)


async def test_a_pause_outlasts_what_the_pipeline_says_and_ends_only_by_a_person(ledger: SqlLedger) -> None:
    await ledger.meet("crm", "hubspot", "portal-1", NOON)
    paused = await ledger.switch(Switch("crm", SwitchState.PAUSED, later(1), "Ann", "fields renamed"))
    assert (paused.state, paused.who, paused.why, paused.since) == (
        SwitchState.PAUSED, "Ann", "fields renamed", later(1),
    )  # fmt: skip
    assert await ledger.switch(Switch("crm", SwitchState.PARKED, later(2), "pipeline", "quota", later(99))) == paused
    opened = await ledger.switch(Switch("crm", SwitchState.OPEN, later(3), "Ann", "done"))
    assert opened.state is SwitchState.OPEN


async def test_a_name_never_met_cannot_be_switched(ledger: SqlLedger) -> None:
    with pytest.raises(PipelineError) as refusal:
        await ledger.switch(Switch("crm", SwitchState.PAUSED, NOON, "Ann", "typo"))
    assert refusal.value.failure_class is FailureClass.UNREADABLE_INPUT


async def test_looking_first_is_remembered(ledger: SqlLedger) -> None:
    await ledger.meet("crm", "hubspot", "portal-1", NOON)
    await ledger.look_first(("crm", "unknown"), True)
    assert [row.look_first for row in await ledger.destination_rows()] == [True]
    await ledger.look_first(("crm",), False)
    assert [row.look_first for row in await ledger.destination_rows()] == [False]


async def test_a_field_value_is_remembered_only_with_its_confirmation(ledger: SqlLedger) -> None:
    claimed = await sent(ledger, planned())
    written = FieldWritten("field-1", NOON, claimed.intent_key, "digest-1")
    await ledger.settle_field(settlement(claimed, IntentState.UNCERTAIN), written)
    assert await ledger.fields_written(["field-1"]) == {}
    assert await ledger.claim_lookup(claimed.intent_key, "run-1", 60, later(30)) is not None
    await ledger.settle_field(settlement(claimed, IntentState.CONFIRMED), written)
    assert await ledger.fields_written(["field-1", "other"]) == {"field-1": written}
