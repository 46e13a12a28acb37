"""Alerts end to end: real meetings, the production jobs and sensors, a real HTTP receiver that may refuse."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.assets.alerts import ALERTS_JOB, HEARTBEAT_JOB, STOPPED, run_failures
from artifact_assets.configuration.settings import Settings
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.alert_ports import Source
from artifact_assets.domain.alerts import AlertPolicy, Condition, Severity
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.messages import Message
from artifact_assets.messaging import open_heartbeat
from artifact_assets.stages.alerting import Alerting
from resources.http.budget import Limits
from resources.ledger.alerts import SqlAlerts
from resources.ledger.dependencies import SqlDependencies
from resources.messages.webhook import WebhookMessages
from sensors.alerts import alerts_sensor, heartbeat_sensor
from tests.clock import ScriptedClock
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.pipeline.breaking_job import process_meetings
from tests.pipeline.world import World, opened_world

SECRET = "/services/T0SECRET/B1?token=hush"
POLICY = AlertPolicy(settled_seconds=120, retry_seconds=60)


@dataclass
class Receiver:
    """A chat's webhook that takes what it is told, or refuses while ``status`` is no success."""

    status: int = 200
    hang_up: bool = False
    got: list[Request] = field(default_factory=list[Request])
    url: str = ""

    async def __call__(self, request: Request) -> Reply:
        self.got.append(request)
        return Reply(self.status, b"ok", hang_up=self.hang_up)

    @property
    def texts(self) -> list[str]:
        return [request.json["text"] for request in self.got]


@pytest.fixture
def receiver() -> Generator[Receiver]:
    receiver = Receiver()
    with HttpServer(receiver) as server:
        receiver.url = server.url + SECRET
        yield receiver


@dataclass
class Deployed:
    """A world with alerting through the production job and sensor."""

    world: World
    alerting: Alerting
    clock: ScriptedClock

    def tick(self) -> dg.SensorResult | dg.SkipReason:
        context = dg.build_sensor_context(instance=self.world.instance, resources={"alerting": self.alerting})
        return alerts_sensor(ALERTS_JOB)(context)  # type: ignore[return-value]

    def tell(self) -> dg.ExecuteInProcessResult:
        job = build_definitions({"equipment": self.world.equipment, "alerting": self.alerting}).resolve_job_def(
            ALERTS_JOB
        )
        return job.execute_in_process(instance=self.world.instance, raise_on_error=False)


@pytest.fixture
def deployed(tmp_path: Path, receiver: Receiver, clock: ScriptedClock) -> Generator[Deployed]:
    with opened_world(tmp_path, clock=clock) as world:
        messages = WebhookMessages("alert webhook", receiver.url, clock.now, limits=Limits(per_second=1000))
        alerting = Alerting(
            world.ledger, SqlDependencies(world.ledger, clock), SqlAlerts(world.ledger), messages, clock, POLICY
        )
        yield Deployed(world, alerting, clock)
        messages.close()


def fail(world: World) -> None:
    """A meeting that fails for good."""
    world.run(world.receive(world.write("empty.txt", "")))
    assert world.meetings()["empty"].failure_class is FailureClass.EMPTY_TRANSCRIPT


def test_a_failure_is_told_once_and_its_end_too(deployed: Deployed, receiver: Receiver) -> None:
    assert isinstance(deployed.tick(), dg.SkipReason)
    fail(deployed.world)
    assert isinstance(deployed.tick(), dg.SensorResult)
    assert deployed.tell().success
    (text,) = receiver.texts
    for word in ("empty_transcript", "for example meeting empty", "meetings --state failed"):
        assert word in text
    assert isinstance(deployed.tick(), dg.SkipReason)
    assert deployed.tell().success
    assert len(receiver.got) == 1

    deployed.clock.forward(24 * 3600 + 1)
    assert isinstance(deployed.tick(), dg.SensorResult)
    assert deployed.tell().success
    assert "resolved" in receiver.texts[1]
    assert isinstance(deployed.tick(), dg.SkipReason)


