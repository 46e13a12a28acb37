"""Which materialization each check evaluation is about.

What belongs here: naming it in the evaluations of a group. What does not: storing them (see ``storage``).

Dagster shows a check's verdict on a partition only while it names the partition's last materialization. The evaluations of
a run are logged right behind their materialization, whose id nobody knows before it is stored: the group does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from dagster import DagsterEventType
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.events.log import EventLogEntry
from dagster_shared.record import replace  # pyright: ignore[reportUnknownVariableType] - its keywords are untyped

Place = tuple[str, str]
"""An asset key and a partition."""


def evaluation_of(event: EventLogEntry) -> AssetCheckEvaluation | None:
    """What a check said; None for any other event."""
    if event.dagster_event_type is not DagsterEventType.ASSET_CHECK_EVALUATION:
        return None
    return cast("AssetCheckEvaluation", event.get_dagster_event().event_specific_data)


def untold(events: Sequence[EventLogEntry]) -> list[Place]:
    """Where checks spoke without a materialization before them in the same group, each place once."""
    seen: set[Place] = set()
    missing: dict[Place, None] = {}
    for event in events:
        evaluation = evaluation_of(event)
        if evaluation is None:
            place = _materialized(event)
            if place is not None:
                seen.add(place)
        elif evaluation.target_materialization_data is None and (place := _checked(evaluation)) not in seen:
            missing[place] = None
    return list(missing)


def aimed(
    events: Sequence[EventLogEntry],
    ids: Sequence[int],
    stored: Mapping[Place, AssetCheckEvaluationTargetMaterializationData],
) -> list[EventLogEntry]:
    """The events, each evaluation with the last materialization before it: in the group, else the one ``stored``."""
    latest = dict(stored)
    found: list[EventLogEntry] = []
    for event, event_id in zip(events, ids, strict=True):
        evaluation = evaluation_of(event)
        if evaluation is None:
            place = _materialized(event)
            if place is not None:
                latest[place] = AssetCheckEvaluationTargetMaterializationData(
                    storage_id=event_id, run_id=event.run_id, timestamp=event.timestamp
                )
        elif evaluation.target_materialization_data is None:
            about = replace(evaluation, target_materialization_data=latest.get(_checked(evaluation)))
            told = event.get_dagster_event()._replace(event_specific_data=about)
            event = event._replace(dagster_event=told)  # noqa: PLW2901 - the same event, told fully
        found.append(event)
    return found


def _materialized(event: EventLogEntry) -> Place | None:
    told = event.get_dagster_event()
    if event.dagster_event_type is not DagsterEventType.ASSET_MATERIALIZATION or told.asset_key is None:
        return None
    return told.asset_key.to_string(), told.partition or ""


def _checked(evaluation: AssetCheckEvaluation) -> Place:
    return evaluation.asset_key.to_string(), evaluation.partition or ""
