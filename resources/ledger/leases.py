"""Holding meetings: taking them under a lease, renewing it, giving it back.

What belongs here: who may work on a meeting until when. What does not: leases of single writes (see ``claims``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, func, select, text, update

from artifact_assets.domain.erasure import refused_again
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Meeting, Opened
from artifact_assets.domain.retention import gone
from artifact_assets.domain.states import MeetingState
from resources.database.columns import UtcTime
from resources.database.transaction import Transaction
from resources.ledger.checkpoints import checkpoints_by_meeting
from resources.ledger.intents import intents_by_meeting
from resources.ledger.items import items_by_meeting
from resources.ledger.meetings import lock_meetings
from resources.ledger.tables import MEETINGS

_M = MEETINGS.c
_TAKE = (
    update(MEETINGS)
    .where(_M.meeting_id == bindparam("b_meeting_id"))
    .values({name: bindparam(f"b_{name}") for name in ("lease_owner", "lease_until", "attempts", "backfill", "deaths")})
    # What is worked on is in the working set.
    .values(retired_at=None)
)
# By what is held, which is little, and not by the backfill, which may be a hundred thousand.
_UNDER_WAY = select(func.count()).where(
    _M.lease_owner.is_not(None),
    _M.lease_until > bindparam("b_now", type_=UtcTime()),
    func.coalesce(_M.backfill, "") == bindparam("b_backfill"),
    _M.meeting_id != bindparam("b_id"),
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext(:b_name))")
_EXTEND = (
    update(MEETINGS)
    .where(_M.meeting_id.in_(bindparam("ids", expanding=True)), _M.lease_owner == bindparam("b_owner"))
    .values(lease_until=bindparam("b_until"))
)
_GIVE_BACK = (
    update(MEETINGS)
    .where(_M.meeting_id == bindparam("b_meeting_id"), _M.lease_owner == bindparam("b_owner"))
    .values(lease_owner=None, lease_until=None)
)


@dataclass(frozen=True)
class Begin:
    """A request to take a meeting. ``displacing`` is an owner known to be dead, the rest is as in ``Ledger.begin``."""

    meeting_id: str
    owner: str
    lease_seconds: float
    displacing: str | None = None
    backfill: str | None = None
    at_once: int | None = None


@dataclass(frozen=True)
class Renewal:
    """A request to extend leases."""

    meeting_ids: tuple[str, ...]
    owner: str
    lease_seconds: float


def begin(transaction: Transaction, requests: Sequence[Begin]) -> Sequence[Opened | PipelineError | None]:
    """Take meetings that nobody else holds, with everything their stages need to know.

    An owner that never gave a meeting back is counted as a death over it.
    """
    known = lock_meetings(transaction, (request.meeting_id for request in requests))
    now = transaction.lease_now()
    taken: dict[str, Meeting] = {}
    for request in requests:
        meeting = known.get(request.meeting_id)
        if meeting is None or _refusal(meeting, request) is not None or _is_held(meeting, request, transaction):
            continue
        if request.backfill and request.at_once is not None and not _has_room(transaction, request, taken.values()):
            continue
        taken[request.meeting_id] = replace(
            meeting,
            lease_owner=request.owner,
            lease_until=now + timedelta(seconds=request.lease_seconds),
            attempts=meeting.attempts + 1,
            backfill=meeting.backfill if request.backfill is None else request.backfill or None,
            retired_at=None,
            deaths=meeting.deaths + (meeting.lease_owner not in {None, request.owner}),
        )
    transaction.many(
        _TAKE,
        [
            {
                "b_meeting_id": m.meeting_id,
                "b_lease_owner": m.lease_owner,
                "b_lease_until": m.lease_until,
                "b_attempts": m.attempts,
                "b_backfill": m.backfill,
                "b_deaths": m.deaths,
            }
            for m in taken.values()
        ],
    )
    opened = _opened(transaction, taken) if taken else {}
    return [opened.get(request.meeting_id) or _refusal(known.get(request.meeting_id), request) for request in requests]


def renew(transaction: Transaction, requests: Sequence[Renewal]) -> Sequence[PipelineError | None]:
    """Extend the leases their owner still has."""
    for request in requests:
        if request.meeting_ids:
            until = transaction.lease_now() + timedelta(seconds=request.lease_seconds)
            parameters = {"ids": sorted(request.meeting_ids), "b_owner": request.owner, "b_until": until}
            transaction.connection.execute(_EXTEND, parameters)
    return [None] * len(requests)


def release(transaction: Transaction, requests: Sequence[tuple[str, str]]) -> Sequence[PipelineError | None]:
    """Give back leases, each as (meeting id, owner)."""
    rows = [{"b_meeting_id": meeting_id, "b_owner": owner} for meeting_id, owner in sorted(requests)]
    transaction.many(_GIVE_BACK, rows)
    return [None] * len(requests)


def _is_held(meeting: Meeting, request: Begin, transaction: Transaction) -> bool:
    return (
        meeting.lease_owner not in {None, request.owner, request.displacing}
        and meeting.lease_until is not None
        and meeting.lease_until > transaction.lease_now()
    )


def _has_room(transaction: Transaction, request: Begin, taken: Iterable[Meeting]) -> bool:
    """Whether the backfill may have one more under way, over all runs; who finds room keeps others out until it is taken.

    A dead run's meetings count until their leases run out.
    """
    if transaction.connection.dialect.name == "postgresql":
        transaction.rows(_ONE_AT_A_TIME, b_name=f"room of {request.backfill}")
    told = {"b_backfill": request.backfill, "b_id": request.meeting_id, "b_now": transaction.lease_now()}
    ((number,),) = transaction.rows(_UNDER_WAY, **told)
    # Those of this group are not stored yet.
    here = sum(m.backfill == request.backfill and m.meeting_id != request.meeting_id for m in taken)
    return number + here < (request.at_once or 0)


def _opened(transaction: Transaction, taken: dict[str, Meeting]) -> dict[str, Opened]:
    ids = sorted(taken)
    checkpoints = checkpoints_by_meeting(transaction, ids)
    items = items_by_meeting(transaction, ids)
    intents = intents_by_meeting(transaction, ids)
    return {
        meeting_id: Opened(
            meeting, tuple(checkpoints[meeting_id]), tuple(items[meeting_id]), tuple(intents[meeting_id])
        )
        for meeting_id, meeting in taken.items()
    }


def _refusal(meeting: Meeting | None, request: Begin) -> PipelineError | None:
    if meeting is None:
        return _unknown(request.meeting_id)
    if meeting.state is MeetingState.ERASED:
        return refused_again(request.meeting_id)
    return gone(request.meeting_id, meeting.documents_gone_at) if meeting.documents_gone_at is not None else None


def _unknown(meeting_id: str) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"No transcript was ever received for meeting {meeting_id!r}, so there is nothing to work on.",
        "Put its transcript into the inbox, or name an id that `meetings` lists.",
    )
