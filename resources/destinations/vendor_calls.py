"""The calls a vendor's adapter makes, and the values they bring.

What belongs here: the protocol every adapter fills in. What does not: what is made of the answers (see ``vendor``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.capabilities import Family, Preflight
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from resources.destinations.terms import Terms
from resources.destinations.writing import Write


@dataclass(frozen=True)
class Found:
    """A task or note at the destination. ``text`` is what ``Write.text`` is compared with.

    ``terms`` are a task's; None for notes, and where tasks are written as notes.
    """

    record_id: str
    text: str
    url: str | None = None
    terms: Terms | None = None


@dataclass(frozen=True)
class Value:
    """A field as it is. ``by_person_at`` is when a person last changed it, where the vendor keeps a history.

    ``stamp`` is the record's modification stamp, ``modified_at`` the same as a time. ``raw`` is the vendor's own value.
    """

    text: str | None
    stamp: str | None = None
    modified_at: datetime | None = None
    by_person_at: datetime | None = None
    history: bool = False
    closed: bool = False
    raw: object = None


class Vendor(Protocol):
    """The calls an adapter makes. Each raises Refusal; ids are the vendor's own."""

    vendor: str
    family: Family

    async def preflight(self) -> Preflight:
        """Account and capabilities."""
        ...

    async def find(self, write: Write) -> Sequence[Found]:
        """Every task or note that carries the write's key or marker."""
        ...

    async def create(self, write: Write) -> Receipt:
        """Make the task or note."""
        ...

    async def update(self, write: Write, found: Found) -> Receipt:
        """Bring a task or note of ours up to date."""
        ...

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Take a task or note back."""
        ...

    async def link(self, write: Write, record_id: str, *, there: bool) -> Receipt:
        """Put a record of ours under its parent, or take it away from there."""
        ...

    async def read(self, write: Write) -> Value:
        """The field as it is now."""
        ...

    async def closed(self, write: Write) -> bool | None:
        """Whether the record the write lands on is closed; None when the vendor cannot tell."""
        ...

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write the field, provided that it is still as ``known`` where the vendor can tell."""
        ...

    async def tagged(self, write: Write) -> bool:
        """Whether the record has the tag."""
        ...

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Have the record have the tag, or no longer."""
        ...

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Records of an object with these people or domains."""
        ...

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """An object's schema."""
        ...
