"""Receiving files for meetings.

What belongs here: what an arrival turns out to be: new, a new revision, or the same again. What does not: noticing
files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, update

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.erasure import refused_again
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Arrival, Meeting, Reception
from artifact_assets.domain.retention import gone
from artifact_assets.domain.states import MeetingState
from resources.database.transaction import Transaction
from resources.ledger.erased import erased_among
from resources.ledger.meetings import add_meetings, add_transitions, lock_meetings
from resources.ledger.tables import MEETINGS

_FROM_ARRIVAL = (
    "source",
    "file_name",
    "transcript_digest",
    "size_bytes",
    "sidecar_source",
    "sidecar_digest",
    "kind",
    "revision",
)
_STORE = (
    update(MEETINGS)
    .where(MEETINGS.c.meeting_id == bindparam("b_meeting_id"))
    .values({name: bindparam(f"b_{name}") for name in _FROM_ARRIVAL})
)
_START_AGAIN = (
    update(MEETINGS)
    .where(MEETINGS.c.meeting_id == bindparam("b_meeting_id"))
    .values(
        state=MeetingState.RECEIVED.value,
        updated_at=bindparam("b_updated_at"),
        failure_class=None,
        cause=None,
        next_attempt_at=None,
        run_id=None,
        backfill=None,
        deaths=0,
    )
)


@dataclass(frozen=True)
class Received:
    """A request to record an arrival."""

    arrival: Arrival
    now: datetime


def receive(
    transaction: Transaction, requests: Sequence[Received]
) -> Sequence[tuple[Meeting, Reception] | PipelineError]:
    """Record arrivals. A lease is left to its holder: the transcript stage itself receives what it finds changed."""
    known = lock_meetings(transaction, (request.arrival.meeting_id for request in requests))
    erased = erased_among(transaction, (request.arrival.transcript_digest for request in requests))
    outcomes: list[tuple[Meeting, Reception] | PipelineError] = []
    added: list[Meeting] = []
    stored: list[Meeting] = []
    revised: list[tuple[MeetingState | None, Meeting]] = []
    for request in requests:
        arrival, before = request.arrival, known.get(request.arrival.meeting_id)
        if before is not None and before.state is MeetingState.ERASED:
            outcomes.append((before, Reception.ERASED))
        elif before is None:
            refused = arrival.transcript_digest in erased
            meeting = _nameless(arrival, request.now) if refused else _first(arrival, request.now)
            added.append(meeting)
            outcomes.append((meeting, Reception.ERASED if refused else Reception.NEW))
        elif arrival.transcript_digest in erased and before.transcript_digest != arrival.transcript_digest:
            outcomes.append(refused_again(arrival.meeting_id))
        elif before.documents_gone_at is not None:
            # Known and over. Where the file lies is remembered, so that it goes again; a correction has nothing to correct.
            if before.revision == revision_of(arrival):
                stored.append(_same(before, arrival))
                outcomes.append((before, Reception.GONE))
            else:
                outcomes.append(gone(arrival.meeting_id, before.documents_gone_at))
        elif (
            before.source and before.source != arrival.source and before.transcript_digest != arrival.transcript_digest
        ):
            outcomes.append(_claimed_twice(arrival))
        elif before.revision != revision_of(arrival):
            meeting = _revised(before, arrival, request.now)
            revised.append((before.state, meeting))
            outcomes.append((meeting, Reception.REVISED))
        else:
            meeting = _same(before, arrival)
            if meeting != before:
                stored.append(meeting)
            outcomes.append((meeting, Reception.SAME))
    add_meetings(transaction, added)
    changed = [*stored, *(meeting for _, meeting in revised)]
    transaction.many(
        _STORE, [{f"b_{name}": getattr(m, name) for name in ("meeting_id", *_FROM_ARRIVAL)} for m in changed]
    )
    transaction.many(_START_AGAIN, [{"b_meeting_id": m.meeting_id, "b_updated_at": m.updated_at} for _, m in revised])
    add_transitions(transaction, [*((None, meeting) for meeting in added), *revised])
    return outcomes


def _gone(meeting: Meeting) -> PipelineError:
    assert meeting.documents_gone_at is not None
    return gone(meeting.meeting_id, meeting.documents_gone_at)


REFUSED: Mapping[Reception, Callable[[Meeting], PipelineError]] = {
    Reception.ERASED: lambda meeting: refused_again(meeting.meeting_id),
    Reception.GONE: _gone,
}
"""Receptions that are recorded and refused."""


def revision_of(arrival: Arrival) -> str:
    """The digest of what was received for a meeting: its transcript and its sidecar."""
    return digest_of({"transcript": arrival.transcript_digest, "sidecar": arrival.sidecar_digest})


def _first(arrival: Arrival, now: datetime) -> Meeting:
    return Meeting(
        **vars(arrival), revision=revision_of(arrival), state=MeetingState.RECEIVED, received_at=now, updated_at=now
    )


def _nameless(arrival: Arrival, now: datetime) -> Meeting:
    """What is on record of a file that brings back what was erased: seen and refused, without its name."""
    refused = Arrival(arrival.meeting_id, "", "", arrival.transcript_digest, arrival.size_bytes)
    cause = refused_again(arrival.meeting_id).cause
    return replace(_first(refused, now), state=MeetingState.ERASED, cause=cause)


def _same(before: Meeting, arrival: Arrival) -> Meeting:
    return replace(before, source=arrival.source, file_name=arrival.file_name, sidecar_source=arrival.sidecar_source)


def _revised(before: Meeting, arrival: Arrival, now: datetime) -> Meeting:
    kept = {"kind": arrival.kind or before.kind}
    return replace(
        before,
        **{**vars(arrival), **kept},
        revision=revision_of(arrival),
        state=MeetingState.RECEIVED,
        updated_at=now,
        failure_class=None,
        cause=None,
        next_attempt_at=None,
        run_id=None,
        backfill=None,
        deaths=0,
    )


def _claimed_twice(arrival: Arrival) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        # Without the names of the files, which may be people's: Dagster shows it.
        f"Another file than the one received for {arrival.meeting_id}, with other content, claims this meeting id too, so it "
        "was not taken in.",
        "Give one of them another meeting_id in its sidecar, or replace the first file by the second.",
    )
