"""States of a meeting and of a delivery intent, and which may follow which.

What belongs here: the two state machines as data; docs/states.md is drawn from these tables. What does not: when a
transition happens (``stages``) and how it is stored (``resources.ledger``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The five stages in order; each is a Dagster asset of the same name."""

    TRANSCRIPT = "transcript"
    NORMALIZED = "normalized"
    EXTRACTED = "extracted"
    VALIDATED = "validated"
    DELIVERED = "delivered"

    @property
    def upstream(self) -> Stage | None:
        """The stage whose document this one reads."""
        position = STAGES.index(self)
        return STAGES[position - 1] if position else None


STAGES: tuple[Stage, ...] = tuple(Stage)


class MeetingState(StrEnum):
    """Where a meeting stands. Stored by value."""

    RECEIVED = "received"
    NORMALIZED = "normalized"
    EXTRACTED = "extracted"
    VALIDATED = "validated"
    DELIVERED = "delivered"
    PARTIALLY_DELIVERED = "partially_delivered"
    AWAITING_REVIEW = "awaiting_review"
    QUARANTINED = "quarantined"
    DEFERRED = "deferred"
    FAILED = "failed"
    EXPIRED = "expired"
    ERASED = "erased"


@dataclass(frozen=True)
class MeetingStateRule:
    """What a state means, what Dagster shows for it, and the exit code of a command that ends in it."""

    means: str
    dagster: str
    exit_code: int
    terminal: bool


_ON_ITS_WAY = "the stages so far materialized"
_FIVE = "five assets materialized"
MEETING_STATES: Mapping[MeetingState, MeetingStateRule] = {
    MeetingState.RECEIVED: MeetingStateRule("the file is known and waits for its run", "partition added", 1, False),
    MeetingState.NORMALIZED: MeetingStateRule("speakers, turns and times are in one shape", _ON_ITS_WAY, 1, False),
    MeetingState.EXTRACTED: MeetingStateRule("the extractor's claims are stored", _ON_ITS_WAY, 1, False),
    MeetingState.VALIDATED: MeetingStateRule("every claim has its verdict", _ON_ITS_WAY, 1, False),
    MeetingState.DELIVERED: MeetingStateRule("everything accepted is confirmed", f"{_FIVE}, checks green", 0, True),
    MeetingState.PARTIALLY_DELIVERED: MeetingStateRule(
        "some items quarantined, refused or in conflict", f"{_FIVE}, checks carry the verdict", 1, True
    ),
    MeetingState.AWAITING_REVIEW: MeetingStateRule("accepted, but the policy wants a person first", _FIVE, 0, True),
    MeetingState.QUARANTINED: MeetingStateRule(
        "ART refused the artifact, nothing written", f"{_FIVE}, a check red", 1, True
    ),
    MeetingState.DEFERRED: MeetingStateRule(
        "a dependency is down or parked; next attempt known",
        "not materialized from that stage on; the run fails",
        1,
        False,
    ),
    MeetingState.FAILED: MeetingStateRule(
        "terminal failure with class, cause and remedy", "not materialized from that stage on; the run fails", 1, True
    ),
    MeetingState.EXPIRED: MeetingStateRule("too old to be worth a person's time, by policy", _FIVE, 0, True),
    MeetingState.ERASED: MeetingStateRule(
        "its words were removed on request, and its content is refused from then on", "events without words", 0, True
    ),
}

STATE_AFTER: Mapping[Stage, MeetingState] = {
    Stage.TRANSCRIPT: MeetingState.RECEIVED,
    Stage.NORMALIZED: MeetingState.NORMALIZED,
    Stage.EXTRACTED: MeetingState.EXTRACTED,
    Stage.VALIDATED: MeetingState.VALIDATED,
}
"""The state a finished stage leaves the meeting in; ``delivered`` ends in one of the states below instead."""

ENDS_OF_DELIVERY: frozenset[MeetingState] = frozenset(
    {
        MeetingState.DELIVERED,
        MeetingState.PARTIALLY_DELIVERED,
        MeetingState.AWAITING_REVIEW,
        MeetingState.QUARANTINED,
        MeetingState.EXPIRED,
    }
)


class IntentState(StrEnum):
    """Where one recorded decision to write stands. Stored by value."""

    PLANNED = "planned"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    RETRY_SCHEDULED = "retry_scheduled"
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    PARKED = "parked"
    DEAD_LETTER = "dead_letter"
    AWAITING_REVIEW = "awaiting_review"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


_I = IntentState
_CALLED_OFF = frozenset({_I.WITHDRAWN, _I.SUPERSEDED, _I.EXPIRED})
INTENT_TRANSITIONS: Mapping[IntentState, frozenset[IntentState]] = {
    _I.PLANNED: frozenset({_I.SENDING, _I.PARKED, _I.REJECTED, _I.CONFLICT, _I.CONFIRMED}) | _CALLED_OFF,
    _I.SENDING: frozenset(
        {
            _I.CONFIRMED,
            _I.RETRY_SCHEDULED,
            _I.UNCERTAIN,
            _I.REJECTED,
            _I.CONFLICT,
            _I.PARKED,
            _I.DEAD_LETTER,
            # The record is closed, or a later meeting was there first; nothing was sent.
            _I.EXPIRED,
        }
    ),
    _I.RETRY_SCHEDULED: frozenset({_I.SENDING, _I.PARKED, _I.DEAD_LETTER}) | _CALLED_OFF,
    # A look-up at the destination, or a person, is the only way out of uncertain.
    _I.UNCERTAIN: frozenset({_I.CONFIRMED, _I.RETRY_SCHEDULED, _I.UNCERTAIN, _I.DEAD_LETTER}),
    _I.PARKED: frozenset({_I.SENDING, _I.PLANNED, _I.PARKED, _I.DEAD_LETTER}) | _CALLED_OFF,
    _I.REJECTED: frozenset({_I.PLANNED}) | _CALLED_OFF,
    _I.CONFLICT: frozenset({_I.PLANNED}) | _CALLED_OFF,
    _I.DEAD_LETTER: frozenset({_I.PLANNED, _I.CONFIRMED}) | _CALLED_OFF,
    _I.AWAITING_REVIEW: frozenset({_I.PLANNED}) | _CALLED_OFF,
    # Confirmed and later deleted by a person: a tombstone, never created again.
    _I.CONFIRMED: frozenset({_I.WITHDRAWN, _I.SUPERSEDED}),
    _I.WITHDRAWN: frozenset({_I.PLANNED}),
    # Content that was replaced may be wanted again: A, then B, then A. A person who had B taken back does not want it again.
    _I.SUPERSEDED: frozenset({_I.PLANNED, _I.WITHDRAWN}),
    _I.EXPIRED: frozenset[IntentState](),
}

OPEN_INTENTS: frozenset[IntentState] = frozenset({_I.PLANNED, _I.SENDING, _I.RETRY_SCHEDULED, _I.UNCERTAIN, _I.PARKED})
"""States from which an intent still moves without a person."""

SENDABLE_INTENTS: frozenset[IntentState] = frozenset({_I.PLANNED, _I.RETRY_SCHEDULED, _I.PARKED})


def may_follow(before: IntentState, after: IntentState) -> bool:
    """Whether an intent may go from ``before`` to ``after``."""
    return after in INTENT_TRANSITIONS[before]
