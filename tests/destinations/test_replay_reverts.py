"""An applied replay is taken back at a vendor's fake, record by record, where nobody changed the record since."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
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
from resources.destinations.vendor import VendorDestination
from resources.http.budget import Limits
from resources.http.client import HttpClient
from tests.destinations.vendors import NAME, VENDORS, VendorCase
from tests.fakes.vendor_server import serving
from tests.pipeline.planted_bug import PlantedBug, talk
from tests.pipeline.world import World, meta, opened_world, with_extractor

NAMES = ("m1", "m2")
WITH_TASKS = [name for name, case in VENDORS.items() if case.terms]


def configuration(vendor: str) -> Configuration:
    told: dict[str, Any] = {
        "own_domains": ["ours.example.com"],
        "destinations": {NAME: {"vendor": vendor, "secret": "X", "base_url": "http://127.0.0.1:1"}},
        "routes": [{"name": "all", "to": [NAME], "mode": "deliver", "when": {"titles": ["renewal"]}}],
        "people": [{"name": "Ben", "emails": ["ben@ours.example.com"], "users": {NAME: "501"}}],
        "delivery": {"no_longer_wanted": "withdraw"},
    }
    return Configuration.model_validate(told)


def unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


Far = tuple[list[str], list[tuple[str | None, str | None]]]


@dataclass
class Replayed:
    """A world with a destination in which a plan was applied; ``before`` is what stood there until then."""

    world: World
    case: VendorCase
    fake: Any
    plan_id: str = ""
    before: Far = ([], [])

    def entry(self, name: str) -> PlanEntry:
        (found,) = asyncio.run(self.world.ledger.entries(self.plan_id, meeting_ids=[name]))
        return found

    def taken_back(self, name: str) -> dict[Change, Fate]:
        done = asyncio.run(take_back(self.world.equipment, "person:Ann", self.entry(name)))
        return {each.write.change: each.fate for each in done}

    def terms(self, name: str) -> tuple[str | None, str | None]:
        """Day and owner of the meeting's task."""
        assert self.case.terms is not None
        return self.case.terms(self.fake, about=f"quote for {name}")

    def far_side(self) -> Far:
        """The words of all tasks and notes, and day and owner of the tasks."""
        return sorted(self.fake.texts()), [self.terms(name) for name in NAMES]


@pytest.fixture(params=WITH_TASKS)
def replayed(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Replayed]:
    case = VENDORS[request.param]
    with ExitStack() as stack:
        told = configuration(request.param.partition("-")[0])
        world = stack.enter_context(opened_world(tmp_path, configuration=told))
        fake = stack.enter_context(serving(case.fake(world.equipment.clock.monotonic)))
        case.seed(fake)
        there = Replayed(world, case, fake)
        client = HttpClient(NAME, fake.url, limits=Limits(per_second=1000), now=world.equipment.clock.now)
        destination = VendorDestination(NAME, case.adapter(client), client)
        stack.callback(destination.close)
        bug = PlantedBug()
        equipment = replace(world.equipment, destinations={**world.equipment.destinations, NAME: destination})
        world.equipment = with_extractor(equipment, bug)
        files = [
            world.write(f"{name}.txt", talk(name, pilot=True), {**meta(name), "refs": {NAME: {"deal": "7"}}})
            for name in NAMES
        ]
        keys = world.receive(*files)
        results = asyncio.run(Walk(world.equipment, "first", frozenset(STAGES), unheard).over(keys))
        assert {result.state for result in results} == {MeetingState.DELIVERED}
        there.before = there.far_side()
        bug.fixed = True
        plan_id = there.plan_id = asyncio.run(new_plan(world.equipment, Choice(), keys, "Ann", "fixed")).plan_id
        asyncio.run(Preparing(world.equipment, plan_id, "prepare").over(keys))
        assert there.far_side() == there.before

        async def applied(case: Case) -> MeetingResult:
            return await Application(case, unheard, plan_id).go()

        walk = Walk(world.equipment, "apply", frozenset(STAGES), unheard, passage=applied)
        assert all(result.finished for result in asyncio.run(walk.over(keys)))
        assert there.far_side() != there.before
        yield there


def test_what_nobody_changed_is_as_it_was_before_the_plan(replayed: Replayed) -> None:
    nobody = replayed.case.nobody
    assert {replayed.terms(name)[1] for name in NAMES} == {"501"}, "the fix gave the tasks their owner"
    for name in NAMES:
        assert set(replayed.taken_back(name).values()) == {Fate.TAKEN_BACK}
        assert replayed.entry(name).state is EntryState.REVERTED
    assert {replayed.terms(name)[1] for name in NAMES} == {nobody}
    assert replayed.far_side() == replayed.before
    # Once more, and a later run of the meetings, write nothing of it again.
    for name in NAMES:
        replayed.taken_back(name)
    asyncio.run(Walk(replayed.world.equipment, "later", frozenset(STAGES), unheard).over(NAMES))
    assert replayed.far_side() == replayed.before


def test_what_a_person_changed_since_stays_theirs(replayed: Replayed) -> None:
    assert replayed.case.edit_made is not None
    replayed.case.edit_made(replayed.fake)
    there = edited(replayed)
    assert len(there) == len(NAMES)
    for name in NAMES:
        assert replayed.taken_back(name)[Change.UPDATE] is Fate.CHANGED_SINCE
    assert edited(replayed) == there


def edited(replayed: Replayed) -> list[str]:
    """The tasks that carry a person's words."""
    return [text for text in replayed.fake.texts() if "A person's words" in text and "revised quote" in text]


@pytest.mark.parametrize(("touched", "value"), [("owner_id", "900"), ("due", "2027-01-08")])
def test_a_task_that_a_person_gave_to_somebody_else_or_another_day_stays_so(
    replayed: Replayed, touched: str, value: str
) -> None:
    assert replayed.case.give is not None
    replayed.case.give(replayed.fake, touched, value, about="quote for m1")
    theirs = replayed.terms("m1")
    assert value in theirs
    assert replayed.taken_back("m1")[Change.UPDATE] is Fate.CHANGED_SINCE
    assert replayed.terms("m1") == theirs
    assert set(replayed.taken_back("m2").values()) == {Fate.TAKEN_BACK}
    assert replayed.terms("m2") == replayed.before[1][1]
