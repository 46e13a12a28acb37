"""Asked about thousands of keys in a row, memory answers; a no is always the database's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from artifact_assets.event_storage.counted_changes import CountedChanges
from artifact_assets.event_storage.lookups import FEW, TRUSTED_SECONDS, KeyLookups
from artifact_assets.event_storage.remembered_keys import RememberedKeys
from artifact_assets.event_storage.storage import GroupedEventLogStorage
from artifact_assets.partitions import MEETINGS
from tests.event_storage.databases import OnPostgres
from tests.event_storage.instances import opened_instance, storage_of

NAME = str(MEETINGS.name)
KEYS = [f"m-{number}" for number in range(1000)]


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def lookups_of(storage: Any, clock: Hands) -> KeyLookups:
    """Lookups of their own over a storage, as it makes them."""
    assert isinstance(storage, GroupedEventLogStorage)
    changes = CountedChanges(storage.index_connection, storage.index_transaction)
    return KeyLookups(RememberedKeys(changes), super(GroupedEventLogStorage, storage).has_dynamic_partition, clock)


def test_a_thousand_keys_take_a_few_queries(on_postgres: OnPostgres, tmp_path: Path) -> None:
    with opened_instance(tmp_path, on_postgres, grouped=True) as instance:
        instance.add_dynamic_partitions(NAME, KEYS)
        storage, asked = storage_of(instance), list[str]()
        with storage.index_connection() as connection:
            engine = connection.engine
        event.listen(engine, "after_cursor_execute", lambda *told: asked.append(told[2]))
        lookups = lookups_of(storage, Hands())
        assert all(lookups.has(NAME, key) for key in KEYS)
        assert len(asked) == FEW + 2, "one by one at first, then the mark and the keys"
        asked.clear()
        assert all(instance.has_dynamic_partition(NAME, key) for key in KEYS), "and so does Dagster's own call"
        assert len(asked) < len(KEYS) / 2


def test_few_keys_are_asked_of_the_database_and_none_are_read(on_postgres: OnPostgres, tmp_path: Path) -> None:
    with (
        opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", on_postgres, grouped=False) as theirs,
    ):
        ours.add_dynamic_partitions(NAME, ["a"])
        clock = Hands()
        lookups = lookups_of(storage_of(ours), clock)
        for _ in range(3):
            for number in range(FEW // 2):
                theirs.add_dynamic_partitions(NAME, [f"b-{number}"])
                assert lookups.has(NAME, f"b-{number}")
                theirs.delete_dynamic_partition(NAME, f"b-{number}")
                assert not lookups.has(NAME, f"b-{number}")
            clock.at += 2


def test_in_a_row_a_new_key_is_seen_at_once_and_one_that_went_after_a_tenth_of_a_second(
    on_postgres: OnPostgres, tmp_path: Path
) -> None:
    with (
        opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", on_postgres, grouped=False) as theirs,
    ):
        theirs.add_dynamic_partitions(NAME, KEYS)
        clock = Hands()
        lookups = lookups_of(storage_of(ours), clock)
        assert all(lookups.has(NAME, key) for key in KEYS)
        theirs.add_dynamic_partitions(NAME, ["new"])
        assert lookups.has(NAME, "new")
        assert not lookups.has(NAME, "never")
        theirs.delete_dynamic_partition(NAME, "m-7")
        clock.at += 1.5 * TRUSTED_SECONDS
        assert not lookups.has(NAME, "m-7")
        assert lookups.has(NAME, "m-8")
