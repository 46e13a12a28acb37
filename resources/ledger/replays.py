"""Replay plans in the ledger.

What belongs here: statements over ``replay_plans`` and ``replay_entries``, and taking a prepared meeting over. What does not:
what a plan is for (see ``artifact_assets.stages.replay``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Select, bindparam, func, insert, select, update

from artifact_assets.domain.budgets import Amount
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.replay import EntryState, PlanEntry, ReplayPlan
from artifact_assets.domain.replay_ports import Adoption
from resources.database.transaction import Transaction
from resources.ledger.checkpoints import store_checkpoints
from resources.ledger.commits import commit
from resources.ledger.replay_tables import REPLAY_ENTRIES, REPLAY_PLANS
from resources.ledger.rows import Values

_P, _E = REPLAY_PLANS.c, REPLAY_ENTRIES.c
_ADD_PLAN = insert(REPLAY_PLANS)
_ADD_ENTRIES = insert(REPLAY_ENTRIES)
_KEYS = ("plan_id", "meeting_id")
_STATES = (
    select(_E.plan_id, _E.meeting_id, _E.state)
    .where(_E.plan_id == bindparam("b_plan"), _E.meeting_id.in_(bindparam("ids", expanding=True)))
    .order_by(_E.meeting_id)
    .with_for_update()
)
_CHANGE = (
    update(REPLAY_ENTRIES)
    .where(*(_E[key] == bindparam(f"b_{key}") for key in _KEYS))
    .values({column.name: bindparam(f"b_{column.name}") for column in _E if column.name not in _KEYS})
)
ALL = select(REPLAY_PLANS).order_by(_P.created_at.desc(), _P.plan_id)


@dataclass(frozen=True)
class NewPlan:
    """A plan with its meetings."""

    plan: ReplayPlan
    entries: tuple[PlanEntry, ...]


@dataclass(frozen=True)
class Noting:
    """A wish to move one meeting of a plan."""

    entry: PlanEntry
    only_from: frozenset[EntryState] | None = None


def add_plans(transaction: Transaction, requests: Sequence[NewPlan]) -> Sequence[PipelineError | None]:
    """Store plans."""
    transaction.many(_ADD_PLAN, [dict(vars(request.plan)) for request in requests])
    transaction.many(_ADD_ENTRIES, [_values(entry) for request in requests for entry in request.entries])
    return [None] * len(requests)


def note(transaction: Transaction, requests: Sequence[Noting]) -> Sequence[bool | PipelineError]:
    """Store where meetings of plans stand."""
    outcomes: list[bool] = []
    changed: list[Values] = []
    for request in requests:
        entry = request.entry
        rows = transaction.rows(_STATES, b_plan=entry.plan_id, ids=[entry.meeting_id])
        wanted = request.only_from
        may = bool(rows) and (wanted is None or EntryState(rows[0].state) in wanted)
        outcomes.append(may)
        if may:
            changed.append({f"b_{name}": value for name, value in _values(entry).items()})
    transaction.many(_CHANGE, changed)
    return outcomes


def adopt(transaction: Transaction, requests: Sequence[Adoption]) -> Sequence[PipelineError | None]:
    """Make prepared stage results the meeting's own. See ``ReplayPlans.adopt``."""
    commits = [request.commit for request in requests if request.commit is not None]
    refusals = iter(commit(transaction, commits))
    outcomes = [next(refusals) if request.commit is not None else None for request in requests]
    accepted = [request for request, refusal in zip(requests, outcomes, strict=True) if refusal is None]
    store_checkpoints(transaction, [checkpoint for request in accepted for checkpoint in request.earlier])
    transaction.many(
        _CHANGE, [{f"b_{name}": value for name, value in _values(request.entry).items()} for request in accepted]
    )
    return outcomes


def entries(plan_id: str, meeting_ids: Iterable[str] | None) -> Select[Any]:
    """Meetings of a plan in its order."""
    statement = cast("Any", select(REPLAY_ENTRIES).where(_E.plan_id == plan_id).order_by(_E.position))
    return statement if meeting_ids is None else statement.where(_E.meeting_id.in_(list(meeting_ids)))


def entries_of(meeting_id: str) -> Select[Any]:
    """A meeting's part in every plan."""
    statement = cast("Any", select(REPLAY_ENTRIES).join(REPLAY_PLANS, _P.plan_id == _E.plan_id))
    return statement.where(_E.meeting_id == meeting_id).order_by(_P.created_at, _P.plan_id)


def counted(plan_id: str) -> Select[Any]:
    """How many meetings of a plan stand in each state."""
    statement = cast("Any", select(_E.state, func.count().label("n")))
    return statement.where(_E.plan_id == plan_id).group_by(_E.state)


def count_from(row: Row[Any]) -> tuple[EntryState, int]:
    """A row of ``counted``."""
    return EntryState(row.state), int(row.n)


def plan_from(row: Row[Any]) -> ReplayPlan:
    """A row of ``replay_plans``."""
    return ReplayPlan(row.plan_id, row.created_at, row.who, row.why, row.selection)


def entry_from(row: Row[Any]) -> PlanEntry:
    """A row of ``replay_entries``."""
    return PlanEntry(
        plan_id=row.plan_id,
        meeting_id=row.meeting_id,
        position=row.position,
        state=EntryState(row.state),
        updated_at=row.updated_at,
        reasons=tuple(row.reasons),
        basis=row.basis,
        document=row.document,
        changes=row.changes,
        spent=Amount(row.calls, row.tokens, row.cost),
        failure_class=FailureClass(row.failure_class) if row.failure_class is not None else None,
        cause=row.cause,
        run_id=row.run_id,
    )


def _values(entry: PlanEntry) -> Values:
    values = dict(vars(entry))
    spent = values.pop("spent")
    return {
        **values,
        "state": entry.state.value,
        "reasons": list(entry.reasons),
        "failure_class": entry.failure_class.value if entry.failure_class is not None else None,
        "calls": spent.calls,
        "tokens": spent.tokens,
        "cost": spent.cost,
    }
