"""Printing estimates and plans of a replay.

What belongs here: rows and sentences. What does not: finding them (see ``replay``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from artifact_assets.commands.output import print_json, print_table, remark
from artifact_assets.domain.records import Json
from artifact_assets.domain.replay import (
    EFFECTIVE,
    Change,
    EntryState,
    PlanEntry,
    PlannedWrite,
    Preparation,
    ReplayPlan,
)
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.staleness import Outlook, Total, total

MOST_RECORDS = 60
"""More differences than a person reads at once; `--json` has all."""
UNTOLD = frozenset({"marker", "meeting_id", "of", "record_key", "record_id", "withdraws", "confirmed_at", "previous"})


def print_estimate(found: Sequence[Outlook], *, as_json: bool) -> None:
    """What would run again, why, and at most at what cost."""
    summed = total(found)
    if as_json:
        print_json({"meetings": [_outlook_row(one) for one in found], "total": _total_row(summed)})
        return
    print_table(
        ("meeting", "state", "stage", "would run again because of", "calls", "tokens", "US dollars"),
        (cells for one in found for cells in _cells(one)),
        empty="No meetings.",
    )
    money = "an unknown cost (set model.prices)" if summed.cost is None else f"{summed.cost:.4f} US dollars"
    told = f"{summed.meetings} meetings would run again: at most {summed.calls} calls, {summed.tokens} tokens, {money}"
    more = f", and {summed.unknown} that were never read cannot be measured" if summed.unknown else ""
    remark(f"{told}{more}. Nothing was changed: this was a dry run.")


def print_plans(equipment: Equipment, *, as_json: bool) -> None:
    """Every plan with how many of its meetings stand where."""
    found = asyncio.run(_plans(equipment))
    if as_json:
        print_json(found)
        return
    print_table(
        ("plan", "made (UTC)", "by", "why", "meetings"),
        (
            (
                row["plan_id"],
                row["created_at"][:19].replace("T", " "),
                row["who"],
                row["why"],
                ", ".join(f"{n} {state}" for state, n in row["states"].items()) or "none",
            )
            for row in found
        ),
        empty="No plans.",
    )


async def _plans(equipment: Equipment) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for plan in await equipment.ledger.plans():
        where = (await equipment.ledger.progress(plan.plan_id)).by_state
        rows.append(
            {**_plan_row(plan), "states": {state.value: where[state] for state in EntryState if state in where}}
        )
    return rows


def print_plan(equipment: Equipment, plan: ReplayPlan, entries: Sequence[PlanEntry], *, as_json: bool) -> None:
    """A plan: its meetings, and the difference per record."""
    held = asyncio.run(_preparations(equipment, entries))
    if as_json:
        print_json({**_plan_row(plan), "meetings": [_entry_row(e, held.get(e.meeting_id)) for e in entries]})
        return
    columns = [change for change in Change if any(entry.changes.get(change) for entry in entries)]
    print_table(
        ("meeting", "plan", *columns, "calls", "US dollars", "because of"),
        (
            (
                entry.meeting_id,
                entry.state.value,
                *(entry.changes.get(change, 0) for change in columns),
                entry.spent.calls,
                f"{entry.spent.cost:.4f}",
                f"{entry.failure_class}: {entry.cause}" if entry.failure_class else "; ".join(entry.reasons) or "-",
            )
            for entry in entries
        ),
        empty="No meetings.",
    )
    _print_records(held)
    remark(_next(plan, entries))


def _print_records(held: Mapping[str, Preparation]) -> None:
    shown = [(name, write) for name, found in held.items() for write in found.writes if write.change is not Change.SAME]
    if shown:
        print_table(
            ("meeting", "change", "at", "operation", "old -> new", "but"),
            (
                (name, write.change.value, write.destination, write.operation, difference(write), _but(write))
                for name, write in shown[:MOST_RECORDS]
            ),
            empty="",
        )
    if len(shown) > MOST_RECORDS:
        remark(f"And {len(shown) - MOST_RECORDS} more records: add --json, or name meetings.")


def difference(write: PlannedWrite) -> str:
    """What changes of a record's content, in one line."""
    before = write.before or {}
    after: Json = write.intent.payload if write.intent is not None else {}
    if write.change in (Change.WITHDRAW, Change.LEFT):
        return f"{_content(before)} -> {'gone' if write.change is Change.WITHDRAW else 'stays'}"
    if not before:
        return f"nothing -> {_content(after)}"
    differing = [key for key in {**before, **after} if key not in UNTOLD and before.get(key) != after.get(key)]
    return "; ".join(f"{key}: {before.get(key)!s} -> {after.get(key)!s}" for key in differing) or "another record"


