"""The keys kept in memory are those of the database, whoever changes them."""

from __future__ import annotations

from pathlib import Path

from artifact_assets.partitions import MEETINGS
from tests.event_storage.databases import Database
from tests.event_storage.instances import opened_instance

NAME = str(MEETINGS.name)


def test_keys_added_and_taken_away_by_others_are_seen(database: Database, tmp_path: Path) -> None:
    with (
        opened_instance(tmp_path / "ours", database, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", database, grouped=False) as theirs,
    ):
        assert ours.get_dynamic_partitions(NAME) == []
        theirs.add_dynamic_partitions(NAME, ["b", "a", "c"])
        assert ours.get_dynamic_partitions(NAME) == ["b", "a", "c"]
        theirs.delete_dynamic_partition(NAME, "c")
        assert ours.get_dynamic_partitions(NAME) == ["b", "a"]
        theirs.add_dynamic_partitions(NAME, ["c"])
        theirs.delete_dynamic_partition(NAME, "b")
        theirs.add_dynamic_partitions(NAME, ["b"])
        assert ours.get_dynamic_partitions(NAME) == ["a", "c", "b"]
