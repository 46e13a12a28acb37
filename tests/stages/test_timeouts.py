"""Whatever hangs ends in the right failure class, in time, and holds up no other meeting."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.policies import DeliveryPolicy, StagePolicies, StagePolicy, WalkPolicy
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from artifact_assets.stages import normalized
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import extractor_for
from resources.artifact_store import open_store
from resources.destinations.opening import Opening, open_destination
from resources.http.budget import Limits
from resources.threads import Threads
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.openai_server import EMPTY, FakeOpenAI, completion
from tests.fakes.vendor_server import serving
from tests.pipeline.world import World, opened_world

IN_TIME = 20.0
"""Far below what hangs here, which is for ever or minutes; far above what a busy machine needs."""
F = FailureClass


def unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


def walked(world: World, *ids: str, stages: Any = STAGES) -> list[MeetingResult]:
    began = time.monotonic()
    results = asyncio.run(Walk(world.equipment, "run-1", frozenset(stages), unheard).over(ids))
    assert time.monotonic() - began < IN_TIME
    return list(results)


@contextmanager
def a_world(home: Path, **configuration: Any) -> Generator[World]:
    told = Configuration.model_validate(configuration)
    with opened_world(home, configuration=told) as world:
        yield world


def deferred(result: MeetingResult, failure_class: FailureClass, stage: Stage) -> None:
    assert (result.state, result.failure_class, result.stopped_at) == (MeetingState.DEFERRED, failure_class, stage)


def test_a_hung_model_is_a_model_timeout_and_the_meeting_is_deferred(tmp_path: Path) -> None:
    policy = ModelPolicy(
        call_timeout_seconds=0.5, read_timeout_seconds=0.5, connect_timeout_seconds=0.5, deadline_seconds=1, attempts=1
    )
    with FakeOpenAI([completion(EMPTY, delay=120)]) as server, a_world(tmp_path, model=policy.model_dump()) as world:
        told = {
            "ARTIFACTS_HOME": str(tmp_path),
            "ARTIFACTS_LLM_BASE_URL": server.base_url,
            "ARTIFACTS_LLM_MODEL": "fake",
        }
        settings = Settings.from_environment(told)
        with extractor_for(settings, world.equipment.configuration, ledger=world.ledger) as extractor:
            world.equipment = replace(world.equipment, extractor=extractor)
            (key,) = world.receive(world.write("renewal.txt"))
            (result,) = walked(world, key)
    deferred(result, F.MODEL_TIMEOUT, Stage.EXTRACTED)


def test_a_stage_that_outlasts_its_deadline_is_given_up_whatever_its_adapter_allows(tmp_path: Path) -> None:
    patient = ModelPolicy(attempts=1)
    stages = StagePolicies(extracted=StagePolicy(deadline_seconds=0.5, on_exhausted="defer"))
    told = {"model": patient.model_dump(), "stages": stages.model_dump()}
    with FakeOpenAI([completion(EMPTY, delay=120)]) as server, a_world(tmp_path, **told) as world:
        env = {
            "ARTIFACTS_HOME": str(tmp_path),
            "ARTIFACTS_LLM_BASE_URL": server.base_url,
            "ARTIFACTS_LLM_MODEL": "fake",
        }
        with extractor_for(
            Settings.from_environment(env), world.equipment.configuration, ledger=world.ledger
        ) as extractor:
            world.equipment = replace(world.equipment, extractor=extractor)
            (key,) = world.receive(world.write("renewal.txt"))
            (result,) = walked(world, key)
    deferred(result, F.MODEL_TIMEOUT, Stage.EXTRACTED)
    assert "deadline of 0.5 s" in str(result.cause)


def test_a_meeting_has_a_time_of_its_own_above_the_deadlines_of_its_stages(tmp_path: Path) -> None:
    walk = WalkPolicy(meeting_seconds=0.5)
    with FakeOpenAI([completion(EMPTY, delay=120)]) as server, a_world(tmp_path, walk=walk.model_dump()) as world:
        env = {
            "ARTIFACTS_HOME": str(tmp_path),
            "ARTIFACTS_LLM_BASE_URL": server.base_url,
            "ARTIFACTS_LLM_MODEL": "fake",
        }
        with extractor_for(
            Settings.from_environment(env), world.equipment.configuration, ledger=world.ledger
        ) as extractor:
            world.equipment = replace(world.equipment, extractor=extractor)
            (key,) = world.receive(world.write("renewal.txt"))
            (result,) = walked(world, key)
    deferred(result, F.MODEL_TIMEOUT, Stage.EXTRACTED)
    assert "not through after 0.5 s" in str(result.cause)


def test_a_hung_destination_leaves_its_writes_uncertain_and_the_meeting_deferred(tmp_path: Path) -> None:
    told = {
        "own_domains": ["ours.example.com"],
        "destinations": {"hubspot": {"vendor": "hubspot", "secret": "X"}},
        "routes": [{"name": "all", "to": ["hubspot"], "when": {"titles": ["renewal"]}, "mode": "deliver"}],
        "delivery": DeliveryPolicy(send_timeout_seconds=0.5).model_dump(),
    }
    fake = FakeHubSpot(time.monotonic)
    with serving(fake), a_world(tmp_path, **told) as world:
        fake.add("deals", "7", dealname="Renewal")
        fake.fail("drip", times=1000)
        opening = Opening(
            "hubspot", "hubspot", "token", fake.url, None, {}, Limits(per_second=1000), world.equipment.clock.now
        )
        hubspot = open_destination(opening)
        world.equipment = replace(world.equipment, destinations={**world.equipment.destinations, "hubspot": hubspot})
        (key,) = world.receive(world.write("renewal.txt"))
        (result,) = walked(world, key)
        getattr(hubspot, "close")()  # noqa: B009 - not part of the port
    deferred(result, F.DELIVERY_UNCERTAIN, Stage.DELIVERED)


def test_a_hung_store_defers_its_meeting_and_holds_up_no_other(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        hung, other = world.receive(world.write("hung.txt"), world.write("other.txt", ["Ana: Hello.", "Ben: Hello."]))
        walked(world, hung, stages=[Stage.TRANSCRIPT])
        place = Path(world.equipment.store.location(world.meetings()[hung].transcript_digest))
        content = place.read_bytes()
        place.unlink()
        os.mkfifo(place)
        world.equipment = replace(world.equipment, store=open_store(str(tmp_path / "store"), 0.3))
        first, second = walked(world, hung, other)
        deferred(first, F.STORAGE_UNAVAILABLE, Stage.TRANSCRIPT)
        assert second.state is MeetingState.DELIVERED
        place.unlink()
        place.write_bytes(content)
        (healed,) = walked(world, hung)
        assert healed.state is MeetingState.DELIVERED


def test_reading_that_never_ends_is_given_up_although_its_thread_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = False

    def busy(*_: object) -> Any:
        while not over:
            pass

    stages = StagePolicies(normalized=StagePolicy(deadline_seconds=0.5, on_exhausted="defer"))
    with a_world(tmp_path, stages=stages.model_dump()) as world:
        world.equipment = replace(world.equipment, apart=Threads(2, "thinking").run)
        (key,) = world.receive(world.write("renewal.txt"))
        monkeypatch.setattr(normalized, "_read", busy)
        (result,) = walked(world, key)
        over = True
    assert (result.state, result.failure_class) == (MeetingState.FAILED, F.UNREADABLE_INPUT)
    assert result.stopped_at is Stage.NORMALIZED
