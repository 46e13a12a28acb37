"""Rows as the values the domain speaks of, and back.

What belongs here: one function per kind of row and direction. What does not: statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from artifact_assets.domain.artifact import ItemKind, ItemState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import (
    Attempt,
    Checkpoint,
    CheckResult,
    Counts,
    Intent,
    IntentPlan,
    Intervention,
    KnownItem,
    Meeting,
    Transition,
)
from artifact_assets.domain.states import IntentState, MeetingState, Stage

Values = dict[str, Any]

_PLAN_FIELDS = tuple(field.name for field in fields(IntentPlan))


def _values(row: Row[Any] | Mapping[str, Any]) -> Values:
    values = dict(row if isinstance(row, Mapping) else row._mapping)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
    values.pop("id", None)
    return values


def _failure_class(value: str | None) -> FailureClass | None:
    return FailureClass(value) if value is not None else None


def meeting_from(row: Row[Any] | Mapping[str, Any]) -> Meeting:
    """A row of ``meetings``."""
    values = _values(row)
    values["counts"] = Counts(values.pop("items"), values.pop("quarantined"), values.pop("delivered"))
    values["state"] = MeetingState(values["state"])
    values["failure_class"] = _failure_class(values["failure_class"])
    return Meeting(**values)


def transition_from(row: Row[Any]) -> Transition:
    """A row of ``transitions``."""
    values = _values(row)
    values["before"] = MeetingState(values["before"]) if values["before"] is not None else None
    values["after"] = MeetingState(values["after"])
    values["failure_class"] = _failure_class(values["failure_class"])
    return Transition(**values)


def checkpoint_from(row: Row[Any]) -> Checkpoint:
    """A row of ``checkpoints``."""
    values = _values(row)
    values["stage"] = Stage(values["stage"])
    values["checks"] = tuple(CheckResult(**check) for check in values["checks"])
    return Checkpoint(**values)


def checkpoint_values(checkpoint: Checkpoint) -> Values:
    """What ``checkpoints`` stores."""
    values = dict(vars(checkpoint))
    values["stage"] = checkpoint.stage.value
    values["checks"] = [dict(vars(check)) for check in checkpoint.checks]
    return values


def item_from(row: Row[Any]) -> KnownItem:
    """A row of ``items``."""
    values = _values(row)
    values["kind"], values["state"] = ItemKind(values["kind"]), ItemState(values["state"])
    return KnownItem(**values)


def item_values(item: KnownItem) -> Values:
    """What ``items`` stores."""
    return {**vars(item), "kind": item.kind.value, "state": item.state.value}


def intent_from(row: Row[Any]) -> Intent:
    """A row of ``intents``."""
    values = _values(row)
    values["state"] = IntentState(values["state"])
    values["failure_class"] = _failure_class(values["failure_class"])
    return Intent(**values)


def plan_values(plan: IntentPlan) -> Values:
    """What ``intents`` stores of a plan."""
    values = {name: getattr(plan, name) for name in _PLAN_FIELDS}
    values["state"] = plan.state.value
    values["failure_class"] = plan.failure_class.value if plan.failure_class else None
    return values


def attempt_from(row: Row[Any]) -> Attempt:
    """A row of ``attempts``."""
    return Attempt(**_values(row))


def intervention_from(row: Row[Any]) -> Intervention:
    """A row of ``interventions``."""
    return Intervention(**_values(row))
