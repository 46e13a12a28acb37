"""A run over many meetings: exact statuses, nothing repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from tests.clock import ScriptedClock
from tests.pipeline.world import World, meta, opened_world

EMPTY, BINARY = b"", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with opened_world(tmp_path) as opened:
        yield opened


def test_one_meeting_goes_through_all_five_stages_into_the_record_store(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    assert world.run(keys).success
    meeting = world.meetings()["renewal"]
    assert (meeting.state, meeting.counts.items > 0) == (MeetingState.DELIVERED, True)
    assert {intent.state for intent in world.intents()} == {IntentState.CONFIRMED}
    assert len(world.written()) == sum(i.operation in ("create_task", "add_note") for i in world.intents())
    for stage in STAGES:
        assert world.status(stage) == ({"renewal"}, set())


def test_three_bad_of_thirty_fail_alone_and_at_the_right_stage(world: World) -> None:
    names = [f"m{number:02d}" for number in range(30)]
    bad = {"m04": EMPTY, "m13": BINARY, "m22": EMPTY}
    keys = world.receive(*(world.write(f"{name}.txt", bad.get(name, _talk(name))) for name in names))
    result = world.run(keys)

    assert not result.success
    good = set(names) - set(bad)
    assert world.status(Stage.TRANSCRIPT) == (set(names), set())
    for stage in STAGES[1:]:
        assert world.status(stage) == (good, set(bad))
    states = {name: meeting.state for name, meeting in world.meetings().items()}
    assert states == {name: MeetingState.FAILED if name in bad else MeetingState.DELIVERED for name in names}
    assert world.meetings()["m04"].failure_class is FailureClass.EMPTY_TRANSCRIPT
    assert world.meetings()["m13"].failure_class is FailureClass.UNREADABLE_INPUT
    checks = world.check_statuses()
    assert all(checks["delivered_once", name] == "SUCCEEDED" for name in good)
    assert all(checks["delivered_once", name] == "FAILED" for name in bad)
    assert all(checks["accurate", name] == "PLANNED" for name in bad)


def test_the_failed_run_says_which_meetings_why_and_what_to_do(world: World) -> None:
    keys = world.receive(world.write("good.txt"), world.write("bad.txt", EMPTY))
    result = world.run(keys)
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failure.user_failure_data is not None
    told = str(failure.user_failure_data.description)
    assert "1 of 2 meetings" in told
    assert "bad: failed at normalized [empty_transcript]" in told
    assert FailureClass.EMPTY_TRANSCRIPT.rule.remedy in told


def test_a_second_run_with_the_cause_fixed_repeats_no_finished_stage(world: World) -> None:
    names = [f"m{number}" for number in range(6)]
    keys = world.receive(*(world.write(f"{name}.txt", EMPTY if name == "m3" else _talk(name)) for name in names))
    world.run(keys)
    before = {name: asyncio.run(world.ledger.checkpoints(name)) for name in names}

    world.receive(world.write("m3.txt", _talk("m3")))
    assert world.run(keys).success

    for stage in STAGES:
        assert world.status(stage) == (set(names), set())
    for name in set(names) - {"m3"}:
        after = asyncio.run(world.ledger.checkpoints(name))
        assert [c for c in after if c.stage is not Stage.DELIVERED] == [
            c for c in before[name] if c.stage is not Stage.DELIVERED
        ]
    assert all(len(asyncio.run(world.ledger.attempts(intent.intent_key))) == 1 for intent in world.intents())
    assert len(world.written()) == len(set(world.written())) == 6 * len(_tasks_and_notes(world, "m0"))


def test_a_reused_stage_is_shown_as_materialized_by_the_later_run(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys)
    second = world.run(keys)
    reused = {
        event.step_materialization_data.materialization.asset_key.to_user_string(): event.step_materialization_data
        for event in second.all_events
        if event.is_step_materialization
    }
    assert set(reused) == {stage.value for stage in STAGES}
    for stage in STAGES[:-1]:
        assert reused[stage.value].materialization.metadata["reused"].value is True


def test_a_stage_asked_for_alone_reads_its_upstream_and_runs_nothing_else(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys, stages=[Stage.TRANSCRIPT, Stage.NORMALIZED])
    assert world.run(keys, stages=[Stage.EXTRACTED]).success
    stages = [checkpoint.stage for checkpoint in asyncio.run(world.ledger.checkpoints("renewal"))]
    assert stages == [Stage.TRANSCRIPT, Stage.NORMALIZED, Stage.EXTRACTED]


def test_a_stage_asked_for_without_its_upstream_is_a_clear_error(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    result = world.run(keys, stages=[Stage.VALIDATED])
    assert not result.success
    cause = world.meetings()["renewal"].cause
    assert cause is not None
    assert "Stage transcript of renewal has no stored result" in cause


def test_a_sidecar_that_changes_its_refs_reruns_delivery_but_not_extraction(world: World) -> None:
    path = world.write("renewal.txt")
    keys = world.receive(path)
    world.run(keys)
    world.write("renewal.txt", sidecar=meta("renewal", refs={"hubspot": {"deal": "8"}}))
    world.receive(path)
    world.run(keys)
    made = [checkpoint.stage for checkpoint in asyncio.run(world.ledger.checkpoints("renewal"))]
    assert made.count(Stage.TRANSCRIPT) == 2
    assert made.count(Stage.NORMALIZED) == made.count(Stage.EXTRACTED) == made.count(Stage.VALIDATED) == 1


def test_a_corrected_transcript_updates_the_records_instead_of_doubling_them(world: World) -> None:
    lines = _talk("renewal")
    path = world.write("renewal.txt", lines)
    keys = world.receive(path)
    world.run(keys)
    before = {intent.item_id for intent in world.intents()}
    written = len(world.written())

    world.write("renewal.txt", [line.replace("thanks for joining", "thank you for joining") for line in lines])
    world.receive(path)
    assert world.run(keys).success
    assert {intent.item_id for intent in world.intents()} == before
    assert len(world.written()) == written


def test_a_revision_that_shares_little_text_is_refused_as_another_meeting(world: World) -> None:
    path = world.write("renewal.txt", [*TALK_A, *(f"Ana: {word} " * 9 for word in ("apples", "oranges", "lemons"))])
    keys = world.receive(path)
    world.run(keys)
    other = [f"Dora: harbour shipping vessel container crane number {n} arrived yesterday evening" for n in range(30)]
    world.write("renewal.txt", other)
    world.receive(path)
    assert not world.run(keys).success
    meeting = world.meetings()["renewal"]
    assert (meeting.state, meeting.failure_class) == (MeetingState.FAILED, FailureClass.UNREADABLE_INPUT)
    assert "another meeting under the same name" in str(meeting.cause)


def test_a_damaged_document_is_noticed_and_built_again(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys)
    (normalized,) = [c for c in asyncio.run(world.ledger.checkpoints("renewal")) if c.stage is Stage.NORMALIZED]
    file = Path(world.equipment.store.location(normalized.document))
    file.chmod(0o600)
    file.write_bytes(b"{}")
    assert world.run(keys).success
    assert asyncio.run(world.equipment.store.intact(normalized.document))


def test_a_meeting_with_nothing_to_act_on_is_delivered_with_no_write(world: World) -> None:
    keys = world.receive(world.write("chat.txt", ["Ana: Lovely weather today.", "Ben: Yes, the sun is out at last."]))
    assert world.run(keys).success
    assert world.meetings()["chat"].state is MeetingState.DELIVERED
    assert world.intents() == ()
    assert world.check_statuses()["delivered_once", "chat"] == "SUCCEEDED"


@pytest.mark.parametrize("allowed", [False, True])
def test_words_of_a_meeting_reach_dagster_only_where_the_configuration_allows_them(
    tmp_path: Path, allowed: bool
) -> None:
    (tmp_path / "home").mkdir()
    with opened_world(tmp_path / "home", configuration=Configuration(quotes_in_ui=allowed)) as world:
        world.run(
            world.receive(world.write("renewal.txt", [*TALK_A, "Ana: My | `weird` <b>words</b>, I'll send them."]))
        )
        logs = "".join(str(record.event_log_entry) for record in _all_events(world))
    assert ("revised quote to Carla" in logs) is allowed
    assert "<b>" not in logs


def _all_events(world: World) -> list[Any]:
    run_id = world.runs[-1].run_id
    return list(world.instance.get_records_for_run(run_id, limit=10_000).records)


TALK_A = ("Ben: I'll send the revised quote to Carla by Friday.", "Carla: We decided to go with the two year contract.")


def _talk(name: str) -> list[str]:
    return [
        "Ana: Good morning, thanks for joining.",
        f"Ben: I'll send the revised quote for {name} to Carla by Friday.",
        f"Carla: We decided to go with the two year contract for {name}.",
    ]


def _tasks_and_notes(world: World, meeting_id: str) -> list[str]:
    return [i.item_id for i in world.intents(meeting_id) if i.operation in ("create_task", "add_note")]


def test_a_replay_months_later_changes_nothing_that_was_delivered(tmp_path: Path) -> None:
    clock = ScriptedClock()
    with opened_world(tmp_path, clock=clock) as world:
        keys = world.receive(world.write("renewal.txt"))
        world.run(keys)
        before = world.meetings()["renewal"]
        written = world.written()
        clock.forward(200 * 86_400)
        assert world.run(keys).success
        after = world.meetings()["renewal"]
        assert (after.state, after.counts) == (before.state, before.counts) == (MeetingState.DELIVERED, before.counts)
        assert world.written() == written


def test_a_meeting_that_lies_in_the_future_is_withheld_because_its_clock_is_wrong(tmp_path: Path) -> None:
    clock = ScriptedClock()
    clock.forward(-30 * 86_400)
    with opened_world(tmp_path, clock=clock) as world:
        world.run(world.receive(world.write("renewal.txt")))
        assert world.meetings()["renewal"].state is MeetingState.QUARANTINED
        assert "meeting_in_future" in str(world.meetings()["renewal"].cause)
        assert world.written() == []
