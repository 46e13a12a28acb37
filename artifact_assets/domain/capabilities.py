"""What a destination can promise about one kind of write, and how far that promise was proven.

What belongs here: the ladder of guarantees and what follows from each rung. What does not: finding out which rung a vendor
stands on (each adapter's preflight does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Family(StrEnum):
    """What sort of system a destination is. Interviews never reach a CRM."""

    EMBEDDED = "embedded"
    CRM = "crm"
    ATS = "ats"
    OTHER = "other"


class Rung(StrEnum):
    """How a write is kept from happening twice, strongest first. Stored by value."""

    UPSERT_KEY = "upsert_key"
    IDEMPOTENCY_KEY = "idempotency_key"
    SET_SEMANTIC = "set_semantic"
    PARENT_LIST = "parent_list"
    LAGGING_SEARCH = "lagging_search"
    REVIEW = "review"


TAKES_EACH_CHANGE = frozenset({"records", "webhook"})
"""Vendors that are told of one value or tag, and not of a whole list: two changes of one record at once lose nothing."""


class Proof(StrEnum):
    """What an adapter was run against."""

    LIVE_VERIFIED = "live-verified"
    REAL_SERVER = "real server"
    FAKE_ONLY = "fake only"


MEANING: Mapping[Rung, str] = {
    Rung.UPSERT_KEY: "the destination has a unique field that holds the record key",
    Rung.IDEMPOTENCY_KEY: "the destination answers a repeated key with its first answer",
    Rung.SET_SEMANTIC: "writing the same again changes nothing",
    Rung.PARENT_LIST: "the record's own list shows the marker as soon as it is written",
    Rung.LAGGING_SEARCH: "a search shows the marker some time after it is written",
    Rung.REVIEW: "nothing shows whether it was written; a person decides",
}


@dataclass(frozen=True)
class Capability:
    """One operation at one destination.

    ``consistency_seconds`` is how long a write may stay invisible to a look-up. ``moves`` tells that writing under another
    parent takes the record away from the old one. ``then`` names the operation that completes this one, as an intent of its
    own. ``rows`` is how many such writes one request takes, each with its own outcome. ``countable`` tells whether a look-up
    can count them.
    """

    rung: Rung
    consistency_seconds: float = 0.0
    moves: bool = False
    then: str | None = None
    rows: int = 1
    countable: bool = True
    note: str | None = None

    @property
    def known(self) -> Capability:
        """What holds for a record whose id the ledger knows: it is read by that, and not searched for."""
        return (
            replace(self, rung=Rung.SET_SEMANTIC, consistency_seconds=0.0) if self.rung is Rung.LAGGING_SEARCH else self
        )

    @property
    def sends_again(self) -> bool:
        """Whether a look-up that finds nothing is proof that nothing was written."""
        return self.rung not in (Rung.LAGGING_SEARCH, Rung.REVIEW)

    @property
    def asks_at_once(self) -> bool:
        """Whether a look-up right after an unanswered write can find it. Finding settles it; missing proves nothing yet."""
        return self.sends_again and self.consistency_seconds == 0

    @property
    def repeats(self) -> bool:
        """Whether the destination keeps two copies of one request apart from two writes, even while both are under way.

        A set-semantic operation is not among them: its first copy, landing late, would undo what a person did meanwhile.
        """
        return self.rung in (Rung.UPSERT_KEY, Rung.IDEMPOTENCY_KEY)


UNSUPPORTED = Capability(Rung.REVIEW, note="the destination has no such operation")


@dataclass(frozen=True)
class Preflight:
    """What a destination told about itself. ``warnings`` are sentences with a remedy."""

    account: str
    capabilities: Mapping[str, Capability]
    warnings: tuple[str, ...] = field(default=())
