"""Everything that happened to a meeting, as one list in order of time.

What belongs here: gathering what the ledger remembers. What does not: printing it (see ``commands.trace``) and handing it to
an auditor (see ``domain.chain``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import AnswerStore
from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.records import Attempt, Intent, Meeting

Entry = dict[str, Any]


async def history(ledger: Ledger, answers: AnswerStore, meeting_id: str) -> tuple[Meeting, list[Entry]]:
    """The meeting and its history, oldest first. Raises PipelineError(unreadable_input) for an unknown one.

    Each entry has ``at``, ``what`` and ``detail``, and beside them what a program wants of it; what failed has a ``remedy``.
    """
    meeting = await ledger.meeting(meeting_id)
    if meeting is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"There is no meeting {meeting_id}.", "List the known ones with `meetings`."
        )
    entries = [
        *await _transitions(ledger, meeting_id),
        *await _stages(ledger, meeting_id),
        *await _model_calls(answers, meeting_id),
        *await _writes(ledger, meeting_id),
        *await _interventions(ledger, meeting_id),
        *await _replays(ledger, meeting_id),
    ]
    return meeting, sorted(entries, key=lambda entry: entry["at"])


async def _transitions(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": t.at.isoformat(),
            "what": "transition",
            "detail": f"{t.before.value if t.before else 'new'} -> {t.after.value}"
            + (f" [{t.failure_class}]" if t.failure_class else "")
            + (f" {t.cause}" if t.cause else ""),
            "run_id": t.run_id,
            "attempt": t.attempt,
            "before": t.before.value if t.before else None,
            "after": t.after.value,
            "cause": t.cause,
            **_failed(t.failure_class),
        }
        for t in await ledger.transitions(meeting_id)
    ]


async def _stages(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": c.created_at.isoformat(),
            "what": f"stage {c.stage.value}",
            "detail": f"{c.duration_seconds:g} s, document {c.document[:12]}",
            "run_id": c.run_id,
            "stage": c.stage.value,
            "key": c.key,
            "components": dict(c.components),
            "document": c.document,
            "metadata": dict(c.metadata),
            "checks": {check.check: check.passed for check in c.checks},
            "duration_seconds": c.duration_seconds,
            "attempts": c.attempts,
        }
        for c in await ledger.checkpoints(meeting_id)
    ]


async def _model_calls(answers: AnswerStore, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": call.started_at.isoformat(),
            "what": f"model {call.model}",
            "detail": f"{call.outcome.value}, {call.duration_seconds:g} s, attempts {call.attempts}"
            + (f" [{call.failure_class}]" if call.failure_class else ""),
            "run_id": call.run_id,
            "model": call.model,
            "parameters": dict(call.parameters),
            "request": call.request_digest,
            "response": call.response,
            "outcome": call.outcome.value,
            "attempts": call.attempts,
            "duration_seconds": call.duration_seconds,
            "usage": vars(call.usage),
            "cost": call.cost,
            "prompt_version": call.prompt_version,
            "prompt_digest": call.prompt_digest,
            **_failed(call.failure_class),
        }
        for call in await answers.calls(meeting_id)
    ]


async def _writes(ledger: Ledger, meeting_id: str) -> list[Entry]:
    entries: list[Entry] = []
    for intent in await ledger.intents(meeting_id=meeting_id):
        tries = await ledger.attempts(intent.intent_key)
        if intent.created_at is not None and not tries:
            told = f"planned at {intent.destination}, never sent, now {intent.state.value}"
            entries.append(
                {
                    "at": intent.created_at.isoformat(),
                    "what": f"write {intent.operation}",
                    "detail": told + (f": {intent.cause}" if intent.cause else ""),
                    **_write(intent),
                    **_failed(intent.failure_class),
                }
            )
        entries += [_attempt(intent, one, last=one is tries[-1]) for one in tries]
    return entries


def _attempt(intent: Intent, one: Attempt, *, last: bool) -> Entry:
    return {
        "at": one.started_at.isoformat(),
        "what": f"write {intent.operation}",
        "detail": f"attempt {one.number} at {intent.destination}: {one.outcome}, now {intent.state.value}",
        **_write(intent),
        "attempt": one.number,
        "ended_at": one.ended_at.isoformat() if one.ended_at is not None else None,
        "duration_seconds": one.duration_seconds,
        "outcome": one.outcome,
        "status": one.status,
        "code": one.code,
        "correlation_id": one.correlation_id,
        "request_digest": one.request_digest,
        "cause": intent.cause if last else None,
        **_failed(intent.failure_class if last else None),
    }


def _write(intent: Intent) -> Mapping[str, Any]:
    return {
        "item_id": intent.item_id,
        "idempotency_key": intent.intent_key,
        "record_key": intent.record_key,
        "destination": intent.destination,
        "state": intent.state.value,
    }


def _failed(failure_class: FailureClass | None) -> Mapping[str, Any]:
    return {
        "failure_class": failure_class.value if failure_class else None,
        "remedy": failure_class.rule.remedy if failure_class else None,
    }


async def _interventions(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": i.at.isoformat(),
            "what": f"by {i.who}",
            "detail": f"{i.action}: {i.why}",
            "item_id": i.item_id,
            "action": i.action,
            "details": dict(i.details),
        }
        for i in await ledger.interventions(meeting_id)
    ]


async def _replays(ledger: Ledger, meeting_id: str) -> list[Entry]:
    plans = {plan.plan_id: plan for plan in await ledger.plans()}
    return [
        {
            "at": entry.updated_at.isoformat(),
            "what": f"replay {entry.plan_id}",
            "detail": f"{entry.state.value} in the plan of {plans[entry.plan_id].who}: {plans[entry.plan_id].why}",
            "run_id": entry.run_id,
            "plan": entry.plan_id,
            "state": entry.state.value,
            "reasons": list(entry.reasons),
            "cause": entry.cause,
            **_failed(entry.failure_class),
        }
        for entry in await ledger.entries_of(meeting_id)
    ]
