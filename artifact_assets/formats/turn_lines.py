"""The first line of a turn in a text transcript: who, when, and what follows on the same line.

What belongs here: the notations ``Name  0:12``, ``[0:12] Name: text``, ``Name (0:12): text``, ``Name: text``. What does
not: which labels of a file are speakers (``labels``) and how lines become turns (``dialogue``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from artifact_assets.formats.labels import LONGEST_LABEL, label_of, looks_like_name
from artifact_assets.formats.times import CLOCK, clock_seconds

LONGEST_HEADER = 160
_DASH = r"(?:-->|->|[-–—]|to)"
_SPAN = rf"(?P<start>{CLOCK})(?:\s*{_DASH}\s*(?P<end>{CLOCK}))?"
_BEFORE = re.compile(rf"(?P<open>[\[(])?\s?{_SPAN}\s?[\])]?(?![\w:.,]\w)[*_]*\s?[-–—|:]?\s*")
_AFTER = re.compile(
    rf"(?P<name>[^\n]{{1,80}}?)(?P<gap>\s{{2,}}|\t|\s?[\[(@|]\s?|\s[-–—|]\s|(?<=\])\s|(?<=\S)\s){_SPAN}\s?[\])]?"
    r"(?P<colon>\s?[:：])?\s*"
)
_NAME_TIME_TEXT = re.compile(rf"(?P<name>[^\n\[\](:]{{1,64}}?)\s?[\[(]{_SPAN}[\])]\s?[:：]?\s+(?P<rest>\S.*)")
_TIME_FIRST = re.compile(rf"[\[(]{_SPAN}[\])]\s*")
_HAS_CLOCK = re.compile(r"\d:\d")
_BULLET = re.compile(r"^[\s>]*(?:[-*•]\s+)?")


class TurnLine(NamedTuple):
    """A line that may open a turn.

    ``timed_name`` says that name and time stand together as no prose has them; ``header`` that they are all there is on
    the line, without a colon. A header without ``timed_name`` may be prose (``Lunch 12:30``) and needs a second use.
    """

    name: str | None
    start: float | None
    end: float | None
    rest: str
    timed_name: bool = False
    header: bool = False


def turn_line(line: str) -> TurnLine | None:
    """``line`` as the opening of a turn, or None when it is plain text."""
    text = _BULLET.sub("", line, count=1).strip()
    if not text:
        return None
    head = text[:LONGEST_HEADER]
    if _HAS_CLOCK.search(head):
        found = _time_before(text, head) or _time_after(text)
        if found is not None:
            return found
    labelled = label_of(_unmarked(text))
    if labelled is None:
        return None
    name, rest = labelled[0].strip("*_ "), labelled[1]
    inside = _TIME_FIRST.match(rest) if rest[:1] in ("[", "(") else None
    start = clock_seconds(inside["start"]) if inside is not None else None
    if inside is None or start is None:
        return TurnLine(name, None, None, rest)
    return TurnLine(name, start, _end(inside), rest[inside.end() :], timed_name=True)


def _time_before(text: str, head: str) -> TurnLine | None:
    """``[0:12] Name: text``, ``[0:12] text``, ``0:12``, ``0:12 Name``."""
    before = _BEFORE.match(head)
    start = clock_seconds(before["start"]) if before is not None else None
    if before is None or start is None:
        return None
    end, rest = _end(before), text[before.end() :]
    labelled = label_of(_unmarked(rest))
    if labelled is not None:
        return TurnLine(labelled[0].strip("*_ "), start, end, labelled[1], timed_name=True)
    if not rest or before["open"] is not None or before["end"]:
        return TurnLine(None, start, end, rest)
    return TurnLine(rest.strip("*_ "), start, end, "", header=True) if looks_like_name(rest.strip("*_ ")) else None


def _time_after(text: str) -> TurnLine | None:
    """``Name  0:12``, ``Name (0:12):``, ``Name (0:12): text``."""
    after = _AFTER.fullmatch(text) if len(text) <= LONGEST_HEADER else None
    if after is not None:
        name = after["name"].strip("*_ :[]")
        start = clock_seconds(after["start"])
        if start is not None and looks_like_name(name):
            sure = after["gap"] != " " or after["name"].endswith("]") or after["end"] is not None
            header = not after["colon"]
            return TurnLine(name, start, _end(after), "", timed_name=sure or not header, header=header)
    inside = _NAME_TIME_TEXT.match(text)
    if inside is not None and looks_like_name(inside["name"].strip("*_ ")):
        start = clock_seconds(inside["start"])
        if start is not None:
            return TurnLine(inside["name"].strip("*_ "), start, _end(inside), inside["rest"], timed_name=True)
    return None


def _end(match: re.Match[str]) -> float | None:
    return clock_seconds(match["end"]) if match["end"] else None


def _unmarked(text: str) -> str:
    """``text`` without Markdown bold around its label: ``**Name:** text`` and ``**Name**: text``."""
    if text.startswith("**"):
        head, bold, rest = text[2 : LONGEST_LABEL + 8].partition("**")
        if bold and (head.endswith((":", "：")) or rest[:1] in (":", "：")):
            return f"{head}{text[2 + len(head) + 2 :]}"
    return text
