"""Events as Dagster would log them.

What belongs here: making one of each kind. What does not: storing them.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent, StepMaterializationData
from dagster._core.events.log import EventLogEntry

from tests.event_storage.databases import RUN

EXTRACTED = dg.AssetKey("extracted")


def materialized(partition: str, run_id: str = RUN) -> EventLogEntry:
    """A partition of ``EXTRACTED`` is there."""
    told = StepMaterializationData(dg.AssetMaterialization(EXTRACTED, partition=partition))
    return _entry(dg.DagsterEventType.ASSET_MATERIALIZATION, told, run_id)


def planned(partition: str, run_id: str = RUN) -> EventLogEntry:
    """It is going to be."""
    told = AssetMaterializationPlannedData(EXTRACTED, partition)
    return _entry(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, told, run_id)


def evaluated(partition: str, *, passed: bool, run_id: str = RUN) -> EventLogEntry:
    """A check looked at it."""
    told = dg.AssetCheckEvaluation(EXTRACTED, "accurate", passed, {}, partition=partition)
    return _entry(dg.DagsterEventType.ASSET_CHECK_EVALUATION, told, run_id)


def said(run_id: str = RUN) -> EventLogEntry:
    """A line of a log: an event that never waits."""
    return EventLogEntry(None, 20, "a word", run_id, 1_700_000_000.0, None, "job", None)


def _entry(kind: dg.DagsterEventType, told: Any, run_id: str) -> EventLogEntry:
    event = DagsterEvent(kind.value, "job", event_specific_data=told)
    return EventLogEntry(None, 10, "", run_id, 1_700_000_000.0, None, "job", event)
