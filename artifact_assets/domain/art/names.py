"""Accuracy of proper names: who and what a claim names was named in the meeting, near its evidence.

What belongs here: finding proper names in a claim and looking for them. What does not: owners (see ``owners``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import compact, content_words, stem
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.art.values import ADDRESS, claimed
from artifact_assets.domain.artifact import ActionItem, RuleFailure
from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS
from artifact_assets.domain.grounding.words import words_of
from artifact_assets.domain.quantities.amounts import UNITS
from artifact_assets.domain.quantities.days import MONTHS, WEEKDAYS
from artifact_assets.domain.quantities.numerals import numeral_at

_TOKEN = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_START = re.compile(r"(?:^|[.!?:]\s+|[\"“(]\s*)$")
_TITLE_SHARE = 0.6
_PAIR = 2


def names(subject: Subject) -> Iterator[RuleFailure]:
    """Every proper name of the claim is said around its evidence, or is a person speaking there or owning the task."""
    if not subject.turns:
        return
    claimed_names = _proper(ADDRESS.sub(" ", claimed(subject)), subject)
    if not claimed_names:
        return
    heard = " ".join(turn.text for turn in subject.context)
    known = {word.text for word in words_of(heard)} | _people_near(subject)
    squeezed = compact(heard)
    stems = {stem(word) for word in content_words(heard)}
    for name in claimed_names:
        parts = [word.text for word in words_of(name)]
        if all(part in known or stem(part) in stems for part in parts) or compact(name) in squeezed:
            continue
        yield failure(Code.NAME_NOT_IN_EVIDENCE, f"{name!r} is not named in or around the evidence.")


def _people_near(subject: Subject) -> set[str]:
    people = [turn.speaker for turn in subject.context if turn.speaker]
    if isinstance(subject.content, ActionItem) and subject.content.owner:
        people.append(subject.content.owner)
    # Of two people, "you" is always the other one.
    if len(subject.scene.people) <= _PAIR:
        people.extend(subject.scene.people)
    return {word.text for person in people for word in words_of(person)}


def _proper(text: str, subject: Subject) -> list[str]:
    tokens = list(_TOKEN.finditer(text))
    capital = [token for token in tokens if token[0][0].isupper()]
    shouted = len(tokens) > _PAIR and len(capital) > _TITLE_SHARE * len(tokens)
    people = {word.text for person in subject.scene.people for word in words_of(person)}
    found: list[str] = []
    for token in tokens:
        name = re.sub(r"['’]s$", "", token[0])
        lower = name.casefold()
        mixed = any(ch.isdigit() for ch in name) and any(ch.isalpha() for ch in name)
        if not (name[0].isupper() or mixed) or lower in FUNCTION_WORDS or lower in MONTHS or lower in WEEKDAYS:
            continue
        if {word.text for word in words_of(name)} <= UNITS:
            continue
        if numeral_at([lower], 0) is not None or words_of(name) == [] or (len(name) > 1 and "'" in name):
            continue
        first = _START.search(text[: token.start()]) is not None
        obvious = mixed or (len(name) > 1 and name[1:] != name[1:].lower()) or lower in people
        if obvious or not (first or shouted) or _always_capital(name, subject):
            found.append(name)
    return found


def _always_capital(name: str, subject: Subject) -> bool:
    """Whether the meeting writes the word with a capital inside sentences and never without."""
    lower = name.casefold()
    inside = re.compile(rf"[a-z,]\s+{re.escape(name)}\b")
    small = re.compile(rf"\b{re.escape(lower)}\b")
    turns = subject.scene.transcript.turns
    # In the order of their cost; most words that begin a sentence never stand inside one.
    if not any(name in t.text and inside.search(t.text) for t in turns):
        return False
    return not any(small.search(t.text) for t in turns) and lower in subject.scene.index.ids
