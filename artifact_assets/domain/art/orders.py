"""Accuracy: the evidence is talk of the meeting, and no order to whatever reads the transcript.

What belongs here: the rule on turns that address a machine. What does not: what a model is told about such turns (see
``extraction.model``). A transcript is data; an item that rests on an order in it is held, whoever spoke or pasted it.

Only wording is looked at that people do not use among themselves: fake ends of the transcript, markup of chat formats,
"ignore all previous instructions", and imperatives to an assistant, bot or summarizer. What looks like an ordinary task is
left to the other rules and to the routes: nobody can tell it from one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import RuleFailure

_READER = (
    r"(?:ai|assistant|(?:chat)?bot|(?:language )?model|llm|gpt|summari[sz]er|transcriber|note[- ]?tak(?:er|ing)(?: \w+)?"
    r"|machine|automation)"
)
_EARLIER = r"(?:previous|earlier|prior|preceding|above|former|other|existing|your|all|any|every|these|those)"
_RULES = r"(?:instructions?|rules?|prompts?|directions?|guidelines?|orders?|directives?|constraints?|context)"
_DOES = (
    r"(?:set|add|mark|tag|record|send|delete|remove|update|change|create|write|list|output|print|reply|respond|note|put|ignore"
    r"|forward|assign|approve|grant|transfer|include|say|insert|extract|log)"
)
_ORDER = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{{0,30}}\b{_EARLIER}\b[^.!?]{{0,25}}\b{_RULES}\b"
    rf"|\b(?:ignore|disregard)(?: everything| all)? (?:the |your )?(?:above|previous|earlier|preceding)\b"
    rf"|\b(?:new|updated|real|actual|system|hidden|following|important) {_RULES} (?:for|to) (?:the|any|all|this|every|your) ?"
    rf"|\b(?:system|developer|admin(?:istrator)?) (?:message|prompt|notice|override|note) (?:to|for)\b"
    rf"|\b(?:message|note|instructions?) (?:to|for) (?:the |any |all |every |this )?{_READER}\b"
    rf"|(?:^|[.:;!?,\n]\s*|\band )(?:hey |dear |attention |ok(?:ay)? )?{_READER}"
    rf"(?:\s*[,:!-]\s*(?:please |now |you must )?|\s+please\s+){_DOES}\b"
    r"|\b(?:you are|act as|pretend to be) (?:now )?(?:an? |the )?(?:\w+ )?(?:ai|assistant|language model|bot|dan)\b"
    r"|\bsystem_(?:message|prompt)\b|</?(?:transcript|system|instructions?|assistant|user|prompt|information|tool_call"
    r"|function)\b[^>]*>"
    r"|<\|(?:im_start|im_end|endoftext|system|user|assistant|eot_id)[^|]*\|>|\[/?inst\]|<</?sys>>"
    r"|\bend of (?:the )?(?:transcript|meeting|instructions|conversation|context|document)\b"
    r"[^a-z]{0,4}(?:new (?:instructions?|tasks?|rules|orders)\b|system\b|<|\[|#)"
    r"|[#=*-]{3,}\s*(?:system|instructions?|end|begin|new)\b|(?:^|[\s|,;])=(?:hyperlink|importxml|webservice|cmd)\(",
    re.IGNORECASE,
)


def orders(subject: Subject) -> Iterator[RuleFailure]:
    """One reason when a turn of the evidence, or the name of its speaker, gives orders to a machine."""
    turns = [subject.scene.index.turns[turn] for turn in subject.turns]
    # A name is typed by whoever joins, and can say anything.
    if any(addresses_machine(turn.text) or addresses_machine(turn.speaker or "") for turn in turns):
        yield failure(Code.ORDER_TO_MACHINE, "The evidence is an order to a machine, not something people agreed on.")


def addresses_machine(text: str) -> bool:
    """Whether ``text`` speaks to whatever reads the transcript."""
    return _ORDER.search(text) is not None
