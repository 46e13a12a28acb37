"""Relevance of actions, decisions and next steps: something is to be done or was settled.

What belongs here: rules on supposed, past and empty items and small talk. What does not: fields and tags (see
``vocabulary``), duplicates and the cap (see ``duplicates`` and ``judgement``).

These rules hold back only what is plainly irrelevant. An extractor that sees the whole meeting judges finer cases
better than a closed list of phrases can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import ActionItem, FieldUpdate, NextStep, RuleFailure, Tag
from artifact_assets.domain.grounding.words import normal_text, words_of

_FIRM = re.compile(
    r"\b(?:i will|we will|you will|will be|going to|let us|let me|i shall|(?:can|could|would|will) you|please|needs? to"
    r"|have to|has to|must|should|agreed?|decided|decision|settled|action item|by (?:monday|tuesday|wednesday|thursday"
    r"|friday|tomorrow|next)|we are doing|i can|we can|want|make sure|remember to|task|next step|so we)\b"
)
_SUPPOSED = re.compile(
    r"\b(?:suppose (?:that|we|you|it)|supposing|imagine|hypothetically|in theory|in an ideal world|would have been"
    r"|could have|should have|would have to be|would be (?:nice|cool|great|fun|awesome)|one day|some ?day"
    r"|if (?:we|i|you|they) (?:ever|had|were|won)|i wish|theoretically|for the sake of argument)\b"
)
_FINISHED = "sent|shared|finished|completed|shipped|signed|closed|fixed|updated|uploaded|called|emailed"
_DONE = re.compile(
    rf"\b(?:(?:i|we|he|she|they) (?:have |had )?already \w+|already (?:done|sent|finished|did|have|took|shared)"
    rf"|yesterday|last (?:week|month|quarter|year|monday|tuesday|wednesday|thursday|friday)"
    rf"|\w+ (?:days|weeks|months|years) ago|back (?:then|when|in)"
    rf"|(?:i|we) (?:{_FINISHED})|(?:i|we) have (?:{_FINISHED}|done))\b"
)
_CHAT = re.compile(
    r"\b(?:weather|sunny|rain(?:ing|y)?|snow(?:ing)?|how are you|how was your|how is everyone|(?:your|my) weekend"
    r"|the weekend was|vacation|holidays?|the game|football|the kids|my (?:dog|cat)|the dog|coffee|traffic"
    r"|good (?:morning|afternoon)|nice to (?:meet|see)|can you (?:hear me|see my screen)|you are (?:on mute|muted)"
    r"|bless you|happy birthday)\b"
)
_LIGHT = """yes no ok right well so and but then i you we they he it she us me him her them this that these those the a
    an do does did done will would can could shall should may might must is are am was were be have has had to of for on
    in at not thing things something stuff there here just now"""
_EMPTY = frozenset(_LIGHT.split())
"""Words that alone name no action: "I'll do that" means something only beside what was said before."""


def relevance(subject: Subject) -> Iterator[RuleFailure]:
    """All reasons why an action, decision or step is none."""
    content = subject.content
    if isinstance(content, FieldUpdate | Tag):
        return
    if not {word.text for word in words_of(content.text)} - _EMPTY:
        yield failure(Code.NO_SUBSTANCE, "The text names no action, decision or step.")
    if not subject.turns:
        return
    said = " . ".join(normal_text(sentence) for sentence in subject.said)
    firm = _FIRM.search(said) is not None
    if _SUPPOSED.search(said) and not firm:
        yield failure(Code.HYPOTHETICAL, "The evidence only supposes it.")
    if isinstance(content, ActionItem | NextStep) and _DONE.search(said) and not firm:
        yield failure(Code.PAST_ACTION, "The evidence tells of something already done.")
    if _CHAT.search(said) and not firm:
        yield failure(Code.SMALL_TALK, "The evidence is small talk.")
