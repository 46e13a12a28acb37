"""Spoken dates against the meeting's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from artifact_assets.extraction.deterministic.due_dates import find_dates, find_due, meeting_day

TUESDAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by Friday", "2026-11-20"),
        ("by next Friday", "2026-11-27"),
        ("this Friday", "2026-11-20"),
        ("next Tuesday", "2026-11-24"),
        ("by EOD", "2026-11-17"),
        ("by EOD Thursday", "2026-11-19"),
        ("before the end of today", "2026-11-17"),
        ("by the end of the day tomorrow", "2026-11-18"),
        ("by close of business on Wednesday", "2026-11-18"),
        ("by end of week", "2026-11-20"),
        ("by the end of next week", "2026-11-27"),
        ("by the end of the month", "2026-11-30"),
        ("by the end of next month", "2026-12-31"),
        ("by the end of January", "2027-01-31"),
        ("by the end of the year", "2026-12-31"),
        ("by the 30th", "2026-11-30"),
        ("by the 5th", "2026-12-05"),
        ("by the thirtieth", "2026-11-30"),
        ("tomorrow morning", "2026-11-18"),
        ("this afternoon", "2026-11-17"),
        ("tonight", "2026-11-17"),
        ("the day after tomorrow", "2026-11-19"),
        ("on Monday morning", "2026-11-23"),
        ("December 1st", "2026-12-01"),
        ("1 December", "2026-12-01"),
        ("on the first of December", "2026-12-01"),
        ("by December fifteenth", "2026-12-15"),
        ("the 3rd of January", "2027-01-03"),
        ("January 4th", "2027-01-04"),
        ("November 3rd, 2027", "2027-11-03"),
        ("by Friday, November 20th", "2026-11-20"),
        ("Tuesday the 24th", "2026-11-24"),
        ("in two weeks", "2026-12-01"),
        ("in ten days", "2026-11-27"),
        ("in three months", "2027-02-17"),
        ("within 48 hours", "2026-11-19"),
        ("two weeks from now", "2026-12-01"),
        ("a week from Thursday", "2026-11-26"),
        ("a week from Tuesday", "2026-11-24"),
        ("Thursday next week", "2026-11-26"),
        ("12/25", "2026-12-25"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_a_clear_date_becomes_a_day(words: str, day: str) -> None:
    due = find_due(f"I'll send it {words}.", TUESDAY)
    assert due is not None
    assert due.day is not None
    assert due.day.isoformat() == day
    assert words.endswith(due.text)


@pytest.mark.parametrize(
    "words",
    [
        "next week",
        "sometime next week",
        "the week of the 23rd",
        "by the end of the quarter",
        "by Q1",
        "next sprint",
        "next month",
        "in a couple of weeks",
        "by June",
        "early next week",
        "in the first half of January",
        "12/5",
        "on Monday or Tuesday",
        "by Tuesday",  # said on a Tuesday: today, or in a week?
        "Friday the 21st",  # the 21st is a Saturday
        "November 2nd",  # two weeks ago, or in a year?
        "as soon as possible",
        "before the next call",
    ],
)
def test_an_ambiguous_date_keeps_its_words_and_gets_no_day(words: str) -> None:
    due = find_due(f"I'll send it {words}.", TUESDAY)
    assert due is not None
    assert due.day is None
    assert due.text in words


@pytest.mark.parametrize(
    "words",
    ["last Friday", "yesterday", "two weeks ago", "every Friday", "on Fridays", "Friday's call", "for two weeks",
     "the first option", "on the second page", "by the first draft", "one of the twenty", "on page 12"],
)  # fmt: skip
def test_the_past_habits_and_countings_are_no_dates(words: str) -> None:
    assert find_due(f"We looked at {words}.", TUESDAY) is None


def test_without_a_zone_nothing_relative_is_resolved() -> None:
    naive = datetime(2026, 11, 17, 10, 0)  # noqa: DTZ001 - the case in question
    assert meeting_day(None, naive) is None
    due = find_due("by Friday", meeting_day(naive))
    assert due is not None
    assert (due.text, due.day) == ("by Friday", None)


def test_a_date_that_names_its_year_needs_no_zone() -> None:
    due = find_due("by 2026-12-01", None)
    assert due is not None
    assert due.day == date(2026, 12, 1)


def test_the_day_is_the_meetings_local_one() -> None:
    late_in_auckland = datetime(2026, 11, 17, 23, 30, tzinfo=timezone(timedelta(hours=13)))
    assert meeting_day(late_in_auckland) == date(2026, 11, 17)
    assert meeting_day(None, datetime(2026, 11, 18, 1, 0, tzinfo=UTC)) == date(2026, 11, 18)


def test_a_deadline_word_wins_over_a_date_named_in_passing() -> None:
    due = find_due("I'll write up what we saw on Monday by Friday", TUESDAY)
    assert due is not None
    assert due.text == "by Friday"


def test_the_end_of_the_week_is_unclear_at_the_weekend() -> None:
    due = find_due("by the end of the week", date(2026, 11, 21))
    assert due is not None
    assert due.day is None


def test_places_point_at_the_words() -> None:
    text = "Um, by Friday — that’s the 20th — I’ll send it."
    for due in find_dates(text, TUESDAY):
        assert text[due.start : due.end].strip() == due.text
