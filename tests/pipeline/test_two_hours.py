"""Two hours without a model, then a destination without quota, by a scripted clock: all ends delivered, nobody helps.

Real: ledger, store, sensors, walks, model adapter and destination adapter over connections, alerts to a webhook. Scripted:
time, and what the far sides answer. Runs are walks in this process, because launching them is not what is shown here.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.assets.writes import WRITES_JOB
from artifact_assets.configuration.schema import Configuration
from artifact_assets.definitions import JOB
from artifact_assets.domain.alerts import AlertPolicy
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.asking import Asker
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.partitions import MEETINGS
from artifact_assets.stages.alerting import Alerting
from artifact_assets.stages.concluding import conclude
from artifact_assets.stages.draining import drain
from artifact_assets.stages.walk import Walk
from resources.destinations.opening import Opening, open_destination
from resources.http.budget import Limits
from resources.language_model.openai_model import OpenAIModel
from resources.ledger.alerts import SqlAlerts
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.model_calls import SqlAnswers
from resources.messages.webhook import WebhookMessages
from sensors.drain import drain_sensor
from sensors.writes import writes_sensor
from tests.clock import ScriptedClock
from tests.extraction.model.desk import form, item, words_of
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error
from tests.fakes.vendor_server import Answer, serving
from tests.pipeline.world import World, meta, opened_world

OUTAGE = timedelta(hours=2)
TICK_SECONDS = 60.0
EVERY = range(8)
CONFIGURATION = Configuration.model_validate(
    {
        "own_domains": ["ours.example.com"],
        "destinations": {"hubspot": {"vendor": "hubspot", "secret": "X"}},
        "routes": [{"name": "all", "to": ["hubspot"], "mode": "deliver", "when": {"titles": ["renewal"]}}],
        "model": ModelPolicy(connect_timeout_seconds=2, attempts=2, deadline_seconds=200).model_dump(),
    }
)


@dataclass
class Hours:
    """The deployment and its far sides, and the hands of the clock."""

    world: World
    clock: ScriptedClock
    crm: FakeHubSpot
    alerting: Alerting
    model: FakeOpenAI
    model_down: bool = True
    told: list[str] = field(default_factory=list[str])

    async def hear(self, request: Request) -> Reply:
        """The chat's webhook."""
        self.told.append(request.json["text"])
        return Reply(200, b"ok")

    def answer(self, body: dict[str, Any]) -> Outcome:
        """The model: away, or it names the one task of the meeting."""
        if self.model_down:
            return error(503)
        name = re.findall(r"quote for (\S+) to Carla", words_of(body))[0]
        quote = f"I'll send the revised quote for {name} to Carla by Friday."
        return completion(form(item(f"Send the revised quote for {name} to Carla", quote, 1, owner="Ben")))

    def arrive(self, name: str) -> None:
        """A meeting as the arrivals sensor takes it, and its run."""
        lines = ("Ana: Good morning.", f"Ben: I'll send the revised quote for {name} to Carla by Friday.")
        began = (self.clock.now() - timedelta(hours=1)).isoformat()
        keys = self.world.receive(self.world.write(f"{name}.txt", lines, meta(name, started_at=began)))
        self.walk(keys)

    def walk(self, keys: list[str]) -> None:
        """What a requested run does."""
        walk = Walk(self.world.equipment, f"run-{self.clock.now():%H%M%S}", frozenset(STAGES), _unheard)
        asyncio.run(walk.over(keys))

    def pass_by(self, span: timedelta) -> None:
        """Let time pass; the sensors tick and what they request is done."""
        end = self.clock.now() + span
        while self.clock.now() < end and not self.quiet:
            self.tick()
            self.clock.forward(TICK_SECONDS)

    def tick(self) -> None:
        """One round of the sensors."""
        for request in _requests(drain_sensor(JOB), self.world):
            self.walk(list(_keys(self.world.instance, request)))
        if _requests(writes_sensor(WRITES_JOB), self.world):
            asyncio.run(self._work_off())
        asyncio.run(self.alerting.tell())

    async def _work_off(self) -> None:
        drained = await drain(self.world.equipment, f"writes@host:1:{self.clock.now():%H%M%S}")
        await conclude(self.world.equipment, "writes", drained.meetings)

    @property
    def quiet(self) -> bool:
        """Everything is delivered and nothing is left to tell."""
        through = {meeting.state for meeting in self.world.meetings().values()} <= {MeetingState.DELIVERED}
        return through and not asyncio.run(self.alerting.book.open_alerts())

    def tasks(self) -> Counter[str]:
        """Tasks at the destination by meeting."""
        rows = self.crm.objects["tasks"].values()
        return Counter(re.findall(r"quote for (\S+) to", str(row["properties"]["hs_task_subject"]))[0] for row in rows)


