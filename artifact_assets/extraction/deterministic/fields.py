"""Updates of configured fields: a phrase of the field with one clear value beside it, the latest mention winning.

What belongs here: which mentions count. What does not: reading the value (see ``values``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from artifact_assets.domain.artifact import Claim, Evidence, FieldUpdate
from artifact_assets.domain.brief import FieldRule
from artifact_assets.extraction.deterministic.cues import TAKEN_BACK, hypothetical, refuses
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.phrases import phrase_pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence, quote_of
from artifact_assets.extraction.deterministic.values import Value, value_near, value_of_answer

CONFIDENCE = 0.85
MAX_ANSWER_WORDS = 20
# In one sentence; somebody who says a phrase more often is not telling a value.
MOST_HITS = 3
_FORMER = pattern(
    r"""\b(?:last (?:year|quarter|month|time|spring|summer|autumn|fall|winter)|used to|previous(?:ly)?|originally
    |back (?:in|then)|at first|in the past|(?:years?|months?) ago|they (?:said|quoted|offered)|quoted|ballpark|list price
    |roughly speaking|maybe|might|don't|do not|not going to|wouldn't|won't|wasn't|isn't|aren't|weren't|never)\b"""
)
_OLDER = re.compile(r"forget the|no need|don't have|don't need")


@dataclass(frozen=True, slots=True)
class _Mention:
    value: Value
    sentences: tuple[Sentence, ...]


def field_claims(scene: Scene, rules: tuple[FieldRule, ...]) -> Iterator[Claim]:
    """At most one claim for each field: its latest clear mention that nobody took back."""
    for rule in rules:
        mentions = list(_mentions(scene, rule))
        until = len(scene.talk.sentences)
        for mention in reversed(mentions):
            if not _withdrawn(scene, mention, until):
                yield _claim(rule, mention)
                break
            until = mention.sentences[0].position


def _mentions(scene: Scene, rule: FieldRule) -> Iterator[_Mention]:
    """Every clear mention of the field in order, the first readable phrase of a sentence."""
    hits: dict[int, list[tuple[int, int]]] = {}
    for phrase in rule.phrases:
        for sentence, start, end in scene.talk.find(phrase_pattern(phrase)):
            hits.setdefault(sentence.position, []).append((start, end))
    for position in sorted(hits):
        sentence = scene.talk.sentences[position]
        if hypothetical(sentence.lower):
            continue
        found = (_mention(scene, rule, sentence, start, end) for start, end in hits[position][:MOST_HITS])
        yield from (mention for mention in islice(filter(None, found), 1))


def _mention(scene: Scene, rule: FieldRule, sentence: Sentence, start: int, end: int) -> _Mention | None:
    if sentence.asks:
        return _answer(scene, rule, sentence)
    value = value_near(rule, sentence.text, start, end, scene.today)
    if value is None or _former(sentence, min(start, value.start), max(end, value.start)):
        return None
    return _Mention(value, (sentence,))


def _former(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the clause with phrase and value is about another time, another party or a denial."""
    left = max(sentence.lower.rfind(mark, 0, start) for mark in (";", ", but", ", and", ": "))
    return _FORMER.search(sentence.lower, max(left, 0), end + 10) is not None


def _answer(scene: Scene, rule: FieldRule, question: Sentence) -> _Mention | None:
    reply = next(scene.talk.replies(question, 1), None)
    if reply is None or reply.asks or refuses(reply.lower) or hypothetical(reply.lower):
        return None
    if len(reply.text.split()) > MAX_ANSWER_WORDS or _FORMER.search(reply.lower):
        return None
    value = value_of_answer(rule, reply.text, scene.today)
    return _Mention(value, (question, reply)) if value else None


def _withdrawn(scene: Scene, mention: _Mention, until: int) -> bool:
    """Whether the talk right after, before the next mention, takes the value back. "Forget the forty" means an older one."""
    return any(
        TAKEN_BACK.search(later.lower) is not None and _OLDER.search(later.lower) is None
        for later in scene.talk.after(mention.sentences[-1], 3)
        if later.position < until
    )


def _claim(rule: FieldRule, mention: _Mention) -> Claim:
    answer = mention.sentences[-1]
    evidence = [
        Evidence(turns=(sentence.turn,), quote=quote_of(sentence, mention.value.start if sentence is answer else 0))
        for sentence in mention.sentences
    ]
    content = FieldUpdate(object=rule.object, field=rule.field, value=mention.value.text)
    return Claim(content=content, evidence=tuple(evidence), confidence=CONFIDENCE)
