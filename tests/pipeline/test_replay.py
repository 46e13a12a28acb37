"""A replay changes exactly what a bug broke, writes exactly what was shown, and is taken back where nobody changed it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.assets.replay_plan import REPLAY_PLAN
from artifact_assets.assets.specs import asset_key
from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.replay import PHASE_TAG, PLAN_TAG, Change, EntryState, Phase, PlanEntry, Preparation
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from artifact_assets.in_process import run_here
from artifact_assets.stages.replay.choosing import Choice, new_plan
from artifact_assets.stages.replay.taking_back import Fate, take_back
from resources.ledger.backfills import SqlBackfills
from tests.pipeline.planted_bug import PlantedBug, talk
from tests.pipeline.test_arrivals import tick as arrivals
from tests.pipeline.test_drain import tick as drain
from tests.pipeline.world import World, opened_world, with_extractor

NAMES = [f"m{number:02d}" for number in range(9)]
BROKEN = ["m01", "m02", "m05", "m08"]


class Replays:
    """A world in which the bug struck some meetings and was then fixed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.extractor = PlantedBug()
        world.equipment = with_extractor(world.equipment, self.extractor)
        self.keys = world.receive(*(world.write(f"{n}.txt", talk(n, pilot=n in BROKEN)) for n in NAMES))
        assert world.run(self.keys).success
        self.extractor.fixed = True

    def plan(self, ids: list[str]) -> str:
        """A new plan over meetings."""
        plan = asyncio.run(new_plan(self.world.equipment, Choice(tuple(ids)), ids, "Ann", "the bug is fixed"))
        return plan.plan_id

    def run(self, plan: str, phase: Phase, keys: list[str]) -> list[str]:
        """Carry out a phase in this process; the run ids."""
        assets = [REPLAY_PLAN] if phase is Phase.PREPARE else [asset_key(stage) for stage in STAGES]
        tags = {PLAN_TAG: plan, PHASE_TAG: phase.value}
        return run_here(self.world.equipment, self.world.instance, keys, assets, tags)

    def prepared(self, ids: list[str]) -> str:
        """A plan with its meetings prepared."""
        plan = self.plan(ids)
        self.run(plan, Phase.PREPARE, ids)
        return plan

    def entries(self, plan: str) -> dict[str, PlanEntry]:
        """The plan's meetings."""
        return {entry.meeting_id: entry for entry in asyncio.run(self.world.ledger.entries(plan))}

    def preparation(self, plan: str, meeting_id: str) -> Preparation:
        """What the plan holds of a meeting."""
        document = self.entries(plan)[meeting_id].document
        assert document is not None
        return Preparation.model_validate_json(asyncio.run(self.world.equipment.store.get(document)))

    def records(self) -> dict[str, dict[str, Any]]:
        """Everything that stands at the far side, by record."""
        return far_side(self.world)

    def ledger_rows(self, meeting_id: str) -> tuple[Any, ...]:
        """All the ledger holds of a meeting, apart from plans."""
        ledger = self.world.ledger
        return (
            asyncio.run(ledger.meeting(meeting_id)),
            asyncio.run(ledger.checkpoints(meeting_id)),
            asyncio.run(ledger.items(meeting_id)),
            asyncio.run(ledger.intents(meeting_id=meeting_id)),
            asyncio.run(ledger.transitions(meeting_id)),
        )


def far_side(world: World) -> dict[str, dict[str, Any]]:
    """Every record at the far side, without the times it was made."""
    return {
        f"{kind}/{record.fields.get('title') or record.fields.get('body')}": {
            # The mark holds the account, which is another one in every world.
            "fields": {name: value for name, value in record.fields.items() if name != "marker"},
            "tags": record.tags,
            "parent": record.parent,
        }
        for kind in ("task", "note", "deal")
        for record in asyncio.run(world.records.list_records(kind))
    }


@pytest.fixture(params=["leave", "withdraw"])
def replays(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Replays]:
    told = Configuration.model_validate({"delivery": {"no_longer_wanted": request.param}})
    with opened_world(tmp_path / "bug", configuration=told) as world:
        yield Replays(world)


@pytest.fixture
def fixed(tmp_path: Path) -> Generator[Replays]:
    told = Configuration.model_validate({"delivery": {"no_longer_wanted": "withdraw"}})
    with opened_world(tmp_path, configuration=told) as world:
        yield Replays(world)


