"""When something is due, read from how people say it.

What belongs here: a small grammar of spoken dates. What does not: the arithmetic (see ``calendar_days``), deciding whether
a sentence commits anybody (see ``commitments``). The wall clock is never read: dateparser, parsedatetime and recurrent
were tried, and each got some everyday phrase wrong or leaked today's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from artifact_assets.extraction.deterministic.calendar_days import COUNTS, ORDINALS, resolved
from artifact_assets.extraction.deterministic.lexicon import joined, pattern

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = joined(
    r"""(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?
    |oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"""
)
_WORDY = "|".join(sorted((word.replace("-", "[- ]") for word in ORDINALS), key=len, reverse=True))
_NTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{_WORDY})"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
_PART = r"(?: (?:morning|afternoon|evening|night|noon|lunch(?:time)?|at noon))?"
_END = joined(
    r"""(?:(?:the )?end of (?:the )?(?:business )?day|(?:the )?close of (?:business|play)|eod|cob|end of play
    |(?:the )?end of)"""
)
_STARTED = r"(?:beginning|start|middle) of (?:next |the )?|mid[- ]|early (?:in )?(?:next )?|late (?:in )?(?:next )?"
# "By the first draft" counts drafts, not days.
_NOTHING_COUNTED = r"(?! (?!(?:at|then|and|so|if|instead|please|or|because|works|latest|with|for|we|i|you)\b)[a-z])"

# Order matters: a place once read is not read again, so longer readings come first. ``past`` is dropped, ``vague`` keeps
# its words without a day; the other forms are those of ``calendar_days.resolved``.
_FORMS = (
    (
        "past",
        rf"(?:last|this past|past|since|every|each) (?:{_DAY}|{_MONTH}|week|month|year|quarter)(?: \d{{1,2}}\w*)?",
    ),
    ("past", rf"(?:{_COUNT}|a couple of|a few) (?:day|week|month|year|hour|minute)s? (?:ago|back|earlier)|yesterday"),
    ("past", rf"{_DAY}s|(?<!by )(?<!before )(?<!until ){_DAY}'s"),
    ("vague", rf"(?:{_DAY}|tomorrow|today|the {_NTH}){_PART} or (?:{_DAY}|the {_NTH}|tomorrow){_PART}"),
    ("vague", rf"(?:between|from) (?:{_DAY}|the {_NTH}) (?:and|to) (?:{_DAY}|the {_NTH})"),
    ("iso", r"(?P<iso>20\d\d-\d\d-\d\d)"),
    ("slash", r"(?P<left>\d{1,2})/(?P<right>\d{1,2})(?:/(?P<slash_year>20\d\d))?(?![\d/])"),
    ("weekday_date", rf"(?:next |this )?(?P<day>{_DAY}),? (?:the )?(?P<nth>{_NTH})(?: of (?P<month>{_MONTH}))?"),
    ("weekday_date", rf"(?:next |this )?(?P<day>{_DAY}),? (?P<month>{_MONTH}) (?:the )?(?P<nth>{_NTH}|\d{{1,2}}\b)"),
    ("named_month_end", rf"(?:the )?end of (?P<month>{_MONTH})\b"),
    ("vague", rf"(?:the |sometime )?(?:{_STARTED})(?:this |next )?(?:week|month|year|{_MONTH})\b"),
    ("vague", rf"(?:for |in )?(?:the )?(?:first|second) half of (?:the )?(?:year|month|{_MONTH})"),
    ("vague", rf"(?:in )?(?:the )?week of (?:the )?(?:{_MONTH} )?{_NTH}(?: of {_MONTH})?"),
    ("month_day", rf"(?P<month>{_MONTH}) (?:the )?(?P<nth>{_NTH}|\d{{1,2}}(?![\d:%]))(?:,? (?P<year>20\d\d))?"),
    ("month_day", rf"(?:the )?(?P<nth>{_NTH}|\d{{1,2}})(?: of)? (?P<month>{_MONTH})\b(?:,? (?P<year>20\d\d))?"),
    ("week_from", rf"(?P<count>a|one|two) weeks? (?:from|after) (?P<day>{_DAY})"),
    ("ahead", rf"(?P<count>{_COUNT}) (?P<unit>day|week|month)s? from (?:now|today)"),
    ("next_weekday", rf"(?P<day>{_DAY}){_PART},? (?:of )?next week"),
    ("next_weekday", rf"next week,? (?:on )?(?P<day>{_DAY}){_PART}"),
    ("vague", rf"{_DAY} after next|(?:the )?week after next|{_DAY} week\b"),
    ("vague", r"(?:sometime|later) (?:this|next) (?:week|month)"),
    ("next_week_end", r"(?:the )?end of next week"),
    ("week_end", r"(?:the )?end of (?:the |this )?(?:working )?week|eow\b"),
    ("next_month_end", r"(?:the )?end of next month"),
    ("month_end", r"(?:the )?end of (?:the |this )?month|eom\b|month[- ]end"),
    ("year_end", r"(?:the )?end of (?:the |this )?year|year[- ]end|eoy\b"),
    ("vague", r"(?:the )?end of (?:the |this |next )?(?:quarter|sprint|q[1-4])|eoq\b"),
    ("day_end", rf"{_END},? (?:on |of )?(?P<which>this |next )?(?P<day>{_DAY})"),
    ("tomorrow", rf"{_END},? tomorrow|tomorrow,? {_END}"),
    ("after_tomorrow", r"(?:the )?day after tomorrow"),
    ("tomorrow", rf"tomorrow{_PART}"),
    (
        "today",
        rf"{_END},? today|(?!end of|the end of){_END}|the end of (?:the )?(?:business )?day|end of (?:business )?day",
    ),
    ("today", r"later today|today|tonight|this (?:morning|afternoon|evening)"),
    ("next_weekday", rf"next (?P<day>{_DAY}){_PART}"),
    ("this_weekday", rf"(?P<which>this|coming|this coming) (?P<day>{_DAY}){_PART}"),
    ("weekday", rf"(?P<day>{_DAY}){_PART}(?:,? {_END})?"),
    ("ahead", rf"(?:in|within)(?: the)?(?: next)? (?P<count>{_COUNT}) (?P<unit>day|week|month)s?\b(?:'? time)?"),
    ("hours", r"(?:within|in|over) (?:the next )?(?P<hours>24|48|72) hours"),
    ("vague", r"(?:in|within)(?: the)?(?: next)? (?:a couple(?: of)?|a few|several) (?:day|week|month)s?"),
    ("vague", r"(?:in|within)(?: the)?(?: next)? \w+ (?:business|working) days?"),
    ("vague", r"(?:this|next|the coming|the following) (?:week|month|quarter|sprint|year|weekend)|the weekend"),
    (
        "vague",
        r"(?:by |before |in )?(?:early |late |mid[- ]?)?q[1-4]|(?:by|before|in) the next (?:call|meeting|sprint|session)",
    ),
    ("ordinal", rf"(?:by|before|on|until|till|for|is|to|not|or|it|say|say,) the (?P<nth>{_NTH})\b{_NOTHING_COUNTED}"),
    ("vague", rf"(?:by|before|in|until) {_MONTH}(?![\w'])"),
    ("vague", r"asap\b|as soon as (?:possible|i can|we can)"),
)
_GRAMMAR = tuple((form, pattern(rf"(?<![\w/-])(?:{phrase})(?!\w)")) for form, phrase in _FORMS)
# Any form holds one of these: sentences without are not searched form by form.
_HINT = pattern(
    rf"""{_DAY}|today|tonight|tomorrow|yesterday|week|month|year|day|quarter|sprint|\d|eo[dwmqy]\b|cob\b|q[1-4]\b|asap|soon
    |the (?:{_WORDY})|\b{_MONTH}|the next|close of|end of|this (?:morning|afternoon|evening)|hours"""
)
_LEAD = re.compile(r"(?:(?:no later than|at the latest|by|before|on|until|till|for|due)(?: the)? )$")
_DEADLINE = re.compile(r"(?:by|before|no later than|until|till|due) ")
_OWN_LEAD = ("by ", "before ", "in ", "on ", "for ", "until ", "till ")


@dataclass(frozen=True, slots=True)
class Due:
    """A spoken date: the words, where they stand in the sentence, and the day when it can be told for sure."""

    text: str
    day: date | None
    start: int
    end: int


def meeting_day(*moments: datetime | None) -> date | None:
    """The local day of the first moment that has a zone. None when none has one: a naive time may be any day's."""
    for moment in moments:
        if moment is not None and moment.tzinfo is not None:
            return moment.date()
    return None


@lru_cache(maxsize=1024)
def find_dates(text: str, today: date | None) -> tuple[Due, ...]:
    """All dates people name in ``text``, left to right, references to the past left out.

    ``today`` is the meeting's local day; without it only dates that name their year are resolved. What can mean two days
    ("next week", "12/5", "Friday" said on a Friday) keeps its words and gets no day.
    """
    lower = _plain(text)
    if _HINT.search(lower) is None:
        return ()
    found: list[Due] = []
    taken: list[tuple[int, int]] = []
    for form, phrase in _GRAMMAR:
        for match in phrase.finditer(lower):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            if form == "past":
                continue
            lead = None if match[0].startswith(_OWN_LEAD) else _LEAD.search(lower, 0, start)
            begin = lead.start() if lead else start
            parts = {name: part for name, part in match.groupdict().items() if part is not None}
            found.append(Due(text[begin:end].strip(), resolved(form, parts, today), begin, end))
    return tuple(sorted(found, key=lambda due: due.start))


def find_due(text: str, today: date | None) -> Due | None:
    """The date by which ``text`` says something is due: one with a deadline word before others, the last one named."""
    dates = find_dates(text, today)
    deadlines = [due for due in dates if _DEADLINE.match(_plain(due.text))]
    return deadlines[-1] if deadlines else dates[-1] if dates else None


def _plain(text: str) -> str:
    lower = text.lower() if len(text.lower()) == len(text) else text
    return lower.replace("\u2019", "'").replace("\u00a0", " ").replace("\n", " ")