@pytest.fixture
def hours(tmp_path: Path, clock: ScriptedClock) -> Generator[Hours]:
    found: list[Hours] = []

    async def hear(request: Request) -> Reply:
        return await found[0].hear(request)

    def answer(body: dict[str, Any]) -> Outcome:
        return found[0].answer(body)

    with ExitStack() as stack:
        world = stack.enter_context(opened_world(tmp_path, configuration=CONFIGURATION, clock=clock))
        crm = FakeHubSpot(clock.monotonic)
        stack.enter_context(serving(crm))
        crm.add("deals", "7", dealname="Renewal")
        model = stack.enter_context(FakeOpenAI(answer))
        chat = stack.enter_context(HttpServer(hear))
        destination = open_destination(
            Opening("hubspot", "hubspot", "token", crm.url, None, {}, Limits(per_second=1000), clock.now)
        )
        stack.callback(getattr(destination, "close"))  # noqa: B009 - not part of the port
        world.equipment = replace(
            world.equipment,
            extractor=ModelExtractor(_asker(world, clock, model.base_url), "fake", DeterministicExtractor()),
            destinations={**world.equipment.destinations, "hubspot": destination},
        )
        messages = WebhookMessages("alert webhook", f"{chat.url}/hook", clock.now, limits=Limits(per_second=1000))
        stack.callback(messages.close)
        dependencies, book = SqlDependencies(world.ledger, clock), SqlAlerts(world.ledger)
        alerting = Alerting(world.ledger, dependencies, book, messages, clock, AlertPolicy(repeat_seconds=86_400))
        found.append(Hours(world, clock, crm, alerting, model))
        yield found[0]


def _asker(world: World, clock: ScriptedClock, url: str) -> Asker:
    policy, numbers = CONFIGURATION.model, iter(range(10**6))
    return Asker(
        model=OpenAIModel(url, "test-key", policy, clock),
        answers=SqlAnswers(world.ledger),
        dependencies=SqlDependencies(world.ledger, clock),
        store=world.equipment.store,
        clock=clock,
        policy=policy,
        owner=lambda run_id: f"{run_id}@host:1:{next(numbers)}",
        is_gone=lambda _: False,
    )


def test_two_hours_without_a_model_and_a_day_without_quota_end_delivered_without_a_person(hours: Hours) -> None:
    clock, outage_ends = hours.clock, hours.clock.now() + OUTAGE
    for number in EVERY:
        hours.arrive(f"m{number}")
        hours.pass_by(timedelta(minutes=5))
    assert {m.state for m in hours.world.meetings().values()} == {MeetingState.DEFERRED}
    hours.pass_by(outage_ends - clock.now())
    assert not hours.tasks()
    assert len(hours.model.asked) < 60, "the breaker keeps a dead model from being asked by everybody at every tick"

    # The model is back, and the day's quota is used up before the first write.
    hours.model_down = False
    daily = Answer(429, {"policyName": "DAILY", "message": "You have reached your daily limit."})
    hours.crm.fail("answer", times=10**6, answer=daily)
    hours.pass_by(timedelta(hours=1))
    assert {m.state for m in hours.world.meetings().values()} == {MeetingState.DEFERRED}
    assert hours.crm.calls["write"] <= 12, "a parked destination is left alone"
    until_midnight = clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1) - clock.now()
    clock.forward(until_midnight.total_seconds() - 1800)
    hours.pass_by(timedelta(minutes=30))
    assert not hours.tasks()
    hours.crm.faults.clear()
    hours.pass_by(timedelta(hours=2))

    assert {m.state for m in hours.world.meetings().values()} == {MeetingState.DELIVERED}
    assert hours.tasks() == Counter(f"m{number}" for number in EVERY)
    assert len(hours.model.answered) == len(EVERY), "nothing was extracted twice"
    assert all(not asyncio.run(hours.world.ledger.interventions(f"m{number}")) for number in EVERY)
    # Told once each, and that it is over once each.
    fired = [text.splitlines()[0] for text in hours.told if "resolved" not in text]
    over = [text.splitlines()[0] for text in hours.told if "resolved" in text]
    assert len(fired) == len(set(fired)) == len(over) == len(set(over)) == 2, hours.told
    assert fired[0].endswith("is down")
    assert "hubspot" in fired[1]


def _requests(sensor: dg.SensorDefinition, world: World) -> list[dg.RunRequest]:
    context = dg.build_sensor_context(instance=world.instance, resources={"equipment": world.equipment})
    result = sensor(context)
    return list(result.run_requests or []) if isinstance(result, dg.SensorResult) else []


def _keys(instance: dg.DagsterInstance, request: dg.RunRequest) -> Iterator[str]:
    if request.partition_key is not None:
        yield request.partition_key
        return
    order = instance.get_dynamic_partitions(str(MEETINGS.name))
    ends = [order.index(request.tags[f"dagster/asset_partition_range_{end}"]) for end in ("start", "end")]
    yield from order[ends[0] : ends[1] + 1]


def _unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused
