"""Which meetings may go where: no route, however written, takes a candidate to a CRM."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_assets.domain.capabilities import Family
from artifact_assets.domain.routes import INTERVIEWS, RECORDS, MeetingFacts, Mode, Route, When, ways

FAMILIES = {
    "hubspot": Family.CRM,
    "salesforce": Family.CRM,
    "greenhouse": Family.ATS,
    "hook": Family.OTHER,
    RECORDS: Family.EMBEDDED,
}
WORDS = st.sampled_from(["interview", "Interview", "sales", "debrief", "Acme", "acme.example", "recruiting", "north"])
WHENS = st.builds(
    When,
    kinds=st.lists(WORDS, max_size=2).map(tuple),
    titles=st.lists(WORDS, max_size=2).map(tuple),
    teams=st.lists(WORDS, max_size=2).map(tuple),
    domains=st.lists(WORDS, max_size=2).map(tuple),
)
ROUTES = st.lists(
    st.builds(
        Route,
        name=st.just("r"),
        to=st.lists(st.sampled_from(sorted(FAMILIES)), min_size=1, max_size=4).map(tuple),
        when=WHENS,
        mode=st.sampled_from(Mode),
        since=st.sampled_from([None, date(2026, 11, 1)]),
    ),
    max_size=5,
).map(tuple)


def facts(kind: str | None, **told: object) -> MeetingFacts:
    values: dict[str, object] = {
        "title": "Acme weekly",
        "domains": frozenset({"acme.example"}),
        "teams": frozenset({"north"}),
        "started_at": datetime(2026, 11, 17, tzinfo=UTC),
    }
    return MeetingFacts(kind, **{**values, **told})  # type: ignore[arg-type]


@given(ROUTES, st.sampled_from([*sorted(INTERVIEWS), "Interview", "SCREEN"]))
def test_an_interview_never_reaches_a_crm(routes: tuple[Route, ...], kind: str) -> None:
    assert not any(FAMILIES[way.destination] is Family.CRM for way in ways(routes, facts(kind), FAMILIES))


@given(ROUTES, st.sampled_from(["sales", "internal", None]))
def test_an_ats_gets_nothing_but_interviews(routes: tuple[Route, ...], kind: str | None) -> None:
    assert not any(FAMILIES[way.destination] is Family.ATS for way in ways(routes, facts(kind), FAMILIES))


@given(ROUTES)
def test_every_meeting_goes_somewhere_and_nowhere_twice(routes: tuple[Route, ...]) -> None:
    names = [way.destination for way in ways(routes, facts("sales"), FAMILIES)]
    assert names
    assert len(names) == len(set(names))


def test_a_meeting_that_no_route_matches_goes_to_the_embedded_store_only() -> None:
    other = Route(name="other", to=("hubspot",), when=When(domains=("globex.example",)), mode=Mode.DELIVER)
    (way,) = ways((other,), facts("sales"), FAMILIES)
    assert (way.destination, way.mode, way.route) == (RECORDS, Mode.DELIVER, None)


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        (When(), True),
        (When(kinds=("SALES",)), True),
        (When(kinds=("support",)), False),
        (When(titles=("WEEKLY",)), True),
        (When(titles=("monthly",)), False),
        (When(teams=("North",)), True),
        (When(teams=("south",)), False),
        (When(domains=("Acme.example",)), True),
        (When(kinds=("sales",), domains=("globex.example",)), False),
    ],
)
def test_every_list_that_is_given_must_match(when: When, matches: bool) -> None:
    route = Route(name="r", to=("hubspot",), when=when, mode=Mode.DELIVER)
    assert (ways((route,), facts("sales"), FAMILIES)[0].destination == "hubspot") is matches


@pytest.mark.parametrize(
    ("day", "mode"), [(date(2026, 11, 17), Mode.DELIVER), (date(2026, 11, 18), Mode.OBSERVE), (None, Mode.DELIVER)]
)
def test_what_was_before_a_route_went_live_stays_observed(day: date | None, mode: Mode) -> None:
    route = Route(name="r", to=("hubspot",), mode=Mode.DELIVER, since=day)
    assert ways((route,), facts("sales"), FAMILIES)[0].mode is mode


def test_a_meeting_of_unknown_day_does_not_count_as_new() -> None:
    route = Route(name="r", to=("hubspot",), mode=Mode.DELIVER, since=date(2026, 11, 1))
    assert ways((route,), facts("sales", started_at=None), FAMILIES)[0].mode is Mode.OBSERVE


def test_a_route_asks_a_person_unless_it_says_otherwise() -> None:
    assert Route(name="r", to=("hubspot",)).mode is Mode.PROPOSE
