"""What passes between delivery and a destination beside the intent itself.

What belongs here: frozen values of the ``Destination`` port. What does not: the port (see ``ports``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from artifact_assets.domain.records import Intent, Json


@dataclass(frozen=True)
class Context:
    """What the ledger knows about the record a write is aimed at.

    ``prior`` is the confirmed write of the same record key, ``after`` the receipt of the write this one completes. ``fresh``
    means that nothing was ever sent under the record key, so that no look-up is needed. ``stamps`` are the modification
    stamps our own writes left on the target, ``written`` the digest of the value we last wrote to the field. ``returns`` counts
    how often this very write was confirmed before other words took its place. After ``send_by`` no writing request may leave:
    whoever takes the lease over would not know of it.
    """

    prior: Intent | None = None
    after: Json | None = None
    fresh: bool = False
    stamps: frozenset[str] = frozenset()
    written: str | None = None
    returns: int = 0
    send_by: datetime | None = None


NOTHING_KNOWN = Context()


class Verdict(StrEnum):
    """What a write would do now."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    KEPT = "kept"
    CONFLICT = "conflict"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Standing:
    """What is at the destination now (``before``), and what a write would make of it (``after``)."""

    verdict: Verdict
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Written:
    """A record at the destination that carries a write's key or marker. ``same`` tells whether its content is still ours."""

    record_id: str
    url: str | None = None
    same: bool = True


@dataclass(frozen=True)
class Candidate:
    """A record that a meeting may be about. ``label`` is the destination's own name for it."""

    record_id: str
    label: str | None = None
    closed: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which record is looked for: an object, people's addresses and company domains."""

    object: str
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemoteField:
    """A field of the destination's own schema. ``options`` are the values an enumeration takes."""

    name: str
    type: str
    label: str | None = None
    options: tuple[str, ...] = ()
    writable: bool = True


class SwitchState(StrEnum):
    """Whether anything may be sent to a destination. Stored by value."""

    OPEN = "open"
    PAUSED = "paused"
    PARKED = "parked"
    TRIPPED = "tripped"


@dataclass(frozen=True)
class DestinationRow:
    """A destination as the ledger remembers it.

    ``until`` is when a parked one opens again, None when a person has to. ``look_first`` holds after a restore: every key is
    looked up before its first send.
    """

    name: str
    vendor: str
    account: str
    state: SwitchState = SwitchState.OPEN
    since: datetime | None = None
    until: datetime | None = None
    who: str | None = None
    why: str | None = None
    look_first: bool = False


@dataclass(frozen=True)
class FieldWritten:
    """The last value of ours on one field of one record. ``key`` is a digest of destination, account, record and field."""

    key: str
    as_of: datetime | None
    intent_key: str
    value_digest: str


@dataclass(frozen=True)
class Counted:
    """Ledger against destination. Every list holds intent keys; ``found`` counts records by key or marker.

    ``left_out`` is how many older confirmed writes were not looked at; ``cause`` says why nothing could be.
    """

    destination: str
    confirmed: int = 0
    found: int = 0
    missing: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    uncountable: int = 0
    left_out: int = 0
    tripped: bool = False
    cause: str | None = None

    @property
    def clean(self) -> bool:
        """No duplicate, nothing missing, everything readable."""
        return self.agrees and not self.unreadable and self.cause is None

    @property
    def agrees(self) -> bool:
        """No duplicate and nothing missing among what could be read."""
        return not (self.missing or self.duplicates)

    def as_json(self) -> Mapping[str, Any]:
        """For commands and asset metadata: counts and keys."""
        return {**vars(self), "clean": self.clean}


@dataclass(frozen=True)
class Switch:
    """A change of whether anything may be sent. Only a person's change ends a pause or a trip."""

    name: str
    state: SwitchState
    at: datetime
    who: str
    why: str
    until: datetime | None = None
    details: Json = field(default_factory=dict[str, Any])
