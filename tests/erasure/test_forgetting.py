"""An erased meeting's words are gone from everything that is ours, and nothing brings them back."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from artifact_assets.assets.reconciler import report_pending
from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.inbox import entries
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from artifact_assets.stages.arrival import admit
from artifact_assets.stages.erasing import replant
from artifact_assets.stages.participants import meetings_with
from artifact_assets.stages.replay.choosing import Choice, outlooks
from artifact_assets.stages.review import ReviewDesk
from artifact_assets.stages.sweeping import SHARES, sweep
from resources.artifact_store import open_store
from resources.ledger.tables import ITEMS
from resources.tombstones import FileTombstones
from tests.erasure.planted import PERSON, Planted, eraser_of, lies_in, planted


def erase(deployment: Planted, meeting_id: str = "m-1") -> None:
    asyncio.run(deployment.eraser.erase(meeting_id, "ops"))


def admitted(deployment: Planted) -> list[str]:
    """What the arrivals sensor does with everything in the inbox: the refusals."""
    equipment, told = deployment.world.equipment, list[str]()
    for entry in entries(asyncio.run(equipment.inbox.files())):
        try:
            asyncio.run(admit(equipment, entry))
        except ErasedContent as refused:
            told.append(refused.cause)
    return told


@pytest.mark.parametrize("quotes", [True, False])
def test_every_word_is_gone_from_every_file_and_the_other_meeting_is_as_it_was(tmp_path: Path, quotes: bool) -> None:
    with planted(tmp_path, quotes_in_ui=quotes) as deployment:
        world = deployment.world
        keys = [deployment.plant_other(), deployment.plant()]
        assert world.run(keys).success
        before = lies_in(tmp_path)
        assert {file.split("/")[0].split(".")[0] for file in before} >= {"inbox", "ledger", "records", "store"}
        assert any(file.startswith("dagster") for file in before) == quotes
        erase(deployment)
        world.ledger.close()
        assert lies_in(tmp_path) == {}
    with planted(tmp_path, quotes_in_ui=quotes) as again:
        world = again.world
        meeting = world.meetings()["m-1"]
        assert (meeting.state, meeting.source, meeting.file_name) == (MeetingState.ERASED, "", "")
        assert world.meetings()["other"].state is MeetingState.DELIVERED
        asyncio.run(report_pending(world.instance, world.ledger))
        for stage in STAGES:
            assert world.status(stage) == ({"other"}, set()), stage
        assert len(world.written()) == 3
        (entry,) = [e for e in asyncio.run(world.ledger.interventions("m-1")) if e.action == "forget"]
        assert (entry.who, entry.why) == ("ops", "erasure")


def test_replay_and_dropping_the_file_again_do_not_bring_it_back(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        kept = {file.name: file.read_bytes() for file in (tmp_path / "inbox").iterdir()}
        erase(deployment)
        # Replayed.
        assert not world.run(["m-1"]).success
        # Dropped again under its name, and under another name with another id.
        for name, content in kept.items():
            (tmp_path / "inbox" / name).write_bytes(content)
        shutil.copy(tmp_path / "inbox" / "zebrafile.txt", tmp_path / "inbox" / "renamed.txt")
        assert len(admitted(deployment)) == 2
        states = {meeting.meeting_id: meeting for meeting in world.meetings().values()}
        assert {meeting.state for meeting in states.values()} == {MeetingState.ERASED}
        assert {meeting.source + meeting.file_name for meeting in states.values()} == {""}
        assert all("erased" in str(meeting.cause).lower() for meeting in states.values())
        # The later tick finds the marks and asks for nothing.
        assert len(states) == 2
        world.ledger.close()
        assert {file.split("/")[0] for file in lies_in(tmp_path)} <= {"inbox", "ledger.db", "ledger.db-wal"}


def test_a_restored_ledger_and_store_are_told_of_the_erasure_when_they_are_opened(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with planted(home) as deployment:
        deployment.world.run([deployment.plant()])
        deployment.world.ledger.close()
        shutil.copytree(home, backup)
    with planted(home) as deployment:
        erase(deployment)
    for part in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (home / part).unlink(missing_ok=True)
    # A restore copies over what is there and removes nothing: the tombstones stay.
    shutil.copytree(backup, home, dirs_exist_ok=True)
    assert lies_in(home)
    with planted(home) as deployment:
        world = deployment.world
        assert world.meetings()["m-1"].state is MeetingState.DELIVERED
        assert asyncio.run(replant(deployment.book, FileTombstones(home))) == 1
        assert world.meetings()["m-1"].state is MeetingState.ERASED
        assert not world.run(["m-1"]).success
        (erasure,) = asyncio.run(deployment.eraser.resume("daily"))
        assert erasure.finished_at is not None
        world.ledger.close()
    assert lies_in(home) == {}


def test_an_older_store_put_back_beside_the_newest_ledger_is_swept(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with planted(home, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant(), deployment.plant_other()])
        shutil.copytree(home / "store", backup)
        living = {path for path in (home / "store").rglob("*") if path.is_file()}
        erase(deployment)
        living &= {path for path in (home / "store").rglob("*") if path.is_file()}
        shutil.copytree(backup, home / "store", dirs_exist_ok=True)
        assert any(place.startswith("store/") for place in lies_in(home))

        def swept(after: timedelta) -> int:
            # By the machine's clock, which dates the files.
            book, now = deployment.book, datetime.now(UTC) + after
            return asyncio.run(sweep(book, open_store(str(home / "store")), now, range(SHARES)))

        assert swept(timedelta(0)) == 0, "another meeting may just have stored the same"
        assert swept(timedelta(days=2)) > 3
        assert not any(place.startswith("store/") for place in lies_in(home))
        assert {path for path in (home / "store").rglob("??/*") if path.is_file()} == {
            path for path in living if path.parent.name != "erasures"
        }
        assert swept(timedelta(days=2)) == 0


def test_what_waited_for_a_review_does_not_wait_any_more(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant(), deployment.plant_other()])
        with world.ledger.engine.begin() as connection:
            connection.execute(update(ITEMS).values(state="quarantined"))
        erase(deployment)
        assert asyncio.run(ReviewDesk(world.equipment).waiting()) == ()
        asyncio.run(outlooks(world.equipment, Choice(), lambda: None, lambda _: None))
        with pytest.raises(ErasedContent, match="erased on request"):
            asyncio.run(outlooks(world.equipment, Choice(("m-1",)), lambda: None, lambda _: None))


def test_a_home_that_was_lost_finds_the_tombstones_in_the_store(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        deployment.world.run([deployment.plant()])
        erase(deployment)
    (tmp_path / "ledger.db").unlink()
    (tmp_path / "erasures.jsonl").unlink()
    with planted(tmp_path) as deployment:
        asyncio.run(deployment.eraser.resume("daily"))
        with pytest.raises(ErasedContent):
            deployment.plant()


def test_writes_that_did_not_go_out_never_do(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()], stages=STAGES[:4])
        world.run(["m-1"], stages=[Stage.DELIVERED])
        erase(deployment)
        states = {intent.state for intent in world.intents("m-1")}
        assert states <= {IntentState.WITHDRAWN, IntentState.CONFIRMED, IntentState.DEAD_LETTER}
        assert all(intent.payload == {"erased": True} for intent in world.intents("m-1"))
        assert asyncio.run(world.ledger.due(world.equipment.clock.now(), 10)) == ()


def test_a_document_that_another_meeting_has_too_stays_with_it(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant("m-1"), deployment.plant("m-2", name="zebratwin")])
        held = asyncio.run(deployment.eraser.preview("m-1"))
        assert held.twins == ("m-2",)
        erase(deployment, "m-1")
        assert asyncio.run(world.equipment.store.intact(world.meetings()["m-2"].transcript_digest))
        assert world.run(["m-2"]).success
        erase(deployment, "m-2")
        world.ledger.close()
    assert lies_in(tmp_path) == {}


def test_a_person_is_found_in_sidecars_and_transcripts_whatever_the_case(tmp_path: Path) -> None:
    async def found(deployment: Planted) -> tuple[list[Meeting], list[str]]:
        return await meetings_with(PERSON, deployment.world.ledger, deployment.world.equipment.store)

    with planted(tmp_path) as deployment:
        deployment.world.run([deployment.plant_other(), deployment.plant()])
        deployment.plant_other("unread")
        meetings, unread = asyncio.run(found(deployment))
        assert [meeting.meeting_id for meeting in meetings] == ["m-1"]
        assert unread == ["unread"]


def test_a_meeting_that_a_living_run_holds_is_waited_for(tmp_path: Path, ledger_url: str) -> None:
    with planted(tmp_path, ledger_url=ledger_url) as deployment:
        world = deployment.world
        deployment.plant()
        asyncio.run(world.ledger.begin("m-1", "run-1@elsewhere:1:2", 3600))

        def alive(owner: str) -> bool:
            return not owner

        patient = replace(eraser_of(world), is_gone=alive, patience_seconds=0.0)
        with pytest.raises(Exception, match="being worked on"):
            asyncio.run(patient.erase("m-1", "ops"))
        assert world.meetings()["m-1"].state is MeetingState.RECEIVED
        erase(deployment)
        assert world.meetings()["m-1"].state is MeetingState.ERASED


def test_on_either_database_no_row_keeps_a_word(tmp_path: Path, ledger_url: str) -> None:
    with planted(tmp_path, ledger_url=ledger_url, quotes_in_ui=False) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        erase(deployment)
        rows = [
            *asyncio.run(world.ledger.meetings()),
            *asyncio.run(world.ledger.transitions("m-1")),
            *asyncio.run(world.ledger.checkpoints("m-1")),
            *asyncio.run(world.ledger.items("m-1")),
            *world.intents("m-1"),
            *asyncio.run(world.ledger.marks()).items(),
        ]
        assert "zebra" not in repr(rows).lower()
