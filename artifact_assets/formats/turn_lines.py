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
_BEFORE = re.compile(
    rf"[>*_\-•\s]*(\[|\()?\s*({CLOCK})(?:\s*{_DASH}\s*({CLOCK}))?\s*(?:\]|\))?(?![\w:.,]\w)[*_]*\s*[-–—|:]?\s*"
)
_AFTER = re.compile(
    rf"(?P<name>[^\n]{{1,80}}?)(?:\s{{2,}}|\t|\s?[\[(@|]\s?|\s[-–—|]\s|(?<=\S)\s)(?P<start>{CLOCK})(?:\s*{_DASH}\s*(?P<end>{CLOCK}))?\s?[\])]?(?P<colon>\s?[:：])?\s*$"
)
_NAME_TIME_TEXT = re.compile(
    rf"(?P<name>[^\n\[\](:]{{1,64}}?)\s?[\[(](?P<start>{CLOCK})(?:\s*{_DASH}\s*(?P<end>{CLOCK}))?[\])]\s?[:：]?\s+(?P<rest>\S.*)"
)
_BULLET = re.compile(r"^[\s>]*(?:[-*•]\s+)?")


class TurnLine(NamedTuple):
    """A line that may open a turn.

    ``timed_name`` says that name and time stand together, which no prose does; ``header`` that they are all there is on
    the line, without a colon.
    """

    name: str | None
    start: float | None
    end: float | None
    rest: str
    timed_name: bool
    header: bool = False


def turn_line(line: str) -> TurnLine | None:
    """``line`` as the opening of a turn, or None when it is plain text."""
    text = _BULLET.sub("", line, count=1).strip()
    if not text:
        return None
    head = text[:LONGEST_HEADER]
    if any(character.isdigit() for character in head):
        found = _with_time(text, head)
        if found is not None:
            return found
    labelled = label_of(_unmarked(text))
    if labelled is None:
        return None
    return TurnLine(labelled[0].strip("*_ "), None, None, labelled[1], False)


def _with_time(text: str, head: str) -> TurnLine | None:
    before = _BEFORE.match(head)
    if before is not None:
        start = clock_seconds(before[2])
        end = clock_seconds(before[3]) if before[3] else None
        rest = text[before.end() :]
        if start is not None:
            labelled = label_of(_unmarked(rest))
            if labelled is not None:
                return TurnLine(labelled[0].strip("*_ "), start, end, labelled[1], True)
            if not rest or before[1] is not None or before[3]:
                return TurnLine(None, start, end, rest, False)
        return None
    if len(text) <= LONGEST_HEADER:
        after = _AFTER.fullmatch(text)
        if after is not None:
            name = after["name"].strip("*_ :")
            start = clock_seconds(after["start"])
            if start is not None and looks_like_name(name):
                ended = clock_seconds(after["end"]) if after["end"] else None
                return TurnLine(name, start, ended, "", timed_name=True, header=not after["colon"])
    inside = _NAME_TIME_TEXT.match(text)
    if inside is not None and looks_like_name(inside["name"].strip("*_ ")):
        start = clock_seconds(inside["start"])
        if start is not None:
            end = clock_seconds(inside["end"]) if inside["end"] else None
            return TurnLine(inside["name"].strip("*_ "), start, end, inside["rest"], True)
    return None


def _unmarked(text: str) -> str:
    """``text`` without Markdown bold around its label: ``**Name:** text`` and ``**Name**: text``."""
    if text.startswith("**"):
        head, bold, rest = text[2 : LONGEST_LABEL + 8].partition("**")
        if bold and (head.endswith((":", "：")) or rest[:1] in (":", "：")):
            return f"{head}{text[2 + len(head) + 2 :]}"
    return text
