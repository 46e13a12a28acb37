"""Whole meetings on their way to configured destinations: routes, records, people, approval, corrections, secrets.

What belongs here: what the delivered stage makes of a configuration. What does not: one vendor's manners.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from artifact_assets.commands import golive as golive_command
from artifact_assets.commands.golive import golive
from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint, Intent
from artifact_assets.domain.states import STAGES, IntentState, MeetingState
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.mapping_check import drafted, problems
from artifact_assets.stages.preview import preview
from artifact_assets.stages.resolving import approve
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk
from resources.destinations.opening import Opening, open_destination
from resources.http.budget import Limits
from tests.fakes.applicants import FakeGreenhouse
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.vendor_server import FakeVendor, serving
from tests.pipeline.world import TALK, World, meta, opened_world

CANARY = "canary-secret-4711"
S = IntentState


@dataclass
class Desk:
    """A deployment with a HubSpot and a Greenhouse behind it."""

    world: World
    hubspot: FakeHubSpot
    greenhouse: FakeGreenhouse

    def process(self, name: str, lines: Sequence[str] = TALK, **told: Any) -> MeetingResult:
        key = self.world.receive(self.world.write(f"{name}.txt", lines, sidecar=meta(name, **told)))[0]
        return self.again(key)

    def again(self, key: str) -> MeetingResult:
        walk = Walk(self.world.equipment, "run-1", frozenset(STAGES), _unheard)
        return asyncio.run(walk.over([key]))[0]

    def intents(self, name: str) -> list[Intent]:
        return list(self.world.intents(name))

    def to(self, destination: str, name: str) -> list[Intent]:
        return [intent for intent in self.intents(name) if intent.destination == destination]

    def configure(self, **changes: Any) -> None:
        before = self.world.equipment
        merged = Configuration.model_validate({**before.configuration.model_dump(), **changes})
        self.world.equipment = replace(before, configuration=merged)


def _unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


def opened(fake: FakeVendor, name: str, world: World, **options: str) -> Destination:
    now = world.equipment.clock.now
    secret, limits = f"{CANARY}:x" if name == "greenhouse" else CANARY, Limits(per_second=1000)
    return open_destination(Opening(name, name, secret, fake.url, None, options, limits, now))


@pytest.fixture
def desk(tmp_path: Path) -> Generator[Desk]:
    with ExitStack() as stack:
        told = {
            "own_domains": ["ours.example.com"],
            "destinations": {name: {"vendor": name, "secret": "X"} for name in ("hubspot", "greenhouse")},
            "routes": [
                {"name": "all", "to": ["hubspot", "greenhouse"], "when": {"titles": ["renewal"]}, "mode": "deliver"},
                {"name": "watch", "to": ["hubspot"], "when": {"titles": ["pilot"]}, "mode": "observe"},
                {"name": "ask", "to": ["hubspot"], "when": {"titles": ["asking"]}},
            ],
            "people": [{"name": "Ben", "emails": ["ben@ours.example.com"], "users": {"hubspot": "501"}}],
        }
        world = stack.enter_context(opened_world(tmp_path, configuration=Configuration.model_validate(told)))
        hubspot = FakeHubSpot(world.equipment.clock.monotonic)
        greenhouse = FakeGreenhouse(world.equipment.clock.monotonic)
        for fake in (hubspot, greenhouse):
            stack.enter_context(serving(fake))
        hubspot.add("deals", "7", dealname="Renewal")
        hubspot.add("deals", "8", dealname="Other")
        outside = {
            "hubspot": opened(hubspot, "hubspot", world),
            "greenhouse": opened(greenhouse, "greenhouse", world, auth_url=greenhouse.url),
        }
        for destination in outside.values():
            stack.callback(getattr(destination, "close"))  # noqa: B009 - not part of the port
        world.equipment = replace(world.equipment, destinations={**world.equipment.destinations, **outside})
        yield Desk(world, hubspot, greenhouse)


def test_a_sales_meeting_reaches_the_deal_of_its_sidecar_and_nothing_else(desk: Desk) -> None:
    result = desk.process("m1")
    assert result.state is MeetingState.DELIVERED, result.cause
    tasks = desk.hubspot.objects["tasks"].values()
    assert len(tasks) >= 1
    assert {task["properties"].get("hubspot_owner_id") for task in tasks} >= {"501"}
    assert {link[3] for link in desk.hubspot.associations} == {"7"}
    assert not desk.greenhouse.notes
    assert desk.world.written() == []
    writes = desk.hubspot.calls["write"]
    desk.again("m1")
    assert desk.hubspot.calls["write"] == writes


def test_an_interview_goes_to_the_ats_and_never_to_the_crm(desk: Desk) -> None:
    refs = {"hubspot": {"deal": "7"}, "greenhouse": {"candidate": "9"}}
    result = desk.process("m2", kind="interview", refs=refs)
    assert result.state is MeetingState.DELIVERED, result.cause
    assert desk.hubspot.calls["write"] == 0
    assert {note["candidate"] for note in desk.greenhouse.notes.values()} == {"9"}


def test_what_may_speak_of_a_protected_characteristic_waits_for_a_person(desk: Desk) -> None:
    lines = (
        "Ben: I'll send the revised offer to Carla by Friday.",
        "Ben: We decided to ask about her maternity leave.",
    )
    desk.process("m", lines, kind="interview", refs={"greenhouse": {"candidate": "9"}})
    states = {intent.state for intent in desk.to("greenhouse", "m")}
    assert states == {S.CONFIRMED, S.AWAITING_REVIEW}
    assert "maternity" not in str(desk.greenhouse.notes)


def test_a_meeting_no_route_matches_stays_in_the_embedded_store(desk: Desk) -> None:
    assert desk.process("m3", title="Lunch").state is MeetingState.DELIVERED
    assert desk.world.written()
    assert desk.hubspot.calls["write"] == desk.greenhouse.calls["write"] == 0


def test_an_observing_route_writes_nothing_and_shows_what_it_would(desk: Desk) -> None:
    result = desk.process("m4", title="Pilot")
    assert (result.state, desk.intents("m4")) == (MeetingState.DELIVERED, [])
    rows = asyncio.run(preview(desk.world.equipment, "m4"))
    assert {(row["state"], row["would"]) for row in rows if row["operation"] != "link"} == {("observed", "create")}
    assert desk.hubspot.calls["write"] == 0


def test_going_live_says_which_observed_meetings_would_be_written_and_writes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One meeting from the day on, one before it; afterwards the route does exactly what was said."""
    for name, day in (("before", "2026-11-16"), ("after", "2026-11-17")):
        desk.process(name, title="Pilot", started_at=f"{day}T10:00:00+00:00")
    writes = desk.hubspot.calls["write"]

    def same(_: Any) -> AbstractContextManager[Equipment]:
        return nullcontext(desk.world.equipment)

    monkeypatch.setattr(golive_command, "open_equipment", same)
    answer = CliRunner().invoke(golive, ["watch", "--from", "2026-11-17", "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["delivered"], told["stay"], told["meetings"]) == (1, 1, ["after"])
    assert desk.hubspot.calls["write"] == writes == 0

    routes = [
        {"name": "watch", "to": ["hubspot"], "when": {"titles": ["pilot"]}, "mode": "deliver", "since": "2026-11-17"}
    ]
    desk.configure(routes=routes)
    for name in ("before", "after"):
        desk.again(name)
    assert desk.to("hubspot", "before") == []
    assert len(desk.to("hubspot", "after")) == told["writes"] > 0


def test_a_proposing_route_waits_for_a_person_and_then_delivers(desk: Desk) -> None:
    assert desk.process("m5", title="Asking").state is MeetingState.AWAITING_REVIEW
    assert desk.hubspot.calls["write"] == 0
    keys = [intent.intent_key for intent in desk.intents("m5")]
    asyncio.run(approve(desk.world.equipment, keys, "Ann", "read them"))
    assert desk.again("m5").state is MeetingState.DELIVERED
    assert desk.hubspot.objects["tasks"]


def test_without_a_ref_the_one_open_deal_of_the_other_side_is_meant(desk: Desk) -> None:
    desk.hubspot.add("companies", "70", domain="theirs.example.org")
    desk.hubspot.associations.add(("deals", "8", "companies", "70"))
    assert desk.process("m6", refs={}).state is MeetingState.DELIVERED
    assert {link[3] for link in desk.hubspot.associations if link[0] == "tasks"} == {"8"}


def test_several_deals_are_ambiguous_and_listed_and_none_is_told(desk: Desk) -> None:
    desk.hubspot.add("companies", "70", domain="theirs.example.org")
    desk.hubspot.associations |= {("deals", deal, "companies", "70") for deal in ("7", "8")}
    result = desk.process("m7", refs={})
    assert result.state is MeetingState.PARTIALLY_DELIVERED
    first = desk.intents("m7")[0]
    assert (first.state, first.failure_class) == (S.REJECTED, FailureClass.RECORD_AMBIGUOUS)
    assert "7, 8" in str(first.cause)
    assert desk.hubspot.calls["write"] == 0


def test_no_deal_is_not_found_and_a_ref_added_later_delivers(desk: Desk) -> None:
    desk.process("m8", refs={})
    assert {i.failure_class for i in desk.intents("m8")} == {FailureClass.RECORD_NOT_FOUND}
    assert desk.process("m8").state is MeetingState.DELIVERED
    assert desk.hubspot.objects["tasks"]


def test_a_corrected_ref_moves_what_was_written(desk: Desk) -> None:
    desk.process("m9")
    made = len(desk.hubspot.objects["tasks"])
    assert desk.process("m9", refs={"hubspot": {"deal": "8"}}).state is MeetingState.DELIVERED
    assert len(desk.hubspot.objects["tasks"]) == made
    assert {link[3] for link in desk.hubspot.associations} == {"8"}


def test_a_dry_run_sends_nothing_and_tells_the_difference(desk: Desk) -> None:
    desk.process("m10")
    writes = desk.hubspot.calls["write"]
    rows = asyncio.run(preview(desk.world.equipment, "m10"))
    shown = [row for row in rows if row["operation"] in ("create_task", "add_note")]
    assert {(row["state"], row["would"]) for row in shown} == {("confirmed", "same")}
    assert desk.hubspot.calls["write"] == writes


def test_no_secret_is_written_anywhere(desk: Desk) -> None:
    desk.hubspot.unauthorized = True
    desk.process("m11")
    desk.hubspot.unauthorized = False
    desk.process("m12")
    told = [repr(intent) for intent in desk.world.intents()] + [repr(m) for m in desk.world.meetings().values()]
    assert CANARY not in "".join(told)
    for file in desk.world.home.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


def test_a_mapping_is_checked_and_drafted_against_the_destination(desk: Desk) -> None:
    desk.hubspot.add("deals", "7", amount="1", dealstage="x")
    field = {"object": "deal", "field": "amount", "type": "number"}
    mapping = {"hubspot": {"fields": {"deal.amount": {"field": "amuont"}, "deal.gone": {"field": "amount"}}}}
    desk.configure(fields=[field], mapping=mapping)
    found = {problem.place for problem in asyncio.run(problems(desk.world.equipment))}
    assert {"mapping.hubspot.fields.deal.amount", "mapping.hubspot.fields.deal.gone"} <= found
    draft = asyncio.run(drafted(desk.world.equipment, "hubspot"))
    assert "      deal.amount: {field: amount" in draft


@pytest.mark.parametrize(
    "wrong",
    [
        {"routes": [{"name": "r", "to": ["nowhere"]}]},
        {"mapping": {"nowhere": {}}},
        {"destinations": {"records": {"vendor": "hubspot"}}},
        {"destinations": {"x": {"vendor": "hubspot", "token": "canary"}}},
    ],
)
def test_a_wrong_section_is_refused_at_start(tmp_path: Path, wrong: dict[str, Any]) -> None:
    file = tmp_path / "artifacts.yaml"
    file.write_text(json.dumps(wrong))
    with pytest.raises(PipelineError) as refusal:
        read_configuration(file)
    assert refusal.value.failure_class is FailureClass.UNREADABLE_INPUT
    assert "canary" not in str(refusal.value)