def test_the_payload_is_what_slack_takes_and_carries_an_id(deployed: Deployed, receiver: Receiver) -> None:
    fail(deployed.world)
    deployed.tell()
    (request,) = receiver.got
    assert (request.method, request.path) == ("POST", SECRET)
    assert set(request.json) == {"text", "blocks"}
    assert {block["type"] for block in request.json["blocks"]} == {"section", "context"}
    assert request.headers["idempotency-key"] in json.dumps(request.json["blocks"])


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 302}, {"hang_up": True}])
def test_a_webhook_that_always_fails_touches_no_meeting_and_is_tried_again_later(
    deployed: Deployed, receiver: Receiver, trouble: dict[str, Any]
) -> None:
    fail(deployed.world)
    good = deployed.world.receive(deployed.world.write("renewal.txt"))
    assert deployed.world.run(good).success
    before = deployed.world.meetings()
    for name, value in trouble.items():
        setattr(receiver, name, value)
    for _ in range(5):
        assert not deployed.tell().success or len(receiver.got) > 1
        deployed.clock.forward(61)
    assert deployed.world.meetings() == before
    assert 2 <= len(receiver.got) <= 4, "each pause is twice as long as the one before"
    ids = {request.headers["idempotency-key"] for request in receiver.got}
    assert len(ids) == 1
    receiver.status, receiver.hang_up = 200, False
    deployed.clock.forward(1800)
    assert deployed.tell().success
    assert {request.headers["idempotency-key"] for request in receiver.got} == ids
    assert isinstance(deployed.tick(), dg.SkipReason)


def test_a_crash_between_sending_and_storing_sends_again_under_the_same_id(
    deployed: Deployed, receiver: Receiver
) -> None:
    class DiesAfterSending:
        async def send(self, message: Message) -> None:
            await deployed.alerting.messages.send(message)
            raise KeyboardInterrupt

    fail(deployed.world)
    dying = replace(deployed.alerting, messages=DiesAfterSending())
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(dying.tell())
    deployed.clock.forward(61)
    assert deployed.tell().success
    assert len({request.headers["idempotency-key"] for request in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_the_secret_address_is_in_no_log_error_or_setting(
    deployed: Deployed, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.DEBUG)
    receiver.status = 404
    fail(deployed.world)
    failed = deployed.tell()
    told = [event.message for event in failed.all_events]
    read = Settings.from_environment({"ARTIFACTS_ALERT_WEBHOOK": receiver.url, "ARTIFACTS_HEARTBEAT_URL": receiver.url})
    for text in (caplog.text, str(failed.all_events), str(told), repr(read)):
        assert "T0SECRET" not in text
        assert "hush" not in text


async def test_a_source_that_cannot_look_resolves_nothing(deployed: Deployed, receiver: Receiver) -> None:
    blind = False

    async def burning(now: Any) -> list[Condition]:
        if blind:
            raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, "It could not be read.")
        return [Condition("slo_burn:freshness", Severity.CRITICAL, "freshness burns", "Too fast.", now)]

    alerting = deployed.alerting.joined(Source(frozenset({"slo_burn"}), burning))
    assert (await alerting.tell()).fired == 1
    blind = True
    deployed.clock.forward(3600)
    assert (await alerting.tell()).resolved == 0
    assert (await deployed.alerting.tell()).resolved == 1


def test_a_run_that_could_not_even_start_its_meetings_is_told_until_one_succeeds() -> None:
    with dg.DagsterInstance.ephemeral() as instance:

        def kinds() -> list[str]:
            return [condition.key for condition in asyncio.run(_now(instance))]

        process_meetings.execute_in_process(instance=instance, tags={"break": "yes"}, raise_on_error=False)
        assert kinds() == ["run_failures:process_meetings"]
        process_meetings.execute_in_process(instance=instance)
        assert kinds() == []
        stopped = {"break": "yes", STOPPED: "3"}
        process_meetings.execute_in_process(instance=instance, tags=stopped, raise_on_error=False)
        assert kinds() == [], "meetings that stopped are told by their own classes"


async def _now(instance: dg.DagsterInstance) -> Sequence[Condition]:
    return await run_failures(instance).conditions(datetime.now(UTC))


def test_the_heartbeat_is_given_once_per_interval(receiver: Receiver, tmp_path: Path) -> None:
    settings = Settings.from_environment({"ARTIFACTS_HEARTBEAT_URL": receiver.url, "ARTIFACTS_HOME": str(tmp_path)})
    with open_heartbeat(settings) as heartbeat, dg.DagsterInstance.ephemeral() as instance:
        job = build_definitions({"heartbeat": heartbeat}).resolve_job_def(HEARTBEAT_JOB)
        assert job.execute_in_process(instance=instance).success
        assert [(request.method, request.path) for request in receiver.got] == [("GET", SECRET)]
        receiver.status = 500
        assert not job.execute_in_process(instance=instance, raise_on_error=False).success
        keys: list[str | None] = []
        for cursor in (None, "1"):
            context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"heartbeat": heartbeat})
            tick = heartbeat_sensor(HEARTBEAT_JOB)(context)
            assert isinstance(tick, dg.SensorResult)
            keys += [request.run_key for request in tick.run_requests or []]
        assert len(set(keys)) == 2
