"""What happens next without one person taking it: meetings to come and work of "us".

What belongs here: patterns that make next steps. What does not: decisions (see ``decisions``), promises of one person
(see ``commitments``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.cues import assents, doubtful, hedged, hypothetical, refuses, told
from artifact_assets.extraction.deterministic.findings import FIRM, LIKELY, Finding
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.tasks import task_at
from artifact_assets.extraction.deterministic.wording import gist, worded

_MEET = pattern(
    r"""\b(?:let's|we'll|we will|we should|we can|shall we|can we|we're going to|i'd suggest we|i suggest we|so we)
    \s+(?:all |just |then |also |again |please )*(?P<verb>meet|talk|speak|regroup|reconvene|sync|catch up|touch base|check in
    |pick (?:this|it|that) (?:back )?up|do (?:the|a|another|our)|have (?:a|the|another|our)|hold (?:a|the|another)
    |schedule|book|set up|put (?:a|something) (?:in|on)|review|come back|follow up|continue|see each other|get together
    |run (?:a|the|another)|go (?:through|over)|look at|revisit|discuss)\b"""
)
# "We meet again on the first": said as settled, at the start of a clause; "when we meet on Monday" leans on another.
_SET = pattern(
    r"""(?:^|(?<!agreed)(?<!decided)(?<!then)[,;:\u2014] |\b(?:and|so|again|okay|good|great|right) )(?:again |so )*we
    \s+(?:all |then |also |just )*(?P<verb>meet|talk|speak|regroup|reconvene|sync|see each other|get together|continue|come back
    |do (?:this|that|it|the|a|another|our)|have (?:the|another|our)|hold (?:the|another)|look at|go (?:through|over)|review
    |revisit|decide)\b"""
)
_DENIED = pattern(r"""\b(?:don't|do not|doesn't|didn't|never) (?:really )?(?:think|believe|suppose|expect|see)\b""")
_ALREADY_SAID = ("let's", "we'll", "we will", "we're", "so we")
_NEXT = pattern(
    r"""(?<!what's )(?<!what )(?<!my )(?<!your )(?<!their )\bnext steps? (?:is|are|would be|will be|for us is)[,:]?
    (?: that| to)?\s+(?!with\b|which\b|for\b|not\b)(?P<verb>[^?;]{4,})|\bnext steps?: *(?P<bare>[^?;]{4,})"""
)
_OURS = pattern(
    r"""\b(?:we'll|we will|we're going to|and then we|they'll
    |(?:our|the|your) (?:team|legal|finance|security|procurement|engineers|lawyers)(?: team)? will)
    \s+(?:also |then |just )*(?P<verb>[a-z][a-z-]*)"""
)


def next_step(scene: Scene, sentence: Sentence) -> Finding | None:
    """The joint next step of one sentence."""
    found = _meeting(scene, sentence) or _set(scene, sentence)
    return found or _announced(scene, sentence) or _ours(scene, sentence)


def _meeting(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    match = _MEET.search(lower)
    if match is None:
        return None
    due = scene.due(sentence.text[match.start() :])
    if due is None or told(lower[: match.start()]) or hedged(lower[: match.end("verb")]):
        return None
    # "Let's meet on Friday and sign if all is there": only what is said up to the date can put the meeting in doubt.
    if hypothetical(lower[: match.start() + due.end]):
        return None
    reply = next(scene.talk.replies(sentence, 1), None)
    if reply is not None and refuses(reply.lower):
        return None
    stated = not sentence.asks and match[0].startswith(_ALREADY_SAID)
    if not stated and (reply is None or not assents(reply.lower)):
        return None
    return _step(scene, sentence, match, FIRM)


def _set(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    match = _SET.search(lower)
    if match is None or sentence.asks or doubtful(lower) or told(lower[: match.start()]) or _DENIED.search(lower):
        return None
    due = scene.due(sentence.text)
    # Only a day makes it a meeting to come; without one "we do the review" may be what is done all the time.
    if due is None or due.day is None or any(refuses(reply.lower) for reply in scene.talk.replies(sentence, 1)):
        return None
    found = _step(scene, sentence, match, LIKELY)
    # "Monday, we talk at nine": the day stands before.
    return replace(found, due=due) if found is not None else None


def _announced(scene: Scene, sentence: Sentence) -> Finding | None:
    match = _NEXT.search(sentence.lower)
    if match is None or sentence.asks or hypothetical(sentence.lower) or told(sentence.lower[: match.start()]):
        return None
    return _step(scene, sentence, match, LIKELY)


def _ours(scene: Scene, sentence: Sentence) -> Finding | None:
    match = _OURS.search(sentence.lower)
    if match is None or sentence.asks:
        return None
    task = task_at(scene, sentence, match)
    if _DENIED.search(sentence.lower[: match.start()]):
        return None
    if not task.is_task or task.due is None or doubtful(f"{task.before} {task.clause}") or told(task.before):
        return None
    return _step(scene, sentence, match, LIKELY)


def _step(scene: Scene, sentence: Sentence, match: re.Match[str], confidence: float) -> Finding | None:
    start = match.start("verb") if match["verb"] else match.start("bare")
    text = worded(sentence.text[start:])
    if not gist(text):
        return None
    quotes = (scene.quote(sentence, match.start(), match.end()),)
    due = scene.due(sentence.text[start:])
    kind = ItemKind.NEXT_STEP
    return Finding(kind, sentence.position, sentence.position, text, quotes, confidence, due=due)
