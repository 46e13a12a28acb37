"""The rules stand in for a model that is down, where the configuration says so, until the model answers again.

What belongs here: whole meetings through all stages, with an outage and a recovery. What does not: what waits in an outage
without this (see ``test_outages``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.artifact import Artifact, ItemKind
from artifact_assets.domain.records import Checkpoint, Meeting
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from artifact_assets.domain.status import status_of
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import open_equipment
from tests.extraction.model.desk import SEND_QUOTE, form
from tests.extraction.model.test_meetings import TALK, configured, settings
from tests.fakes.openai_server import FakeOpenAI, Outcome, error

SIDECAR = b'{"kind": "sales", "started_at": "%s", "participants": [{"name": "Ana Ruiz"}, {"name": "Ben Cole"}]}'
STAND_IN = {"outage_kinds": ["sales"], "outage_retry_seconds": 900, "breaker": {"failures": 1, "pause_seconds": 1}}


@dataclass
class Office:
    """One home with a model that can be down."""

    equipment: Equipment
    meeting_id: str
    reported: list[tuple[Stage, bool]]

    def process(self, backfill: str | None = None) -> Meeting:
        """Take the meeting through all stages."""
        self.reported.clear()

        def report(checkpoint: Checkpoint, *, reused: bool) -> None:
            self.reported.append((checkpoint.stage, reused))

        async def run() -> Meeting:
            await Walk(self.equipment, "run-1", frozenset(STAGES), report, backfill).over([self.meeting_id])
            found = await self.equipment.ledger.meeting(self.meeting_id)
            assert found is not None
            return found

        return asyncio.run(run())

    def artifact(self) -> Artifact:
        """The artifact as validated last."""

        async def read() -> Artifact:
            rows = await self.equipment.ledger.checkpoints(self.meeting_id)
            last = [row for row in rows if row.stage is Stage.VALIDATED][-1]
            return Artifact.model_validate_json(await self.equipment.store.get(last.document))

        return asyncio.run(read())

    def records(self) -> dict[str, str]:
        """Confirmed writes by record key, and the item each is of."""
        intents = asyncio.run(self.equipment.ledger.intents(meeting_id=self.meeting_id))
        return {i.record_key: i.item_id for i in intents if i.state is IntentState.CONFIRMED}


@pytest.fixture
def down() -> list[bool]:
    return [True]


@contextmanager
def office(home: Path, server: FakeOpenAI, kind: str = "sales", **model: Any) -> Generator[Office]:
    configuration: Configuration = configured(**{**STAND_IN, **model})
    with open_equipment(settings(home, server.base_url), configuration=configuration) as equipment:
        path, sidecar = home / "talk.txt", home / "talk.meta.json"
        path.write_text(TALK)
        started = (equipment.clock.now() - timedelta(hours=1)).isoformat().encode()
        sidecar.write_bytes((SIDECAR % started).replace(b"sales", kind.encode()))
        arrival = asyncio.run(notice(equipment.sources, configuration, str(path), path.name, str(sidecar)))
        asyncio.run(equipment.ledger.receive(arrival, equipment.clock.now()))
        yield Office(equipment, arrival.meeting_id, [])


def scripted(down: list[bool]) -> Any:
    def script(_: dict[str, Any]) -> Outcome:
        return error(503) if down[0] else form(SEND_QUOTE)

    return script


def test_the_rules_stand_in_and_the_models_answer_replaces_them_on_the_same_records(
    home: Path, down: list[bool]
) -> None:
    with FakeOpenAI(scripted(down)) as server, office(home, server) as there:
        meeting = there.process()
        assert meeting.state is MeetingState.DELIVERED
        assert "by the rules for now" in str(meeting.cause)
        assert meeting.next_attempt_at is not None
        first, records = there.artifact(), there.records()
        assert first.trace.extractor == "deterministic instead of model"
        assert [note.code for note in first.warnings if note.code == "extracted_for_now"]
        assert records

        down[0] = False
        asyncio.run(asyncio.sleep(1.1))
        meeting = there.process()
        assert (meeting.state, meeting.next_attempt_at, meeting.cause) == (MeetingState.DELIVERED, None, None)
        assert (Stage.EXTRACTED, False) in there.reported
        second = there.artifact()
        assert second.trace.extractor == "model"
        assert {item.item_id for item in second.accepted} == {item.item_id for item in first.accepted}
        assert there.records() == records

        # The model's answer stands under the stage's own key: nothing is left to do.
        asked = len(server.asked)
        there.process()
        assert (Stage.EXTRACTED, True) in there.reported
        assert len(server.asked) == asked


def test_a_meeting_done_for_now_is_due_again_and_shows_in_the_status(home: Path, down: list[bool]) -> None:
    with FakeOpenAI(scripted(down)) as server, office(home, server) as there:
        meeting = there.process()
        ledger, now = there.equipment.ledger, there.equipment.clock.now()
        assert meeting.next_attempt_at is not None
        assert asyncio.run(ledger.due_again(now, 10)) == ()
        (due,) = asyncio.run(ledger.due_again(meeting.next_attempt_at, 10))
        assert due.meeting_id == there.meeting_id
        (waiting,) = status_of([meeting], [], [], [], [], now).waiting
        assert (waiting.state, waiting.count, waiting.next_attempt_at) == ("delivered", 1, meeting.next_attempt_at)


def test_an_outage_that_lasts_writes_nothing_twice(home: Path, down: list[bool]) -> None:
    with FakeOpenAI(scripted(down)) as server, office(home, server) as there:
        there.process()
        records = there.records()
        meeting = there.process()
        assert meeting.next_attempt_at is not None
        assert there.records() == records


@pytest.mark.parametrize(
    ("kind", "backfill", "model"),
    [("internal", None, {}), ("sales", "b-1", {}), ("sales", None, {"outage_kinds": []})],
)
def test_other_kinds_backfills_and_the_default_wait_for_the_model(
    kind: str, backfill: str | None, model: dict[str, Any], home: Path, down: list[bool]
) -> None:
    with FakeOpenAI(scripted(down)) as server, office(home, server, kind, **model) as there:
        meeting = there.process(backfill)
        assert meeting.state is MeetingState.DEFERRED
        assert there.records() == {}


def test_the_rules_never_update_fields_in_place_of_a_model(home: Path, down: list[bool]) -> None:
    with FakeOpenAI(scripted(down)) as server, office(home, server) as there:
        there.process()
        assert ItemKind.FIELD_UPDATE not in {ItemKind(item.content.kind) for item in there.artifact().items}


def test_a_refusal_is_no_outage(home: Path) -> None:
    with FakeOpenAI([error(400)]) as server, office(home, server) as there:
        assert there.process().state is MeetingState.FAILED
