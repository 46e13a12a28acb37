"""Which days a spoken date can mean.

What belongs here: for every date a text mentions, the set of days a careful listener would accept for it. What does
not: choosing one (an extractor does) and looking at a clock.

Deliberately apart from the extractor's own reading of dates: a rule that shared its grammar would repeat its mistakes.
A whole period ("next week", "in March") stands for the days that close it: "by next week" is kept on its Friday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS
from artifact_assets.domain.grounding.words import Word

WEEKDAYS = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}
MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6,
    "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip
_SHORT_MONTHS = {name[:3]: n for name, n in MONTHS.items() if name != "may"} | {"sept": 9}
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_PAST = frozenset({"last", "past", "since", "every", "each", "previous"})
_COUNTS = {"a": 1, "an": 1, "another": 1}
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
# "the second session" counts sessions, "the second" alone is a day; beyond ten people rarely count.
_COUNTED = 10
_PARTS = frozenset({"morning", "afternoon", "evening", "night"})


@dataclass(frozen=True)
class DayMention:
    """A date mentioned by words ``start`` to ``end`` (exclusive); ``days`` is empty when only a calendar could tell."""

    start: int
    end: int
    days: frozenset[date]


def days_of(words: Sequence[Word], today: date | None) -> list[DayMention]:
    """Every date among normalized ``words``; ``today`` is the meeting's day. Without it only whole dates have days."""
    texts = [word.text for word in words]
    found: list[DayMention] = []
    at = 0
    while at < len(texts):
        mention = _mention(texts, at, today)
        if mention is None:
            at += 1
            continue
        found.append(mention)
        at = max(mention.end, at + 1)
    return _with_weekdays(texts, found)


def _with_weekdays(texts: list[str], found: list[DayMention]) -> list[DayMention]:
    """Join "Tuesday, November 24th" and "the 24th, a Tuesday" to one date, which is none when the two disagree."""
    joined: list[DayMention] = []
    for mention in found:
        before = joined[-1] if joined else None
        if before is None or not _touching(texts, before.end, mention.start):
            joined.append(mention)
            continue
        one, other = _weekday_number(texts, before), _weekday_number(texts, mention)
        calendar, weekday = (mention, one) if one is not None else (before, other)
        if (one is None) == (other is None) or not any(w[0] == "#" for w in texts[calendar.start : calendar.end]):
            joined.append(mention)
            continue
        days = frozenset(day for day in calendar.days if day.weekday() == weekday)
        joined[-1] = DayMention(before.start, mention.end, days)
    return joined


def _touching(texts: list[str], end: int, start: int) -> bool:
    return start == end or (start - end == 1 and texts[end] in ("the", "on", "a"))


def _weekday_number(texts: list[str], mention: DayMention) -> int | None:
    return _number_of_weekday(texts[mention.start]) if mention.end - mention.start == 1 else None


def _number_of_weekday(word: str) -> int | None:
    return WEEKDAYS.get(word, _SHORT_DAYS.get(word))


def _mention(texts: list[str], at: int, today: date | None) -> DayMention | None:
    word = texts[at]
    if word not in _BEGINNINGS and word[0] != "#" and "/" not in word:
        return None
    for read in (_calendar, _relative, _weekday, _period):
        mention = read(texts, at, today)
        if mention is not None:
            return mention
    return None


_OTHER_BEGINNINGS = """today tonight this day tomorrow q1 q2 q3 q4 eod cob week month quarter year eow eom eoq eoy"""
_BEGINNINGS = frozenset([*MONTHS, *_SHORT_MONTHS, *WEEKDAYS, *_SHORT_DAYS, *_COUNTS, *_OTHER_BEGINNINGS.split()])
"""Every word that one of the readings below begins with, apart from numbers: nearly no word of a meeting is one."""


def _of(start: int, end: int, *days: date | None) -> DayMention:
    return DayMention(start, end, frozenset(day for day in days if day is not None))


def _word(texts: list[str], at: int) -> str:
    return texts[at] if 0 <= at < len(texts) else ""