def test_after_a_fix_exactly_what_the_bug_broke_is_changed_at_the_destination(replays: Replays, tmp_path: Path) -> None:
    world, before = replays.world, replays.records()
    plan = replays.prepared(NAMES)
    assert replays.records() == before, "preparing wrote something"
    entries = replays.entries(plan)
    touched = {name for name, entry in entries.items() if set(entry.changes) - {Change.SAME}}
    assert touched == set(BROKEN)

    replays.run(plan, Phase.APPLY, NAMES)
    after = replays.records()
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    assert {name for name in NAMES if any(name in record for record in changed)} == set(BROKEN)

    with opened_world(tmp_path / "sound") as sound:
        extractor = PlantedBug(fixed=True)
        sound.equipment = with_extractor(sound.equipment, extractor)
        assert sound.run(sound.receive(*(sound.write(f"{n}.txt", talk(n, pilot=n in BROKEN)) for n in NAMES))).success
        expected = far_side(sound)
    surplus = {name: record for name, record in after.items() if name not in expected}
    assert {name: record for name, record in after.items() if name in expected} == expected
    if world.equipment.configuration.delivery.no_longer_wanted == "withdraw":
        assert surplus == {}
    else:
        # What the bug invented stays where it was, and the plan says so.
        assert {name.partition("/")[2] for name in surplus} == {"Decision: We start the pilot this week."}
        assert all(entries[name].changes[Change.LEFT] == 1 for name in BROKEN)
    assert {entry.state for entry in replays.entries(plan).values()} == {EntryState.APPLIED}
    assert {meeting.state for meeting in world.meetings().values()} == {MeetingState.DELIVERED}
    for stage in STAGES:
        assert world.status(stage) == (set(NAMES), set())


def test_preparing_leaves_everything_the_ledger_holds_of_the_meeting_as_it_was(fixed: Replays) -> None:
    before = {name: fixed.ledger_rows(name) for name in NAMES}
    fixed.prepared(NAMES)
    assert {name: fixed.ledger_rows(name) for name in NAMES} == before


def test_what_was_prepared_is_not_asked_of_the_model_again(fixed: Replays) -> None:
    plan = fixed.prepared(BROKEN)
    asked = list(fixed.extractor.asked)
    fixed.run(plan, Phase.PREPARE, BROKEN)
    fixed.run(plan, Phase.APPLY, BROKEN)
    fixed.run(plan, Phase.APPLY, BROKEN)
    assert fixed.extractor.asked == asked


def test_the_plan_tells_the_old_and_the_new_content_of_each_record(fixed: Replays) -> None:
    plan = fixed.prepared(["m01"])
    by_change = {write.change: write for write in fixed.preparation(plan, "m01").writes}
    assert set(by_change) == {Change.CREATE, Change.UPDATE, Change.WITHDRAW}
    update = by_change[Change.UPDATE]
    assert update.before is not None
    assert update.intent is not None
    assert (update.before["owner"], update.intent.payload["owner"]) == (None, "Ben")
    assert update.there == "update"
    assert by_change[Change.CREATE].before is None
    assert fixed.entries(plan)["m01"].reasons == ("extracted: extractor.version",)


def test_an_upgrade_writes_nothing_by_itself(fixed: Replays) -> None:
    before = fixed.records()
    world = fixed.world
    assert drain(world) == []
    assert not arrivals(world).run_requests
    assert fixed.records() == before
    assert {i.state for i in world.intents()} == {IntentState.CONFIRMED}


def test_a_meeting_that_moved_since_is_passed_by_and_the_others_are_written(fixed: Replays) -> None:
    world = fixed.world
    plan = fixed.prepared(BROKEN)
    # A correction of one transcript, and a newer extraction of another meeting.
    corrected = [line.replace("revised", "last") for line in talk("m01", pilot=True)]
    world.receive(world.write("m01.txt", corrected))
    world.run(["m02"])
    intents = {name: world.intents(name) for name in ("m01", "m02")}
    fixed.run(plan, Phase.APPLY, BROKEN)

    states = {name: entry.state for name, entry in fixed.entries(plan).items()}
    skipped, applied = EntryState.SKIPPED, EntryState.APPLIED
    assert states == {"m01": skipped, "m02": skipped, "m05": applied, "m08": applied}
    assert "a newer transcript arrived" in str(fixed.entries(plan)["m01"].cause)
    assert "a newer result of extracted" in str(fixed.entries(plan)["m02"].cause)
    assert {name: world.intents(name) for name in ("m01", "m02")} == intents
    assert world.status(Stage.DELIVERED) == (set(NAMES), set()), "a meeting passed by is as delivered as it was"
    assert world.check_statuses()["delivered_once", "m02"] == "SUCCEEDED"


def test_a_plan_made_under_other_settings_is_refused_with_their_name(fixed: Replays) -> None:
    plan = fixed.prepared(["m01"])
    before = fixed.records()
    world = fixed.world
    told = {**world.equipment.configuration.model_dump(), "tags": [{"name": "pricing", "phrases": ["price list"]}]}
    world.equipment = replace(world.equipment, configuration=Configuration.model_validate(told))
    fixed.run(plan, Phase.APPLY, ["m01"])
    entry = fixed.entries(plan)["m01"]
    assert entry.state is EntryState.SKIPPED
    assert "the settings of extracted changed (vocabulary)" in str(entry.cause)
    assert fixed.records() == before


