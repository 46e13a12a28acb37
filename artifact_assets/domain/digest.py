"""The digest: what was delivered and what waits for review, once a day, for the people whose records it is about.

What belongs here: drawing it from the ledger's rows, as a pure function. What does not: when and where it is sent.

Counts, ids and links only. Titles of meetings come from files that people named, so they are words too, and are left out
unless the configuration shows quotes outside (``quotes_in_ui``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.documents import Document
from artifact_assets.domain.messages import Message
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import IntentState, MeetingState


class DigestPolicy(Document):
    """When the digest is sent and how long it may be. Needs ARTIFACTS_DIGEST_WEBHOOK."""

    hour: int = Field(default=6, ge=0, le=23, description="The UTC hour in which yesterday's digest is sent.")
    most_meetings: int = Field(default=20, ge=1, le=100, description="Meetings named one by one; the rest is counted.")


@dataclass(frozen=True)
class Day:
    """Everything a digest is drawn from. ``intents`` are writes of its meetings, ``waiting`` is what people may have to see."""

    start: datetime
    meetings: Sequence[Meeting]
    intents: Sequence[Intent]
    waiting: Sequence[Meeting]
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def end(self) -> datetime:
        """When the next day begins."""
        return self.start + timedelta(days=1)

    def holds(self, moment: datetime | None) -> bool:
        """Whether something happened on this day."""
        return moment is not None and self.start <= moment < self.end


def digest_of_day(day: Day, policy: DigestPolicy) -> Message:
    """The message about one UTC day. Its id is the day's: a digest that is sent twice is the same message."""
    ended = [m for m in day.meetings if day.holds(m.updated_at)]
    writes = [i for i in day.intents if i.state is IntentState.CONFIRMED and day.holds(i.updated_at)]
    lines = [f"{len(ended)} meetings ended: {_counted(Counter(m.state.value for m in ended))}."]
    for destination, number in sorted(Counter(i.destination for i in writes).items()):
        lines.append(f"{number} records written to {destination}: {_counted(_operations(writes, destination))}.")
    links = _links(writes)
    for meeting in ended[: policy.most_meetings]:
        if meeting.counts.delivered:
            link = f" {links[meeting.meeting_id]}" if meeting.meeting_id in links else ""
            lines.append(f"- {_name(meeting, day)}: {meeting.counts.delivered} written{link}")
    if len(ended) > policy.most_meetings:
        lines.append(f"- and {len(ended) - policy.most_meetings} more: python -m artifact_assets meetings")
    held = [m for m in day.waiting if m.state is not MeetingState.PARTIALLY_DELIVERED or m.counts.quarantined]
    command = "python -m artifact_assets review list"
    lines.append(f"{len(held)} meetings wait for a person: {command}" if held else "Nothing waits for a person.")
    lines += [f"- {_name(m, day)}: {m.state}, {m.counts.quarantined} items held" for m in held[: policy.most_meetings]]
    return Message(
        f"digest-{day.start:%Y-%m-%d}",
        f"Meetings of {day.start:%Y-%m-%d} (UTC)",
        tuple(displayed_line(line) for line in lines),
    )


def _operations(writes: Sequence[Intent], destination: str) -> Counter[str]:
    return Counter(i.operation for i in writes if i.destination == destination)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "none"


def _links(writes: Sequence[Intent]) -> dict[str, str]:
    """A place where one of a meeting's records can be seen, for those destinations that tell one."""
    found: dict[str, str] = {}
    for intent in writes:
        receipt: Mapping[str, Any] = intent.receipt or {}
        if receipt.get("url"):
            found.setdefault(intent.meeting_id, str(receipt["url"]))
    return found


def _name(meeting: Meeting, day: Day) -> str:
    title = day.titles.get(meeting.meeting_id)
    return f"{meeting.meeting_id} ({title})" if title else meeting.meeting_id
