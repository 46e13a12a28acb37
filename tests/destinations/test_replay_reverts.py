"""An applied replay is taken back at a vendor's fake, record by record, where nobody changed the record since."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.replay import Change, EntryState, PlanEntry
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.stages.case import Case
from artifact_assets.stages.replay.application import Application
from artifact_assets.stages.replay.choosing import Choice, new_plan
from artifact_assets.stages.replay.preparing import Preparing
from artifact_assets.stages.replay.taking_back import Fate, take_back
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk
from resources.destinations.opening import Opening, open_destination
from resources.http.budget import Limits
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.vendor_server import serving
from tests.pipeline.planted_bug import PlantedBug, talk
from tests.pipeline.world import World, opened_world, with_extractor

NAMES = ("m1", "m2")
CONFIGURATION = {
    "own_domains": ["ours.example.com"],
    "destinations": {"hubspot": {"vendor": "hubspot", "secret": "X"}},
    "routes": [{"name": "all", "to": ["hubspot"], "mode": "deliver", "when": {"titles": ["renewal"]}}],
    "people": [{"name": "Ben", "emails": ["ben@ours.example.com"], "users": {"hubspot": "501"}}],
    "delivery": {"no_longer_wanted": "withdraw"},
}


def unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


@dataclass
class Replayed:
    """A world with a HubSpot in which a plan was applied; ``before`` is what stood there until then."""

    world: World
    crm: FakeHubSpot
    plan_id: str
    before: dict[str, str]

    def entry(self, name: str) -> PlanEntry:
        (found,) = asyncio.run(self.world.ledger.entries(self.plan_id, meeting_ids=[name]))
        return found

    def taken_back(self, name: str) -> dict[Change, Fate]:
        done = asyncio.run(take_back(self.world.equipment, "person:Ann", self.entry(name)))
        return {each.write.change: each.fate for each in done}

    def task_of(self, name: str) -> dict[str, Any]:
        rows = list(self.crm.objects["tasks"].values())
        (found,) = [row for row in rows if name in row["properties"]["hs_task_subject"]]
        return found


def far_side(crm: FakeHubSpot) -> dict[str, str]:
    """Who owns each task and which notes there are, by their words."""
    tasks = {r["properties"]["hs_task_subject"]: r["properties"] for r in crm.objects["tasks"].values()}
    notes = {r["properties"]["hs_note_body"]: "" for r in crm.objects["notes"].values()}
    return {name: str(told.get("hubspot_owner_id") or "") for name, told in tasks.items()} | notes


@pytest.fixture
def replayed(tmp_path: Path) -> Generator[Replayed]:
    with ExitStack() as stack:
        told = Configuration.model_validate(CONFIGURATION)
        world = stack.enter_context(opened_world(tmp_path, configuration=told))
        crm = FakeHubSpot(world.equipment.clock.monotonic)
        crm.wall = world.equipment.clock.now
        stack.enter_context(serving(crm))
        crm.add("deals", "7", dealname="Renewal")
        limits, now = Limits(per_second=1000), world.equipment.clock.now
        hubspot = open_destination(Opening("hubspot", "hubspot", "secret", crm.url, None, {}, limits, now))
        stack.callback(getattr(hubspot, "close"))  # noqa: B009 - not part of the port
        bug = PlantedBug()
        equipment = replace(world.equipment, destinations={**world.equipment.destinations, "hubspot": hubspot})
        world.equipment = with_extractor(equipment, bug)
        keys = world.receive(*(world.write(f"{name}.txt", talk(name, pilot=True)) for name in NAMES))
        results = asyncio.run(Walk(world.equipment, "first", frozenset(STAGES), unheard).over(keys))
        assert {result.state for result in results} == {MeetingState.DELIVERED}
        before = far_side(crm)
        bug.fixed = True
        plan_id = asyncio.run(new_plan(world.equipment, Choice(), keys, "Ann", "fixed")).plan_id
        asyncio.run(Preparing(world.equipment, plan_id, "prepare").over(keys))
        assert far_side(crm) == before

        async def applied(case: Case) -> MeetingResult:
            return await Application(case, unheard, plan_id).go()

        walk = Walk(world.equipment, "apply", frozenset(STAGES), unheard, passage=applied)
        assert all(result.finished for result in asyncio.run(walk.over(keys)))
        assert far_side(crm) != before
        yield Replayed(world, crm, plan_id, before)


def test_what_nobody_changed_is_as_it_was_before_the_plan(replayed: Replayed) -> None:
    after = far_side(replayed.crm)
    assert {owner for owner in after.values() if owner} == {"501"}, "the fix gave the tasks their owner"
    for name in NAMES:
        assert set(replayed.taken_back(name).values()) == {Fate.TAKEN_BACK}
        assert replayed.entry(name).state is EntryState.REVERTED
    assert far_side(replayed.crm) == replayed.before
    # Once more, and a later run of the meetings, write nothing of it again.
    for name in NAMES:
        replayed.taken_back(name)
    asyncio.run(Walk(replayed.world.equipment, "later", frozenset(STAGES), unheard).over(NAMES))
    assert far_side(replayed.crm) == replayed.before


def test_what_a_person_changed_since_stays_theirs(replayed: Replayed) -> None:
    task = replayed.task_of("m1")
    soon = replayed.world.equipment.clock.now() + timedelta(minutes=1)
    replayed.crm.wall = lambda: soon
    replayed.crm.add("tasks", task["id"], hs_task_subject="A person's words about m1", hubspot_owner_id="7")
    fates = replayed.taken_back("m1")
    assert fates[Change.UPDATE] is Fate.CHANGED_SINCE
    assert task["properties"]["hubspot_owner_id"] == "7"
    assert set(replayed.taken_back("m2").values()) == {Fate.TAKEN_BACK}
    assert {k: v for k, v in far_side(replayed.crm).items() if "m1" not in k} == {
        k: v for k, v in replayed.before.items() if "m1" not in k
    }


def test_a_task_that_a_person_gave_to_somebody_else_stays_with_them(replayed: Replayed) -> None:
    task = replayed.task_of("m1")
    replayed.crm.add("tasks", task["id"], hubspot_owner_id="9")
    assert replayed.taken_back("m1")[Change.UPDATE] is Fate.CHANGED_SINCE
    assert task["properties"]["hubspot_owner_id"] == "9"
