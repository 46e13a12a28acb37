"""The people directory: who is who at each destination.

What belongs here: entries and finding the one person meant. What does not: reading it from a file. Ambiguous is never
guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.meeting import Participant


class Person(Document):
    """One of our own people. ``users`` holds the vendor's user id by destination."""

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    team: str | None = None
    users: Mapping[str, str] = Field(default_factory=dict[str, str])


def person_for(named: str | None, directory: Sequence[Person], present: Sequence[Participant]) -> Person | None:
    """The directory's entry for a name spoken in a meeting; None when there is none, or more than one.

    Someone who took part is meant before someone who did not.
    """
    if not named:
        return None
    wanted = _folded(named)
    emails = {p.email.casefold() for p in present if p.email and _folded(p.name) == wanted}
    by_mail = [each for each in directory if emails & {email.casefold() for email in each.emails}]
    if len(by_mail) == 1:
        return by_mail[0]
    found = [each for each in directory if wanted in _names(each)]
    if len(found) > 1:
        there = {p.email.casefold() for p in present if p.email}
        found = [each for each in found if there & {email.casefold() for email in each.emails}]
    return found[0] if len(found) == 1 else None


def teams_of(directory: Sequence[Person], present: Sequence[Participant]) -> frozenset[str]:
    """Teams with somebody in the meeting, lower case."""
    there = {p.email.casefold() for p in present if p.email}
    return frozenset(
        each.team.lower() for each in directory if each.team and there & {email.casefold() for email in each.emails}
    )


def _names(person: Person) -> set[str]:
    return {_folded(name) for name in (person.name, person.name.split()[0], *person.aliases, *person.emails)}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