def _number(text: str) -> int | None:
    digits = text[1:].removesuffix("th") if text[:1] == "#" else ""
    # No day, month or year is longer; a number of five thousand digits is not even an int that Python reads.
    return int(digits) if digits.isdigit() and len(digits) <= 4 else None


def _month(texts: list[str], at: int) -> int | None:
    word = _word(texts, at)
    return MONTHS.get(word) or _SHORT_MONTHS.get(word)


def safe_date(year: int, month: int, day: int) -> date | None:
    """The day, or None when the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _calendar(texts: list[str], at: int, today: date | None) -> DayMention | None:  # noqa: PLR0911  a grammar branches
    """2026-12-05, 12/5, March 3rd, 3rd of March, the 15th."""
    if "/" in texts[at]:
        return _slash(texts[at], at, today)
    numbers = [_number(_word(texts, at + n)) for n in range(3)]
    year, month, day = numbers
    if year and month and day and 1900 < year < 2200 and month <= 12 and (whole := safe_date(year, month, day)):
        return _of(at, at + 3, whole)
    month = _month(texts, at)
    if month is not None:
        after = at + 1 + (_word(texts, at + 1) == "the")
        day = _number(_word(texts, after))
        if day is not None and 1 <= day <= 31:
            return _with_year(texts, at, after + 1, month, day, today)
        return None
    day = numbers[0]
    if day is None or not 1 <= day <= 31:
        return None
    middle = at + 1 + (_word(texts, at + 1) == "of")
    month = _month(texts, middle)
    if month is not None:
        return _with_year(texts, at, middle + 1, month, day, today)
    after = _word(texts, at + 1)
    ends = after == "" or after in FUNCTION_WORDS or after in WEEKDAYS or after in _PARTS
    if texts[at].endswith("th") and _word(texts, at - 1) == "the" and (day > _COUNTED or ends):
        return _day_of_month(texts, at, day, today)
    return None


def _slash(text: str, at: int, today: date | None) -> DayMention:
    """12/5 is December in one country and May in the next; both are accepted."""
    left, right, *rest = (int(part) for part in text.split("/"))
    years = [rest[0] + 2000 * (rest[0] < 100)] if rest else [today.year, today.year + 1] if today else []
    readings: list[date] = []
    for month, day in ((left, right), (right, left)):
        days = [d for year in years if (d := safe_date(year, month, day)) and (rest or not today or d >= today)]
        readings.extend(days[:1])
    return _of(at, at + 1, *readings)


def _with_year(texts: list[str], start: int, end: int, month: int, day: int, today: date | None) -> DayMention:
    year = _number(_word(texts, end))
    if year is not None and 1900 < year < 2200:
        return _of(start, end + 1, safe_date(year, month, day))
    if today is None:
        return _of(start, end)
    coming = [d for d in (safe_date(today.year + n, month, day) for n in (0, 1)) if d is not None and d >= today]
    return _of(start, end, *coming[:1])


def _day_of_month(texts: list[str], at: int, day: int, today: date | None) -> DayMention:
    if today is None:
        return _of(at, at + 1)
    after = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    this, following = safe_date(today.year, today.month, day), safe_date(after.year, after.month, day)
    if "next" in texts[at + 1 : at + 4] and "month" in texts[at + 1 : at + 5]:
        return _of(at, at + 1, following)
    return _of(at, at + 1, this if this is not None and this >= today else following)


def _relative(texts: list[str], at: int, today: date | None) -> DayMention | None:  # noqa: PLR0911  a grammar branches
    """today, tomorrow, the day after tomorrow, in two weeks, three days from now."""
    word = texts[at]
    if word in ("today", "tonight") or (word == "this" and _word(texts, at + 1) in _PARTS):
        return _of(at, at + 1 + (word == "this"), today)
    if word == "day" and texts[at + 1 : at + 3] == ["after", "tomorrow"]:
        return _of(at, at + 3, today and today + timedelta(days=2))
    if word == "tomorrow":
        return _of(at, at + 1, today and today + timedelta(days=1))
    count = _number(word) if word[0] == "#" else _COUNTS.get(word)
    unit = _word(texts, at + 1)
    if count is None or (unit not in _UNITS and unit not in ("month", "months")):
        return None
    ahead = _word(texts, at - 1) in ("in", "within") or texts[at - 2 : at] in (["in", "the"], ["the", "next"])
    tail = texts[at + 2 : at + 4]
    if tail[:1] == ["ago"] or not (ahead or tail in (["from", "now"], ["from", "today"]) or tail[:1] == ["time"]):
        return None
    if today is None or count > 1000:
        return _of(at, at + 2)
    if unit in _UNITS:
        return _of(at, at + 2, today + timedelta(days=count * _UNITS[unit]))
    months = today.month - 1 + count
    last = _month_end(today.year + months // 12, months % 12 + 1)
    return _of(at, at + 2, last.replace(day=min(today.day, last.day)))


def _weekday(texts: list[str], at: int, today: date | None) -> DayMention | None:  # noqa: PLR0911  a grammar branches
    number = _number_of_weekday(texts[at])
    if number is None:
        return None
    if _word(texts, at - 1) in _PAST or today is None:
        return _of(at, at + 1)
    first = today + timedelta(days=(number - today.weekday()) % 7 or 7)
    of_next_week = today + timedelta(days=7 - today.weekday() + number)
    week = timedelta(days=7)
    tail, before = texts[at + 1 : at + 5], texts[max(0, at - 4) : at]
    if before[-3:] in (["week", "from", "on"], ["a", "week", "from"]) or before[-2:] in (
        ["week", "from"],
        ["week", "after"],
    ):
        return _of(at, at + 1, first + week)
    if tail[:2] == ["after", "next"]:
        return _of(at, at + 3, first + week, of_next_week + week)
    if "next" in before[-1:]:
        return _of(at, at + 1, first, of_next_week)
    if before[-2:] == ["next", "week"] or "next week" in " ".join(tail):
        return _of(at, at + 1, of_next_week)
    # Said on a Friday, "Friday" can be today.
    return _of(at, at + 1, first, today if number == today.weekday() else None)


def _period(  # noqa: C901, PLR0911  a grammar branches
    texts: list[str], at: int, today: date | None
) -> DayMention | None:
    """The end of the week, next week, next month, in March, Q3, the end of the year."""
    word, before = texts[at], _word(texts, at - 1)
    month = _month(texts, at)
    if month is not None and (word != "may" or before in ("in", "by", "of", "until", "before", "early", "late", "mid")):
        if before in _PAST or today is None:
            return _of(at, at + 1)
        year = today.year + (month < today.month)
        before_it = before in ("by", "before", "until")
        return _of(at, at + 1, _month_end(year, month), date(year, month, 1) - timedelta(days=1) if before_it else None)
    if word in ("q1", "q2", "q3", "q4"):
        last = 3 * int(word[1])
        return _of(at, at + 1, today and _month_end(today.year + (last < today.month), last))
    if word in ("eod", "cob"):
        return _of(at, at + 1, today)
    if word not in ("week", "month", "quarter", "year", "eow", "eom", "eoq", "eoy"):
        return None
    if before not in ("this", "next", "the", "of", "coming", "following") and not word.startswith("eo"):
        return None
    if today is None:
        return _of(at, at + 1)
    following = before in ("next", "following")
    if word in ("week", "eow"):
        friday = today + timedelta(days=4 - today.weekday() + 7 * following)
        days = [friday, friday + timedelta(days=2)]
    elif word in ("month", "eom"):
        months = today.month - 1 + following
        days = [_month_end(today.year + months // 12, months % 12 + 1)]
    elif word in ("quarter", "eoq"):
        months = (today.month - 1) // 3 * 3 + 2 + 3 * following
        days = [_month_end(today.year + months // 12, months % 12 + 1)]
    else:
        days = [date(today.year + following, 12, 31)]
    return _of(at, at + 1, *(day for day in days if day >= today))


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def parse_day(text: str) -> date | None:
    """An ISO day, ``2026-11-30``, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