def test_a_meeting_that_cannot_be_extracted_now_waits_and_the_next_preparation_goes_on(fixed: Replays) -> None:
    fixed.extractor.down = frozenset({"m02"})
    plan = fixed.prepared(BROKEN)
    states = {name: entry.state for name, entry in fixed.entries(plan).items()}
    assert states == {**dict.fromkeys(BROKEN, EntryState.PREPARED), "m02": EntryState.SELECTED}
    assert "cannot be reached" in str(fixed.entries(plan)["m02"].cause)
    asked = list(fixed.extractor.asked)
    fixed.extractor.down = frozenset()
    fixed.run(plan, Phase.PREPARE, BROKEN)
    assert fixed.extractor.asked == [*asked, "m02"]
    assert {entry.state for entry in fixed.entries(plan).values()} == {EntryState.PREPARED}


def test_meetings_that_only_lie_between_are_shown_again_and_never_worked_on(fixed: Replays) -> None:
    """Under the fix every meeting is stale; a backfill whose ranges take foreign ones along must leave these alone."""
    plan = fixed.prepared(["m01", "m05"])
    before = {name: fixed.ledger_rows(name)[1:4] for name in NAMES if name not in ("m01", "m05")}
    fixed.run(plan, Phase.APPLY, NAMES[1:6])
    assert {name: fixed.ledger_rows(name)[1:4] for name in before} == before
    assert {entry.state for entry in fixed.entries(plan).values()} == {EntryState.APPLIED}
    assert fixed.world.status(Stage.DELIVERED) == (set(NAMES), set())


def test_a_paused_backfill_applies_nothing_and_the_same_plan_goes_on_later(fixed: Replays) -> None:
    world, before = fixed.world, fixed.records()
    book = SqlBackfills(world.ledger, world.equipment.clock, Pace())
    world.equipment = replace(world.equipment, backfills=book)
    plan = fixed.prepared(BROKEN)
    tags = {PLAN_TAG: plan, PHASE_TAG: Phase.APPLY.value, "dagster/backfill": "b1"}
    asyncio.run(book.switch("b1", paused=True, who="sam", why="month end", now=world.equipment.clock.now()))
    states = {name: fixed.ledger_rows(name)[1:] for name in BROKEN}
    run_here(world.equipment, world.instance, BROKEN, [asset_key(stage) for stage in STAGES], tags)
    assert fixed.records() == before
    assert {name: fixed.ledger_rows(name)[1:] for name in BROKEN} == states
    for entry in fixed.entries(plan).values():
        assert (entry.state, entry.failure_class) == (EntryState.PREPARED, FailureClass.BACKFILL_PAUSED)
        assert "sam (month end)" in str(entry.cause)
    asyncio.run(book.switch("b1", paused=False, who="sam", why="done", now=world.equipment.clock.now()))
    run_here(world.equipment, world.instance, BROKEN, [asset_key(stage) for stage in STAGES], tags)
    assert {entry.state for entry in fixed.entries(plan).values()} == {EntryState.APPLIED}
    assert fixed.records() != before


def test_an_applied_plan_is_taken_back_where_nobody_changed_it(fixed: Replays) -> None:
    world, before = fixed.world, fixed.records()
    plan = fixed.prepared(BROKEN)
    fixed.run(plan, Phase.APPLY, BROKEN)
    (task,) = [r for r in asyncio.run(world.records.list_records("task")) if "m05" in str(r.fields.get("title"))]
    (note,) = [r for r in asyncio.run(world.records.list_records("note")) if "m08" in str(r.fields.get("body"))]
    asyncio.run(world.records.edit("task", task.id, "due", "2026-12-24", "Cleo"))
    asyncio.run(world.records.edit("note", note.id, "body", "Decision of m08, in our words", "Cleo"))
    edited = fixed.records()

    fates = {
        (name, told.write.change): told.fate
        for name in BROKEN
        for told in asyncio.run(take_back(world.equipment, "person:Ann", fixed.entries(plan)[name]))
    }
    assert fates.pop(("m05", Change.UPDATE)) is Fate.CHANGED_SINCE
    assert fates.pop(("m08", Change.CREATE)) is Fate.CHANGED_SINCE
    assert set(fates.values()) == {Fate.TAKEN_BACK}
    assert len(fates) == 3 * len(BROKEN) - 2
    after = fixed.records()
    kept = {name for name in edited if "m05 to" in name or "m08, in" in name}
    assert len(kept) == 2
    assert {name: after[name] for name in kept} == {name: edited[name] for name in kept}
    ours = {name: record for name, record in after.items() if name not in kept}
    assert ours == {name: record for name, record in before.items() if "m05 to" not in name}
    # A later run of the meeting writes nothing of it again.
    world.run(NAMES)
    assert fixed.records() == after
