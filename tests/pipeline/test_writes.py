"""Due writes are worked off without a run of their meetings, which end all the same; the destinations are counted daily."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.assets.reconciliation import JOB as RECONCILE
from artifact_assets.assets.reconciliation import NAME as RECONCILIATION
from artifact_assets.assets.writes import WRITES_JOB
from artifact_assets.definitions import JOB, build_definitions
from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.states import IntentState, MeetingState, Stage
from artifact_assets.domain.telemetry import Span
from artifact_assets.stages.resolving import Decision, resolve, switch
from artifact_assets.stages.tracing import Tracing
from resources.destinations.opening import Opening, open_destination
from resources.http.budget import Limits
from resources.ledger.model_calls import SqlAnswers
from sensors.drain import LEFT_TO_WRITES, drain_sensor
from sensors.writes import writes_sensor
from tests.clock import ScriptedClock
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.vendor_server import serving
from tests.pipeline.test_drain import Shaky
from tests.pipeline.world import World, opened_world


@pytest.fixture
def clock() -> ScriptedClock:
    return ScriptedClock()


@pytest.fixture
def world(tmp_path: Path, clock: ScriptedClock) -> Generator[World]:
    with opened_world(tmp_path, clock=clock) as opened:
        yield opened


def asked_for_writes(world: World) -> bool:
    with dg.build_sensor_context(instance=world.instance, resources={"equipment": world.equipment}) as context:
        told = writes_sensor(WRITES_JOB)(context)
    return isinstance(told, dg.SensorResult) and bool(told.run_requests)


def asked_for_meetings(world: World) -> list[str | None]:
    with dg.build_sensor_context(instance=world.instance, resources={"equipment": world.equipment}) as context:
        told = drain_sensor(JOB)(context)
    assert isinstance(told, dg.SensorResult)
    return [request.partition_key for request in told.run_requests or []]


def performed(world: World, job: str) -> dg.ExecuteInProcessResult:
    definition = build_definitions({"equipment": world.equipment}).resolve_job_def(job)
    return definition.execute_in_process(instance=world.instance, raise_on_error=False)


def deferred(world: World, *names: str) -> Shaky:
    """Meetings whose writes wait because the destination is down."""
    shaky = Shaky(world.records)
    world.equipment = replace(world.equipment, destinations={"records": shaky})
    keys = world.receive(*(world.write(f"{name}.txt") for name in names))
    assert not world.run(keys).success
    assert {meeting.state for meeting in world.meetings().values()} == {MeetingState.DEFERRED}
    return shaky


def test_due_writes_are_made_and_their_meetings_end_without_a_run_of_theirs(world: World, clock: ScriptedClock) -> None:
    shaky = deferred(world, "renewal", "pilot")
    assert not asked_for_writes(world)
    shaky.down = False
    clock.forward(120)
    assert asked_for_writes(world)
    assert asked_for_meetings(world) == []
    assert performed(world, WRITES_JOB).success
    assert {meeting.state for meeting in world.meetings().values()} == {MeetingState.DELIVERED}
    assert {intent.state for intent in world.intents()} == {IntentState.CONFIRMED}
    assert world.status(Stage.DELIVERED) == ({"renewal", "pilot"}, set())
    assert world.check_statuses()["delivered_once", "pilot"] == "SUCCEEDED"
    assert not asked_for_writes(world)
    clock.forward(LEFT_TO_WRITES.total_seconds())
    assert asked_for_meetings(world) == []


@dataclass
class Sink:
    """A collector that takes everything."""

    spans: list[Span] = field(default_factory=list[Span])

    def send(self, spans: Sequence[Span]) -> bool:
        self.spans += spans
        return True


def test_a_drain_sends_a_trace_of_each_meeting_it_wrote_for(world: World, clock: ScriptedClock) -> None:
    deferred(world, "renewal").down = False
    clock.forward(120)
    sink = Sink()
    tracing = Tracing(world.ledger, SqlAnswers(world.ledger), sink, clock, 5)
    world.equipment = replace(world.equipment, tracing=tracing)
    assert performed(world, WRITES_JOB).success
    (whole,) = [span for span in sink.spans if span.name == "meeting"]
    assert whole.attributes["artifacts.meeting_id"] == "renewal"
    written = [span for span in sink.spans if span.name.startswith("write ")]
    assert len(written) == len(world.intents())
    assert {span.trace_id for span in sink.spans} == {whole.trace_id}


def test_a_drain_in_vain_puts_the_meeting_off_again(world: World, clock: ScriptedClock) -> None:
    deferred(world, "renewal")
    before = world.meetings()["renewal"].next_attempt_at
    clock.forward(120)
    assert performed(world, WRITES_JOB).success
    after = world.meetings()["renewal"]
    assert after.state is MeetingState.DEFERRED
    assert before is not None
    assert after.next_attempt_at is not None
    assert after.next_attempt_at > before
    assert not asked_for_writes(world)


def test_a_meeting_that_no_drain_takes_up_is_taken_by_a_run(world: World, clock: ScriptedClock) -> None:
    deferred(world, "renewal")
    clock.forward(120 + LEFT_TO_WRITES.total_seconds())
    assert asked_for_meetings(world) == ["renewal"]


def test_writes_of_a_held_meeting_or_a_shut_destination_ask_for_nothing(world: World, clock: ScriptedClock) -> None:
    deferred(world, "renewal")
    clock.forward(120)
    assert asyncio.run(world.ledger.begin("renewal", "run@host:1:2", 3600)) is not None
    assert not asked_for_writes(world)
    assert performed(world, WRITES_JOB).success
    assert {intent.attempts for intent in world.intents()} == {1}
    asyncio.run(world.ledger.release("renewal", "run@host:1:2"))
    asyncio.run(switch(world.equipment, "records", SwitchState.PAUSED, "Ann", "maintenance"))
    assert not asked_for_writes(world)
    asyncio.run(switch(world.equipment, "records", SwitchState.OPEN, "Ann", "done"))
    assert asked_for_writes(world)


def test_one_drain_at_a_time_is_asked_for(world: World, clock: ScriptedClock) -> None:
    deferred(world, "renewal")
    clock.forward(120)
    job = build_definitions({"equipment": world.equipment}).resolve_job_def(WRITES_JOB)
    run = world.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert not asked_for_writes(world)
    world.instance.report_run_canceled(run)
    assert asked_for_writes(world)


def test_what_a_person_settles_in_an_ended_meeting_goes_out_and_ends_it_anew(
    world: World, clock: ScriptedClock
) -> None:
    shaky = deferred(world, "renewal")
    for _ in range(20):
        clock.forward(4000)
        performed(world, WRITES_JOB)
    stuck = [intent for intent in world.intents() if intent.state is IntentState.DEAD_LETTER]
    assert stuck
    assert world.meetings()["renewal"].state is MeetingState.PARTIALLY_DELIVERED
    shaky.down = False
    for intent in stuck:
        asyncio.run(resolve(world.equipment, intent.intent_key, Decision.AGAIN, "Ann", "it is up again"))
    assert asked_for_writes(world)
    assert performed(world, WRITES_JOB).success
    assert world.meetings()["renewal"].state is MeetingState.DELIVERED


def counted(world: World) -> tuple[dict[str, Any], bool, str]:
    result = performed(world, RECONCILE)
    assert result.success
    (event,) = result.asset_materializations_for_node(RECONCILIATION)
    (verdict,) = result.get_asset_check_evaluations()
    return {name: value.value for name, value in event.metadata.items()}, verdict.passed, verdict.severity.value


def test_the_daily_count_is_plotted_as_numbers_and_turns_red_for_what_is_missing(world: World) -> None:
    assert world.run(world.receive(world.write("renewal.txt"))).success
    told, passed, _ = counted(world)
    assert (told["records/confirmed"], told["records/found"], told["missing"], passed) == (3, 3, 0, True)
    assert told["confirmed"] == told["records/confirmed"]
    task, *_ = asyncio.run(world.records.list_records("task"))
    asyncio.run(world.records.delete("task", task.id, "Ann"))
    told, passed, severity = counted(world)
    assert (told["missing"], told["records/missing"], passed, severity) == (1, 1, False, "ERROR")


def test_a_destination_that_cannot_be_asked_holds_up_no_other(world: World) -> None:
    assert world.run(world.receive(world.write("renewal.txt"))).success
    with serving(FakeHubSpot(world.equipment.clock.monotonic)) as fake:
        fake.unauthorized = True
        opening = Opening("crm", "hubspot", "token", fake.url, None, {}, Limits(), world.equipment.clock.now)
        crm = open_destination(opening)
        world.equipment = replace(world.equipment, destinations={"crm": crm, **world.equipment.destinations})
        told, passed, severity = counted(world)
        getattr(crm, "close")()  # noqa: B009 - not part of the port
    assert (told["crm/unreachable"], told["records/found"], told["destinations"]) == (1, 3, 2)
    assert (passed, severity) == (False, "WARN")
