"""From a spoken date's parts to a day, counted from the meeting's own day.

What belongs here: the arithmetic of weekdays, months and spans, and when it is not certain. What does not: the phrases
(see ``due_dates``). The wall clock is never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta


def _in_order(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "thirty": 30,
}  # fmt: skip
ORDINALS = _in_order(
    """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth
    twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"""
)
FRIDAY = 4
# A month and day that just passed is a reference to the past; one longer ago than this means next year's.
LAST_YEARS_AFTER_DAYS = 60

Parts = Mapping[str, str]


def resolved(form: str, parts: Parts, today: date | None) -> date | None:
    """The day a form of ``due_dates`` means. None when it could be another day too, or when ``today`` is needed and missing."""
    if form in _DATED:
        return _DATED[form](parts)
    if "year" in parts:
        return _day(int(parts["year"]), _month(parts["month"]), _nth(parts["nth"]))
    if today is None or form not in _RELATIVE:
        return None
    return _RELATIVE[form](today, parts)


def _iso(parts: Parts) -> date | None:
    year, month, day = (int(part) for part in parts["iso"].split("-"))
    return _day(year, month, day)


def _month_day(today: date, parts: Parts) -> date | None:
    return _coming(today, _month(parts["month"]), _nth(parts["nth"]))


def _slash(today: date, parts: Parts) -> date | None:
    # 12/5 is December in one country and May in the next; only a day above 12 or equal numbers settle it.
    left, right = int(parts["left"]), int(parts["right"])
    if left <= 12 and right <= 12 and left != right:
        return None
    month, day = (left, right) if left <= 12 else (right, left)
    if not 1 <= month <= 12:
        return None
    return _day(int(parts["slash_year"]), month, day) if "slash_year" in parts else _coming(today, month, day)


def _weekday_date(today: date, parts: Parts) -> date | None:
    nth = _nth(parts["nth"])
    day = _coming(today, _month(parts["month"]), nth) if "month" in parts else _day_of_month(today, nth)
    return day if day is not None and day.weekday() == WEEKDAYS.index(parts["day"]) else None


def _day_of_month(today: date, nth: int) -> date | None:
    if nth >= today.day:
        return _day(today.year, today.month, nth)
    return _day(today.year + today.month // 12, today.month % 12 + 1, nth)


def _after(today: date, parts: Parts) -> date | None:
    """The coming weekday. Today's own weekday is unclear: it may mean today or in a week."""
    days = (WEEKDAYS.index(parts["day"]) - today.weekday()) % 7
    return today + timedelta(days=days) if days else None


def _this(today: date, parts: Parts) -> date | None:
    days = WEEKDAYS.index(parts["day"]) - today.weekday()
    if "coming" in parts["which"]:
        return today + timedelta(days=days % 7 or 7)
    return today + timedelta(days=days) if days >= 0 else None


def _next_week(today: date, parts: Parts) -> date:
    return today + timedelta(days=7 - today.weekday() + WEEKDAYS.index(parts["day"]))


def _day_end(today: date, parts: Parts) -> date | None:
    return _next_week(today, parts) if parts.get("which", "").startswith("next") else _after(today, parts)


def _week_from(today: date, parts: Parts) -> date:
    # On a Tuesday, "a week from Tuesday" counts from today: nothing else is a week away.
    first = _after(today, parts) or today
    return first + timedelta(weeks=COUNTS[parts["count"]])


def _ahead(today: date, parts: Parts) -> date | None:
    number = int(parts["count"]) if parts["count"].isdigit() else COUNTS[parts["count"]]
    if parts["unit"] != "month":
        return today + timedelta(days=number * (7 if parts["unit"] == "week" else 1))
    months = today.month - 1 + number
    return _day(today.year + months // 12, months % 12 + 1, today.day)


def _week_end(today: date, _: Parts) -> date | None:
    return today + timedelta(days=FRIDAY - today.weekday()) if today.weekday() <= FRIDAY else None


def _named_month_end(today: date, parts: Parts) -> date:
    month = _month(parts["month"])
    return _month_end(today.year + (month < today.month), month)


_DATED: Mapping[str, Callable[[Parts], date | None]] = {"iso": _iso}
_RELATIVE: Mapping[str, Callable[[date, Parts], date | None]] = {
    "month_day": _month_day,
    "slash": _slash,
    "weekday_date": _weekday_date,
    "ordinal": lambda today, parts: _day_of_month(today, _nth(parts["nth"])),
    "today": lambda today, _: today,
    "tomorrow": lambda today, _: today + timedelta(days=1),
    "after_tomorrow": lambda today, _: today + timedelta(days=2),
    "weekday": _after,
    "this_weekday": _this,
    "next_weekday": _next_week,
    "day_end": _day_end,
    "week_from": _week_from,
    "ahead": _ahead,
    "hours": lambda today, parts: today + timedelta(hours=int(parts["hours"])),
    "week_end": _week_end,
    "next_week_end": lambda today, _: today + timedelta(days=7 + FRIDAY - today.weekday()),
    "month_end": lambda today, _: _month_end(today.year, today.month),
    "next_month_end": lambda today, _: _month_end(today.year + today.month // 12, today.month % 12 + 1),
    "named_month_end": _named_month_end,
    "year_end": lambda today, _: date(today.year, 12, 31),
}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(today: date, month: int, day: int) -> date | None:
    this_year = _day(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    if this_year is not None and (today - this_year).days < LAST_YEARS_AFTER_DAYS:
        return None
    return _day(today.year + 1, month, day)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _month(word: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.startswith(word.rstrip(".")[:3]))


def _nth(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else ORDINALS.index(word.replace(" ", "-")) + 1
