"""What the embedded record store does beyond the contract of destinations.

What belongs here: opening, looking in as a person, several processes' worth of stores on one file, its own failures.
"""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.engine import connect_engine, parsed_url
from resources.destinations.record_store import RecordStore
from tests.clock import NOON, ScriptedClock
from tests.contracts.desks import DEAL, FIELD, NOTE, TAG, TASK


class Unspeakable:
    """A value that breaks the write it is meant for, while its group is being written."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'records.db'}"


async def test_a_person_sees_records_with_fields_tags_parents_and_who_edited(url: str, clock: ScriptedClock) -> None:
    with RecordStore.open(url, now=clock.now) as store:
        for intent in (FIELD, TAG, NOTE):
            await store.send(intent)
        await store.edit("deal", "123", "stage", "won", "Bo")
        (deal,) = await store.list_records("deal")
        assert (deal.object, deal.id, deal.key, deal.parent) == ("deal", "123", None, None)
        assert (deal.fields, deal.tags, deal.edited) == (
            {"amount": "5000", "stage": "won"},
            ("pricing",),
            {"stage": "Bo"},
        )
        assert deal.created_at == NOON
        (note,) = await store.list_records("note")
        assert note.parent == "deal/123"
        assert await store.record("note", note.id) == note
        assert await store.record("deal", "nobody") is None
        assert await store.list_records("candidate") == ()


async def test_the_account_outlives_the_process_and_differs_between_stores(url: str, tmp_path: Path) -> None:
    with RecordStore.open(url) as store:
        account = await store.account()
    with RecordStore.open(url) as store, RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", name="other") as other:
        assert await store.account() == account != await other.account()
        assert other.name == "other"


async def test_two_stores_on_one_file_make_one_record(url: str) -> None:
    with RecordStore.open(url) as one, RecordStore.open(url) as two:
        receipts = await asyncio.gather(*(store.send(TASK) for store in (one, two) * 5))
        assert len({receipt.record_id for receipt in receipts}) == 1
        assert len(await one.list_records("task")) == 1


async def test_a_refused_write_leaves_nothing_while_others_of_its_group_are_kept(url: str) -> None:
    with RecordStore.open(url) as store:
        bad = replace(FIELD, record_key="9", intent_key="9", payload={"field": "amount", "value": Unspeakable()})
        outcomes = await asyncio.gather(store.send(TASK), store.send(bad), store.send(NOTE), return_exceptions=True)
        assert isinstance(outcomes[1], RuntimeError)
        assert not isinstance(outcomes[0], Exception)
        assert not isinstance(outcomes[2], Exception)
        assert [deal.id for deal in await store.list_records("deal")] == [DEAL["id"]]


async def test_people_cannot_edit_what_is_not_there(url: str) -> None:
    with RecordStore.open(url) as store:
        for failing in (store.edit("spaceship", "1", "name", "x", "Bo"), store.delete("deal", "nobody", "Bo")):
            with pytest.raises(PipelineError) as refusal:
                await failing
            assert refusal.value.failure_class is FailureClass.RECORD_NOT_FOUND


def test_the_file_is_its_owners_only(url: str) -> None:
    RecordStore.open(url).close()
    file = Path(url.removeprefix("sqlite:///"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_store_that_breaks_before_the_commit_has_not_applied_the_write(url: str) -> None:
    with RecordStore.open(url) as store:
        engine = connect_engine(parsed_url(url))
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE store_fields"))
        engine.dispose()
        with pytest.raises(PipelineError) as failure:
            await store.send(TASK)
        assert failure.value.failure_class is FailureClass.DESTINATION_UNAVAILABLE
        assert "contract" not in str(failure.value)


async def test_a_commit_without_an_answer_is_uncertain(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordStore.open(url) as store:
        dialect = store._engine.dialect  # pyright: ignore[reportPrivateUsage] - to break what no port can break

        def fail(_: object) -> None:
            raise dialect.loaded_dbapi.OperationalError("disk I/O error")

        monkeypatch.setattr(dialect, "do_commit", fail)
        with pytest.raises(PipelineError) as failure:
            await store.send(TASK)
        assert failure.value.failure_class is FailureClass.DELIVERY_UNCERTAIN


def test_a_store_newer_than_the_program_is_left_alone(url: str) -> None:
    RecordStore.open(url).close()
    engine = connect_engine(parsed_url(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE store_account SET schema_version = 99"))
    engine.dispose()
    with pytest.raises(PipelineError) as refusal:
        RecordStore.open(url)
    assert refusal.value.failure_class is FailureClass.DESTINATION_UNAVAILABLE


@pytest.mark.parametrize("bad", ["nonsense", "sqlite:////proc/nowhere/records.db", "mysql://u:secret@h/d"])
def test_a_place_that_cannot_hold_it_is_named_in_one_line(bad: str) -> None:
    with pytest.raises(PipelineError) as refusal:
        RecordStore.open(bad)
    assert refusal.value.failure_class is FailureClass.DESTINATION_UNAVAILABLE
    assert "secret" not in str(refusal.value)
