"""What goes by retention: beginning a removal when nothing needs the meeting, taking its traces out of rows, ending it.

What belongs here: statements over ``retentions`` and what removals do to other rows. What does not: who is due (see
``retention_reading``) and removing files and documents (see ``artifact_assets.stages.retaining``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from artifact_assets.domain.artifact import ItemState
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intervention, Meeting
from artifact_assets.domain.retention import RETAINED, Need, Outlook, Part, Removal
from resources.database.transaction import Transaction
from resources.ledger.batch_tables import BATCH_REQUESTS
from resources.ledger.erasures import withdraw
from resources.ledger.holdings import held_by
from resources.ledger.interventions import intervene
from resources.ledger.meetings import lock_meetings
from resources.ledger.replay_tables import REPLAY_ENTRIES
from resources.ledger.retention_reading import needs_of
from resources.ledger.retention_tables import RETENTIONS
from resources.ledger.scrubbing import scrub_meeting
from resources.ledger.tables import CHECKPOINTS, ITEMS, MARKS, MEETINGS, MODEL_CALLS

_HELD = (ItemState.QUARANTINED.value, ItemState.SUGGESTED.value)
_R = RETENTIONS.c


@dataclass(frozen=True)
class Beginning:
    """A request to look at a meeting, or with ``commit`` to begin removing ``parts`` of it."""

    meeting_id: str
    parts: tuple[Part, ...]
    now: datetime
    reviews: bool
    commit: bool = True


@dataclass(frozen=True)
class Ending:
    """Removals that are done, with how many things went, and who had it done."""

    removals: Mapping[Removal, int]
    who: str
    now: datetime


def begin(
    transaction: Transaction, requests: Sequence[Beginning]
) -> Sequence[tuple[Need, ...] | tuple[Removal, ...] | Outlook | PipelineError | None]:
    """Begin removals; of a meeting that something needs, why. Without ``commit`` the outlook only."""
    known = lock_meetings(transaction, (request.meeting_id for request in requests))
    return [_begin(transaction, request, known.get(request.meeting_id)) for request in requests]


def _begin(
    transaction: Transaction, request: Beginning, meeting: Meeting | None
) -> tuple[Need, ...] | tuple[Removal, ...] | Outlook | None:
    if meeting is None:
        return () if request.commit else None
    needs = needs_of(transaction, meeting, request.now, reviews=request.reviews)
    removals = () if needs else _removals(transaction, request, meeting)
    if not request.commit:
        things = {one.part: len(one.documents) or len(one.sources) for one in removals}
        sources = tuple(source for one in removals for source in one.sources)
        return Outlook(meeting, request.parts, needs, things, sources)
    if needs:
        return needs
    for one in removals:
        values = {"begun_at": one.begun_at, "finished_at": None, "removed": 0}
        lists = {"documents": list(one.documents), "sources": list(one.sources)}
        named = (_R.meeting_id == one.meeting_id) & (_R.part == one.part.value)
        transaction.connection.execute(delete(RETENTIONS).where(named))
        row = {"meeting_id": one.meeting_id, "part": one.part.value, **values, **lists}
        transaction.connection.execute(insert(RETENTIONS).values(row))
    if Part.DOCUMENTS in request.parts:
        _close_documents(transaction, meeting, request.now)
    if Part.LEDGER_TEXT in request.parts:
        withdraw(transaction, meeting.meeting_id, request.now)
    return removals


def _removals(transaction: Transaction, request: Beginning, meeting: Meeting) -> tuple[Removal, ...]:
    held = held_by(transaction, meeting.meeting_id)
    assert held is not None, "the meeting's row is locked"
    of_stages = {*held.documents, *held.transcripts} - set(held.answers)
    documents = {Part.DOCUMENTS: of_stages, Part.ANSWERS: set(held.answers) - {*held.transcripts}}
    return tuple(
        Removal(
            meeting.meeting_id,
            part,
            meeting.kind,
            request.now,
            tuple(sorted(documents.get(part, ()))),
            held.sources if part is Part.SOURCE else (),
        )
        for part in request.parts
    )


def _close_documents(transaction: Transaction, meeting: Meeting, now: datetime) -> None:
    """From here on the meeting is not run, its items wait for nobody, and nothing of it is told to Dagster again."""
    transaction.connection.execute(
        update(MEETINGS)
        .where(MEETINGS.c.meeting_id == meeting.meeting_id, MEETINGS.c.documents_gone_at.is_(None))
        .values(documents_gone_at=now)
    )
    transaction.connection.execute(
        update(ITEMS)
        .where(ITEMS.c.meeting_id == meeting.meeting_id, ITEMS.c.state.in_(_HELD))
        .values(state=ItemState.EXPIRED.value, updated_at=now)
    )
    transaction.connection.execute(
        update(CHECKPOINTS).where(CHECKPOINTS.c.meeting_id == meeting.meeting_id).values(event_pending=False)
    )


def blank(transaction: Transaction, requests: Sequence[Removal]) -> Sequence[PipelineError | None]:
    """Take out of the rows what named, or was, a part."""
    for request in requests:
        _BLANKING[request.part](transaction, request)
    return [None] * len(requests)


def _blank_source(transaction: Transaction, removal: Removal) -> None:
    """The path goes with the file, so that a path that is there again tells of a file that is."""
    rows = update(MEETINGS).where(MEETINGS.c.meeting_id == removal.meeting_id, MEETINGS.c.source.in_(removal.sources))
    transaction.connection.execute(rows.values(source="", sidecar_source=None))
    transaction.connection.execute(delete(MARKS).where(MARKS.c.source.in_(removal.sources)))


def _blank_answers(transaction: Transaction, removal: Removal) -> None:
    calls = update(MODEL_CALLS).where(MODEL_CALLS.c.meeting_id == removal.meeting_id)
    transaction.connection.execute(calls.where(MODEL_CALLS.c.outcome == "answered").values(outcome="discarded"))
    transaction.connection.execute(calls.values(response_document=None))
    transaction.connection.execute(delete(BATCH_REQUESTS).where(BATCH_REQUESTS.c.meeting_id == removal.meeting_id))


def _blank_documents(transaction: Transaction, removal: Removal) -> None:
    entries = update(REPLAY_ENTRIES).where(REPLAY_ENTRIES.c.meeting_id == removal.meeting_id)
    transaction.connection.execute(entries.values(document=None, basis=None))


def _blank_text(transaction: Transaction, removal: Removal) -> None:
    scrub_meeting(transaction, removal.meeting_id, removal.sources)
    cause = f"Its words went on {removal.begun_at:%Y-%m-%d} by retention."
    rows = update(MEETINGS).where(MEETINGS.c.meeting_id == removal.meeting_id)
    transaction.connection.execute(rows.values(cause=cause))


_BLANKING = {
    Part.SOURCE: _blank_source,
    Part.ANSWERS: _blank_answers,
    Part.DOCUMENTS: _blank_documents,
    Part.LEDGER_TEXT: _blank_text,
}


def finish(transaction: Transaction, requests: Sequence[Ending]) -> Sequence[PipelineError | None]:
    """End removals, and record each meeting's and the pass as a whole."""
    for request in requests:
        by_meeting: dict[str, dict[str, int]] = {}
        for one, removed in request.removals.items():
            named = (_R.meeting_id == one.meeting_id) & (_R.part == one.part.value)
            values: dict[str, Any] = {"finished_at": request.now, "sources": [], "removed": removed}
            transaction.connection.execute(update(RETENTIONS).where(named).values(values))
            by_meeting.setdefault(one.meeting_id, {})[one.part.value] = removed
        whole = Counter(one.part.value for one in request.removals)
        intervene(
            transaction,
            [
                *(
                    Intervention(request.now, request.who, "its time was over", RETAINED, meeting_id, details=parts)
                    for meeting_id, parts in by_meeting.items()
                ),
                Intervention(request.now, request.who, "periods of the policy", RETAINED, details=dict(whole)),
            ],
        )
    return [None] * len(requests)
