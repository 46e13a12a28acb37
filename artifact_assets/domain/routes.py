"""Which meetings may go where.

What belongs here: routes and their choice, pure. What does not: which record of a destination is meant (see
``stages.addressing``).

A meeting that no route matches goes to the embedded record store only. A meeting about a candidate never goes to a CRM,
whatever a route says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from artifact_assets.domain.capabilities import Family
from artifact_assets.domain.documents import Document

RECORDS = "records"
"""The embedded record store's name."""
INTERVIEWS = frozenset({"interview", "recruiting", "screen", "debrief", "hiring"})
"""Kinds of meeting that are about a candidate."""


class Mode(StrEnum):
    """What a route does with what it matched. Stored by value."""

    OBSERVE = "observe"
    PROPOSE = "propose"
    DELIVER = "deliver"


class When(Document):
    """What a meeting must be like. Each list that is given must match; within one, any entry does."""

    kinds: tuple[str, ...] = ()
    titles: tuple[str, ...] = Field(default=(), description="Parts of the title, any case.")
    teams: tuple[str, ...] = Field(default=(), description="Teams of the people directory that take part.")
    domains: tuple[str, ...] = Field(default=(), description="Mail domains that take part.")


class Route(Document):
    """One rule. ``since`` keeps meetings before that day in observation: history is not written when a route goes live."""

    name: str = Field(pattern=r"[a-z][a-z0-9_-]*")
    to: tuple[str, ...] = Field(min_length=1)
    when: When = When()
    mode: Mode = Mode.PROPOSE
    since: date | None = None


@dataclass(frozen=True)
class MeetingFacts:
    """What routes look at. ``domains`` and ``teams`` are lower case."""

    kind: str | None
    title: str | None
    domains: frozenset[str]
    teams: frozenset[str]
    started_at: datetime | None


@dataclass(frozen=True)
class Way:
    """Where a meeting goes and how. ``route`` is None for the embedded store's own."""

    destination: str
    mode: Mode
    route: str | None = None


def ways(
    routes: tuple[Route, ...], facts: MeetingFacts, families: Mapping[str, Family], *, only_embedded: bool = False
) -> tuple[Way, ...]:
    """Every destination of the meeting, each once, by the first route that names it."""
    found: dict[str, Way] = {}
    for route in routes:
        if only_embedded or not matches(route.when, facts):
            continue
        for name in route.to:
            if name in families and may_go(facts.kind, families[name]):
                found.setdefault(name, Way(name, mode_for(route, facts), route.name))
    return tuple(found.values()) or (Way(RECORDS, Mode.DELIVER),)


def may_go(kind: str | None, family: Family) -> bool:
    """Whether a meeting of this kind may reach a system of this sort at all."""
    interview = kind is not None and kind.lower() in INTERVIEWS
    if family is Family.CRM:
        return not interview
    return family is not Family.ATS or interview


def mode_for(route: Route, facts: MeetingFacts) -> Mode:
    """The route's mode for this meeting. One whose day is unknown does not count as new."""
    if route.since is None or route.mode is Mode.OBSERVE:
        return route.mode
    new = facts.started_at is not None and facts.started_at.date() >= route.since
    return route.mode if new else Mode.OBSERVE


def matches(when: When, facts: MeetingFacts) -> bool:
    """Whether every list given has an entry that fits."""
    title = (facts.title or "").casefold()
    kind = (facts.kind or "").lower()
    return (
        (not when.kinds or kind in {each.lower() for each in when.kinds})
        and (not when.titles or any(part.casefold() in title for part in when.titles))
        and (not when.teams or bool({each.lower() for each in when.teams} & facts.teams))
        and (not when.domains or bool({each.lower() for each in when.domains} & facts.domains))
    )
