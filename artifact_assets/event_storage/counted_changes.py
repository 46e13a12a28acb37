"""How often partition keys were added and taken away, counted by PostgreSQL itself, whoever does it.

What belongs here: the triggers that count, asking what they counted, and reading keys. What does not: remembering keys (see
``remembered_keys``).

Counting the keys at each look takes 8 ms beside a hundred thousand, and cannot tell a key that was committed late in place of
one that went. The triggers stand beside Dagster's table and serve Dagster's own storage as well; where they cannot be made
or are gone, nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from artifact_assets.event_storage.remembered_keys import Mark

_TRIGGERS = {
    "partition_keys_added": "INSERT ON dynamic_partitions REFERENCING NEW TABLE AS changed",
    "partition_keys_removed": "DELETE ON dynamic_partitions REFERENCING OLD TABLE AS changed",
    "partition_keys_replaced": "UPDATE OR TRUNCATE ON dynamic_partitions",
}
# As its owner: whoever may change keys need not have rights to the counts.
_COUNT = """
CREATE OR REPLACE FUNCTION count_partition_key_changes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO partition_key_changes AS known (partitions_def_name, added, removed)
        SELECT partitions_def_name, count(*), 0 FROM changed GROUP BY 1 ORDER BY 1
        ON CONFLICT (partitions_def_name) DO UPDATE SET added = known.added + excluded.added;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO partition_key_changes AS known (partitions_def_name, added, removed)
        SELECT partitions_def_name, 0, count(*) FROM changed GROUP BY 1 ORDER BY 1
        ON CONFLICT (partitions_def_name) DO UPDATE SET removed = known.removed + excluded.removed;
    ELSE
        UPDATE partition_key_changes SET removed = removed + 1;
    END IF;
    RETURN NULL;
END $$
"""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS partition_key_changes "
    "(partitions_def_name text PRIMARY KEY, added bigint NOT NULL, removed bigint NOT NULL)"
)
_SETS = (
    "INSERT INTO partition_key_changes SELECT DISTINCT partitions_def_name, 0, 0 FROM dynamic_partitions "
    "ON CONFLICT DO NOTHING"
)
# The transactions that made or changed the triggers: another one, or the same again after a pause, is another watch.
_WATCH = (
    "SELECT count(*) = cardinality(CAST(:triggers AS name[])) AS complete, "
    "string_agg(xmin::text, ' ' ORDER BY tgname) AS watch FROM pg_trigger "
    "WHERE tgrelid = to_regclass('dynamic_partitions') AND tgenabled IN ('O', 'A') AND tgname = ANY(:triggers)"
)
_WATCHED = text(f"SELECT complete FROM ({_WATCH}) found").bindparams(triggers=list(_TRIGGERS))  # noqa: S608 - ours
_MARK = text(
    f"SELECT watch, added, removed FROM partition_key_changes, ({_WATCH}) found "  # noqa: S608 - ours
    "WHERE complete AND partitions_def_name = :name"
).bindparams(triggers=list(_TRIGGERS))
_KEYS = text(
    "SELECT id, partition FROM dynamic_partitions WHERE partitions_def_name = :name AND id > :last ORDER BY id"
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('partition_key_changes'))")
_NOT_LONG = text("SET LOCAL lock_timeout = '5s'")

Lending = Callable[[], AbstractContextManager[Connection]]


def _watched(connection: Connection) -> bool:
    return bool(connection.execute(_WATCHED).scalar())


def _count_changes(connection: Connection) -> None:
    connection.execute(_NOT_LONG)
    connection.execute(_ONE_AT_A_TIME)
    if _watched(connection):
        return
    schema = str(connection.execute(text("SELECT quote_ident(current_schema())")).scalar())
    connection.execute(text(_TABLE))
    connection.execute(text(_COUNT.format(schema=schema)))
    for name, rest in _TRIGGERS.items():
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON dynamic_partitions"))
        each = "FOR EACH STATEMENT EXECUTE FUNCTION count_partition_key_changes()"
        connection.execute(text(f"CREATE TRIGGER {name} AFTER {rest} {each}"))
    connection.execute(text(_SETS))


class CountedChanges:
    """The keys in a PostgreSQL event log. See ``KeySource``."""

    def __init__(self, connect: Lending, transaction: Lending) -> None:
        """``connect`` lends connections that commit each statement by itself, ``transaction`` one that commits at its end."""
        self._connect = connect
        self._transaction = transaction

    def watch(self) -> None:
        """Have changes counted. Without the right to make triggers, or while someone holds the table, they are not."""
        try:
            with self._connect() as connection:
                if _watched(connection):
                    return
            with self._transaction() as connection:
                _count_changes(connection)
        except SQLAlchemyError:
            return

    def mark(self, name: str) -> Mark | None:
        """See ``KeySource``."""
        try:
            with self._connect() as connection:
                found = connection.execute(_MARK, {"name": name}).one_or_none()
        except ProgrammingError:
            # No such table: changes are not counted here.
            return None
        return None if found is None else Mark(*found)

    def keys_after(self, name: str, last: int) -> Sequence[tuple[int, str]]:
        """See ``KeySource``."""
        with self._connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(_KEYS, {"name": name, "last": last})]
