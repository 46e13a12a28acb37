"""What was kept long enough goes by itself, what something needs stays, and what went does not come back changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.assets.privacy import PRIVACY_JOB
from artifact_assets.assets.reconciler import report_pending
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.inbox import entries
from artifact_assets.domain.retention import Part, RetentionPolicy
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.stages.arrival import admit
from artifact_assets.stages.history import history
from artifact_assets.stages.replay.choosing import Choice, outlooks
from artifact_assets.stages.retaining import Passed
from resources.ledger.model_calls import SqlAnswers
from tests.erasure.planted import LINES, POLICY, lies_in, planted, removed, retaining_of
from tests.pipeline.world import meta


@pytest.mark.parametrize("quotes", [True, False])
def test_parts_go_one_after_the_other_until_no_file_holds_a_word(tmp_path: Path, quotes: bool) -> None:
    with planted(tmp_path, quotes_in_ui=quotes) as deployment:
        world = deployment.world
        assert world.run([deployment.plant(), deployment.plant_other()]).success
        assert removed(deployment, 19) == Passed()
        assert removed(deployment, 20).parts == Counter({("sales", Part.SOURCE): 2})
        assert list((tmp_path / "inbox").iterdir()) == []
        assert removed(deployment, 30).parts == Counter({("sales", Part.ANSWERS): 2})
        # It can still be run again, from the store.
        assert world.run(["m-1"]).success
        assert removed(deployment, 40).parts == Counter({("sales", Part.DOCUMENTS): 2})
        assert list((tmp_path / "store").rglob("??/*")) == []
        assert removed(deployment, 59) == Passed()
        assert lies_in(tmp_path)
        assert removed(deployment, 60).parts == Counter({("sales", Part.LEDGER_TEXT): 2})
        assert removed(deployment, 1000) == Passed(), "nothing is left to do"
        asyncio.run(report_pending(world.instance, world.ledger))
        world.ledger.close()
    # What was written stays where it was written: the record store is a destination.
    assert set(lies_in(tmp_path)) <= {"records.db", "records.db-wal"}


def test_trace_explains_the_meeting_without_a_word_and_nothing_else_of_it_can_be_asked(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        keys = [deployment.plant(), deployment.plant_other()]
        world.run(keys)
        written = world.written()
        removed(deployment, 60)
        meeting, told = asyncio.run(history(world.ledger, SqlAnswers(world.ledger), "m-1"))
        assert (meeting.state, meeting.counts.delivered) == (MeetingState.DELIVERED, 3)
        assert "zebra" not in repr((meeting, told)).lower()
        assert [entry["after"] for entry in told if entry["what"] == "transition"][-1] == "delivered"
        went = [entry for entry in told if entry.get("action") == "retention"]
        assert [set(entry["details"]) for entry in went] == [{part.value for part in Part}]
        # Run again, alone or among others, shown, judged, replayed: one clear sentence.
        assert not world.run(["m-1"]).success
        assert world.meetings()["m-1"].state is MeetingState.DELIVERED, "asking for it changes nothing"
        for ids in (("m-1",), ()):
            if ids:
                with pytest.raises(ErasedContent, match=r"went on 2027-01-16 by retention.*meeting_id of its own"):
                    asyncio.run(outlooks(world.equipment, Choice(ids), lambda: None, lambda _: None))
            else:
                assert asyncio.run(outlooks(world.equipment, Choice(ids), lambda: None, lambda _: None)) == []
        assert world.written() == written


def test_the_same_file_again_changes_nothing_and_goes_at_the_next_pass(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        files = {file.name: file.read_bytes() for file in (tmp_path / "inbox").iterdir()}
        removed(deployment, 60)
        before = world.meetings()["m-1"]
        for name, content in files.items():
            (tmp_path / "inbox" / name).write_bytes(content)
        (entry,) = entries(asyncio.run(world.equipment.inbox.files()))
        with pytest.raises(ErasedContent, match="went on"):
            asyncio.run(admit(world.equipment, entry))
        after = world.meetings()["m-1"]
        assert (after.state, after.updated_at, after.counts) == (before.state, before.updated_at, before.counts)
        # A correction of it has nothing to correct: it is on record as what was not taken in.
        (tmp_path / "inbox" / "zebrafile.txt").write_text("\n".join(LINES[1:]))
        (entry,) = entries(asyncio.run(world.equipment.inbox.files()))
        with pytest.raises(PipelineError, match="went on"):
            asyncio.run(admit(world.equipment, entry))
        assert removed(deployment, 61).parts == Counter({("", Part.SOURCE): 1})
        assert list((tmp_path / "inbox").iterdir()) == []
        # Under an id of its own it is another meeting, with its own time.
        deployment.plant("m-9")
        assert world.run(["m-9"]).success
        assert removed(deployment, 19) == Passed()


def test_a_corrected_file_is_taken_in_while_the_documents_are_there(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        removed(deployment, 20)
        corrected = [*LINES, "Ana: And I'll book the room by Monday."]
        (key,) = world.receive(world.write("zebrafile.txt", corrected, meta("m-1")))
        assert key == "m-1"
        assert world.run(["m-1"]).success
        assert world.meetings()["m-1"].counts.items == 4


def test_kinds_have_periods_of_their_own(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant(), *world.receive(world.write("talk.txt", LINES, meta("talk", kind="Interview")))])
        assert removed(deployment, 3).parts == Counter({("Interview", part): 1 for part in Part})
        assert world.meetings()["m-1"].documents_gone_at is None


def test_a_document_goes_with_the_last_meeting_that_has_it(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        world = deployment.world
        twin = world.receive(world.write("zebratwin.txt", LINES, meta("talk", kind="interview")))
        world.run([deployment.plant(), *twin])
        removed(deployment, 3)
        assert world.run(["m-1"]).success
        removed(deployment, 60)
        assert list((tmp_path / "store").rglob("??/*")) == []


def test_nothing_is_removed_before_this_very_policy_was_confirmed(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        work = retaining_of(world, POLICY, days=100)
        before = lies_in(tmp_path)
        job = build_definitions({"eraser": deployment.eraser, "retaining": work}).resolve_job_def(PRIVACY_JOB)

        def run() -> dict[str, Any]:
            done = job.execute_in_process(instance=world.instance)
            (handled,) = [event for event in done.all_events if event.event_type is dg.DagsterEventType.STEP_OUTPUT]
            return {key: value.value for key, value in handled.step_output_data.metadata.items()}

        assert "Nobody has confirmed" in run()["retention"]
        with pytest.raises(PipelineError, match="retention --confirm"):
            asyncio.run(work.go("ops"))
        other = RetentionPolicy.model_validate({"default": {"source": "99 days"}})
        asyncio.run(work.book.confirm(other.id, "ops", work.clock.now()))
        assert "Nobody has confirmed" in run()["retention"]
        assert lies_in(tmp_path) == before
        asyncio.run(work.book.confirm(POLICY.id, "ops", work.clock.now()))
        assert run() == {
            "erasures finished": 0,
            "documents that were back": 0,
            "retention": POLICY.id,
            "meetings": 1,
            **{f"{part} of sales": 1 for part in Part},
        }
        assert "inbox" not in str(lies_in(tmp_path))


def test_on_either_database_no_row_keeps_a_word(tmp_path: Path, ledger_url: str) -> None:
    with planted(tmp_path, ledger_url=ledger_url, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        removed(deployment, 60)
        ledger = world.ledger
        rows = [
            *asyncio.run(ledger.meetings()),
            *asyncio.run(ledger.transitions("m-1")),
            *asyncio.run(ledger.checkpoints("m-1")),
            *asyncio.run(ledger.items("m-1")),
            *world.intents("m-1"),
            *asyncio.run(ledger.marks()).items(),
            *asyncio.run(retaining_of(world, POLICY).book.unfinished()),
        ]
        assert len(rows) > 10
        assert "zebra" not in repr(rows).lower()
        assert {stage: world.status(stage)[0] for stage in STAGES} == {stage: set() for stage in STAGES}


def test_what_was_begun_is_finished_whatever_the_policy_is_by_then(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        work = retaining_of(world, POLICY, days=100)
        asyncio.run(work.book.begin("m-1", tuple(Part), work.clock.now(), reviews=True))
        off = retaining_of(world, RetentionPolicy(), days=100)
        job = build_definitions({"eraser": deployment.eraser, "retaining": off}).resolve_job_def(PRIVACY_JOB)
        assert job.execute_in_process(instance=world.instance).success
        assert asyncio.run(work.book.unfinished()) == ()
        assert list((tmp_path / "inbox").iterdir()) == []
        world.ledger.close()
    assert set(lies_in(tmp_path)) <= {"records.db", "records.db-wal"}


def test_an_erasure_takes_over_from_a_removal_that_was_cut_off(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        work = retaining_of(world, POLICY, days=100)
        asyncio.run(work.book.begin("m-1", tuple(Part), work.clock.now(), reviews=True))
        assert asyncio.run(deployment.eraser.erase("m-1", "ops")).finished_at is not None
        assert asyncio.run(work.book.unfinished()) == ()
        assert removed(deployment, 100) == Passed()
        assert world.meetings()["m-1"].state is MeetingState.ERASED
        world.ledger.close()
    assert lies_in(tmp_path) == {}


def test_a_file_outside_the_inbox_stays_and_is_told(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "mine"
    with planted(home) as deployment:
        world = deployment.world
        elsewhere.mkdir()
        inside = world.write("zebrafile.txt", LINES, meta("m-1"))
        for file in (home / "inbox").iterdir():
            file.rename(elsewhere / file.name)
        mine = elsewhere / inside.name
        world.run(world.receive(mine))
        (outlook,) = asyncio.run(retaining_of(world, POLICY, days=20).foresee()).outlooks
        assert (outlook.things, outlook.outside) == ({Part.SOURCE: 0}, 2)
        removed(deployment, 20)
        assert mine.exists()
        assert world.meetings()["m-1"].source == ""
