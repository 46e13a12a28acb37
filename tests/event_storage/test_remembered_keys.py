"""The keys kept in memory are those of PostgreSQL, whatever is done to them, and only what came is read."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.partitions.subset import DefaultPartitionsSubset
from dagster._serdes import deserialize_value, serialize_value
from sqlalchemy import event

from artifact_assets.event_storage.storage import GroupedEventLogStorage
from artifact_assets.partitions import MEETINGS
from tests.event_storage.databases import OnPostgres
from tests.event_storage.instances import opened_instance, storage_of

NAME = str(MEETINGS.name)
OTHER = "another set"
UNSEEN = "INSERT INTO dynamic_partitions (partitions_def_name, partition) VALUES ('meeting', 'unseen')"
DRAW = "SELECT nextval(pg_get_serial_sequence('dynamic_partitions', 'id'))"
OTHER_ROLE = (
    "CREATE ROLE other; GRANT USAGE ON SCHEMA public TO other; GRANT INSERT ON dynamic_partitions TO other; "
    "GRANT USAGE ON SEQUENCE dynamic_partitions_id_seq TO other"
)


def test_a_key_committed_late_is_seen_where_another_went(on_postgres: OnPostgres, tmp_path: Path) -> None:
    """Neither the number of keys nor the last id tells: the late key's id was drawn before the last one's."""
    with (
        opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", on_postgres, grouped=False) as theirs,
    ):
        theirs.add_dynamic_partitions(NAME, ["first"])
        drawn = _done(on_postgres, DRAW)[0][0]
        theirs.add_dynamic_partitions(NAME, ["newest"])
        assert ours.get_dynamic_partitions(NAME) == ["first", "newest"]
        late = "INSERT INTO dynamic_partitions (id, partitions_def_name, partition)"
        _done(on_postgres, f"{late} VALUES ({drawn}, '{NAME}', 'late')")
        theirs.delete_dynamic_partition(NAME, "first")
        assert ours.get_dynamic_partitions(NAME) == ["late", "newest"]
        drawn = _done(on_postgres, DRAW)[0][0]
        theirs.add_dynamic_partitions(NAME, ["last"])
        assert ours.get_dynamic_partitions(NAME) == ["late", "newest", "last"]
        _done(on_postgres, f"{late} VALUES ({drawn}, '{NAME}', 'later')")
        theirs.add_dynamic_partitions(NAME, ["very last"])
        assert ours.get_dynamic_partitions(NAME) == ["late", "newest", "later", "last", "very last"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE dynamic_partitions SET partition = 'renamed' WHERE partition = 'a'",
        f"UPDATE dynamic_partitions SET partitions_def_name = '{OTHER}' WHERE partition = 'a'",
        "TRUNCATE dynamic_partitions",
        "DELETE FROM dynamic_partitions WHERE partition = 'a'",
        # The next process makes what counts anew.
        f"DROP TRIGGER partition_keys_added ON dynamic_partitions; {UNSEEN}",
        f"ALTER TABLE dynamic_partitions DISABLE TRIGGER ALL; {UNSEEN}; ALTER TABLE dynamic_partitions ENABLE TRIGGER ALL",
        f"DROP TABLE partition_key_changes; DROP FUNCTION count_partition_key_changes CASCADE; {UNSEEN}",
        f"{OTHER_ROLE}; SET ROLE other; {UNSEEN}; RESET ROLE; DROP OWNED BY other; DROP ROLE other",
    ],
    ids=["renamed", "moved", "emptied", "deleted", "trigger gone", "trigger paused", "all gone", "by another role"],
)
def test_whatever_is_done_to_the_table_is_seen(on_postgres: OnPostgres, tmp_path: Path, change: str) -> None:
    with opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours:
        ours.add_dynamic_partitions(NAME, ["a", "b"])
        for again in range(2):
            assert ours.get_dynamic_partitions(NAME) == ours.get_dynamic_partitions(NAME)
            assert ours.get_dynamic_partitions(OTHER) == ours.get_dynamic_partitions(OTHER)
            if not again:
                _done(on_postgres, change)
            for name in (NAME, OTHER):
                assert ours.get_dynamic_partitions(name) == _stored(on_postgres, name)
            with opened_instance(tmp_path / "later", on_postgres, grouped=True) as later:
                later.add_dynamic_partitions(NAME, [f"c-{again}"])
                assert later.get_dynamic_partitions(NAME) == _stored(on_postgres, NAME)
            assert ours.get_dynamic_partitions(NAME) == _stored(on_postgres, NAME)


def test_instances_that_add_and_delete_at_once_never_see_less_than_was_committed(
    on_postgres: OnPostgres, tmp_path: Path
) -> None:
    with (
        opened_instance(tmp_path / "a", on_postgres, grouped=True) as a,
        opened_instance(tmp_path / "b", on_postgres, grouped=False) as b,
        opened_instance(tmp_path / "reader", on_postgres, grouped=True) as reader,
    ):
        there: set[str] = set()
        gone: set[str] = set()
        wrong: list[str] = []

        def change(instance: dg.DagsterInstance, prefix: str) -> None:
            for number in range(40):
                keys = [f"{prefix}-{number}-{index}" for index in range(3)]
                instance.add_dynamic_partitions(NAME, keys)
                there.update(keys[1:])
                instance.delete_dynamic_partition(NAME, keys[0])
                gone.add(keys[0])

        threads = [threading.Thread(target=change, args=given) for given in ((a, "a"), (b, "b"))]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            wanted, unwanted = set(there), set(gone)
            found = set(reader.get_dynamic_partitions(NAME))
            wrong += [*(wanted - found), *(unwanted & found)]
        for thread in threads:
            thread.join()
        assert not wrong
        assert set(reader.get_dynamic_partitions(NAME)) == there
        for instance in (a, reader):
            assert list(instance.get_dynamic_partitions(NAME)) == list(b.get_dynamic_partitions(NAME))


def test_only_what_came_since_is_read(on_postgres: OnPostgres, tmp_path: Path) -> None:
    with (
        opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", on_postgres, grouped=False) as theirs,
    ):
        theirs.add_dynamic_partitions(NAME, [f"key-{number}" for number in range(50)])
        rows: list[int] = []

        def read(_: object, cursor: Any, statement: str, *__: object) -> None:
            if "SELECT id, partition" in statement:
                rows.append(cursor.rowcount)

        storage = storage_of(ours)
        assert isinstance(storage, GroupedEventLogStorage)
        engine = storage._engine  # pyright: ignore[reportPrivateUsage] - what it sends is the point
        event.listen(engine, "after_cursor_execute", read)

        def read_by(act: Callable[[], object]) -> list[int]:
            rows.clear()
            act()
            return list(rows)

        def listed() -> object:
            return ours.get_dynamic_partitions(NAME)

        assert read_by(listed) == [50]
        assert read_by(listed) == []
        theirs.add_dynamic_partitions(NAME, ["key-0", "one", "two"])
        assert read_by(listed) == [2]
        assert read_by(listed) == []
        theirs.delete_dynamic_partition(NAME, "key-7")
        assert read_by(listed) == [51]
        assert ours.get_dynamic_partitions(NAME) == theirs.get_dynamic_partitions(NAME)


def test_the_list_is_shared_and_read_only(on_postgres: OnPostgres, tmp_path: Path) -> None:
    with opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours:
        ours.add_dynamic_partitions(NAME, ["b", "a", "c"])
        keys = ours.get_dynamic_partitions(NAME)
        assert ours.get_dynamic_partitions(NAME) is keys
        assert isinstance(keys, list)
        for change in (lambda: keys.append("d"), keys.sort, keys.clear, lambda: keys.__setitem__(0, "d")):
            with pytest.raises(TypeError, match="copy"):
                change()
        assert [keys.index(key) for key in keys] == [0, 1, 2]
        assert ("a" in keys, "z" in keys) == (True, False)
        for missing in (lambda: keys.index("z"), lambda: keys.index("b", 1), lambda: keys.index("c", 0, 2)):
            with pytest.raises(ValueError, match="not in"):
                missing()
        assert keys.index("c", -1) == 2
        ours.add_dynamic_partitions(NAME, ["z"])
        more = ours.get_dynamic_partitions(NAME)
        assert [more.index(key) for key in more] == [0, 1, 2, 3]
        assert ("z" in more, "z" in keys, len(keys)) == (True, False, 3)
        assert type(pickle.loads(pickle.dumps(keys))) is list


def test_all_keys_as_a_subset_are_what_dagster_makes_of_them(on_postgres: OnPostgres, tmp_path: Path) -> None:
    with (
        opened_instance(tmp_path / "ours", on_postgres, grouped=True) as ours,
        opened_instance(tmp_path / "theirs", on_postgres, grouped=False) as theirs,
    ):
        definition, wanted = dg.DynamicPartitionsDefinition(name=NAME), DefaultPartitionsSubset({"a", "gone"})
        shared: list[object] = []
        for keys in (["b", "a"], ["c"]):
            theirs.add_dynamic_partitions(NAME, keys)
            with partition_loading_context(dynamic_partitions_store=ours):
                found, again = (definition.subset_with_all_partitions() for _ in range(2))
            with partition_loading_context(dynamic_partitions_store=theirs):
                expected = definition.subset_with_all_partitions()
            assert isinstance(found, DefaultPartitionsSubset)
            assert isinstance(again, DefaultPartitionsSubset)
            assert found.subset is again.subset
            shared.append(found.subset)
            assert found == expected
            assert found.serialize() == expected.serialize()
            assert deserialize_value(serialize_value(found), DefaultPartitionsSubset) == expected
            assert (found & wanted, wanted - (found & wanted)) == (expected & wanted, wanted - (expected & wanted))
            assert (found | wanted, found - wanted) == (expected | wanted, expected - wanted)
        assert shared == [{"a", "b"}, {"a", "b", "c"}]


def _stored(on_postgres: OnPostgres, name: str) -> list[str]:
    found = f"SELECT partition FROM dynamic_partitions WHERE partitions_def_name = '{name}' ORDER BY id"
    return [row[0] for row in _done(on_postgres, found)]


def _done(on_postgres: OnPostgres, statement: str) -> list[tuple[Any, ...]]:
    return on_postgres.server.execute(statement, on_postgres.name)