def _content(payload: Json) -> str:
    told = payload.get("title") or payload.get("body") or payload.get("tag")
    return str(told or (f"{payload['field']} = {payload.get('value')}" if "field" in payload else "its second step"))


def _but(write: PlannedWrite) -> str | None:
    if write.there in ("conflict", "gone"):
        return f"{write.there} at the destination: it will stay as it is"
    return write.needs


def _next(plan: ReplayPlan, entries: Sequence[PlanEntry]) -> str:
    """What to type next."""
    command = "python -m artifact_assets replay"
    states = {entry.state for entry in entries}
    told = [f"Plan {plan.plan_id}."]
    if EntryState.SELECTED in states or EntryState.FAILED in states:
        told.append(f"Not everything is prepared: {command} --prepare --plan {plan.plan_id}")
    if EntryState.PREPARED in states:
        told.append(f"Nothing of what is prepared was written yet: {command} --apply {plan.plan_id} --why TEXT")
    if EntryState.APPLYING in states:
        told.append(f"Not everything is delivered; it goes on by itself, or with: {command} --apply {plan.plan_id}")
    if EntryState.APPLIED in states:
        told.append(f"Taken back by: python -m artifact_assets deliveries revert --plan {plan.plan_id} --why TEXT")
    return " ".join(told)


async def _preparations(equipment: Equipment, entries: Sequence[PlanEntry]) -> dict[str, Preparation]:
    store = equipment.store
    return {
        entry.meeting_id: Preparation.model_validate_json(await store.get(entry.document))
        for entry in entries
        if entry.document is not None
    }


def _plan_row(plan: ReplayPlan) -> dict[str, Any]:
    return {**vars(plan), "created_at": plan.created_at.isoformat(), "selection": dict(plan.selection)}


def _entry_row(entry: PlanEntry, held: Preparation | None) -> Json:
    return {
        "meeting_id": entry.meeting_id,
        "state": entry.state.value,
        "reasons": list(entry.reasons),
        "changes": dict(entry.changes),
        "calls": entry.spent.calls,
        "tokens": entry.spent.tokens,
        "cost_usd": entry.spent.cost,
        "failure_class": entry.failure_class.value if entry.failure_class else None,
        "cause": entry.cause,
        "run_id": entry.run_id,
        "records": [_record_row(write) for write in held.writes] if held is not None else [],
    }


def _record_row(write: PlannedWrite) -> Json:
    return {
        "change": write.change.value,
        "effective": write.change in EFFECTIVE,
        "record_key": write.record_key,
        "idempotency_key": write.intent.intent_key if write.intent is not None else None,
        "item_id": write.item_id,
        "destination": write.destination,
        "operation": write.operation,
        "old": write.before,
        "new": dict(write.intent.payload) if write.intent is not None else None,
        "there": write.there,
        "needs": write.needs,
    }


def _cells(one: Outlook) -> list[tuple[Any, ...]]:
    """One line per stage; the costs stand beside the first."""
    costs = (None, None, None)
    if one.stale:
        costs = ("?", "?", "?")
        if one.cost is not None:
            costs = (one.cost.calls, one.cost.tokens, f"{one.cost.cost:.4f}" if one.priced else "?")
    state = one.meeting.state.value
    if not one.reruns:
        return [(one.meeting.meeting_id, state, None, "nothing: everything is current", *costs)]
    return [
        (
            one.meeting.meeting_id if first else None,
            state if first else None,
            rerun.stage.value,
            ", ".join(rerun.why) + (" and may be reused" if rerun.perhaps else ""),
            *(costs if first else (None, None, None)),
        )
        for first, rerun in zip([True, *[False] * len(one.reruns)], one.reruns, strict=False)
    ]


def _outlook_row(one: Outlook) -> dict[str, Any]:
    return {
        "meeting_id": one.meeting.meeting_id,
        "state": one.meeting.state.value,
        "reasons": list(one.reasons),
        "stages": [{"stage": r.stage.value, "why": list(r.why), "perhaps": r.perhaps} for r in one.reruns],
        "calls": one.cost.calls if one.cost is not None else None,
        "tokens": one.cost.tokens if one.cost is not None else None,
        "cost_usd": one.cost.cost if one.cost is not None and one.priced else None,
    }


def _total_row(summed: Total) -> dict[str, Any]:
    return {
        "meetings": summed.meetings,
        "calls": summed.calls,
        "tokens": summed.tokens,
        "cost_usd": summed.cost,
        "unknown": summed.unknown,
    }
