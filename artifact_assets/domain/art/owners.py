"""Accuracy of owners: somebody in the meeting, or named in the evidence, who takes on or is given the task there.

What belongs here: who an owner's name means and what ties that person to the evidence. What does not: names in the text
of a claim (see ``names``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import ActionItem, RuleFailure
from artifact_assets.domain.grounding.words import normal_text, words_of

_GROUPS = """i me we us you he she they them it everyone everybody all anyone someone somebody team both guys people
    unknown speaker none nobody tbd"""
_NOBODY = frozenset(_GROUPS.split())
_FIRST = re.compile(
    r"\b(?:i (?:will|can|shall|am going|would|could|should|have to|need to|got to|want to|am|owe|do|take|get|guess i)"
    r"|you will (?:have|get|see|receive|hear|find)|let me|leave (?:it|that) (?:to|with) me|(?:on|for) me|mine"
    r"|my|we|us|our|let us)\b"
)
_FIRM_FIRST = re.compile(r"\b(?:i (?:will|can|shall|am going to|have to|need to|am gonna)|let me)\b")
_SECOND = re.compile(
    r"\b(?:(?:can|could|will|would|do|are|have|should|may) you"
    r"|you (?:can|could|will|would|should|need|have|must|want|are|to|might)"
    r"|(?:for|to|of|with|ask|need|want|like) you|your (?:task|job|part|side|end|team|turn)|please"
    r"|(?:send|give|share|show|tell|get|forward|email|call) (?:me|us)|let (?:me|us) know)\b"
)
_REQUEST = re.compile(
    r"\b(?:(?:can|could|will|would) you|you (?:can|could|will|would|should|need|have|must)|please"
    r"|your (?:task|job|part)|(?:send|give|share|show|tell|get|forward|email|call) (?:me|us))\b"
)
_SUBJECT_TAIL = (
    r"(?: \w+)?(?: and \w+)? (?:will|can|is|should|could|would|has|have|had|needs?|please|to|does|do|takes?"
    r"|handles?|owns?|you|sends?|gets?|must|are|of|on|for|maybe|then)\b"
)


def owners(subject: Subject) -> Iterator[RuleFailure]:
    """The owner is one known person tied to the evidence, or a name spoken in it. No owner at all is allowed."""
    content = subject.content
    if not isinstance(content, ActionItem) or content.owner is None:
        return
    said = [normal_text(sentence) for sentence in subject.said]
    people = _persons(content.owner, subject)
    if len(people) > 1:
        yield failure(Code.OWNER_UNKNOWN, "The owner's name fits more than one person in the meeting.")
    elif not people:
        words = [word.text for word in words_of(content.owner)]
        if not words or set(words) & _NOBODY or not any(f" {' '.join(words)} " in f" {text} " for text in said):
            yield failure(Code.OWNER_UNKNOWN, "The owner is nobody in the meeting and not named in the evidence.")
    elif subject.turns and not _tied(people[0], subject, said):
        yield failure(Code.OWNER_NOT_IN_EVIDENCE, "The owner neither takes on nor is given the task in the evidence.")


def _persons(owner: str, subject: Subject) -> list[str]:
    """Names of the people ``owner`` can mean: by name, first name, e-mail address or role."""
    scene = subject.scene
    wanted = normal_text(owner)
    listed = (*scene.brief.participants, *scene.transcript.participants)
    for person in listed:
        if owner.casefold() in ((person.email or "").casefold(), (person.role or "").casefold()):
            return [person.name]
    if wanted in _NOBODY:
        return []
    whole = [person for person in scene.people if normal_text(person) == wanted]
    if whole:
        return whole[:1]
    tokens = set(wanted.split())
    part = [person for person in scene.people if tokens and tokens <= set(normal_text(person).split())]
    longer = [person for person in scene.people if person not in part and set(normal_text(person).split()) < tokens]
    return _same_people([*part, *longer])


def _same_people(found: list[str]) -> list[str]:
    """A speaker label "Ann" and a participant "Ann Lee" are one person when nobody else is called Ann."""
    kept: list[str] = []
    for name in sorted(found, key=len, reverse=True):
        if not any(set(normal_text(name).split()) <= set(normal_text(other).split()) for other in kept):
            kept.append(name)
    return kept


def _is(speaker: str | None, person: str) -> bool:
    if speaker is None:
        return False
    one, other = set(normal_text(speaker).split()), set(normal_text(person).split())
    return bool(one and other) and (one <= other or other <= one)


def _tied(person: str, subject: Subject, said: list[str]) -> bool:
    index = subject.scene.index
    speaks = any(_is(index.turns[turn].speaker, person) for turn in subject.turns)
    asks = any(_SECOND.search(text) for text in said)
    takes = any(_FIRST.search(text) for text in said)
    names = _names_of(person, subject)
    if speaks:
        # Whoever only asks somebody else does not take it on.
        return takes or not asks
    given = any(re.search(rf"\b{re.escape(name)}{_SUBJECT_TAIL}", text) for name in names for text in said)
    named = any(f" {name} " in f" {text} " for name in names for text in said)
    if given or (named and (asks or not any(_FIRM_FIRST.search(text) for text in said))):
        return True
    return _asked(subject, said) and _answers(person, subject)


def _asked(subject: Subject, said: list[str]) -> bool:
    """Whether the evidence asks somebody. Who promises in the quote itself asks only if the quote does too."""
    quoted = [normal_text(text) for text in subject.quoted]
    promised = any(_FIRM_FIRST.search(text) for text in quoted)
    return any((_REQUEST if promised else _SECOND).search(text) for text in (quoted if promised else said))


def _names_of(person: str, subject: Subject) -> list[str]:
    """What a person is called: the whole name, and each part that nobody else in the meeting shares."""
    whole = normal_text(person)
    others = {t for p in subject.scene.people if not _is(p, person) for t in normal_text(p).split()}
    return [whole, *(token for token in whole.split() if len(token) > 1 and token not in others)]


def _answers(person: str, subject: Subject) -> bool:
    """Whether the person who is addressed as "you" speaks right before or after the evidence."""
    scene = subject.scene
    others = [p for p in scene.people if not any(_is(scene.index.turns[t].speaker, p) for t in subject.turns)]
    if len(_same_people(others)) == 1:
        return True
    near = [scene.around(turn, 1, scene.policy.context_turns) for turn in subject.turns]
    nearest: list[str] = []
    for turns, own in zip(near, subject.turns, strict=True):
        speaker = scene.index.turns[own].speaker
        after = [t.speaker for t in turns if t.index > own and t.speaker and t.speaker != speaker]
        before = [t.speaker for t in turns if t.index < own and t.speaker and t.speaker != speaker]
        nearest.extend([*after[:1], *([] if after else before[-1:])])
    return any(_is(speaker, person) for speaker in nearest)
