"""The digest of a day, and that best-effort work which always fails touches no meeting."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import dagster as dg
import pytest

from artifact_assets.assets.alerts import ALERTS_JOB, HEARTBEAT_JOB
from artifact_assets.assets.digest import DIGEST_JOB
from artifact_assets.configuration.schema import Configuration
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.messages import Message
from artifact_assets.lanes import LIVE_LANE, PRIORITIES
from artifact_assets.stages.alerting import Alerting
from artifact_assets.stages.digest import digest
from resources.ledger.alerts import SqlAlerts
from resources.ledger.dependencies import SqlDependencies
from tests.clock import NOON, ScriptedClock
from tests.pipeline.world import World, meta, opened_world

MIDNIGHT = NOON.replace(hour=0)


class AlwaysFails:
    """A webhook, and a watching service, that never answer."""

    def __init__(self) -> None:
        self.asked = 0

    async def send(self, message: Message) -> None:
        del message
        await self.beat()

    async def beat(self) -> None:
        self.asked += 1
        raise PipelineError(FailureClass.DESTINATION_UNAVAILABLE, "It did not answer.")


@pytest.fixture
def world(tmp_path: Path, clock: ScriptedClock) -> Generator[World]:
    with opened_world(tmp_path, clock=clock) as opened:
        yield opened


def told(world: World, **configured: object) -> str:
    configuration = Configuration.model_validate(configured)
    return asyncio.run(digest(replace(world.equipment, configuration=configuration), MIDNIGHT)).text


def test_it_tells_what_was_written_where_and_what_waits_in_counts_and_ids(world: World) -> None:
    titled = world.write("renewal.txt", sidecar=meta("renewal", title="Secret merger"))
    world.run(world.receive(titled, world.write("empty.txt", "")))
    text = told(world)
    for words in ("2 meetings ended: 1 delivered, 1 failed", "records written to records", "- renewal: ", "written"):
        assert words in text
    assert "Nothing waits for a person." in text
    for word in ("Secret", "Carla", "quote", "contract"):
        assert word not in text, "words of the meeting stay inside"
    assert "renewal (Secret merger)" in told(world, quotes_in_ui=True)


def test_another_day_is_not_told(world: World, clock: ScriptedClock) -> None:
    clock.forward(24 * 3600)
    world.run(world.receive(world.write("renewal.txt")))
    assert "0 meetings ended: none" in told(world)


def test_what_does_not_fit_is_counted(world: World) -> None:
    world.run(world.receive(*(world.write(f"m{n}.txt") for n in range(3))))
    assert "- and 2 more" in told(world, digest={"most_meetings": 1})


def test_a_digest_alert_or_heartbeat_that_always_fails_changes_no_meeting(world: World, clock: ScriptedClock) -> None:
    world.run(world.receive(world.write("renewal.txt"), world.write("empty.txt", "")))
    before = (world.meetings(), world.intents(), world.written())
    nobody = AlwaysFails()
    alerting = Alerting(
        world.ledger,
        SqlDependencies(world.ledger, clock),
        SqlAlerts(world.ledger),
        nobody,
        clock,
        world.equipment.configuration.alerts,
    )
    definitions = build_definitions(
        {"equipment": world.equipment, "alerting": alerting, "digest_messages": nobody, "heartbeat": nobody}
    )
    for job in (DIGEST_JOB, ALERTS_JOB, HEARTBEAT_JOB):
        run = definitions.resolve_job_def(job).execute_in_process(instance=world.instance, raise_on_error=False)
        assert not run.success, job
    assert nobody.asked == 3, "each tried once: the next round is the retry"
    clock.forward(timedelta(minutes=5).total_seconds())
    assert (world.meetings(), world.intents(), world.written()) == before
    new = world.receive(world.write("new.txt"))
    assert world.run(new).success


@pytest.mark.parametrize("job", [DIGEST_JOB, ALERTS_JOB, HEARTBEAT_JOB])
def test_best_effort_work_is_of_low_priority_and_never_retried_step_by_step(job: str) -> None:
    definition = build_definitions().resolve_job_def(job)
    assert definition.tags["artifacts/lane"] == "upkeep"
    assert 0 < int(definition.tags["dagster/priority"]) < int(PRIORITIES[LIVE_LANE])
    assert int(definition.tags["dagster/max_runtime"]) <= 300
    with suppress(AttributeError):
        assert cast("dg.OpDefinition", definition.nodes[0].definition).retry_policy is None
