"""Writing events in groups, whatever database they go to.

What belongs here: which events may wait, what must find them written, and falling back to Dagster's own ways. What does not:
gathering (see ``groups``), connections and SQL (see ``storage`` for PostgreSQL, ``sqlite`` for SQLite).
"""

from __future__ import annotations

import os
import weakref
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, cast

import dagster
from dagster import AssetCheckKey, DagsterEventType, PartitionsDefinition
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.asset_check_state import AssetCheckState
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._serdes import serialize_value
from dagster_shared.record import replace  # pyright: ignore[reportUnknownVariableType] - its keywords are untyped
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from artifact_assets.event_storage.check_states import kept_by_name, states_of
from artifact_assets.event_storage.groups import EventGroup
from artifact_assets.event_storage.targets import evaluation_of

TRIED_WITH = frozenset({"1.13.27"})
"""Versions of Dagster whose rows were compared with ours. Under another one every event goes Dagster's own way."""

_MATERIALIZED = DagsterEventType.ASSET_MATERIALIZATION.value
_PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value
WAITING = frozenset({_MATERIALIZED, _PLANNED, DagsterEventType.ASSET_CHECK_EVALUATION.value})


class GroupingStorage(SqlEventLogStorage):
    """Put before one of Dagster's storages: ``super()`` is Dagster's own way of storing an event.

    Whoever opens a connection flushes first, so that a reader of the same instance finds what was stored through it.
    """

    _group: EventGroup
    _tables: set[str]
    _grouping: bool

    def start_grouping(self, group_events: int, group_milliseconds: int) -> None:
        """Before Dagster's own constructor, which opens connections. ``group_events`` of 1 or less turns grouping off."""
        self._group = EventGroup(self._store_group, group_events, group_milliseconds / 1000)
        self._tables = set()
        self._grouping = dagster.__version__ in TRIED_WITH and group_events > 1
        _forget_after_fork(self)

    @property
    def aims_checks(self) -> bool:
        """See ``Flushing.aims_checks``."""
        return self._grouping

    def flush(self) -> None:
        """Write what waits. Raises what the database raises; the events then go on waiting."""
        self._group.flush()

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there. One that was there once is not looked for again: every look at a partition asks."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def get_asset_check_state(
        self, keys: Sequence[tuple[AssetCheckKey, PartitionsDefinition | None]]
    ) -> Mapping[AssetCheckKey, AssetCheckState]:
        """How checks stand for each partition, as their pages show it."""
        known = kept_by_name(keys) if dagster.__version__ in TRIED_WITH else {}
        rest = [(check, partitions) for check, partitions in keys if check not in known]
        told = states_of(self, self._instance, known) if known else {}
        return {**told, **super().get_asset_check_state(rest)} if rest else told

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, at once or with its group; those before it are stored first."""
        if self._grouping and _may_wait(event):
            self._group.add(event)
            return
        self._group.flush()
        super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events that Dagster gathered itself; returns when they are stored."""
        for event in events:
            self.store_event(event)
        self._group.flush()

    def forget(self) -> None:
        """Leave everything to the process this one was forked from."""
        self._group.forget()

    @abstractmethod
    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        """Leave the rows behind that Dagster's own way would leave, all or none."""

    @abstractmethod
    def _plan_checks(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows of what is planned of one check."""

    def _store_group(self, events: list[EventLogEntry]) -> None:
        """Take off the list what is stored. See ``EventGroup``."""
        try:
            self._store_together(events)
            events.clear()
        except SQLAlchemyError:
            # One of them, or a table that is not as expected: event by event, as Dagster does it.
            self._store_each(events)

    def _store_each(self, events: list[EventLogEntry]) -> None:
        refused: SQLAlchemyError | None = None
        while events:
            try:
                super().store_event(events[0])
            except (OperationalError, InterfaceError):
                # The database is away: what is left goes on waiting.
                raise
            except SQLAlchemyError as error:
                refused = error
            del events[0]
        if refused is not None:
            raise refused

    def _tell_assets(self, connection: Connection, events: Sequence[EventLogEntry], ids: Sequence[int]) -> None:
        """What the stored events say of their assets: tags of each, and the asset's row once."""
        of_assets = [(event, n) for event, n in zip(events, ids, strict=True) if evaluation_of(event) is None]
        self._store_asset_event_tags(connection, [event for event, _ in of_assets], [n for _, n in of_assets])
        for event, event_id in _telling(of_assets):
            self._store_asset_event(connection, event, event_id)

    def _store_asset_check_evaluation_planned(self, event: EventLogEntry, event_id: int | None) -> None:
        """One row a partition, each without the names of all the others: Dagster's own way grows with their square."""
        told = event.get_dagster_event()
        planned = cast("AssetCheckEvaluationPlanned", told.event_specific_data)
        if not self._grouping or planned.partitions_subset is None:
            super()._store_asset_check_evaluation_planned(event, event_id)
            return
        alone = told._replace(event_specific_data=replace(planned, partitions_subset=None))
        row = {
            "asset_key": planned.asset_key.to_string(),
            "check_name": planned.check_name,
            "run_id": event.run_id,
            "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
            "evaluation_event": serialize_value(event._replace(dagster_event=alone)),
            "evaluation_event_timestamp": self._event_insert_timestamp(event),
            "evaluation_event_storage_id": event_id,
            "materialization_event_storage_id": None,
        }
        rows = [{**row, "partition": key} for key in planned.partitions_subset.get_partition_keys()]
        with self.index_connection() as connection:
            self._plan_checks(connection, rows)


def _may_wait(event: EventLogEntry) -> bool:
    """Whether an event is one of many of a run, about one partition."""
    told = event.dagster_event
    if told is None or not event.run_id or told.event_type_value not in WAITING:
        return False
    evaluation = evaluation_of(event)
    return evaluation is None or evaluation.partition is not None


def _telling(events: Sequence[tuple[EventLogEntry, int]]) -> list[tuple[EventLogEntry, int]]:
    """Of each asset the last event and the last materialization: what they say overwrites what the others said.

    By asset, so that two runs that write at once lock rows in one order.
    """
    last: dict[tuple[str, bool], tuple[EventLogEntry, int]] = {}
    for event, event_id in events:
        key = event.get_dagster_event().asset_key
        if key is not None:
            last[key.to_string(), event.dagster_event_type is DagsterEventType.ASSET_MATERIALIZATION] = event, event_id
    return [told for _, told in sorted(last.items(), key=lambda item: (item[0][0], item[1][1]))]


def _forget_after_fork(storage: GroupingStorage) -> None:
    known = weakref.ref(storage)

    def forget() -> None:
        there = known()
        if there is not None:
            there.forget()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
