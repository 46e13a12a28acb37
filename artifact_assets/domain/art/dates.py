"""Accuracy of dates: a due date or a date value follows from what was said, counted from the meeting's own day.

What belongs here: rules that compare claimed days with spoken ones. What does not: which days words can mean (see
``domain.quantities.days``) and whether a day is already past (see ``timeliness``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.art.vocabulary import rule_of
from artifact_assets.domain.artifact import ActionItem, FieldUpdate, NextStep, RuleFailure, Tag
from artifact_assets.domain.brief import FieldType
from artifact_assets.domain.grounding.words import normal_text, words_of
from artifact_assets.domain.quantities.days import days_of, parse_day


def dates(subject: Subject) -> Iterator[RuleFailure]:
    """Every claimed day is among the days the evidence can mean. A claimed phrase was said."""
    today = meeting_day(subject)
    heard = _heard(subject, today)
    match subject.content:
        case ActionItem() | NextStep() as content:
            yield from _due(content, subject, heard, today)
            yield from _in_text(content.text, subject, heard | {content.due}, today)
        case FieldUpdate() as update:
            rule = rule_of(update, subject.scene.brief.vocabulary)
            day = parse_day(update.value) if rule is not None and rule.type is FieldType.DATE else None
            if day is not None:
                yield from _one_of(day, heard, today)
        case Tag():
            return
        case content:
            yield from _in_text(content.text, subject, heard, today)


def _heard(subject: Subject, today: date | None) -> frozenset[date]:
    """Days the quotes mean; with the words for a due date, days their whole sentences mean.

    A date beside a quoted promise often belongs to something else: "I'll write the notes by Friday, we ship the 27th".
    """
    quoted = [m for text in subject.quoted for m in days_of(words_of(text), today)]
    content = subject.content
    phrase = content.due_text if isinstance(content, ActionItem | NextStep) else None
    if phrase or (not quoted and isinstance(content, FieldUpdate)):
        quoted = [m for sentence in subject.said for m in days_of(words_of(sentence), today)]
    return frozenset(day for mention in quoted for day in mention.days)


def meeting_day(subject: Subject) -> date | None:
    """The meeting's local day, or None when its time has no zone: then nobody knows which day "tomorrow" is."""
    for moment in (subject.scene.brief.started_at, subject.scene.transcript.started_at):
        if moment is not None and moment.tzinfo is not None:
            return moment.date()
    return None


def _due(
    content: ActionItem | NextStep, subject: Subject, heard: frozenset[date], today: date | None
) -> Iterator[RuleFailure]:
    phrase = normal_text(content.due_text or "")
    if phrase:
        if not any(f" {phrase} " in f" {normal_text(sentence)} " for sentence in subject.said):
            yield failure(Code.DATE_NOT_IN_EVIDENCE, "The words for the due date were not said in the evidence.")
            return
        # Of two dates in one sentence the phrase tells which is meant.
        meant = frozenset(day for m in days_of(words_of(content.due_text or ""), today) for day in m.days)
        heard = heard & meant or heard
    if content.due is not None:
        yield from _one_of(content.due, heard, today)


def _one_of(day: date, heard: frozenset[date], today: date | None) -> Iterator[RuleFailure]:
    if day in heard:
        return
    if today is None:
        yield failure(Code.DATE_UNRESOLVABLE, f"{day} cannot be checked: the meeting has no time with a zone.")
    else:
        yield failure(Code.DATE_NOT_IN_EVIDENCE, f"{day} does not follow from the evidence of a meeting on {today}.")


def _in_text(text: str, subject: Subject, heard: frozenset[date | None], today: date | None) -> Iterator[RuleFailure]:
    """A date in the claim's own words was said in these words or means a day that was."""
    words = words_of(text)
    said = [f" {normal_text(sentence)} " for sentence in subject.said]
    for mention in days_of(words, today):
        phrase = " ".join(word.text for word in words[mention.start : mention.end])
        if mention.days & heard or any(f" {phrase} " in sentence for sentence in said):
            continue
        yield failure(Code.DATE_NOT_IN_EVIDENCE, "The text names a date that was not said in the evidence.")
        return
