"""Whether a planned write is still worth making, judged again right before it is made.

What belongs here: reading a planned write back as what it says. What does not: the matrix (see ``domain.art.timeliness``).
"""

from __future__ import annotations

from datetime import date, datetime

from artifact_assets.domain.art.policy import TimelinessPolicy
from artifact_assets.domain.art.timeliness import judge_timeliness
from artifact_assets.domain.artifact import ActionItem, Content, Decision, FieldUpdate, Tag
from artifact_assets.domain.records import Intent, Json


def too_late(intent: Intent, now: datetime, policy: TimelinessPolicy) -> str | None:
    """Why the write is not worth making any more, or None."""
    content = content_of(intent.operation, intent.payload)
    if content is None:
        return None
    failures = judge_timeliness(as_of(intent.payload), content, now, policy)
    return "; ".join(sorted({failure.code for failure in failures})) or None


def as_of(payload: Json) -> datetime | None:
    """When the meeting took place, as the payload tells."""
    told = payload.get("as_of")
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def content_of(operation: str, payload: Json) -> Content | None:
    """A planned write read back as what it says. None for the second half of a write and for taking one back."""
    match operation:
        case "create_task":
            due = payload.get("due")
            return ActionItem(text=str(payload.get("title")), due=date.fromisoformat(due) if due else None)
        case "add_note":
            return Decision(text=str(payload.get("body")))
        case "set_field":
            return FieldUpdate(object="record", field=str(payload.get("field")), value=str(payload.get("value")))
        case "add_tag":
            return Tag(tag=str(payload.get("tag")))
        case _:
            # These are due whenever the first half is done.
            return None
